"""The segmentation tab: a class for every pixel, and how good that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from vision import checkpoints
from vision.ui import Tab
from vision.ui.components import model_card, names, opening, shown_code, steps
from vision.ui.components.class_links import class_link
from vision.ui.components.events import LIVE, QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.markup import joined
from vision.ui.components.model_card import card_markdown
from vision.ui.components.pictures import needed, picture_input, picture_output
from vision.ui.lessons import lesson
from vision.ui.shell.answers.shared import computed_once
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.segmentation import (
    compare,
    domains,
    family,
    figure,
    inside,
    matrix,
    microscope,
    onnx,
    playground,
    pretrained,
    strange,
    train,
    volumes,
    what_if,
)
from vision.ui.tabs.segmentation.exercises import offered
from vision.ui.tabs.segmentation.failures import panel as failures
from vision.ui.tabs.segmentation.judged import Judged, judged
from vision.ui.tabs.segmentation.kinds import panel as kinds
from vision.ui.tabs.segmentation.matrix import details, table
from vision.ui.tabs.segmentation.portraits import panel as portraits
from vision.ui.tabs.segmentation.shared import (
    BOTH,
    MODELS,
    SCORED,
    View,
    errors,
    examples,
    laid_over,
    paint,
)
from vision.ui.text import say, t

OPACITY = 0.6
SHARED = ("model", "opacity", "picture", "truth")  # what a class link tells
SHOWN = ("result", "numbers", "truth_view", "error_view", "legend", "ids", "raw")
CHAPTERS = ("load", "load", "score")  # the calls that the lesson's sections are about


@friendly
@low_priority
@within_memory(decoding("picture", "truth", bytes_a_pixel=SCORED))
def segment(picture: str | None, truth: str | None, model: str, opacity: float, own: str | None,
            request: gr.Request) -> tuple[Any, ...]:
    """Segment a street scene or a portrait, and compare with its ground truth if there is one.

    Args:
        picture: what the model knows: a street scene, or a portrait
        truth: its labels as a picture of class ids or colours, or nothing
        model: the name of a model, such as unet
        opacity: how opaque the classes lie over the picture, from 0 to 1

    Returns:
        the overlay, the numbers as HTML, the ground truth, the error map, the legend as HTML,
        the class ids as a file, and all numbers as JSON: the share and IoU of each class, mIoU
    """
    return answer(judged_once(needed(picture), truth, model, own, request), opacity, request,
                  new_folder())


def judged_once(picture: str, truth: str | None, model: str, own: str | None,
                request: gr.Request | None) -> Judged:
    """Segment a picture and judge that, unless that is known already."""
    return computed_once("segment", lambda: judged(picture, truth, model, own), request=request,
                         pictures=(picture, truth), models=(BOTH.path_of(model, own),))


def answer(done: Judged, opacity: float, request: gr.Request | None, folder: Path
           ) -> tuple[Any, ...]:
    """Return a judged picture as the page shows it."""
    view, scores, outlines = done.view, done.view.scores, done.outlines
    ids = folder / "class-ids.png"
    ids.write_bytes(done.ids)
    return (
        view, laid_over(view.picture, view.labels, opacity),
        joined([strange.told(done, request), strange.numbers(done, request)]),
        paint(view.truth) if view.truth is not None else None,
        errors(view.picture, view.truth, view.labels) if view.truth is not None else None,
        table(scores, outlines, done.shares, request), str(ids), done.json,
    )


def first() -> Judged | None:
    """Segment the first scene with the first model."""
    name = MODELS.first()
    picture, truth = examples()[0]
    return judged_once(picture, truth, name, None, None) if name else None


def first_answer(done: Judged, request: gr.Request | None) -> tuple[Any, ...]:
    """Return the same with all that follows a result."""
    *shown, ids, raw = answer(done, OPACITY, request, opening.folder(request))
    return (*shown, gr.update(value=ids, visible=True), raw, *details(done.view, request))


FIRST = opening.Opening(first, first_answer)


def redraw(view: View | None, opacity: float, shown: list[int]) -> Any:
    """Draw the last result again at another opacity, with some classes only."""
    if view is None:
        return gr.skip()
    return laid_over(view.picture, view.labels, opacity, [int(index) for index in shown or []])


@friendly
def show_card(model: str, own: str | None, request: gr.Request) -> str:
    """Return the model card of the chosen model, with what it costs."""
    from vision.segmentation.leaderboard import row_of
    from vision.segmentation.looks import looks
    from vision.segmentation.models import ARCHITECTURES

    path = BOTH.path_of(model, own)
    card, row = checkpoints.read_card(path), row_of(path, 3)
    entry = ARCHITECTURES[card.arch]
    facts = {"year": str(entry.year), "parameters": f"{row.parameters:,}",
             "gmacs": f"{row.gmacs:.2f}", "ms": f"{row.milliseconds:.0f}"}
    if len(seen := looks(card.preprocess)) > 1:
        sizes = ", ".join(str(size) for size in dict.fromkeys(one.short_side for one in seen))
        kind = "mirrored" if any(one.mirrored for one in seen) else "straight"
        facts["looks"] = say(f"segmentation.looks_{kind}", request, count=len(seen), sizes=sizes)
    for name in ("mIoU", "mIoU_once", "PA"):
        if card.metrics.get(name) is not None:
            val = names.data(card.data["val"], request)
            facts[name] = f"{100 * card.metrics[name]:.1f}% ({val})"
    return card_markdown(card, entry.link, facts, request)


def code(model: str | None, opacity: float) -> str:
    """Return the shortest script that does what the settings above do."""
    return f"""from pathlib import Path

from vision.images import colourise, overlay, read_picture, write_png
from vision.segmentation.labels import COLOURS, read_labels
from vision.segmentation.measures.metrics import score
from vision.segmentation.predict import load, predict

model = load(Path("{BOTH.in_a_script(model)}"))
result = predict(model, read_picture("assets/segmentation/street-1.png"))
print(score(read_labels("assets/segmentation/street-1-labels.png"), result.labels, result.classes))
colours = colourise(result.labels, COLOURS)
write_png(Path("runs/overlay.png"), overlay(result.picture, colours, {opacity}))
"""


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
    shown_code.build("segmentation", code, [model, opacity], [chosen, OPACITY], CHAPTERS)

    outputs = [view, *(parts[name] for name in SHOWN)]
    _, arrived = opening.connect(FIRST, [*outputs, parts["toggles"], *parts["cells"]], view)
    connect(parts, (scenes, portrait, arrived), outputs, own)
    microscope.also_above(parts["result"], view, row, parts["closer"])
    model_card.build("segmentation", show_card, model, own,
                     below=lambda: onnx.build(model, own))
    return class_link.share("segmentation", {name: parts[name] for name in SHARED},
                            {"picture": [*(scene for scene, _ in pairs), *people],
                             "truth": [labels for _, labels in pairs]}, arrived)


def controls(scene: str, chosen: str | None) -> dict[str, Any]:
    """Build what goes in and what begins; return it by name, with rows for examples."""
    return {
        "domain": domains.switch(),
        "picture": picture_input("segmentation.picture", "segmentation-picture", scene,
                                 height=190),
        "rows": [gr.Column(), gr.Column(visible=False)],
        "model": gr.Dropdown(BOTH.offered(), value=chosen, label=t("segmentation.model"),
                             info=t("segmentation.model_info"), elem_id="segmentation-model"),
        "go": gr.Button(t("segmentation.go"), variant="primary", elem_id="segmentation-go"),
    }


def results() -> dict[str, Any]:
    """Build what is seen at first of a result, by name."""
    return {
        "result": picture_output("segmentation.result", "segmentation-result", height=380,
                                 buttons=("download", "fullscreen")),
        "numbers": gr.HTML(elem_id="segmentation-numbers"),
        "cross": domains.crossing(),
        "raw": gr.JSON(visible=False),
    }


def settings(labels: str) -> dict[str, Any]:
    """Build what steers how a result is shown and what it is compared with, by name."""
    parts: dict[str, Any] = {
        "opacity": gr.Slider(0, 1, OPACITY, step=0.05, label=t("segmentation.opacity"),
                             info=t("segmentation.opacity_info"),
                             elem_id="segmentation-opacity"),
        "toggles": gr.CheckboxGroup([], label=t("segmentation.toggles"),
                                    info=t("segmentation.toggles_info"),
                                    elem_id="segmentation-toggles"),
        "truth": picture_input("segmentation.truth", "segmentation-truth", labels, height=170,
                               webcam=False),
    }
    gr.Markdown(t("segmentation.truth_info"))
    return parts


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
    with gr.Tab(t("segmentation.play_tab"), id="play"):
        play = playground.build()
    with gr.Tab(t("segmentation.compare_tab"), id="compare"):
        compare.build(picture, truth, own)
    with gr.Tab(t("segmentation.family_tab"), id="family"):
        family.build(model)
    with gr.Tab(t("segmentation.inside_tab"), id="inside"):
        inside.build(picture)
    with gr.Tab(t("segmentation.kinds_tab"), id="kinds"):
        kinds.build(model, own)
    with gr.Tab(t("segmentation.portraits_tab"), id="portraits"):
        portraits.build()
    with gr.Tab(t("segmentation.beyond_tab"), id="beyond"):
        volumes.build(picture, truth)
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
    for done in (parts["go"].click(**run, api_name="segment"),
                 arrived.change(**run, api_visibility="private"),
                 *(each.success(**run, trigger_mode="always_last", api_visibility="private")
                   for each in chosen_anew)):
        done.success(lambda: gr.DownloadButton(visible=True), None, parts["ids"], queue=False,
                     api_visibility="private")
        done.success(details, view, [parts["toggles"], *parts["cells"]], **QUIET)
        done.success(domains.offer, [view, model], parts["cross"], **QUIET)
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
