"""Our U-Net beside segmentation_models.pytorch's, what each model gives for its ms, and the CRF."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.nn.utils import convert_conv2d_weight_memory_format as for_channels_last

from tests.bench.table import Row, fastest
from vision import checkpoints
from vision.images import working_size
from vision.segmentation.crf import refine
from vision.segmentation.leaderboard import PICTURE, leaderboard
from vision.segmentation.predict import load
from vision.segmentation.scenes import render

PATH = checkpoints.FOLDER / "segmentation" / "unet.safetensors"


def rows() -> list[Row | str]:
    """Measure both nets at the same size, list mIoU per millisecond of all checkpoints, the CRF."""
    return [*beside_another_library(), *worth(), refining()]


def refining() -> Row:
    """Return the time of a page's CRF: 11 classes, 240×180 pixels."""
    picture, labels = render(2000005, (180, 240))
    sure = 0.05 + 0.5 * (np.arange(11)[:, None, None] == labels)
    probabilities = sure / sure.sum(0)
    return Row("fully connected CRF, 240×180", *fastest([lambda: refine(probabilities, picture)],
                                                        3))


def beside_another_library() -> list[Row | str]:
    """Return the time of both nets, each in its faster precision and memory layout."""
    try:
        import segmentation_models_pytorch as other
    except ImportError:
        return ["left out: segmentation_models.pytorch is not installed"]
    model = load(PATH)
    x = torch.randn(1, 3, *working_size(PICTURE, model.card.preprocess["short_side"]))
    x = x.to(memory_format=torch.channels_last)
    theirs = other.Unet("resnet34", encoder_weights=None, classes=len(model.card.classes)).eval()
    for_channels_last(theirs, torch.channels_last)
    nets = {"compact U-Net, ours": model.module, 'Unet("resnet34"), theirs': theirs}
    works = [lambda net=net, bf16=bf16: answer(net, x, bf16)
             for net in nets.values() for bf16 in (False, True)]
    times = fastest(works, 8)
    best = min(times[:2])
    size = "×".join(map(str, x.shape[:1:-1]))
    names = [f"{name}, {size}, {kind}" for name in nets for kind in ("fp32", "bf16")]
    return [Row(name, seconds, best) for name, seconds in zip(names, times, strict=True)]


@torch.inference_mode()
def answer(net: nn.Module, x: torch.Tensor, bf16: bool) -> torch.Tensor:
    """Return a net's logits for a picture."""
    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
        return net(x)


def worth() -> list[str]:
    """Return a line for each checkpoint of pictures: mIoU, time, and mIoU in points per ms."""
    board = leaderboard(checkpoints.shipped("segmentation"), times=9)
    return [f"{row.name:16} mIoU {row.miou:.3f}  {row.milliseconds:6.1f} ms  "
            f"{100 * row.miou / row.milliseconds:6.2f} points per ms" for row in board.rows]
