"""Generated tissue and volumes, and the trainings that need something beside labels."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from vision.checkpoints import read_card
from vision.errors import UserError
from vision.segmentation.data import VOID, Scenes, diagnosis, open_samples
from vision.segmentation.evaluate import evaluate
from vision.segmentation.measures.metrics import best_match
from vision.segmentation.tissue import DIAGNOSES, EPITHELIUM, LUMEN, NUCLEUS, STROMA, tissue
from vision.segmentation.train import Config, train
from vision.segmentation.volumes import ORGANS, Volumes, volume


def nuclei(labels: np.ndarray) -> list[float]:
    """The areas of the nuclei that lie in glands."""
    is_nucleus = (labels == NUCLEUS).astype(np.uint8)
    count, parts, numbers, _ = cv2.connectedComponentsWithStats(is_nucleus)
    wide = cv2.dilate((labels == EPITHELIUM).astype(np.uint8), np.ones((3, 3)))
    return [float(numbers[part, cv2.CC_STAT_AREA]) for part in range(1, count)
            if wide[parts == part].mean() > 0.4]


def test_tissue_is_a_picture_with_labels_and_repeats() -> None:
    picture, labels = tissue(3, 1, 96)
    assert picture.shape == (96, 96, 3) and picture.dtype == labels.dtype == np.uint8
    again = tissue(3, 1, 96)
    assert (picture == again[0]).all() and (labels == again[1]).all()
    assert (picture != tissue(4, 1, 96)[0]).any() and (picture != tissue(3, 2, 96)[0]).any()


def test_nuclei_and_lumens_decide_the_diagnosis() -> None:
    pictures = [[tissue(seed, d)[1] for seed in range(6)] for d in range(len(DIAGNOSES))]
    lumen = [np.mean([(labels == LUMEN).mean() for labels in row]) for row in pictures]
    area = [np.median([size for labels in row for size in nuclei(labels)]) for row in pictures]
    assert lumen[0] > 0.01 and lumen[1] > 0.01 and lumen[2] == lumen[3] == 0
    assert area[0] < area[1] < area[2]


def test_nuclei_are_darker_and_bluer_than_stroma() -> None:
    picture, labels = tissue(0, 0)
    dark, pale = picture[labels == NUCLEUS].mean(0), picture[labels == STROMA].mean(0)
    assert dark[0] < 0.7 * pale[0] and dark[2] > dark[0] and pale[1] < pale[0]


def test_every_diagnosis_is_as_frequent_and_known_through_a_limit() -> None:
    samples = open_samples("tissue", "train", 8)
    assert sorted(diagnosis(samples, i) for i in range(8)) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert diagnosis(Scenes("val"), 0) == VOID
    with pytest.raises(UserError, match="no split 'test'"):
        open_samples("tissue", "test")


def test_volumes_hold_every_organ_and_repeat() -> None:
    light, labels = volume(5, 32)
    assert light.shape == labels.shape == (32, 32, 32) and light.dtype == np.uint8
    assert (volume(5, 32)[0] == light).all() and (volume(6, 32)[1] != labels).any()
    assert set(np.unique(labels)) == {0, *(organ.label for organ in ORGANS)}
    means = [light[labels == label].mean() for label in range(6)]
    assert means[0] < means[1] < means[2] < means[5]


def test_no_organ_is_the_ellipsoid_it_started_as() -> None:
    shapes = [volume(seed, 32)[1] == 2 for seed in range(4)]
    overlaps = [(shapes[0] & other).sum() / (shapes[0] | other).sum() for other in shapes[1:]]
    assert max(overlaps) < 0.9
    with pytest.raises(UserError, match="no split 'test'"):
        Volumes("test")


def test_ynet_trains_on_diagnoses(tmp_path: Path) -> None:
    config = Config(arch="ynet", data=("tissue",), limit=2, steps=1, batch=2, crop=(64, 64),
                    short_side=64, precision="fp32", output=tmp_path / "x.safetensors")
    assert read_card(train(config)).classes[NUCLEUS] == "Nucleus"


def test_wnet_trains_without_labels_and_is_matched(tmp_path: Path, with_tiny_data: Path) -> None:
    config = Config(arch="wnet", data=("camvid",), steps=1, batch=2, crop=(64, 64), short_side=64,
                    precision="fp32", output=tmp_path / "x.safetensors")
    card = read_card(train(config))
    found = evaluate(config.output, "camvid").whole_set
    assert found.pixel_accuracy == pytest.approx(card.metrics["PA"], abs=0.02)
    assert np.trace(found.matrix) == np.trace(found.matrix[:, best_match(found.matrix)])


def test_the_best_match_undoes_any_renaming() -> None:
    random = np.random.default_rng(0)
    matrix = np.diag([50, 40, 30, 20]) + random.integers(0, 5, (4, 4))
    order = random.permutation(4)
    assert (matrix[:, order][:, best_match(matrix[:, order])] == matrix).all()
