"""The segmentation tab: a class for every pixel, and how good that is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from vision import checkpoints
from vision.ui import Tab
from vision.ui.components import names, opening, shown_code, steps
from vision.ui.components.class_links import class_link
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
            domain = domains.switch()
            picture = picture_input("segmentation.picture", "segmentation-picture", pairs[0][0],
                                    height=190)
            rows = [gr.Column(), gr.Column(visible=False)]
            model = gr.Dropdown(BOTH.offered(), value=chosen, label=t("segmentation.model"),
                                info=t("segmentation.model_info"), elem_id="segmentation-model")
            go = gr.Button(t("segmentation.go"), variant="primary", elem_id="segmentation-go")
        with gr.Column(min_width=280):
            result = picture_output("segmentation.result", "segmentation-result", height=380,
                                    buttons=("download", "fullscreen"))
            numbers = gr.HTML(elem_id="segmentation-numbers")
            cross = domains.crossing()
            raw = gr.JSON(visible=False)
        with gr.Column(min_width=280), gr.Accordion(t("app.settings"), open=False,
                                                    elem_id="segmentation-settings"):
            opacity = gr.Slider(0, 1, OPACITY, step=0.05, label=t("segmentation.opacity"),
                                info=t("segmentation.opacity_info"),
                                elem_id="segmentation-opacity")
            toggles = gr.CheckboxGroup([], label=t("segmentation.toggles"),
                                       info=t("segmentation.toggles_info"),
                                       elem_id="segmentation-toggles")
            truth = picture_input("segmentation.truth", "segmentation-truth",
                                          pairs[0][1], height=170, webcam=False)
            gr.Markdown(t("segmentation.truth_info"))
        with rows[0]:
            choice = gr.Examples(pairs, [picture, truth], elem_id="segmentation-examples",
                                 visible_columns=[0], api_visibility="private")
        with rows[1]:
            portrait = gr.Examples(people, picture, elem_id="segmentation-portrait-examples",
                                   api_visibility="private")
    with steps.row("segmentation", mistake="errors", metric="play", compare="compare",
                   inside="inside") as parts:
        with gr.Tab(t("segmentation.error_tab"), id="errors"):
            with gr.Row():
                truth_view = picture_output(
                    "segmentation.truth_view", "segmentation-truth-view", height=240, always=False)
                error_view = picture_output(
                    "segmentation.error_view", "segmentation-error-view", height=240, always=False)
            legend = gr.HTML(elem_id="segmentation-legend")
            ids = gr.DownloadButton(t("segmentation.download_ids"), visible=False, size="sm")
        with gr.Tab(t("segmentation.matrix_tab"), id="matrix"):
            cells = matrix.build(view)
        with gr.Tab(t("segmentation.microscope_tab"), id="microscope") as microscope_place:
            closer = microscope.build(microscope_place, picture, truth, model, own)
        with gr.Tab(t("segmentation.failures_tab"), id="failures"):
            failures.build(model, own)
        with gr.Tab(t("segmentation.what_if_tab"), id="whatif"):
            what_if.build(model, own)
        with gr.Tab(t("segmentation.play_tab"), id="play"):
            play = playground.build()
        with gr.Tab(t("segmentation.compare_tab"), id="compare"):
            compare.build(picture, truth, own)
        with gr.Tab(t("segmentation.family_tab"), id="family") as family_place:
            family.build(model, family_place)
        with gr.Tab(t("segmentation.inside_tab"), id="inside"):
            inside.build(picture)
        with gr.Tab(t("segmentation.kinds_tab"), id="kinds") as kinds_place:
            kinds.build(kinds_place, model, own)
        with gr.Tab(t("segmentation.portraits_tab"), id="portraits") as portraits_place:
            portraits.build(portraits_place)
        with gr.Tab(t("segmentation.beyond_tab"), id="beyond"):
            volumes.build(picture, truth)
    lesson.build("segmentation", offered(), {place: play for place in ("grow", "right", "scope")},
                 draw=figure.draw, measured=pretrained.told)
    with steps.place("train"), gr.Accordion(t("app.train_your_own"),
                                            open=False) as training_place:
        train.build(model, own, training_place)
    shown_code.build("segmentation", code, [model, opacity], [chosen, OPACITY], CHAPTERS)
    with steps.place("code"), gr.Accordion(t("app.model_card"), open=False) as card_place:
        card = gr.Markdown(elem_id="segmentation-card")
        onnx.build(model, own)

    inputs = [picture, truth, model, opacity, own]
    outputs = [view, result, numbers, truth_view, error_view, legend, ids, raw]
    run: dict[str, Any] = {"fn": segment, "inputs": inputs, "outputs": outputs,
                           "concurrency_limit": 2, "concurrency_id": "segment"}
    quick: dict[str, Any] = {"queue": False, "show_progress": "hidden",
                             "api_visibility": "private"}
    _, arrived = opening.connect(FIRST, [*outputs, toggles, *cells], view)
    chosen_anew = (domain.input(domains.enter, domain, [model, picture, truth], **quick),
                   cross.click(domains.cross, model, model, **quick),
                   portrait.load_input_event.success(lambda: None, None, truth, **quick),
                   choice.load_input_event)
    for done in (go.click(**run, api_name="segment"),
                 arrived.change(**run, api_visibility="private"),
                 *(each.success(**run, trigger_mode="always_last", api_visibility="private")
                   for each in chosen_anew)):
        done.success(lambda: gr.DownloadButton(visible=True), None, ids, queue=False,
                     api_visibility="private")
        done.success(details, view, [toggles, *cells], **quick)
        done.success(domains.offer, [view, model], cross, **quick)
    model.change(domains.follow, model, [domain, *rows], **quick)
    microscope.also_above(result, view, parts, closer)
    gr.on([picture.upload, picture.clear], lambda: None, None, truth, queue=False,
          api_visibility="private")
    gr.on([opacity.input, toggles.input], redraw, [view, opacity, toggles], result, queue=False,
          trigger_mode="always_last", show_progress="hidden", api_visibility="private")
    gr.on([card_place.expand, model.change, own.change], show_card, [model, own], card,
          api_visibility="private")
    return class_link.share(
        "segmentation", {"model": model, "opacity": opacity, "picture": picture, "truth": truth},
        {"picture": [*(scene for scene, _ in pairs), *people],
         "truth": [labels for _, labels in pairs]},
        arrived)


def warm() -> None:
    """Load torch and the default model, and run it once."""
    import numpy as np

    from vision.segmentation.predict import predict

    if name := MODELS.first():
        predict(MODELS.open(name), np.zeros((360, 480, 3), np.uint8))


TAB = Tab("segmentation", 1, build, warm, FIRST.make)
