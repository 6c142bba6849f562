"""Mask branches: taken from one detector, set into another, and nothing else moves."""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
import torch

from tests.infrared.hand import Handmade
from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.infrared import predict as predicting
from vision.infrared.classes import CLASSES
from vision.infrared.models import ARCHITECTURES
from vision.infrared.predict import detect, load
from vision.infrared.studies.mask_branches import take, taught, with_branch

pytestmark = pytest.mark.usefixtures("narrow")
NEVER = ("reactor", "fuse")


@pytest.fixture(autouse=True)
def _full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predicting, "bf16_is_faster", lambda kind: False)


def whole(path: Path, seed: int = 0, arch: str = "mask_rcnn", **config: Any) -> Path:
    """Write a detector whose mask branch is drawn anew, and all else by the parts' names."""
    path.write_bytes(content(seed, arch, **config))
    return path


@cache
def content(seed: int, arch: str, **config: Any) -> bytes:
    """Return the file of such a detector, which is made once."""
    config = {"classes": len(CLASSES), "backbone": "resnet18", "size": "compact", **config}
    module = ARCHITECTURES.build(arch, **config)
    for name, weights in module.named_parameters():
        masks = name.startswith("heads.masks")
        draw = torch.Generator().manual_seed(seed if masks else zlib.crc32(name.encode()))
        if masks or weights.ndim > 1:
            spread = 0.3 if masks else (2 / weights[0].numel()) ** 0.5
            torch.nn.init.normal_(weights, std=spread, generator=draw)
        elif name.endswith("bias"):
            torch.nn.init.zeros_(weights)
    card = Card("infrared", arch, config, CLASSES, {"short_side": 96}, {"without_masks": NEVER})
    with TemporaryDirectory() as folder:
        path = checkpoints.save(Path(folder) / "whole.safetensors", module, card, bits=8)
        return path.read_bytes()


@pytest.mark.parametrize("source", ["class_agnostic", "transferred"])
def test_a_branch_moves_and_nothing_else_does(tmp_path: Path, source: str) -> None:
    first = load(whole(tmp_path / "a.safetensors"))
    second = load(whole(tmp_path / "b.safetensors", seed=1, masks=source))
    path = take(tmp_path / "b.safetensors", tmp_path / "branch.safetensors")
    assert path.stat().st_size < 0.3 * (tmp_path / "b.safetensors").stat().st_size
    grey = Handmade(1).scene(0).grey
    before, mixed, wanted = (detect(model, grey) for model in
                             (first, with_branch(first, path), second))
    assert len(before) > 0 and np.array_equal(mixed.boxes, before.boxes)
    assert np.array_equal(mixed.scores, before.scores)
    assert mixed.masks is not None and np.array_equal(mixed.masks, wanted.masks)
    assert not np.array_equal(mixed.masks, before.masks)
    assert np.array_equal(detect(first, grey).masks, before.masks)  # it kept its own
    assert with_branch(first, path).card.data["without_masks"] == list(NEVER)


def test_a_branch_fits_whether_or_not_sides_are_looked_for(tmp_path: Path) -> None:
    """It learns with the same features and boxes; only where it is asked for a mask differs."""
    whole(tmp_path / "a.safetensors")
    path = take(tmp_path / "a.safetensors", tmp_path / "branch.safetensors")
    sided = with_branch(load(whole(tmp_path / "b.safetensors", seed=1, sides=True)), path)
    first = load(tmp_path / "a.safetensors").module.heads.masks.state_dict()
    masks = sided.module.heads.masks.state_dict()
    assert all(torch.equal(masks[name], value) for name, value in first.items())


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    small = load(whole(tmp_path / "a.safetensors"))
    with pytest.raises(UserError, match=r"'a\.safetensors' is no mask branch that fits"):
        with_branch(small, tmp_path / "a.safetensors")
    branch = ARCHITECTURES.build("mask_branch", source="class_agnostic", classes=len(CLASSES),
                                 detection=10, width=16)
    card = Card("infrared", "mask_branch", branch.config)
    other = checkpoints.save(tmp_path / "other.safetensors", branch, card)
    with pytest.raises(UserError, match="same width and classes is accepted"):
        with_branch(small, other)
    branch_file = take(tmp_path / "a.safetensors", tmp_path / "branch.safetensors")
    small.module.backbone.body["conv1"].weight.data[0] += 0.1
    with pytest.raises(UserError, match=r"'branch\.safetensors' was taught on another detector"):
        with_branch(small, branch_file)
    whole(tmp_path / "boxes.safetensors", arch="faster_rcnn")
    with pytest.raises(UserError, match="A 'faster_rcnn' has no mask branch"):
        take(tmp_path / "boxes.safetensors", tmp_path / "x.safetensors")


def test_a_card_is_read_apart_for_the_classes_without_masks() -> None:
    by_class = {name: place / 100 for place, name in enumerate(CLASSES)}
    by_class["bushing"] = float("nan")  # there was none in the scenes
    card = Card("infrared", "mask_branch", {"source": "transferred"},
                metrics={"mask_AP_per_class": by_class})
    seen = [value for name, value in by_class.items() if name not in (*NEVER, "bushing")]
    found = taught(card, NEVER)
    assert found.seen == pytest.approx(sum(seen) / len(seen))
    assert found.never == pytest.approx((by_class["reactor"] + by_class["fuse"]) / 2)


def test_the_command_line_measures_another_branch(tmp_path: Path, cli: Any) -> None:
    whole(tmp_path / "a.safetensors")
    whole(tmp_path / "b.safetensors", seed=1, masks="class_agnostic")
    take(tmp_path / "b.safetensors", tmp_path / "branch.safetensors")
    answer = cli("infrared", "evaluate", "--checkpoint", tmp_path / "a.safetensors", "--masks",
                 tmp_path / "branch.safetensors", "--scenes", 1)
    assert answer.code == 0 and "masks of classes that never had one" in answer.out


def test_a_branch_is_no_detector(tmp_path: Path) -> None:
    whole(tmp_path / "a.safetensors")
    path = take(tmp_path / "a.safetensors", tmp_path / "branch.safetensors")
    with pytest.raises(UserError, match="A 'mask_branch' does not find devices"):
        load(path)
    assert isinstance(checkpoints.load(path, ARCHITECTURES), Model)
