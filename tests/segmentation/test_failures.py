"""Where a model fails: the order of pictures, what a confusion costs, and what cards keep."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vision import checkpoints
from vision.segmentation.certainty.bootstrap import Tally
from vision.segmentation.certainty.standing import standings
from vision.segmentation.leaderboard import leaderboard
from vision.segmentation.measures.metrics import Scores
from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.studies.failures import Failures, cost

NAMES = ("a", "b", "c")


def test_pictures_come_from_the_worst_to_the_best_and_empty_ones_not_at_all() -> None:
    good, bad, empty = np.diag([9, 9, 9]), np.full((3, 3), 4), np.zeros((3, 3), int)
    found = Failures(np.stack([good, bad, empty]), NAMES).worst_first()
    assert [place for place, _ in found] == [1, 0] and found[1][1] == 1


def test_a_confusion_costs_what_the_mean_iou_gains_without_it() -> None:
    matrix = np.array([[50, 10, 0], [2, 30, 4], [0, 0, 0]])
    found = Failures(matrix[None], NAMES).confusions()
    assert {(each.truth, each.called): each.pixels for each in found} == {
        (0, 1): 10, (1, 0): 2, (1, 2): 4}
    mended = np.array([[60, 0, 0], [2, 30, 4], [0, 0, 0]])
    wanted = Scores(mended, NAMES).mean_iou - Scores(matrix, NAMES).mean_iou
    assert cost(matrix, 0, 1) == pytest.approx(wanted) and matrix[0, 1] == 10
    assert [each.cost for each in found] == sorted((each.cost for each in found), reverse=True)
    assert found[0].called == 2  # four pixels of a class that is not there weigh the most


def test_the_command_says_which_is_surely_better(with_tiny_data: Path, tiny_checkpoint: Path,
                                                 cli: Callable[..., Any]) -> None:
    words = ("segmentation", "failures", "--checkpoint", tiny_checkpoint)
    answer = cli(*words, "--against", tiny_checkpoint)
    assert answer.code == 0 and "these pictures do not decide which is better" in answer.out
    assert "frames of one drive" in answer.out
    told = json.loads(cli(*words, "--data", "scenes", "--limit", 2, "--json").out.splitlines()[-1])
    values = [each["mIoU"] for each in told["worst_first"]]
    assert len(values) == 2 and values == sorted(values) and told["difference"] is None
    assert told["mIoU"]["low"] <= told["mIoU"]["value"] <= told["mIoU"]["high"]
    assert told["confusions"][0]["cost"] >= told["confusions"][-1]["cost"]


def test_groups_and_other_classes_get_one_sentence(tiny_checkpoint: Path, tmp_path: Path,
                                                   cli: Callable[..., Any]) -> None:
    card = checkpoints.read_card(tiny_checkpoint)
    path = checkpoints.save(tmp_path / "w.safetensors", ARCHITECTURES.build("wnet", **card.config),
                            replace(card, arch="wnet"))
    words = ("segmentation", "failures", "--data", "scenes", "--limit", 1, "--checkpoint")
    answer = cli(*words, path)
    assert answer.code == 2 and answer.err.startswith("'wnet' gives no class to the pixels")
    answer = cli("segmentation", "failures", "--data", "tissue", "--checkpoint", tiny_checkpoint)
    assert answer.code == 2 and "the model has 11 classes" in answer.err.lower()


def test_evaluate_keeps_each_picture_and_the_leaderboard_says_what_is_sure(
        with_tiny_data: Path, tiny_checkpoint: Path, tmp_path: Path, cli: Callable[..., Any]
        ) -> None:
    paths = [tmp_path / f"{name}.safetensors" for name in "ab"]
    for path in paths:
        path.write_bytes(tiny_checkpoint.read_bytes())
    assert standings(paths)[0].interval is None
    answer = cli("segmentation", "evaluate", "--checkpoint", paths[0], "--keep", "--json")
    kept = checkpoints.read_card(paths[0]).metrics["pictures"]
    whole = json.loads(answer.out.splitlines()[-1])["overall"]["mIoU"]
    tally = Tally.from_json(kept)
    hits, unions = tally.hits.sum(0), tally.unions.sum(0)
    assert kept["split"] == "camvid val"
    assert np.mean(hits[unions > 0] / unions[unions > 0]) == pytest.approx(whole)
    assert cli("segmentation", "evaluate", "--checkpoint", paths[1], "--keep").code == 0
    first, last = leaderboard(paths, times=0).standings
    assert first.interval and first.lead and not first.lead.decided and last.lead is None
    lines = cli("segmentation", "leaderboard", "--folder", tmp_path, "--times", 0).out.splitlines()
    assert "ahead of the next" in lines[0] and lines[1].rstrip().endswith("not sure")
    card = checkpoints.read_card(paths[1])
    other = {**card.metrics["pictures"], "split": "camvid test"}
    checkpoints.change_card(paths[1], replace(card, metrics={**card.metrics, "pictures": other}))
    assert standings(paths)[0].lead is None  # of other pictures nothing is said
