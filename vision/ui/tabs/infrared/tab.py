"""The infrared tab: devices in a thermogram, how warm they are, and whether that is a fault."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui import Tab
from vision.ui.components import model_card, opening, shown_code, steps
from vision.ui.components.class_links import class_link
from vision.ui.components.events import BRIEF, LIVE, QUIET
from vision.ui.components.page_files import beside, scroll_to
from vision.ui.lessons import lesson
from vision.ui.tabs.infrared import camera_file, figure, inspection, scene_maker, surfaces
from vision.ui.tabs.infrared import details as infrared_details
from vision.ui.tabs.infrared.card import show_card
from vision.ui.tabs.infrared.controls import controls, results, settings
from vision.ui.tabs.infrared.detect import FIRST, after, detect, redraw, show_again
from vision.ui.tabs.infrared.example_views import MASK_THRESHOLD
from vision.ui.tabs.infrared.exercises import EXERCISES
from vision.ui.tabs.infrared.label import panel
from vision.ui.tabs.infrared.script import CHAPTERS, code
from vision.ui.tabs.infrared.shared import MODELS, examples, open_zones, shown_from
from vision.ui.tabs.infrared.studies import boxes_masks, classical, glcm, ladder, masks, palettes
from vision.ui.tabs.infrared.surfaces import Patches
from vision.ui.text import t

SHARED = ("picture", "low", "high", "unit", "model", "threshold", "mask_threshold", "emissivity",
          "reflected", "air", "palette", "opacity")
PHOTOGRAPH = beside(__file__, "photograph.js")
CODED = SHARED[: SHARED.index("palette")]  # what the script to copy depends on


def build() -> class_link.Shared:
    """Build the tab."""
    shown = examples()
    view, own = gr.State(None, time_to_live=3600), gr.State(None)
    patches = gr.State(Patches())
    with gr.Row(elem_classes=["lab-desk"]):
        with gr.Column(min_width=280):
            parts, go, below = controls(shown)
        with gr.Column(min_width=280):
            outputs = results()
        with gr.Column(min_width=280), gr.Accordion(t("app.settings"), open=False,
                                                    elem_id="infrared-settings"):
            parts |= settings(shown)
        with below:
            given = [parts[name] for name in ("picture", "low", "high", "unit")]
            choice = gr.Examples(shown, given, elem_id="infrared-examples", visible_columns=[0],
                                 examples_per_page=12, api_visibility="private")
    with steps.row("infrared", measure="details", masks="boxes", scene="scene"):
        details, own_surfaces, kept = steps_of_the_tab(parts, (view, own, patches), shown)
    lesson.build("infrared", EXERCISES, draw=figure.draw)
    with steps.place("train"), gr.Accordion(t("app.train_your_own"), open=False):
        panel.build(parts, own)
    shown_code.build("infrared", code, [parts[name] for name in CODED],
                     [*shown[0], MODELS.first(), shown_from(), MASK_THRESHOLD, *camera_file.USUAL],
                     CHAPTERS)

    follows = [parts["classes"], parts["photograph"], own_surfaces["device"]]
    _, arrived = opening.connect(FIRST, [view, *outputs, *follows, *details.of_device()], view)
    connect(parts, (go, choice, arrived), (view, own, patches), outputs, details, own_surfaces)
    connect_surfaces(parts, (view, patches), outputs, details, own_surfaces)
    camera_file.connect(parts, parts["camera"])
    shows_again(kept["opened"], parts, (view, patches), outputs, details, own_surfaces)
    model_card.build("infrared", show_card, parts["model"], own)
    return class_link.share(
        "infrared", {name: parts[name] for name in SHARED if name != "model" or MODELS.names()},
        {"picture": [path for path, *_ in shown]}, arrived)


def steps_of_the_tab(parts: dict[str, Any], states: tuple[gr.State, gr.State, gr.State],
                     shown: list[list[Any]]
                     ) -> tuple[infrared_details.Parts, dict[str, Any], dict[str, Any]]:
    """Build the tab's inner parts; return what others need of details, surfaces and inspection."""
    view, own, _ = states
    with gr.Tab(t("infrared.details_tab"), id="details"):
        details = infrared_details.build(view)
        own_surfaces = surfaces.build()
    with gr.Tab(t("infrared.inspection_tab"), id="inspection"):
        kept = inspection.build(parts, states)
    with gr.Tab(t("infrared.boxes_tab"), id="boxes"):
        boxes_masks.build(view)
    if masks.missing(masks.cards()) is None:
        with gr.Tab(t("infrared.masks_tab"), id="masks"):
            masks.build(view)
    with gr.Tab(t("infrared.classical_tab"), id="classical"):
        classical.build(view)
    with gr.Tab(t("infrared.attack_tab"), id="attack"):
        palettes.build(view, own)
    with gr.Tab(t("infrared.scene_tab"), id="scene"):
        scene_maker.build(parts, own)
    with gr.Tab(t("infrared.glcm_tab"), id="glcm"):
        glcm.build(shown)
    with gr.Tab(t("infrared.ladder_tab"), id="ladder"):
        ladder.build()
    return details, own_surfaces, kept


def connect(parts: dict[str, Any], starts: tuple[gr.Button, Any, gr.State],
            states: tuple[gr.State, ...], outputs: list[Any], details: infrared_details.Parts,
            own_surfaces: dict[str, Any]) -> None:
    """Let buttons, examples, class links, sliders and the pointer do what they say."""
    view, own, patches = states
    go, choice, arrived = starts
    result, _, marked, report, _ = outputs
    run: dict[str, Any] = {
        "fn": detect, "outputs": [view, *outputs], "concurrency_limit": 2,
        "concurrency_id": "detect", "inputs": [*(parts[name] for name in SHARED), own, patches]}
    clicked = go.click(**run, api_name="detect")
    moved = gr.on([parts[name].input for name in ("threshold", "mask_threshold", "emissivity")],
                  **run, trigger_mode="always_last", show_progress="minimal",
                  api_visibility="private")
    clicked.success(None, None, None, js=scroll_to("infrared-result"))
    for done in (clicked, moved, arrived.change(**run, api_visibility="private"),
                 camera_file.forgotten(choice.load_input_event, parts).success(
                     **run, trigger_mode="always_last", api_visibility="private")):
        done.success(after, view, [parts["classes"], marked, report, parts["photograph"],
                                   own_surfaces["device"]], **QUIET)
        done.success(infrared_details.begin, view, details.of_device(), **QUIET)
    gr.on([parts[name].input for name in ("palette", "opacity", "classes")], redraw,
          [view, parts["palette"], parts["opacity"], parts["classes"]], result, **LIVE)
    parts["photograph"].input(None, parts["photograph"], None, js=PHOTOGRAPH)
    result.select(infrared_details.chosen, view, details.of_device(), **QUIET)
    result.input(infrared_details.drawn, view, details.of_line(), **LIVE)


def connect_surfaces(parts: dict[str, Any], states: tuple[gr.State, gr.State],
                     outputs: list[Any], details: infrared_details.Parts,
                     controls: dict[str, Any]) -> None:
    """Let a surface that is set or painted change temperatures and verdicts at once."""
    view, patches = states
    own = [controls["own"], controls["mirrored"]]
    run: dict[str, Any] = {"outputs": [view, patches], **BRIEF}
    result = outputs[0]
    changed = (
        controls["apply"].click(surfaces.on_device, [view, patches, controls["device"], *own],
                                **run),
        result.apply(surfaces.on_stroke, [view, patches, controls["width"], *own], **run),
        controls["back"].click(surfaces.undo, [view, patches], **run))
    for done in changed:
        shows_again(done, parts, states, outputs, details, controls)
    result.select(surfaces.chosen, view, controls["device"], **QUIET)


def shows_again(done: Any, parts: dict[str, Any], states: tuple[gr.State, gr.State],
                outputs: list[Any], details: infrared_details.Parts, controls: dict[str, Any]
                ) -> None:
    """Let all that shows a result follow an event that changed it."""
    view, patches = states
    done.success(show_again, [view, parts["palette"], parts["opacity"]], outputs,
                 show_progress="hidden", api_visibility="private")
    done.success(infrared_details.begin, view, details.of_device(), **QUIET)
    done.success(after, view, [parts["classes"], *outputs[2:4], parts["photograph"],
                               controls["device"]], **QUIET)
    done.success(surfaces.listed, patches, controls["said"], **QUIET)


def warm() -> None:
    """Load torch and the default detector, and run it once."""
    import numpy as np

    from vision.infrared.predict import predict
    from vision.infrared.thermogram.thermogram import of_picture

    if name := MODELS.first():
        open_zones()
        predict(MODELS.open(name), of_picture(np.zeros((288, 384, 3), np.uint8)))


TAB = Tab("infrared", 5, build, warm, FIRST.make)
