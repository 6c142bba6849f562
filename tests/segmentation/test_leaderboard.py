"""The leaderboard: sizes, work, quality and time of all checkpoints."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from vision import checkpoints
from vision.segmentation.leaderboard import Counter, gmacs, leaderboard, row_of
from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.pretraining import pairs


@pytest.fixture
def folder(tiny_checkpoint: Path, tmp_path: Path) -> Path:
    """Three checkpoints: a good one, a better one, and one of volumes."""
    place = tmp_path / "board"
    place.mkdir()
    shutil.copy(tiny_checkpoint, place / "unmeasured.safetensors")
    card = checkpoints.read_card(tiny_checkpoint)
    kinds = (("good", "setr", 0.5), ("better", "unet", 0.75), ("deep", "vnet", 1.0))
    for name, arch, miou in kinds:
        module = ARCHITECTURES.build(arch, **card.config)
        checkpoints.save(place / f"{name}.safetensors", module,
                         replace(card, arch=arch, metrics={"mIoU": miou, "PA": 0.9}))
    return place


def test_the_best_comes_first_and_volumes_stay_out(folder: Path) -> None:
    board = leaderboard(sorted(folder.glob("*.safetensors")), times=1)
    assert [row.name for row in board.rows] == ["better", "good", "unmeasured"]
    assert [row.miou for row in board.rows][:2] == [0.75, 0.5]
    assert board.rows[0].parameters == sum(
        p.numel() for p in ARCHITECTURES.build("unet", classes=11).parameters())
    assert all(row.milliseconds > 0 and row.gmacs > 0 for row in board.rows)


def test_work_is_counted_by_hand() -> None:
    layer = nn.Conv2d(3, 8, 3, padding=1, device="meta")
    assert gmacs(layer, (3, 10, 12)) == pytest.approx(3 * 8 * 9 * 10 * 12 / 1e9)


def test_the_command_prints_a_table_and_json(folder: Path, cli: Callable[..., Any]) -> None:
    answer = cli("segmentation", "leaderboard", "--folder", folder, "--times", 0)
    lines = answer.out.splitlines()
    assert answer.code == 0 and lines[0].split()[:3] == ["name", "year", "parameters"]
    assert lines[0].endswith("measured on")
    assert lines[1].startswith("better") and "2.85 M" in lines[1] and "0.7500" in lines[1]
    told = cli("segmentation", "leaderboard", "--folder", folder, "--times", 0, "--json")
    rows = json.loads(told.out.splitlines()[-1])["rows"]
    assert rows[0]["arch"] == "unet" and rows[2]["miou"] is None


def test_what_pretraining_added_is_read_off_cards_of_one_split(
        folder: Path, cli: Callable[..., Any]) -> None:
    card = checkpoints.read_card(folder / "better.safetensors")
    known = {**card.config, "encoder": "lite0"}
    module = ARCHITECTURES.build("unet", **known)
    looking = {"mIoU": 0.85, "mIoU_once": 0.8, "PA": 0.9}  # several times, and its twin once
    for name, metrics, data in (("unet-lite0", looking, card.data),
                                ("unet-elsewhere", {"mIoU": 0.9}, {"val": "other val"}),
                                ("unet-unmeasured", {}, card.data)):
        checkpoints.save(folder / f"{name}.safetensors", module,
                         replace(card, config=known, metrics=metrics, data=data))
    found = pairs(sorted(folder.glob("*.safetensors")))
    assert [(pair.scratch, pair.pretrained, pair.gain) for pair in found] == [
        ("better", "unet-lite0", pytest.approx(0.05))]
    lines = cli("segmentation", "leaderboard", "--folder", folder, "--times", 0).out.splitlines()
    assert lines[0].endswith("pre-training")
    assert [line.split()[0] for line in lines if "+0.0500 to 0.7500" in line] == ["unet-lite0"]
    told = cli("segmentation", "leaderboard", "--folder", folder, "--times", 0, "--json")
    assert json.loads(told.out.splitlines()[-1])["pretraining"][0]["without"] == 0.75


def test_who_looks_several_times_pays_for_each_look(folder: Path) -> None:
    card = checkpoints.read_card(folder / "better.safetensors")
    looking = {**card.preprocess, "sizes": [card.preprocess["short_side"]] * 2, "mirrored": True}
    checkpoints.save(folder / "looking.safetensors", ARCHITECTURES.build("unet", **card.config),
                     replace(card, preprocess=looking))
    once, often = (row_of(folder / f"{name}.safetensors", 0) for name in ("better", "looking"))
    assert often.gmacs == pytest.approx(4 * once.gmacs) and often.parameters == once.parameters


def test_operations_are_counted_as_torch_counts_them() -> None:
    module = nn.Sequential(nn.Conv2d(3, 8, 3, 2), nn.ReLU(), nn.Flatten(), nn.LazyLinear(5))
    module(torch.zeros(1, 3, 9, 9))
    module = module.to("meta")
    counter = FlopCounterMode(display=False)
    with counter:
        module(torch.empty(1, 3, 9, 9, device="meta"))
    assert gmacs(module, (3, 9, 9)) == counter.get_total_flops() / 2e9 > 0


def test_counting_leaves_other_threads_alone() -> None:
    layer, x = nn.Linear(2, 1), torch.ones(1, 2, requires_grad=True)
    with Counter() as counter, ThreadPoolExecutor(1) as pool:
        slope = pool.submit(lambda: torch.autograd.grad(layer(x).sum(), x)[0]).result()
    assert torch.equal(slope, layer.weight.detach()) and counter.flops == 0
