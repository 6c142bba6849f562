"""What visitors bring that is odd: one sentence or a sensible painting, and what is there stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from tests.style.sights import CONTENT, STYLE
from tests.ui.tabs.style_tiny import tiny_extractor
from vision.ui.tabs.style import memory, one_pass
from vision.ui.tabs.style import run as style_run
from vision.ui.tabs.style.controls import Chosen
from vision.ui.tabs.style.studio import Studio

REQUEST: Any = None
ALL_OFF = {"content_power": -3.0, "style_power": -3.0, "tv_power": -3.0}
INK = {"layers": [np.full((33, 77, 4), 255, np.uint8)]}  # painted on another picture


@pytest.fixture(autouse=True)
def tiny(tmp_path: Path) -> Iterator[None]:
    with tiny_extractor(tmp_path / "checkpoint"):
        yield


def file(folder: Path, pixels: np.ndarray) -> str:
    path = folder / f"{len(list(folder.glob('*.png')))}.png"
    Image.fromarray(pixels).save(path)
    return str(path)


def paint(studio: Studio, content: str, style: str, region: Any = None, **change: Any) -> Any:
    chosen = Chosen(**{"size": 64, "steps": 4, "preset": "single", **change})
    return list(style_run.stylize(studio, content, style, None, region, *vars(chosen).values(),
                                  REQUEST))[-1]


@pytest.mark.parametrize("colours", ["style", "matched", "luminance"])
@pytest.mark.parametrize("colour", [0, 128, 255])
def test_a_style_of_one_colour_gives_a_painting(tmp_path: Path, colour: int, colours: str) -> None:
    plain = file(tmp_path, np.full((50, 70, 3), colour, np.uint8))
    answer = paint(Studio(), file(tmp_path, CONTENT), plain, colours=colours)
    assert answer[0].shape == (43, 64, 3) and answer[0].std() > 5
    assert np.isfinite(list(answer[5]["losses"].values())).all()


@pytest.mark.parametrize("size, said", [((20, 20), "only 20×20"), ((300, 2000), "2000×300")])
@pytest.mark.parametrize("place", ["content", "style"])
def test_pictures_of_odd_sizes_get_one_sentence(tmp_path: Path, size: tuple[int, int], said: str,
                                                place: str) -> None:
    odd = file(tmp_path, np.random.default_rng(0).integers(0, 255, (*size, 3), np.uint8))
    good = file(tmp_path, CONTENT)
    pair = (odd, good) if place == "content" else (good, odd)
    studio = Studio()
    before = paint(studio, good, good)[0]
    with pytest.raises(gr.Error, match=said):
        paint(studio, *pair)
    assert studio.picture is None or np.array_equal(studio.picture, before)


def test_weights_that_are_all_off_get_one_sentence(tmp_path: Path) -> None:
    studio, pair = Studio(), (file(tmp_path, CONTENT), file(tmp_path, STYLE))
    before = paint(studio, *pair)[0]
    with pytest.raises(gr.Error, match="All weights are 0"):
        paint(studio, *pair, **ALL_OFF)
    assert np.array_equal(studio.painted(), before), "what was painted stays"


def test_a_mask_of_another_picture_gets_one_sentence(tmp_path: Path) -> None:
    studio, pair = Studio(), (file(tmp_path, CONTENT), file(tmp_path, STYLE))
    before = paint(studio, *pair)[0]
    with pytest.raises(gr.Error, match="region is 77×33"):
        paint(studio, *pair, INK)
    assert np.array_equal(studio.painted(), before), "what was painted stays"


def test_a_print_without_memory_gets_one_sentence(tmp_path: Path,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    studio, pair = Studio(), (file(tmp_path, CONTENT), file(tmp_path, STYLE))
    before = paint(studio, *pair)[0]
    monkeypatch.setattr(memory.BUDGET, "whole", 0.5e9)
    with pytest.raises(gr.Error, match="of memory"):
        paint(studio, *pair, size=2400)
    with pytest.raises(gr.Error, match="of memory"):
        one_pass.one_pass(studio, pair[0], pair[1], None, 2400, 1, None, REQUEST)
    assert np.array_equal(studio.painted(), before), "what was painted stays"
