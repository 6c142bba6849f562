"""The segmentation tab: a class for every pixel, and how good that is."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui import Tab
from vision.ui.components import model_card, opening, shown_code, steps
from vision.ui.components.class_links import class_link
from vision.ui.components.events import LIVE, QUIET
from vision.ui.components.page_files import scroll_to
from vision.ui.components.pictures import picture_output
from vision.ui.lessons import lesson
from vision.ui.tabs.segmentation import domains, figure, matrix, onnx, pretrained, train
from vision.ui.tabs.segmentation.card import show_card
from vision.ui.tabs.segmentation.controls import controls, results, settings
from vision.ui.tabs.segmentation.exercises import offered
from vision.ui.tabs.segmentation.failures import panel as failures
from vision.ui.tabs.segmentation.kinds import panel as kinds
from vision.ui.tabs.segmentation.matrix import details
from vision.ui.tabs.segmentation.portraits import panel as portraits
from vision.ui.tabs.segmentation.script import CHAPTERS, code
from vision.ui.tabs.segmentation.segment import FIRST, OPACITY, redraw, segment
from vision.ui.tabs.segmentation.shared import MODELS, examples
from vision.ui.tabs.segmentation.studies import (
    compare,
    family,
    groups,
    inside,
    microscope,
    playground,
    tissue,
    volumes,
    what_if,
)
from vision.ui.text import t

SHARED = ("model", "opacity", "picture", "truth")  # what a class link tells
SHOWN = ("result", "numbers", "truth_view", "error_view", "legend", "ids", "raw")


def build() -> class_link.Shared:
    """Build the tab."""
    pairs, people, chosen = examples(), domains.portraits(), MODELS.first()
    view, own = gr.State(None, time_to_live=3600), gr.State(None)
    with gr.Row(elem_classes=["lab-desk"]):
        with gr.Column(min_width=280):
            parts = controls(pairs[0][0], chosen)
        with gr.Column(min_width=280):
            parts |= results()
        with gr.Column(min_width=280), gr.Accordion(t("app.settings"), open=False,
                                                    elem_id="segmentation-settings"):
            parts |= settings(pairs[0][1])
        model, opacity, picture, truth = (parts[name] for name in SHARED)
        with parts["rows"][0]:
            scenes = gr.Examples(pairs, [picture, truth], elem_id="segmentation-examples",
                                 visible_columns=[0], api_visibility="private")
        with parts["rows"][1]:
            portrait = gr.Examples(people, picture, elem_id="segmentation-portrait-examples",
                                   api_visibility="private")
    with steps.row("segmentation", mistake="errors", metric="play", compare="compare",
                   inside="inside") as row:
        play = steps_of_the_tab(parts, view, own)
    lesson.build("segmentation", offered(), {place: play for place in ("grow", "right", "scope")},
                 draw=figure.draw, measured=pretrained.told)
    with steps.place("train"), gr.Accordion(t("app.train_your_own"),
                                            open=False) as training_place:
        train.build(model, own, training_place)
    shown_code.build("segmentation", code, [model, opacity, picture, truth],
                     [chosen, OPACITY, *examples()[0]], CHAPTERS)

    outputs = [view, *(parts[name] for name in SHOWN)]
    _, arrived = opening.connect(FIRST, [*outputs, parts["toggles"], *parts["cells"]], view)
    connect(parts, (scenes, portrait, arrived), outputs, own)
    microscope.also_above(parts["result"], view, row, parts["closer"])
    model_card.build("segmentation", show_card, model, own,
                     below=lambda: onnx.build(model, own))
    return class_link.share("segmentation", {name: parts[name] for name in SHARED},
                            {"picture": [*(scene for scene, _ in pairs), *people],
                             "truth": [labels for _, labels in pairs]}, arrived)


def steps_of_the_tab(parts: dict[str, Any], view: gr.State, own: gr.State) -> Any:
    """Build the tab's inner parts, add what others need of them, and return the playground."""
    model, _, picture, truth = (parts[name] for name in SHARED)
    with gr.Tab(t("segmentation.error_tab"), id="errors"):
        with gr.Row():
            for name in ("truth", "error"):
                parts[f"{name}_view"] = picture_output(
                    f"segmentation.{name}_view", f"segmentation-{name}-view", height=240,
                    always=False)
        parts["legend"] = gr.HTML(elem_id="segmentation-legend")
        parts["ids"] = gr.DownloadButton(t("segmentation.download_ids"), visible=False, size="sm")
    with gr.Tab(t("segmentation.matrix_tab"), id="matrix"):
        parts["cells"] = matrix.build(view)
    with gr.Tab(t("segmentation.microscope_tab"), id="microscope"):
        parts["closer"] = microscope.build(picture, truth, model, own)
    with gr.Tab(t("segmentation.failures_tab"), id="failures"):
        failures.build(model, own)
    with gr.Tab(t("segmentation.what_if_tab"), id="whatif"):
        what_if.build(model, own)
    with gr.Tab(t("segmentation.step_metric"), id="play"):
        play = playground.build()
    with gr.Tab(t("segmentation.compare_tab"), id="compare"):
        compare.build(picture, truth, own)
    with gr.Tab(t("segmentation.family_tab"), id="family"):
        family.build(model)
    with gr.Tab(t("segmentation.kinds_tab"), id="kinds"):
        kinds.build(model, own)
    with gr.Tab(t("segmentation.inside_tab"), id="inside"):
        inside.build(picture)
    with gr.Tab(t("segmentation.portraits_tab"), id="portraits"):
        portraits.build()
    with gr.Tab(t("segmentation.volumes_tab"), id="volumes"):
        volumes.build()
    with gr.Tab(t("segmentation.tissue_tab"), id="tissue"):
        tissue.build()
    with gr.Tab(t("segmentation.groups_tab"), id="groups"):
        groups.build(picture, truth)
    return play


def connect(parts: dict[str, Any], starts: tuple[Any, ...], outputs: list[Any], own: gr.State
            ) -> None:
    """Let buttons, examples, class links and sliders do what they say."""
    view, scenes, portrait, arrived = outputs[0], *starts
    model, opacity, picture, truth = (parts[name] for name in SHARED)
    run: dict[str, Any] = {"fn": segment, "inputs": [picture, truth, model, opacity, own],
                           "outputs": outputs, "concurrency_limit": 2,
                           "concurrency_id": "segment"}
    chosen_anew = (
        parts["domain"].input(domains.enter, parts["domain"], [model, picture, truth], **QUIET),
        parts["cross"].click(domains.cross, model, model, **QUIET),
        portrait.load_input_event.success(lambda: None, None, truth, **QUIET),
        scenes.load_input_event)
    clicked = parts["go"].click(**run, api_name="segment")
    clicked.success(None, None, None, js=scroll_to("segmentation-result"))
    for done in (clicked,
                 arrived.change(**run, api_visibility="private"),
                 *(each.success(**run, trigger_mode="always_last", api_visibility="private")
                   for each in chosen_anew)):
        done.success(lambda: gr.DownloadButton(visible=True), None, parts["ids"], queue=False,
                     api_visibility="private")
        done.success(details, view, [parts["toggles"], *parts["cells"]], **QUIET)
        done.success(domains.offer, [view, model], parts["cross"], **QUIET)
    model.input(domains.readable, [parts["domain"], model], truth, **QUIET)
    model.change(domains.follow, model, [parts["domain"], *parts["rows"]], **QUIET)
    gr.on([picture.upload, picture.clear], lambda: None, None, truth, queue=False,
          api_visibility="private")
    gr.on([opacity.input, parts["toggles"].input], redraw, [view, opacity, parts["toggles"]],
          parts["result"], **LIVE)


def warm() -> None:
    """Load torch and the default model, and run it once."""
    import numpy as np

    from vision.segmentation.predict import predict

    if name := MODELS.first():
        predict(MODELS.open(name), np.zeros((360, 480, 3), np.uint8))


TAB = Tab("segmentation", 1, build, warm, FIRST.make)
