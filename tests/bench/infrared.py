"""Finding devices in a thermogram of 384×288, beside torchvision's Mask R-CNN at the same size."""

from __future__ import annotations

import time

import torch
from torchvision.models.detection import maskrcnn_resnet50_fpn

from tests.bench.table import Row, fastest
from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.infrared.classes import CLASSES
from vision.infrared.data import HELD_OUT, Scenes
from vision.infrared.models import ARCHITECTURES
from vision.infrared.predict import load, predict
from vision.infrared.thermogram.thermogram import of_scene

PATH = checkpoints.FOLDER / "infrared" / "mask_rcnn_real.safetensors"


def rows() -> list[Row | str]:
    """Measure the first call, later ones, and torchvision's detector in float32."""
    scenes = Scenes(HELD_OUT, 4)
    thermograms = [of_scene(scenes.scene(index)) for index in range(4)]
    start = time.perf_counter()
    model = ours()
    predict(model, thermograms[0])
    first = time.perf_counter() - start
    theirs = maskrcnn_resnet50_fpn(weights=None, weights_backbone=None,
                                   min_size=288, max_size=384).eval()
    pictures = [torch.from_numpy(each.grey)[None].expand(3, -1, -1) for each in thermograms]

    def reference() -> object:
        with torch.inference_mode():
            return [theirs([picture]) for picture in pictures]

    own, other = fastest([lambda: [predict(model, each) for each in thermograms], reference], 5)
    return [*([] if PATH.is_file() else ["no detector ships yet: this one has random weights"]),
            Row("load and first call", first, own / 4), Row("later calls", own / 4, own / 4),
            Row("torchvision's maskrcnn_resnet50_fpn, float32", other / 4, own / 4)]


def ours() -> Model:
    """Return the shipped detector, or one with random weights that finds as many boxes."""
    if PATH.is_file():
        return load(PATH)
    module = ARCHITECTURES.build("mask_rcnn", classes=len(CLASSES))
    card = Card("infrared", "mask_rcnn", {}, CLASSES, {"short_side": 288})
    return Model(module.to(memory_format=torch.channels_last).eval(), card)
