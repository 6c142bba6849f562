"""Volumes, tissue with a diagnosis, and groups without labels go through the same verbs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vision import checkpoints
from vision.errors import UserError
from vision.segmentation import predict as prediction
from vision.segmentation.crf import refine
from vision.segmentation.data import open_samples
from vision.segmentation.evaluate import measure, slices
from vision.segmentation.predict import at_most, load, predict, probabilities
from vision.segmentation.tissue import DIAGNOSES
from vision.segmentation.train import Config, train
from vision.segmentation.volumes import Cut, volume

TINY = Config(data=("tissue",), limit=2, steps=2, batch=2, crop=(64, 64), short_side=64,
              scale=(0.4, 0.6), precision="fp32")
DEEP = replace(TINY, arch="vnet", limit=1, data=("volumes",), crop=(16, 32, 32), loss="dice",
               precision="auto")


def trained(config: Config, folder: Path) -> Path:
    return train(replace(config, output=folder / f"{config.arch}.safetensors"))


def test_a_vnet_learns_from_volumes_in_full_precision(tmp_path: Path) -> None:
    path = trained(DEEP, tmp_path)
    card = checkpoints.read_card(path)
    assert "--precision fp32" in card.command and card.classes[0] == "Background"
    samples = open_samples("volumes", "val", 1)
    assert predict(load(path), samples[0][0]).labels.shape == (64, 64, 64)
    found = measure(load(path), samples)
    assert found.matrix.sum() == 64**3
    assert card.metrics["mIoU"] == pytest.approx(found.mean_iou, abs=5e-3)


def test_volumes_are_not_pictures(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="segments 3-D data but 'tissue' is 2-D"):
        trained(replace(DEEP, data=("tissue",)), tmp_path)
    with pytest.raises(UserError, match="segments 2-D data but 'volumes' is 3-D"):
        trained(replace(TINY, data=("volumes",)), tmp_path)
    with pytest.raises(UserError, match="64 64 64"):
        trained(replace(DEEP, crop=(224, 288)), tmp_path)


def test_a_cut_is_a_part_of_its_volume() -> None:
    voxels, labels = volume(3, side=32)
    random = np.random.default_rng(0)
    part, ids = Cut((16, 16, 32), colour=0.0)(voxels, labels, random)
    places = [(z, y) for z in range(17) for y in range(17)
              if (voxels[z : z + 16, y : y + 16] == part).all()]
    assert len(places) == 1
    z, y = places[0]
    assert (labels[z : z + 16, y : y + 16] == ids).all()


def test_parts_of_volumes_vary_in_contrast_and_brightness() -> None:
    voxels = np.full((16, 16, 16), 60, np.uint8)
    voxels[8:] = 160
    found = []
    for seed in range(40):
        part, _ = Cut((16, 16, 16))(voxels, voxels, np.random.default_rng(seed))
        gain = (float(part[12, 0, 0]) - float(part[0, 0, 0])) / 100
        found.append((np.log(gain), float(part[0, 0, 0]) - 60 * gain))
    gains, shifts = np.abs(np.array(found).T)
    assert 0.15 < gains.max() < 0.26 and 10 < shifts.max() < 17


def test_a_ynet_says_a_diagnosis_and_its_card_how_often_it_is_right(tmp_path: Path) -> None:
    path = trained(replace(TINY, arch="ynet"), tmp_path)
    card = checkpoints.read_card(path)
    assert card.data["diagnoses"] == list(DIAGNOSES) and card.config["diagnoses"] == 4
    samples = open_samples("tissue", "val", 2)
    said = [predict(load(path), samples[index][0]).diagnosis for index in range(2)]
    assert all(sum(each.values()) == pytest.approx(1, abs=1e-4) for each in said)
    right = [max(each, key=each.__getitem__) == DIAGNOSES[samples.samples.diagnosis(index)]
             for index, each in enumerate(said)]
    assert card.metrics["diagnosis_accuracy"] == sum(right) / 2


def test_a_wnet_is_scored_by_its_best_match(tmp_path: Path) -> None:
    path = trained(replace(TINY, arch="wnet"), tmp_path)
    found = measure(load(path), open_samples("tissue", "val", 2))
    assert checkpoints.read_card(path).metrics["PA"] == pytest.approx(found.pixel_accuracy,
                                                                      abs=2e-3)
    assert found.pixel_accuracy >= 0.2  # five groups: the best match cannot be worse


def test_a_model_whose_paper_has_a_crf_ends_with_it(tmp_path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prediction, "FIELD", 48 * 48)
    model = load(trained(replace(TINY, arch="deeplab_v1"), tmp_path))
    picture = open_samples("tissue", "val")[0][0][:48, :48]
    wanted = refine(probabilities(model, picture, (48, 48)), picture).argmax(0)
    assert (predict(model, picture).labels == wanted).all()
    plain = probabilities(model, picture, (48, 48)).argmax(0)
    assert (predict(model, picture, refined=False).labels == plain).all()
    assert at_most((360, 480), 240 * 180) == (180, 240) and at_most((9, 7), 100) == (9, 7)


def test_a_picture_is_one_slice_and_a_volume_many() -> None:
    labels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert (slices(labels) == labels).all() and (slices(labels[0]) == labels[:1]).all()
