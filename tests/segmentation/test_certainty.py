"""Calibration, against loops over single pixels; temperature scaling finds what was done."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vision import checkpoints
from vision.segmentation.certainty.pixels import (
    BINS,
    COOLEST,
    HOTTEST,
    Reliability,
    best_temperature,
    confidence,
    entropy,
    losses,
    reliability,
    tempered,
)
from vision.segmentation.data import open_samples
from vision.segmentation.labels import VOID
from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.predict import load, predict


def guesses(count: int = 4000, classes: int = 5, sharpness: float = 2.0, seed: int = 0
            ) -> tuple[np.ndarray, np.ndarray]:
    """Return logits (C, n), and a truth (n,) drawn from exactly their probabilities; some void."""
    random = np.random.default_rng(seed)
    log_p = sharpness * random.normal(size=(classes, count))
    p = tempered(log_p).astype(float)
    truth = (random.random(count) > p.cumsum(0)).sum(0).clip(max=classes - 1).astype(np.uint8)
    truth[::17] = VOID
    return log_p, truth


def by_hand(p: np.ndarray, truth: np.ndarray) -> float:
    """Return the expected calibration error pixel by pixel, in exact bins."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for column, true in zip(p.T, truth, strict=True):
        if true != VOID:
            bins.setdefault(min(int(column.max() * BINS), BINS - 1), []).append(
                (float(column.max()), int(column.argmax()) == true))
    total = sum(map(len, bins.values()))
    return sum(len(inside) / total * abs(np.mean([right for _, right in inside])
                                         - np.mean([sure for sure, _ in inside]))
               for inside in bins.values())


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_error_is_that_of_a_loop_over_pixels(temperature: float) -> None:
    log_p, truth = guesses()
    p = tempered(log_p, temperature)
    found = reliability(p, truth)
    assert found.ece == pytest.approx(by_hand(p, truth), abs=1e-6)
    assert found.count.sum() == (truth != VOID).sum()
    halves = [reliability(p[:, part], truth[part]) for part in (slice(999), slice(999, None))]
    assert (halves[0] + halves[1]).ece == pytest.approx(found.ece, abs=1e-9)
    assert Reliability.from_json(found.as_json()).ece == pytest.approx(found.ece, abs=1e-4)


def test_a_bin_holds_its_upper_end() -> None:
    p = np.array([[0.5, 0.75, 1.0, 0.6], [0.5, 0.25, 0.0, 0.4]])
    assert reliability(p, np.zeros(4, np.uint8), 4).count.tolist() == [0, 1, 2, 1]


def test_honest_guesses_have_no_error_and_sure_ones_do() -> None:
    log_p, truth = guesses(60_000)
    assert reliability(tempered(log_p), truth).ece < 0.01
    too_sure = reliability(tempered(log_p, 0.4), truth)
    assert too_sure.ece > 0.1
    assert np.nansum(too_sure.mean_confidence > too_sure.accuracy) > BINS / 2


def test_scaling_undoes_a_temperature() -> None:
    log_p, truth = guesses(20_000)
    assert best_temperature(log_p, truth) == pytest.approx(1, abs=0.03)
    assert best_temperature(log_p * 2.5, truth) == pytest.approx(2.5, abs=0.08)
    hot = tempered(log_p, 7.0)
    assert (hot.argmax(0) == log_p.argmax(0)).all() and hot.max() < tempered(log_p).max()


def test_entropy_is_nothing_when_sure_and_all_when_lost() -> None:
    p = np.array([[1.0, 0.25, 0.5], [0.0, 0.25, 0.5], [0.0, 0.25, 0], [0.0, 0.25, 0]])
    assert entropy(p) == pytest.approx([0, 1, 0.5], abs=1e-6)
    assert confidence(p).tolist() == [1, 0.25, 0.5]


def test_losses_are_those_of_the_true_class_and_nothing_in_the_void() -> None:
    p = np.array([[0.5, 0.9, 0.2], [0.5, 0.1, 0.8]])
    assert losses(p, np.array([0, 1, VOID])) == pytest.approx([np.log(2), -np.log(0.1), 0])


def test_evaluate_keeps_the_calibration_in_the_card_and_leaves_the_weights(
        with_tiny_data: Path, tiny_checkpoint: Path, tmp_path: Path, cli: Callable[..., Any]
        ) -> None:
    path = tmp_path / "kept.safetensors"
    path.write_bytes(tiny_checkpoint.read_bytes())
    before, old = load(path), checkpoints.read_card(path)
    assert cli("segmentation", "evaluate", "--checkpoint", path).code == 0
    assert checkpoints.read_card(path) == old
    assert cli("segmentation", "evaluate", "--checkpoint", path, "--keep").code == 0
    after = load(path)
    kept = after.card.metrics["calibration"]
    assert replace(after.card, metrics=old.metrics) == old and kept["split"] == "camvid val"
    sure = after.card.metrics["familiarity"]
    picture, _ = open_samples("camvid", "val")[0]
    assert sure["split"] == "camvid val" and len(sure["pictures"]) == len(
        after.card.metrics["pictures"]["hits"])
    assert sure["pictures"][0] == pytest.approx(predict(after, picture).familiarity, abs=1e-2)
    assert all((value == after.module.state_dict()[name]).all()
               for name, value in before.module.state_dict().items())
    assert Reliability.from_json(kept).ece == pytest.approx(kept["ece"], abs=1e-4)
    assert COOLEST <= kept["temperature"] <= HOTTEST and kept["tempered_ece"] >= 0


def test_evaluate_keeps_how_a_model_looks_and_what_one_look_had_reached(
        with_tiny_data: Path, tiny_checkpoint: Path, tmp_path: Path, cli: Callable[..., Any]
        ) -> None:
    path = Path(shutil.copy(tiny_checkpoint, tmp_path / "tiny.safetensors"))
    card = checkpoints.read_card(path)
    checkpoints.change_card(path, replace(card, data={"val": "camvid val"}, metrics={"mIoU": 0.5}))
    words = ("segmentation", "evaluate", "--checkpoint", path, "--sizes", 64, 96, "--mirrored")
    told = cli(*words, "--json")
    assert checkpoints.read_card(path).preprocess == card.preprocess  # it was not to be kept
    assert cli(*words, "--keep").code == 0
    kept = checkpoints.read_card(path)
    assert kept.preprocess == {**card.preprocess, "sizes": [64, 96], "mirrored": True}
    found = json.loads(told.out.splitlines()[-1])["overall"]["mIoU"]
    assert kept.metrics["mIoU"] == pytest.approx(found) and kept.metrics["mIoU_once"] == 0.5
    again = json.loads(cli("segmentation", "evaluate", "--checkpoint", path, "--json"
                           ).out.splitlines()[-1])
    assert again["overall"]["mIoU"] == pytest.approx(found)  # as its card says now
    assert cli("segmentation", "evaluate", "--checkpoint", path, "--mirrored", "--keep").code == 0
    assert checkpoints.read_card(path).preprocess == {**kept.preprocess, "sizes": [64]}
    for wrong in ((8,), (64,) * 5):
        refused = cli("segmentation", "evaluate", "--checkpoint", path, "--sizes", *wrong)
        assert refused.code == 2 and "up to 4 short sides from 32 to 2048" in refused.err


def test_groups_have_no_calibration_to_keep(with_tiny_data: Path, tiny_checkpoint: Path,
                                            tmp_path: Path, cli: Callable[..., Any]) -> None:
    card = checkpoints.read_card(tiny_checkpoint)
    path = checkpoints.save(tmp_path / "w.safetensors", ARCHITECTURES.build("wnet", **card.config),
                            replace(card, arch="wnet"))
    content = path.read_bytes()
    answer = cli("segmentation", "evaluate", "--checkpoint", path, "--keep")
    assert answer.code == 2 and "'w.safetensors' gives no class" in answer.err
    assert path.read_bytes() == content
