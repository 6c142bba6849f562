"""Each exercise has its words, sets only what its tab accepts, and its answer is measured."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from vision.segmentation.labels import CLASSES
from vision.segmentation.studies.playground import Change, Rules, against_rest, judge, spoil
from vision.ui import load_tabs
from vision.ui.lessons.exercises import Exercise, keeps, setting
from vision.ui.tabs.segmentation.exercises import PRETRAINED, offered
from vision.ui.tabs.segmentation.studies.playground import POLE, truths
from vision.ui.text import LANGUAGES, words

TABS = [tab.name for tab in load_tabs()]


def exercises() -> Iterator[Any]:
    for part in TABS:
        for each in importlib.import_module(f"vision.ui.tabs.{part}.exercises").EXERCISES:
            yield pytest.param(part, each, id=f"{part}-{each.name}")
    yield pytest.param("segmentation", PRETRAINED, id="segmentation-pretrained")


@pytest.fixture(scope="module")
def blocks(whole_page: gr.Blocks) -> dict[str, Any]:
    """Return what the page is made of by `elem_id`."""
    return {str(block.elem_id): block for block in whole_page.blocks.values() if block.elem_id}


@pytest.mark.parametrize("part", TABS)
def test_each_tab_has_three_to_five_exercises(part: str) -> None:
    found = importlib.import_module(f"vision.ui.tabs.{part}.exercises").EXERCISES
    assert 3 <= len(found) <= 5
    assert len({each.name for each in found}) == len(found)


@pytest.mark.parametrize("part, exercise", exercises())
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_exercise_asks_and_answers_in_every_language(part: str, exercise: Exercise,
                                                        language: str) -> None:
    texts, key = words(language), f"{part}.exercise_{exercise.name}"
    assert texts[key].startswith("**") and texts[key][-1] in "?.？。"
    assert 0 < len(texts[f"{key}_try"]) <= 40
    assert len(texts[f"{key}_answer"]) > 40
    if language != "en":
        assert texts[key] != words("en")[key]


@pytest.mark.parametrize("part, exercise", exercises())
def test_an_exercise_sets_what_its_controls_accept(part: str, exercise: Exercise,
                                                   blocks: dict[str, Any]) -> None:
    assert f"{part}-{exercise.place}" in blocks
    if exercise is PRETRAINED and exercise not in offered():
        exercise = replace(exercise, values={**exercise.values, "right-model": "unet"})
    for name, value in exercise.values.items():
        accepts(blocks[f"{part}-{name}"], value)


def accepts(block: Any, value: Any) -> None:
    """Raise if a control would not take a value."""
    if isinstance(block, gr.Tabs):
        assert value in [tab.id for tab in block.children]
    elif isinstance(block, gr.Accordion):
        assert isinstance(value, bool)
    elif isinstance(block, gr.Image):
        assert Path(value).is_file()
    else:
        sent = list(value) if isinstance(value, tuple) else value
        assert block.preprocess(sent) == sent
        if isinstance(block, gr.Slider):
            steps = (value - block.minimum) / block.step
            assert steps == pytest.approx(round(steps), abs=1e-6)


def test_what_is_set_and_what_is_left_alone() -> None:
    with gr.Blocks():
        slider, picture = gr.Slider(0, 1), gr.Image()
        tabs, place = gr.Tabs(), gr.Accordion("a")
    assert setting(tabs, "b") == gr.Tabs(selected="b") or setting(tabs, "b").selected == "b"
    assert setting(place, True).open is True
    assert setting(slider, (1, 2))["value"] == [1, 2]
    assert keeps(slider, 0.5) and not keeps(slider, None)
    assert not keeps(picture, "a.png") and not keeps(tabs, "b")


@pytest.mark.parametrize("part", TABS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_lesson_has_a_figure_in_the_readers_language(part: str, language: str) -> None:
    class Request:
        headers = {"accept-language": language}

    drawn = importlib.import_module(f"vision.ui.tabs.{part}.figure").draw(
        Request())  # type: ignore[arg-type]
    assert drawn.count("<svg") == 1 and words(language)[f"{part}.figure_alt"] in drawn
    assert "{" not in drawn.split("</svg>")[1]


def numbers(change: Change, rules: Rules = Rules(), scenes: int = 1) -> dict[str, float]:  # noqa: B008
    """Return the metrics of the playground's first scenes, in percent."""
    known = truths()[:scenes]
    said = [spoil(truth, change, len(CLASSES)) for truth in known]
    return {name: 100 * value for name, value in judge(known, said, CLASSES, rules).items()}


def test_pixel_accuracy_lies_as_the_answer_says() -> None:
    found = []
    for truth in truths():
        said = spoil(truth, Change(focus=POLE, grow=-16), len(CLASSES))
        assert not (said == POLE).any()
        found.append(judge([against_rest(truth, POLE)], [against_rest(said, POLE)],
                           ("rest", "pole"), Rules()))
    shares = [round(100 * each["PA"], 1) for each in found]
    assert (shares[0], min(shares), max(shares)) == (99.1, 95.8, 99.3)
    assert max(each["mIoU"] for each in found) < 0.5


def test_outlines_and_means_behave_as_the_answers_say() -> None:
    near, far = numbers(Change(right=2)), numbers(Change(right=6))
    assert near["BF1"] == 100 and round(near["mIoU"]) == 66
    assert round(far["BF1"]) == 48 and round(far["PA"]) == 89
    assert max(near, key=lambda name: near[name] - far[name]) == "BF1"
    moved = Change(right=4)
    assert round(numbers(moved, scenes=6)["mIoU"]) == 61
    assert round(numbers(moved, Rules(together=False), 6)["mIoU"]) == 53
    assert round(numbers(moved, Rules(True, 0, False), 6)["mIoU"]) == 52
