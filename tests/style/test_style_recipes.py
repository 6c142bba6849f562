"""The recipes: what is missing is trained by its own, and what is there is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import told_by
from vision import checkpoints
from vision.style import recipes


def test_what_is_missing_is_trained_by_its_recipe(tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[Any] = []

    def note(config: Any, on_step: Any) -> Path:
        config.output.parent.mkdir(parents=True, exist_ok=True)
        config.output.touch()
        order.append(config)
        return config.output

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(recipes, "train", note)
    monkeypatch.setattr(recipes.train_extractor, "train", note)
    paths = recipes.run(recipes.Config(folder=tmp_path))
    assert [path.stem for path in paths] == recipes.NAMES
    extractors = [recipes.train_extractor.Config] * len(recipes.EXTRACTORS)
    assert [type(config) for config in order] == [
        *extractors, *[recipes.Training] * sum(map(len, recipes.PAINTERS.values()))]
    stages = order[len(extractors) :]
    assert [stage.start for stage in stages] == [None, *(stage.output for stage in stages[:-1])]
    assert recipes.run(recipes.Config(folder=tmp_path)) == []


SHIPPED = [name for name in recipes.NAMES
           if (checkpoints.FOLDER / "style" / f"{name}.safetensors").is_file()]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_was_made_by_its_recipe(name: str) -> None:
    card = checkpoints.read_card(checkpoints.FOLDER / "style" / f"{name}.safetensors")
    _, verb, config = told_by(card.command)
    assert verb == ("train" if name in recipes.PAINTERS else "train_extractor")
    if name in recipes.PAINTERS:
        *before, recipe = recipes.PAINTERS[name]
        assert len(card.metrics.get("made_from", [])) == len(before)
        assert replace(recipe, output=config.output, start=config.start) == config
    else:
        assert replace(recipes.EXTRACTORS[name], output=config.output) == config


def test_every_style_picture_is_there() -> None:
    for style in {style for stages in recipes.PAINTERS.values() for stage in stages
                  for style in stage.style}:
        assert (checkpoints.FOLDER.parent / style).is_file()
