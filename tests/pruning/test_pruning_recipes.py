"""The recipes: a family learns sparse once, everything smaller is cut from that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vision.checkpoints import change_card, read_card
from vision.pruning import recipes
from vision.pruning.evaluate import evaluate
from vision.pruning.predict import load, network_of
from vision.pruning.train import check

CHANGES = {"size": "compact", "data": ("drawings",), "limit": 40, "steps": 2, "batch": 8,
           "precision": "fp32"}


@pytest.fixture
def _tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "PARTS", tmp_path / "parts")
    monkeypatch.setattr(recipes, "FAMILIES", {
        arch: replace(recipe, **CHANGES) for arch, recipe in recipes.FAMILIES.items()})
    monkeypatch.setattr(recipes, "SECOND", {
        arch: replace(recipe, **CHANGES) for arch, recipe in recipes.SECOND.items()})
    monkeypatch.setattr(recipes, "TUNING", (2, 0.02))
    monkeypatch.setattr(recipes, "OTHER", {
        name: (2, rate) for name, (_, rate) in recipes.OTHER.items()})
    monkeypatch.setattr(recipes, "CURVES", {
        name: replace(measuring, data=("drawings",), limit=20, step=0.9, last=0.9, tune=1,
                      scratch=0, batch=8, seconds=0.0)
        for name, measuring in recipes.CURVES.items()})
    monkeypatch.setattr("vision.pruning.predict.bf16_is_faster", lambda kind: False)


@pytest.mark.usefixtures("_tiny")
def test_a_family_is_trained_once_then_cut_and_tuned(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("vgg16", "vgg16-cut-50", "vgg16-cut-70")
    paths = recipes.run(recipes.Config(names, tmp_path))
    assert [path.stem for path in paths] == list(names)
    widths = [sum(network_of(load(path)).widths) for path in paths]
    assert widths[1] == pytest.approx(0.5 * widths[0], abs=1)
    assert widths[2] == pytest.approx(0.3 * widths[0], abs=1)
    cards = [read_card(path) for path in paths]
    assert [point["ratio"] for point in cards[0].metrics["curve"]["points"]] == [0, 0.9]
    first, second, smaller = cards[2].metrics["made_from"]
    for command, recipe in ((first, recipes.FAMILIES), (second, recipes.SECOND)):
        assert f"--sparsity {recipe['vgg16'].sparsity}" in command
    assert "vgg16-first" in first and "vgg16-first" in second
    assert "--ratio 0.7" in smaller
    assert "--start" in cards[2].command and "cut-70" in cards[2].command

    monkeypatch.setattr(recipes, "train", None)  # nothing is left to do
    assert recipes.run(recipes.Config(names, tmp_path)) == []
    curve = cards[0].metrics["curve"]
    half = {**cards[0].metrics, "curve": {**curve, "points": curve["points"][:1]}}
    change_card(paths[0], replace(cards[0], metrics=half))  # as if it had been killed there
    assert recipes.run(recipes.Config(names, tmp_path)) == paths[:1]
    again = read_card(paths[0]).metrics["curve"]["points"]
    assert [point["ratio"] for point in again] == [0, 0.9]


@pytest.mark.usefixtures("_tiny")
def test_the_accuracy_on_the_card_is_that_of_the_file(tmp_path: Path) -> None:
    path = recipes.kept(recipes.sparse("vgg16"), tmp_path / "x.safetensors")
    assert read_card(path).metrics["accuracy"] == evaluate(path, "drawings", limit=0).accuracy
    assert path.stat().st_size < 0.6 * recipes.sparse("vgg16").stat().st_size


def test_the_settings_can_work() -> None:
    again = (recipes.tuning(name.partition("-cut-")[0], name)
             for name in recipes.NAMES if "cut" in name)
    once = (*recipes.FAMILIES.values(), *recipes.SECOND.values(), recipes.SMALL, recipes.HARDER)
    for recipe in (*once, *again):
        check(recipe)
    assert set(recipes.CURVES) == {*recipes.FAMILIES, recipes.DRAWINGS, recipes.HARD}
    assert len(set(recipes.NAMES)) == len(recipes.NAMES) == 13
