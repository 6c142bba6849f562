"""The recipes: what begins another training is made first, and what is there is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import told_by
from vision import checkpoints
from vision.infrared import recipes
from vision.infrared.classes import CLASSES
from vision.infrared.studies import real_masks, transfer_ladder
from vision.infrared.train import check


@dataclass(frozen=True)
class Written:
    """What is written without a training."""

    output: Path


def chained(rounds: Sequence[Any], folder: Path) -> list[Any]:
    """Return rounds that write into a folder, each beginning with what the last one wrote."""
    paths = [folder / part.output.name for part in rounds]
    starts = [{}, *({"start": path} for path in paths)]
    return [replace(part, output=path, **start)
            for part, path, start in zip(rounds, paths, starts, strict=False)]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of what was trained, in order; nothing is, but the files appear."""
    order: list[str] = []

    def note(config: Any, on_step: Any) -> Path:
        assert not getattr(config, "start", None) or config.start.exists()
        config.output.parent.mkdir(parents=True, exist_ok=True)
        config.output.touch()
        order.append(config.output.stem)
        return config.output

    monkeypatch.setattr(recipes, "train", note)
    def note_masks(config: Any, on_step: Any) -> list[Path]:
        paths = [config.output, *(config.output.with_name(f"{name}.safetensors")
                                  for name in recipes.REAL_BRANCHES)]
        note(config, on_step)
        for path in paths:
            path.touch()
        return paths

    monkeypatch.setattr(recipes.real_masks, "train", note_masks)
    monkeypatch.setattr(recipes.pretraining, "train", note)
    monkeypatch.setattr(recipes.zones, "train", note)
    monkeypatch.setattr(recipes.classical, "train", lambda config: note(config, None))
    parts = tmp_path / "parts"
    beginnings = chained(recipes.BEGINNINGS, parts)
    monkeypatch.setattr(recipes, "BEGINNINGS", beginnings)
    base = beginnings[-1]
    masked = replace(recipes.MASKED, start=base.output, output=parts / recipes.MASKED.output.name)
    monkeypatch.setattr(recipes, "DETECTOR_BEGINNINGS", (*beginnings, masked))
    monkeypatch.setattr(recipes, "DETECTOR", replace(recipes.DETECTOR, start=masked.output))
    masks = replace(recipes.MASKS, start=base.output, output=parts / recipes.MASKS.output.name)
    monkeypatch.setattr(recipes, "MASK_BEGINNINGS", (*beginnings, masks))
    monkeypatch.setattr(recipes, "PARTS", tmp_path / "parts")
    zones = chained(recipes.ZONE_BEGINNINGS, parts)
    monkeypatch.setattr(recipes, "ZONE_BEGINNINGS", zones)
    monkeypatch.setattr(recipes, "ZONES", replace(recipes.ZONES, start=zones[-1].output))
    monkeypatch.setattr(recipes, "BRANCHES", {
        name: replace(recipe, start=masks.output) for name, recipe in recipes.BRANCHES.items()})
    real = chained(recipes.REAL_BEGINNINGS, parts)
    monkeypatch.setattr(recipes, "REAL_BEGINNINGS", real)
    monkeypatch.setattr(recipes, "REAL_MASKS", replace(recipes.REAL_MASKS, start=real[-1].output))
    monkeypatch.setattr(recipes, "take", lambda whole, path: note(Written(path), None))

    def measured(branch: Path, detector: Path) -> Path:
        assert branch.exists() and detector.exists()
        return branch

    monkeypatch.setattr(recipes, "measured", measured)
    monkeypatch.setattr(recipes, "measured_real", lambda detector: detector)
    return order


def test_what_begins_another_training_is_made_first(made: list[str], tmp_path: Path) -> None:
    paths = recipes.run(recipes.Config(folder=tmp_path))
    rounds = ["base-first", "base-second", "base-third", "base-fourth", "base-fifth", "base"]
    assert made == ["backbone-glcm", *rounds, "masked", "mask_rcnn", "masks",
                    "masks-agnostic-whole", "masks-agnostic", "masks-transferred-whole",
                    "masks-transferred", "real-first", "real-second", "real-third", "real",
                    "mask_rcnn_real", "zones-first", "zones-second", "zones-third", "zones",
                    "classical"]
    assert [path.stem for path in paths] == [name for name in recipes.NAMES
                                             if name not in recipes.REAL_BRANCHES]
    assert recipes.run(recipes.Config(folder=tmp_path)) == [] and len(made) == 24
    lost = tmp_path / "masks-real-agnostic.safetensors"
    lost.unlink()
    assert recipes.run(recipes.Config(folder=tmp_path)) == [lost] and lost.exists()
    assert made[24:] == ["mask_rcnn_real"]  # beside what begins others, not what ships


def test_what_is_there_is_left_alone(made: list[str], tmp_path: Path) -> None:
    last = recipes.BEGINNINGS[-2].output
    last.parent.mkdir()
    last.touch()
    recipes.run(recipes.Config(("mask_rcnn",), tmp_path))
    assert made == ["base", "masked", "mask_rcnn"]


@pytest.mark.parametrize("name", recipes.NAMES)
def test_what_ships_was_made_by_its_recipe(name: str) -> None:
    """Each card names the command that the recipe stands for; only where it wrote may differ."""
    card = checkpoints.read_card(transfer_ladder.FILE.with_name(f"{name}.safetensors"))
    verb, recipe = {"mask_rcnn": ("train", recipes.DETECTOR),
                    "mask_rcnn_real": ("masks", recipes.REAL_MASKS),
                    **dict.fromkeys(recipes.REAL_BRANCHES, ("masks", recipes.REAL_MASKS)),
                    "zones": ("train_zones", recipes.ZONES),
                    "classical": ("classical", recipes.CLASSICAL)}.get(
                        name, ("train", recipes.BRANCHES.get(name)))
    made_by = told_by(card.command)
    assert recipe is not None and made_by == ("infrared", verb, replace(
        recipe, output=made_by[2].output))


def test_the_settings_can_work() -> None:
    for recipe in (*recipes.MASK_BEGINNINGS[1:], recipes.MASKED, recipes.DETECTOR,
                   *recipes.REAL_BEGINNINGS, *recipes.BRANCHES.values()):
        check(recipe)
    real_masks.check(recipes.REAL_MASKS)
    assert set(recipes.NEVER_MASKED) < set(CLASSES)
