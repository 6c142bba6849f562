"""Clicks that no page sends get one sentence, whichever listener they are sent to."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from vision.errors import UserError
from vision.ui import create_app
from vision.ui.components import clicks
from vision.ui.text import words

NAMES = ("index", "value", "cell", "arch", "device", "line", "box", "polygon")
FORGED: list[Any] = [
    None, "x", 7, [1, 2], {}, *({name: value for name in NAMES} for value in (
        None, "", "1,2", "9,9,9", "x" * 5000, -1, 10**30, 1e300, float("nan"), True, [], [[]], {},
        [1], [None] * 4, ["a"] * 4, [[1, 2]], [[1, 2, 3]] * 4, [[float("inf"), 0]] * 4,
        [1e9] * 4, [0] * 4, {"x": 1}))]


def test_forged_clicks_get_one_sentence_everywhere() -> None:
    asked = set()
    for call in create_app().fns.values():
        kinds = {name: part.annotation for name, part in
                 inspect.signature(call.fn).parameters.items()} if call.fn else {}
        assert "gr.SelectData" not in kinds.values(), "Gradio reads this one before we do"
        if "gr.EventData" not in kinds.values():
            continue
        asked.add(call.name)
        for data in FORGED:
            values = iter(call.inputs)
            given = [gr.EventData(None, data) if kind == "gr.EventData" else
                     None if kind == "gr.Request" else copy.deepcopy(next(values).value)
                     for kind in kinds.values()]
            answer = said(call.fn, given)
            assert answer != words("en")["app.unexpected"], (call.name, data)
    assert {"clicked", "picked", "chosen", "drawn", "pick", "pick_painting"} <= asked


def said(handler: Callable[..., Any], values: list[Any]) -> str:
    """Return what a handler refuses, or nothing if it does not."""
    try:
        handler(*values)
    except gr.Error as error:
        return str(error.message)
    return ""


def test_what_the_page_sends_is_read() -> None:
    event = SimpleNamespace(value=0.5, line=[1, 2.5, 3, 4], device=1, polygon=[[1, 2], [3, 4.5]])
    assert clicks.number(event, "value") == 0.5
    assert clicks.numbers(event, "line", 4) == [1, 2.5, 3, 4]
    assert clicks.pairs(event, "polygon") == [[1, 2], [3, 4.5]]
    assert clicks.place(event, "device", 2) == 1
    for below in (0, 1):
        with pytest.raises(UserError, match="Nothing was clicked"):
            clicks.place(event, "device", below)
