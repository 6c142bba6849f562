"""A box for a number: what it takes, what it shows, what it refuses."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest

from vision.errors import UserError
from vision.ui.components.class_links.values import decode, encode
from vision.ui.components.inputs.number_box import NumberBox


@pytest.mark.parametrize("payload, value", [
    (None, None), ("", None), ("  ", None), ("0", 0.0), (0, 0.0), ("7,5", 7.5), ("−3", -3.0),
    (21.5, 21.5), ("1e1", 10.0)])
def test_a_number_or_nothing_is_taken(payload: Any, value: float | None) -> None:
    assert NumberBox().preprocess(payload) == value


@pytest.mark.parametrize("payload", ["warm", "nan", "inf", "1 2"])
def test_anything_else_is_refused_with_a_sentence(payload: str) -> None:
    with pytest.raises(ValueError) as caught:
        NumberBox().preprocess(payload)
    assert isinstance(caught.value.__cause__, UserError) and payload in str(caught.value.__cause__)


@pytest.mark.parametrize("value, text", [(None, None), (0, "0"), (0.0, "0"), (-7.25, "-7.25")])
def test_a_real_0_is_shown_and_nothing_stays_empty(value: float | None, text: str | None) -> None:
    assert NumberBox().postprocess(value) == text
    assert NumberBox(value).get_config()["value"] == text


@pytest.mark.parametrize("value", [None, 0.0, -12.5])
def test_a_class_link_carries_it(value: float | None) -> None:
    box = NumberBox()
    text = encode(box, value)
    assert text is not None and decode("air", box, text) == value


def test_a_page_draws_it_as_a_textbox() -> None:
    with gr.Blocks() as app:
        NumberBox(label="x")
    assert [part["type"] for part in app.get_config_file()["components"]].count("textbox") == 1
