"""Mask branches of real devices: only they learn, and what is withheld teaches nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch

from tests.infrared.hand import CONSERVATOR, FUSE, SIZE, Handmade
from tests.infrared.studies.test_infrared_mask_branches import whole
from vision import checkpoints
from vision.errors import UserError
from vision.infrared.classes import CLASSES, LABELS, NAMES
from vision.infrared.collate import batch_of, target_of
from vision.infrared.models.heads import Target
from vision.infrared.models.mask_rcnn import Detector
from vision.infrared.predict import load
from vision.infrared.studies import real_masks
from vision.infrared.studies.mask_branches import body_of, branch_of, take, with_branch
from vision.infrared.studies.real_masks import Branches, Config, may_be, train, without

pytestmark = pytest.mark.usefixtures("narrow")
NEVER = ("reactor", "fuse")


class Nothing:
    """A report with two numbers."""

    def as_json(self) -> dict[str, Any]:
        return {"real_mask_iou": 0.5, "real_ap50": 0.25}


def started(folder: Path) -> Config:
    """A detector of all names, branches of the classes alone, and a short training of them."""
    detector = whole(folder / "real.safetensors", classes=len(NAMES))
    kept = replace(checkpoints.read_card(detector), classes=NAMES)
    checkpoints.change_card(detector, kept)
    for name, source in (("masks-agnostic", "class_agnostic"), ("masks-transferred",
                                                                "transferred")):
        other = whole(folder / "other.safetensors", seed=1, masks=source)
        take(other, folder / f"{name}.safetensors")
    return Config(start=detector, branches=folder, steps=2, batch=2, val_scenes=0,
                  precision="fp32", output=folder / "made" / "detector.safetensors")


def test_branches_learn_and_the_detector_stays_as_it_is(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(real_masks, "measure_real", lambda *_: Nothing())
    monkeypatch.setattr(real_masks, "Thermograms", lambda split: None)
    config = started(tmp_path)
    files = train(config, samples=Handmade(4))
    before, after = load(config.start), load(files[0])
    assert body_of(after) == body_of(before)
    assert not torch.equal(branch_of(after).up.weight, branch_of(before).up.weight)
    assert [path.stem for path in files[1:]] == ["masks-real-agnostic", "masks-real-transferred"]
    for path in files[1:]:
        mixed = with_branch(after, path)
        assert mixed.card.data["without_masks"] == list(NEVER)
        assert not torch.equal(branch_of(mixed).up.weight, branch_of(after).up.weight)
        assert checkpoints.read_card(path).metrics == {"real_mask_iou": 0.5}
    assert after.card.data["without_masks"] == [] and after.card.metrics["real_ap50"] == 0.25
    assert after.card.command.startswith("python -m vision infrared masks")


def test_a_training_that_was_stopped_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                             ) -> None:
    monkeypatch.setattr(real_masks, "measure_real", lambda *_: Nothing())
    monkeypatch.setattr(real_masks, "Thermograms", lambda split: None)
    config = started(tmp_path)
    train(config, lambda step: step.number == 1, Handmade(4))
    steps: list[int] = []
    files = train(config, lambda step: steps.append(step.number), Handmade(4))
    assert steps == [2] and checkpoints.read_card(files[0]).steps == 2


def test_what_is_withheld_teaches_only_the_branch_that_is_taught_all(tmp_path: Path) -> None:
    """Other masks of fuses change the loss of one branch, not that of the others."""
    config = started(tmp_path)
    start = load(config.start)
    begun, never = real_masks.first_branches(config, start)
    module = Branches(cast(Detector, start.module), begun, never)
    pictures, targets = batch_of([Handmade(1)[0]], SIZE)
    fuse = 1 + FUSE
    changed = [changed_masks(target, fuse) for target in targets]
    losses = []
    for truth in (targets, changed):
        torch.manual_seed(0)
        losses.append({name: loss.item() for name, loss in module(pictures, truth).items()})
    assert losses[0]["taught"] != pytest.approx(losses[1]["taught"])
    for name in ("agnostic", "transferred"):
        assert losses[0][name] == pytest.approx(losses[1][name])


def changed_masks(target: Target, label: int) -> Target:
    """The same truth with empty masks of the devices of a label."""
    masks = torch.where((target.labels == label)[:, None, None], 0, target.masks)
    return replace(target, masks=masks.to(torch.uint8))


def test_a_group_with_a_withheld_kind_is_withheld() -> None:
    sample = Handmade(1)[0]
    some = LABELS.index("some tank")  # a reactor or the body of a transformer
    target = target_of(replace(sample, labels=np.array([some, CONSERVATOR])), SIZE)
    reactor = [1 + CLASSES.index("reactor")]
    assert may_be(target, reactor).tolist() == [True, False]
    assert without([target], reactor)[0].masked.tolist() == [False, True]


def test_branches_that_lack_different_masks_are_refused(tmp_path: Path) -> None:
    config = started(tmp_path)
    path = tmp_path / "masks-agnostic.safetensors"
    card = checkpoints.read_card(path)
    checkpoints.change_card(path, replace(card, data={**card.data, "without_masks": ["fuse"]}))
    with pytest.raises(UserError, match="different classes"):
        real_masks.first_branches(config, load(config.start))
