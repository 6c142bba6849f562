"""Checkpoints that are taken away, or damaged, while the page is served."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from tests.conftest import REPOSITORY
from vision import checkpoints
from vision.ui import create_app, load_tabs, warm_up
from vision.ui.components.friendly import friendly
from vision.ui.tabs.gan import shared as gan_models
from vision.ui.tabs.pruning import shared as pruning_models
from vision.ui.tabs.segmentation import shared as segmentation_models
from vision.ui.tabs.segmentation.segment import segment

STREET = str(REPOSITORY / "assets" / "segmentation" / "street-1.png")


@pytest.fixture
def folder(tmp_path: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
           ) -> Iterator[Path]:
    """A folder of checkpoints with a single one in it."""
    place = tmp_path / "checkpoints"
    (place / "segmentation").mkdir(parents=True)
    shutil.copy(tiny_checkpoint, place / "segmentation" / "unet.safetensors")
    monkeypatch.setattr(checkpoints, "FOLDER", place)
    yield place
    segmentation_models.MODELS.forget()


@pytest.fixture
def _not_yet_warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that has made nothing yet; what it makes is no later test's."""
    monkeypatch.setattr("vision.ui.WARM", threading.Event())
    for tab in load_tabs():
        opening = getattr(tab.first, "__self__", None)
        if opening is not None:
            monkeypatch.setattr(opening, "_made", None)
            monkeypatch.setattr(opening, "_answers", {})


def answer() -> Any:
    """Return the class ids of a picture as the tab gives them."""
    return segment(STREET, None, "unet", 0.6, None, None)[7]["shares"]  # type: ignore[arg-type]


def test_a_model_that_is_taken_away_is_named_and_works_again_when_it_is_back(folder: Path) -> None:
    before = answer()
    file = folder / "segmentation" / "unet.safetensors"
    away = file.rename(folder / "away")
    with pytest.raises(gr.Error, match=r"(?i)no model called 'unet'.*(?:choose|known)"):
        answer()
    away.rename(file)
    assert answer() == before


def test_a_model_that_changes_is_read_again(folder: Path) -> None:
    answer()
    file = folder / "segmentation" / "unet.safetensors"
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(gr.Error, match=r"'unet\.safetensors' cannot be used.*fetch or train"):
        answer()


@pytest.mark.parametrize("view", [segmentation_models, gan_models, pruning_models])
def test_ones_own_model_that_is_gone_gets_one_sentence(view: Any, folder: Path) -> None:
    opened: Callable[..., Any] = friendly(view.MODELS.open)
    with pytest.raises(gr.Error, match=r"own model is not here any more.*train it again"):
        opened("own", str(folder / "mine.safetensors"))


@pytest.mark.usefixtures("_not_yet_warm")
def test_the_page_opens_with_damaged_checkpoints_and_without_any(
        folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    for tab in load_tabs():
        (folder / tab.name).mkdir(exist_ok=True)
        (folder / tab.name / "bad.safetensors").write_bytes(b"version https://git-lfs\n")
    assert segmentation_models.MODELS.names() == ["unet"] and gan_models.MODELS.names() == []
    assert "'bad.safetensors' cannot be used" in str(caplog.text).replace("'Bad", "'bad")
    assert create_app().blocks
    warm_up()
    shutil.rmtree(folder)
    assert create_app().blocks
    warm_up()
