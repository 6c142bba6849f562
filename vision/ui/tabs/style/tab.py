"""The style tab: paint one picture in the style of another, and steer it while it forms."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui import Tab
from vision.ui.components import model_card, opening, shown_code, steps
from vision.ui.components.class_links import class_link
from vision.ui.components.events import LIVE, QUIET
from vision.ui.components.page_files import scroll_to
from vision.ui.lessons import lesson
from vision.ui.tabs.style import controls as style_controls
from vision.ui.tabs.style import (
    figure,
    finished,
    inside,
    one_pass,
    regions,
    run,
    run_buttons,
    sheet,
    steering,
)
from vision.ui.tabs.style.card import show_card
from vision.ui.tabs.style.controls import DETERMINED, NAMES, Chosen
from vision.ui.tabs.style.exercises import EXERCISES
from vision.ui.tabs.style.extractor_choice import extractors
from vision.ui.tabs.style.pictures import galleries, more_pictures, pictures
from vision.ui.tabs.style.script import CHAPTERS, code
from vision.ui.tabs.style.shared import paintings, photographs
from vision.ui.tabs.style.studio import Studio
from vision.ui.text import t

PLAIN = ("content_power", "style_power", "tv_power", "size", "steps", "seed")  # of /paint
SHOW = scroll_to("style-result")


def build() -> class_link.Shared:
    """Build the tab."""
    studio, own = gr.State(Studio(), time_to_live=3600), gr.State(None)
    with gr.Row(elem_classes=["lab-desk"]):
        with gr.Column(min_width=280):
            content, style = pictures()
            go = gr.Button(t("style.go"), variant="primary", elem_id="style-go")
        with gr.Column(min_width=280):
            seen = style_controls.results()
        with gr.Column(min_width=280):
            galleries(content, style)
            with gr.Accordion(t("app.settings"), open=False, elem_id="style-settings"):
                plan = style_controls.plan()
                with gr.Accordion(t("style.more_settings"), open=False, elem_id="style-rare"):
                    rare = [*style_controls.rare(), extractors()]
                second, region, before, brushes = more_pictures(content)
    controls = [*seen.sliders, *plan, *rare, *brushes]
    inputs = [studio, content, style, second, region, *controls]
    with steps.row("style", inside="inside", sheet="sheet", forward="forward"):
        with gr.Tab(t("style.step_inside"), id="inside"):
            inside.build(studio, seen.moment, inputs[1:], before)
        with gr.Tab(t("style.step_sheet"), id="sheet"):
            picked = sheet.build(studio, inputs[1:], before, *seen.sliders[1:])
        with gr.Tab(t("style.step_forward"), id="forward"):
            painter = one_pass.build(studio, own, (content, style), plan[1])
    lesson.build("style", EXERCISES, draw=figure.draw)
    with steps.place("train"), gr.Accordion(t("app.train_your_own"), open=False):
        one_pass.build_training(content, style, own, painter)
    shown_code.build("style", code, [content, style, *controls],
                     [*finished.pair(), *vars(Chosen()).values()], CHAPTERS)

    shown, arrived = opening.connect(finished.FIRST, [seen.result, seen.numbers])
    shown.success(finished.hang, studio, None, queue=False, api_visibility="private")
    shown.then(None, None, None, js=style_controls.SAID, queue=False)
    picked.success(None, None, None, js=SHOW)
    connect_runs(go, seen, inputs, before, [picked.success, arrived.change])
    connect_controls(seen, studio, controls)
    model_card.build("style", show_card)
    return class_link.share(
        "style", {"content": content, "style": style, **dict(zip(NAMES, controls, strict=True))},
        {"content": photographs(), "style": paintings()}, arrived)


def connect_runs(go: gr.Button, seen: style_controls.Seen, inputs: list[Any],
                 before: regions.Before, begins: list[Any]) -> None:
    """Let buttons, the sheet and class links begin a painting, and a pause end or go on."""
    studio, content, style, _, _, *controls = inputs
    after = [seen.deep, seen.pause, seen.stop]
    long: dict[str, Any] = {"concurrency_limit": run.AT_ONCE, "concurrency_id": run.PLACES,
                            "show_progress": "minimal", "show_progress_on": seen.numbers}
    api: dict[str, Any] = {"api_visibility": "private"}
    for button, action, rest in ((go, run.stylize, {"api_name": "stylize"}),
                                 (seen.more, run.go_on, api), (seen.refine, run.refine, api)):
        before(button)
        button.click(None, None, None, js=SHOW)  # a page runs its listeners one after another
        button.click(run_buttons.called, studio, after[1:], **QUIET)
        finish(button.click(action, inputs, seen.outputs, **{**long, **rest}), studio, after)
    plain = [controls[NAMES.index(name)] for name in PLAIN]
    gr.on([], run.painting, [content, style, *plain], [seen.png, seen.raw], api_name="paint",
          concurrency_limit=run.AT_ONCE, concurrency_id=run.PLACES)
    seen.stop.click(lambda studio: studio.halt(), studio, None, **QUIET)
    begun = gr.State(0)  # runs that go on where a pause had let others in
    seen.pause.click(run_buttons.toggle, [studio, begun], begun, **QUIET)
    for begin, action in (*((begin, run.stylize) for begin in begins),
                          (begun.change, run.resume)):
        finish(begin(run_buttons.called, studio, after[1:], **QUIET).then(
            action, inputs, seen.outputs, **long, **api), studio, after)


def finish(painted: Any, studio: gr.State, after: list[Any]) -> None:
    """Set the buttons back when a painting ends, and when it fails, after which is no `then`."""
    for end in (painted.then, painted.failure):
        end(run_buttons.ended, studio, after, **QUIET)


def connect_controls(seen: style_controls.Seen, studio: gr.State, controls: list[Any]) -> None:
    """Let the weights steer a run, the moment look back, and a preset set what it determines."""
    moved = [slider.change for slider in seen.sliders]
    gr.on(moved, steering.steer, [studio, *seen.sliders], seen.said, **LIVE)
    gr.on(moved, None, None, None, js=style_controls.SAID, **QUIET)
    seen.moment.input(steering.rewind, [studio, seen.moment], seen.result, **LIVE)
    preset = controls[NAMES.index("preset")]
    determined = [controls[NAMES.index(name)] for name in DETERMINED]
    preset.input(style_controls.choose, preset, determined, **QUIET)


def warm() -> None:
    """Load the extractor and paint a few steps."""
    from vision.images import read_picture
    from vision.style.features.extractor import SLIM, open_extractor
    from vision.style.settings import Settings
    from vision.style.transfer import transfer

    if SLIM.is_file() and photographs() and paintings():
        pair = (read_picture(photographs()[0]), read_picture(paintings()[0]))
        settings = Settings(sides=(64,), steps=(2,), decay_every=(2,))
        list(transfer(open_extractor("slim"), pair[0], [pair[1]], settings))


TAB = Tab("style", 2, build, warm, finished.FIRST.make)
