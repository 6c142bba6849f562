"""The recipes: what others begin with is made first, and what is there is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import told_by
from tests.segmentation.trainings import TINY
from vision import checkpoints
from vision.segmentation import recipes
from vision.segmentation.models import ARCHITECTURES

NEWER = ("start", "output", "val_every", "save_every", "precision")  # may differ from a card's


@pytest.fixture
def _tiny(with_tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every recipe be one tiny step."""
    for name in ("RECIPES", "SECOND"):
        monkeypatch.setattr(recipes, name, {
            arch: replace(TINY, steps=1, seed=recipe.seed)
            for arch, recipe in getattr(recipes, name).items()})
    monkeypatch.setattr(recipes, "PARTS", tmp_path / "parts")


def test_every_architecture_has_a_recipe_and_begins_with_one_before_it() -> None:
    assert set(recipes.RECIPES) <= set(recipes.NAMES)
    assert {recipes.arch_of(name) for name in recipes.NAMES} == set(ARCHITECTURES.names())
    assert all(recipes.NAMES.index(first) < recipes.NAMES.index(name)
               for name, first in recipes.STARTS.items())
    assert set(recipes.SECOND) < set(recipes.NAMES)


@pytest.mark.usefixtures("_tiny")
def test_what_another_begins_with_is_made_first_and_only_once(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    config = recipes.Config(("fcn8s", "fcn32s"), folder)
    assert [path.stem for path in recipes.run(config)] == ["fcn8s", "fcn32s"]
    assert {path.stem for path in folder.glob("*.safetensors")} == {
        "deeplab_v3plus", "fcn8s", "fcn32s"}
    card = checkpoints.read_card(folder / "fcn8s.safetensors")
    assert "--start deeplab_v3plus.safetensors" in card.command and card.steps == 1
    assert recipes.run(config) == []


@pytest.mark.usefixtures("_tiny")
def test_a_second_round_begins_where_the_first_ended(tmp_path: Path) -> None:
    recipes.run(recipes.Config(("setr",), tmp_path / "made"))
    card = checkpoints.read_card(tmp_path / "made" / "setr.safetensors")
    assert (tmp_path / "parts" / "setr-first.safetensors").exists()
    assert "--start setr-first.safetensors" in card.command and card.seed == 1


def test_who_has_no_recipe_learns_by_that_of_the_first_alike(
        monkeypatch: pytest.MonkeyPatch) -> None:
    less = {name: recipe for name, recipe in recipes.RECIPES.items()
            if name not in ("vnet", "pspnet")}
    monkeypatch.setattr(recipes, "RECIPES", {**less, "other": recipes.RECIPES["vnet"]})
    monkeypatch.setattr(recipes, "task", lambda name: "volumes" if name in ("vnet", "other")
                        else "classes")
    alike = recipes.recipe_of("vnet")
    assert (alike.arch, alike.data) == ("vnet", ("volumes",))
    assert recipes.recipe_of("pspnet").steps == less["unet"].steps


SHIPPED = [path.stem for path in checkpoints.readable("segmentation")]


def test_all_but_some_with_the_public_encoder_ship() -> None:
    assert set(ARCHITECTURES.names()) <= set(SHIPPED) <= set(recipes.NAMES)


@pytest.mark.parametrize("name", [name for name in SHIPPED if name in recipes.RECIPES])
def test_what_ships_was_made_by_its_recipe(name: str) -> None:
    """Where it began and wrote, how often it was measured and saved, its precision may differ.
    """
    card = checkpoints.read_card(checkpoints.FOLDER / "segmentation" / f"{name}.safetensors")
    recipe = recipes.SECOND.get(name, recipes.RECIPES[name])
    arch = recipes.arch_of(name)
    system, verb, config = told_by(card.command)
    assert (system, verb) == ("segmentation", "train")
    same = {key: getattr(config, key) for key in NEWER}
    assert replace(recipe, arch=arch, **same) == config
    wanted = recipes.STARTS.get(name) if name not in recipes.SECOND else f"{name}-first"
    assert (config.start.stem if config.start else None) == wanted
