"""What is drawn with matplotlib needs no language; its key beside it speaks the reader's."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from matplotlib.text import Text

from vision.ui.tabs.gan import judge
from vision.ui.tabs.infrared.studies import ladder
from vision.ui.tabs.pruning import curve

Reader: Any = type("Request", (), {"headers": {"accept-language": "zh-CN"}})()
WORD = re.compile(r"[A-Za-z]{3,}")
NAMES = {  # that are the same in every language: networks, measures, units, papers, devices
    "mask", "box", "log", "VGG", "CIFAR", "Liu", "arXiv", "FLOPs", "GLCM", "Parzen", "AMD", "Intel",
    "Xeon", "cpu", "thread", "bf", "Processor", "Theis", "nat"}
PICTURES: dict[str, Callable[[], tuple[Any, str]]] = {
    "cliff": lambda: curve.cliff("vgg16-drawings", None, Reader),
    "ladder": lambda: ladder.show("mask_AP50", Reader),
    "matrix": lambda: judge.plots("cgan-mnist", None, Reader),
}


@pytest.mark.parametrize("name", PICTURES)
def test_no_english_is_left(name: str) -> None:
    figure, told = PICTURES[name]()
    drawn = " ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())
    assert drawn.strip() and set(WORD.findall(drawn)) <= NAMES
    shown = re.sub(r"<code>.*?</code>|“[^”]*”|python -m [^<。；]*", " ", told)
    words = set(WORD.findall(html.unescape(re.sub(r"<[^>]+>", " ", shown))))
    assert words <= NAMES, words - NAMES


def test_every_curve_has_a_name_in_the_key() -> None:
    figure, told = PICTURES["cliff"]()
    assert told.count("<li>") == sum(len(axis.lines) for axis in figure.axes) >= 6
    figure, told = PICTURES["ladder"]()
    assert told.count("<li>") == len(figure.axes[0].lines) >= 5
