"""A training's choice of data says what is not on this server, and a click fetches it."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

SAID = {"en": "CIFAR-10 (not here yet)", "zh-CN": "CIFAR-10（尚未下载）",
        "pt-BR": "CIFAR-10 (ainda não baixado)"}
FIRST = {"gan": "shapes", "pruning": "drawings"}  # what is drawn here, and chosen at first


def events_of(system: str) -> dict[tuple[str, str], Any]:
    """Return what a tab's training does, by the element and the event that start it."""
    training = importlib.import_module(f"vision.ui.tabs.{system}.train")
    with gr.Blocks() as page:
        model, own = gr.Dropdown(), gr.State(None)
        with gr.Accordion(elem_id="place") as place:
            training.build(model, own, place)
    names = {number: str(block.elem_id) for number, block in page.blocks.items()}
    return {(names[number], event): call.fn for call in page.fns.values()
            for number, event in call.targets if number is not None
            and call.outputs and str(call.outputs[-1].elem_id).endswith("-fetch")}


@pytest.mark.parametrize("language", SAID)
@pytest.mark.parametrize("system", FIRST)
def test_the_choice_of_data_says_what_is_here_and_a_click_fetches_the_rest(
        system: str, language: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    request, first = gr.Request(headers={"accept-language": language}), FIRST[system]
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    monkeypatch.setattr("vision.data.download.download", lambda name: (tmp_path / name).mkdir())
    events = events_of(system)
    opens = events["place", "expand"]
    changes = events[f"{system}-train-data", "change"]
    fetches = events[f"{system}-train-fetch", "click"]

    def told(answer: Any) -> tuple[str, bool]:
        names = {name: label for label, name in answer[0].choices}
        return names["cifar10"], answer[1].visible

    assert told(opens(first, request)) == (SAID[language], False)
    assert changes("cifar10").visible and not changes(first).visible
    assert told(fetches(first, request)) == (SAID[language], False)
    assert told(fetches("cifar10", request)) == ("CIFAR-10", False)
    assert told(opens("cifar10", request)) == ("CIFAR-10", False)
    assert not (tmp_path / first).exists()
