"""A tab's first result is made once, whoever asks, and put into words once for each language."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest

from vision.ui.components.figures.plots import axes
from vision.ui.components.figures.svg_plot import SvgPlot
from vision.ui.components.opening import Opening


def asking(language: str) -> Any:
    return SimpleNamespace(headers={"accept-language": language})


def test_many_visitors_share_one_result_and_one_answer_for_each_language() -> None:
    made, worded = [], []

    def answer(result: int, request: gr.Request | None) -> tuple[Any, ...]:
        worded.append(request)
        return result, f"{result} {request.headers['accept-language'] if request else ''}"

    opening = Opening(lambda: made.append(0) or len(made), answer)
    with ThreadPoolExecutor(8) as visitors:
        found = list(visitors.map(opening.answer, map(asking, ["pt-BR", "zh-CN"] * 8)))
    assert made == [0] and len(worded) == 2
    assert found[:2] * 8 == found and found[0] == (1, "1 pt-BR")


def test_a_tab_without_a_model_shows_nothing_and_a_mistake_is_not_kept() -> None:
    models = iter([None, "model"])
    waiting = Opening(lambda: next(models), lambda made, request: (made,))
    assert waiting.answer(None) is None
    assert waiting.answer(None) == ("model",), "it came later"
    tries = []

    def second_time() -> str:
        tries.append(0)
        if len(tries) < 2:
            raise OSError("no room")
        return "there"

    opening = Opening(second_time, lambda made, request: (made,))
    with pytest.raises(OSError, match="no room"):
        opening.answer(None)
    assert opening.answer(None) == ("there",) and len(tries) == 2


def test_pictures_and_figures_are_encoded_once() -> None:
    picture = np.full((6, 8, 3), 200, np.uint8)
    opening = Opening(lambda: picture, lambda made, request: (made, axes("a")[0], "text"))
    file, plot, text = opening.answer(None) or ()
    assert Path(file).read_bytes()[8:12] == b"WEBP" and text == "text"
    assert "<svg" in plot and SvgPlot().postprocess(plot) == plot
