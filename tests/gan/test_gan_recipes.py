"""The recipes: what is missing is trained by its own, and what is there is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from vision.gan import recipes


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The settings of what was trained, in order; nothing is, but the files appear."""
    order: list[Any] = []

    def note(config: Any, on_step: Any) -> Path:
        config.output.touch()
        order.append(config)
        return config.output

    monkeypatch.setattr(recipes, "train", note)
    monkeypatch.setattr(recipes.train_classifier, "train", note)
    return order


def test_all_that_is_missing_is_trained_by_its_recipe(made: list[Any], tmp_path: Path) -> None:
    (tmp_path / "dcgan-mnist.safetensors").touch()
    paths = recipes.run(recipes.Config(folder=tmp_path))
    assert [path.stem for path in paths] == [name for name in recipes.RECIPES
                                             if name != "dcgan-mnist"]
    assert made[0].flip is False and made[1].flip is True
    generator = made[[path.stem for path in paths].index("cgan-mnist")]
    assert (generator.arch, generator.data, generator.steps) == ("cgan", "mnist", 16000)
    assert recipes.run(recipes.Config(folder=tmp_path)) == []


def test_only_what_is_named_is_trained_and_only_once(made: list[Any], tmp_path: Path) -> None:
    names = ("gan-mnist", "classifier-mnist", "gan-mnist")
    paths = recipes.run(recipes.Config(names, tmp_path))
    assert [path.stem for path in paths] == ["gan-mnist", "classifier-mnist"]
