"""The GAN tab: order pictures by label, and see what the game between two nets has taught."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui import Tab
from vision.ui.components import model_card, opening, shown_code, steps
from vision.ui.components.class_links import class_link
from vision.ui.components.page_files import scroll_to
from vision.ui.lessons import lesson
from vision.ui.tabs.gan import explore, figure, judge, lab, timeline, train
from vision.ui.tabs.gan.card import show_card
from vision.ui.tabs.gan.controls import controls, relabel, results, settings, written
from vision.ui.tabs.gan.exercises import EXERCISES
from vision.ui.tabs.gan.sample import COUNT, FIRST, SEED, TRUNCATION, sample, write
from vision.ui.tabs.gan.script import CHAPTERS, code
from vision.ui.tabs.gan.shared import MODELS, classes_of, reader_for
from vision.ui.text import t

SHARED = ("model", "labels", "count", "seed", "truncation", "text")  # what a class link tells
DRAWN = SHARED[:-1]  # what a drawing depends on
SHOW = scroll_to("gan-result")


def build() -> class_link.Shared:
    """Build the tab."""
    own, chosen = gr.State(None), MODELS.first()
    pairs = [(name, index) for index, name in enumerate(classes_of(chosen, None))]
    every = [index for _, index in pairs]
    with gr.Row(elem_classes=["lab-desk"]):
        with gr.Column(min_width=280):
            parts = controls(chosen, pairs)
        with gr.Column(min_width=280):
            outputs = results()
        with gr.Column(min_width=280):
            parts |= written()
            with gr.Accordion(t("app.settings"), open=False, elem_id="gan-settings"):
                parts |= settings()
    with steps.row("gan", play="lab", walk="explore", judge="judge"):
        named = [parts["labels"], *steps_of_the_tab(parts["model"], own, pairs)]
    lesson.build("gan", EXERCISES, draw=figure.draw)
    with steps.place("train"), gr.Accordion(t("app.train_your_own"),
                                            open=False) as training_place:
        train.build(parts["model"], own, training_place)
    shown_code.build("gan", code, [parts[name] for name in DRAWN],
                     [chosen, every, COUNT, SEED, TRUNCATION], CHAPTERS)

    arrived = connect(parts, own, outputs)
    gr.on([parts["model"].change, own.change], relabel, [parts["model"], own, *named], named,
          api_visibility="private")
    model_card.build("gan", show_card, parts["model"], own)
    return class_link.share("gan", {name: parts[name] for name in SHARED}, arrived=arrived)


def steps_of_the_tab(model: gr.Dropdown, own: gr.State, pairs: list[tuple[str, int]]) -> list[Any]:
    """Build the tab's inner parts, and return where a label is chosen in them."""
    with gr.Tab(t("gan.step_play"), id="lab"):
        lab.build()
    with gr.Tab(t("gan.explore"), id="explore"):
        first_label, second_label = explore.build(model, own, pairs)
    with gr.Tab(t("gan.time_tab"), id="time"):
        timeline.build(model, own)
    with gr.Tab(t("gan.step_judge"), id="judge"):
        asked = judge.build(model, own, pairs)
    return [first_label, second_label, asked]


def connect(parts: dict[str, Any], own: gr.State, outputs: list[Any]) -> gr.State:
    """Let buttons and class links draw, and return what such a link changes."""
    draw: dict[str, Any] = {"fn": sample, "inputs": [*(parts[name] for name in DRAWN), own],
                            "outputs": outputs, "concurrency_limit": 4, "concurrency_id": "sample"}
    parts["go"].click(**draw, api_name="sample").success(None, None, None, js=SHOW)
    _, arrived = opening.connect(FIRST, outputs)
    arrived.change(**draw, api_visibility="private")
    model, text, seed, truncation = (parts[name] for name in ("model", "text", "seed",
                                                              "truncation"))
    gr.on([parts["put"].click, text.submit], write, [model, text, seed, truncation, own], outputs,
          concurrency_limit=2, api_visibility="private").success(None, None, None, js=SHOW)
    return arrived


def warm() -> None:
    """Load the default model and its classifier, and draw once."""
    from vision.gan.predict import predict

    if name := MODELS.first():
        loaded = MODELS.open(name, None)
        predict(loaded, [0], 1, reader=reader_for(loaded))


TAB = Tab("gan", 3, build, warm, FIRST.make)
