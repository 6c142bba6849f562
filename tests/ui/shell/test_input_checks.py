"""Whoever calls the page, values that its controls do not offer get one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from gradio.routes import App

from vision.ui.shell.input_checks import guard_inputs, of_wrong_kind
from vision.ui.text import words

Ask = Callable[..., str]
CONTROLS: dict[str, Callable[[], gr.components.Component]] = {
    "picture": gr.Image,
    "list": lambda: gr.Dropdown(["unet", "segnet"], label="Model"),
    "several": lambda: gr.Dropdown(["", "a", "b"], multiselect=True, label="Parts"),
    "buttons": lambda: gr.Radio([("One", 1), ("Two", 2)], label="Way"),
    "boxes": lambda: gr.CheckboxGroup(["a", "b"], label="Layers"),
    "slider": lambda: gr.Slider(0, 1, label="Opacity"),
    "number": lambda: gr.Number(minimum=0, label="Threshold"),
    "count": lambda: gr.Number(precision=0, label="Seed"),
    "mark": lambda: gr.Checkbox(label="Whole"),
}


@pytest.fixture(scope="module")
def ask() -> Iterator[Ask]:
    """Return a function that sends values to a control, and answers what it is told."""
    with gr.Blocks() as app:
        places = {name: make() for name, make in CONTROLS.items()}
        for control in places.values():
            control.change(lambda value: None, control, None, queue=False)  # type: ignore
        renew = gr.Button()
        renew.click(lambda: gr.Dropdown(["vnet"]), None, places["list"], queue=False)
    guard_inputs(app)
    with TestClient(App.create_app(app)) as served:
        def send(name: str, *values: Any, language: str = "en", session: str = "here") -> str:
            number = [*CONTROLS, "renew"].index(name)
            reply = served.post("/gradio_api/run/predict", headers={"accept-language": language},
                                json={"data": values, "fn_index": number, "session_hash": session})
            assert reply.status_code == (500 if "error" in reply.json() else 200)
            return reply.json().get("error", "")

        yield send


@pytest.mark.parametrize("name, value, sentence", [
    ("list", "unte", "'Model' has no choice 'unte'; known are unet, segnet; did you mean 'unet'?"),
    ("list", ["unet", 7], "'Model' has no choice '7'; known are unet, segnet; choose one of them."),
    ("several", ["a", "c"], "'Parts' has no choice 'c'; known are a, b; choose one of them."),
    ("buttons", 3, "'Way' has no choice '3'; known are 1, 2; choose one of them."),
    ("buttons", {"path": "/srv/1"}, "'Way' has no choice '…'; known are 1, 2; choose one of them."),
    ("boxes", ["x"], "'Layers' has no choice 'x'; known are a, b; choose one of them."),
    ("slider", 7, "'Opacity' is 7; numbers from 0 to 1 are accepted; choose another."),
    ("number", -2.5, "'Threshold' is -2.5; numbers from 0 on are accepted; choose another."),
])
def test_what_is_not_on_offer_is_named_with_what_is(ask: Ask, name: str, value: Any, sentence: str
                                                    ) -> None:
    assert ask(name, value) == sentence


@pytest.mark.parametrize("name, value", [
    ("slider", None), ("slider", "0.5"), ("slider", [0.5]), ("number", {"a": 1}), ("number", "1"),
    ("number", "NaN"), ("count", None), ("mark", None), ("mark", 3), ("mark", {"path": "/srv"})])
def test_a_number_is_a_number_and_a_mark_a_mark(ask: Ask, name: str, value: Any) -> None:
    assert ask(name, value) == words("en")["app.badvalue"]


@pytest.mark.parametrize("name", ["slider", "number"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 10**400])
def test_numbers_are_finite(name: str, value: float) -> None:
    assert of_wrong_kind(CONTROLS[name](), value) and not of_wrong_kind(CONTROLS[name](), 0.5)


def test_what_is_on_offer_passes(ask: Ask) -> None:
    assert ask("number", None) == ""
    for name, value in {"list": "unet", "several": ["a", "b"], "buttons": 2, "boxes": [],
                        "slider": 1, "number": 10**9, "mark": True}.items():
        assert ask(name, value) == ""


def test_choices_are_those_of_the_session(ask: Ask) -> None:
    assert ask("renew", session="another") == ""
    assert ask("list", "vnet", session="another") == "" == ask("list", "unet")
    assert "known are vnet" in ask("list", "unet", session="another")
    assert "known are unet, segnet" in ask("list", "vnet")


def test_the_sentence_is_short_and_in_the_readers_language(ask: Ask) -> None:
    assert ask("list", "x" * 9000, language="zh-CN").startswith("“Model”没有选项“xxx")
    assert "não tem a opção" in ask("list", "<b>", language="pt-BR")
    assert len(ask("list", "x" * 9000)) < 150 and "<b>" not in ask("list", "<b>")


@pytest.mark.parametrize("name, values", [
    ("picture", []), ("picture", [1]), ("slider", ["abc"]), ("slider", [None]),
])
def test_what_is_no_value_at_all_gets_one_short_sentence(ask: Ask, name: str, values: list[Any]
                                                         ) -> None:
    assert ask(name, *values) == words("en")["app.badvalue"]
