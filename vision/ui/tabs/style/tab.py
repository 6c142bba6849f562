"""The style tab: paint one picture in the style of another, and steer it while it forms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision import checkpoints
from vision.ui import Tab
from vision.ui.components import clicks, model_card, names, opening, shown_code, steps
from vision.ui.components.class_links import class_link
from vision.ui.components.events import LIVE, QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.inputs.painted_layers import PaintedLayers
from vision.ui.components.model_card import card_markdown
from vision.ui.components.page_files import scroll_to
from vision.ui.components.pictures import picture_input, picture_output
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
)
from vision.ui.tabs.style.controls import DETERMINED, NAMES, Chosen
from vision.ui.tabs.style.exercises import EXERCISES
from vision.ui.tabs.style.shared import paintings, photographs
from vision.ui.tabs.style.studio import Studio
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.style.transfer import Frame

PLAIN = ("content_power", "style_power", "tv_power", "size", "steps", "seed")  # of /paint
SHOW = scroll_to("style-result")
PROGRESS = gr.Progress()
BUTTONS: tuple[tuple[str, Any], ...] = (
    ("style.pause", "secondary"), ("app.stop", "stop"), ("style.more", "secondary"),
    ("style.refine", "secondary"))
WHILE_IT_RUNS = ("style.pause", "app.stop")


@friendly
def pick_photograph(event: gr.EventData, request: gr.Request) -> str:
    """Return the photograph that was clicked."""
    return photographs()[clicks.place(event, "index", len(photographs()))]


@friendly
def pick_painting(event: gr.EventData, request: gr.Request) -> tuple[str, str]:
    """Return the painting that was clicked, and its title."""
    path = paintings()[clicks.place(event, "index", len(paintings()))]
    return path, title(path, request)


def title(path: str | None, request: gr.Request | None) -> str:
    """Return the title of one of our paintings."""
    return f"*{say(f'style.painting_{Path(path).stem}', request)}*" if path else ""


@friendly
def fetch(request: gr.Request, progress: gr.Progress = PROGRESS) -> tuple[str, str]:
    """Download the ImageNet weights with progress, and choose them."""
    from vision.style.features.extractor import fetch_imagenet

    fetch_imagenet(lambda share: progress(share))
    return "imagenet", say("style.fetched", request)


@friendly
def show_card(request: gr.Request) -> str:
    """Return the model cards of the extractors that ship."""
    from vision.style.features.extractor import BUNDLED, SLIM
    from vision.style.models import ARCHITECTURES

    cards = {names.called(path, request): checkpoints.read_card(path) for path in (SLIM, BUNDLED)}
    return "\n\n".join(f"**{name}**\n\n" + card_markdown(
        card, ARCHITECTURES[card.arch].link, {}, request) for name, card in cards.items())


def pictures() -> tuple[gr.Image, gr.Image]:
    """Build the places of content and style."""
    photograph, painting = finished.pair()
    with gr.Row(elem_classes=["lab-pair"]):
        return (picture_input("style.content_picture", "style-content", photograph, height=190),
                picture_input("style.style_picture", "style-style", painting, height=190))


def galleries(content: gr.Image, style: gr.Image) -> None:
    """Build the photographs and paintings that are chosen at a click."""
    looks: dict[str, Any] = {"columns": 4, "allow_preview": False, "object_fit": "cover",
                             "show_label": False, "elem_classes": ["lab-wall"], "buttons": []}
    gr.Markdown(t("style.photographs"))
    stills = gr.Gallery(photographs(), label=t("style.content_picture"),
                        elem_id="style-photographs", **looks)
    gr.Markdown(t("style.paintings"))
    wall = gr.Gallery(paintings(), label=t("style.style_picture"), elem_id="style-paintings",
                      **looks)
    name = gr.Markdown()
    stills.select(pick_photograph, None, content, queue=False, api_visibility="private")
    wall.select(pick_painting, None, [style, name], queue=False, api_visibility="private")


def more_pictures(content: gr.Image
                  ) -> tuple[gr.Image, PaintedLayers, regions.Before, list[gr.Dropdown]]:
    """Build what is seldom used: a second style, and regions with styles of their own."""
    with gr.Accordion(t("style.second_place"), open=False):
        second = picture_input("style.second", "style-second", height=170)
    usual = Chosen()
    return second, *regions.build(content, {"blue": usual.blue, "green": usual.green})


def extractors() -> gr.Radio:
    """Build the choice of the network that sees."""
    with gr.Row():
        extractor = gr.Radio([(t(f"style.extractor_{name}"), name)
                              for name in ("slim", "bundled", "imagenet")],
                             value=Chosen().extractor,
                             label=t("style.extractor"), info=t("style.extractor_info"),
                             elem_id="style-extractor")
        button = gr.Button(t("style.fetch"), size="sm", elem_id="style-fetch")
    said = gr.Markdown(elem_id="style-fetched")
    button.click(fetch, None, [extractor, said], show_progress_on=said, concurrency_limit=1,
                 api_visibility="private")
    return extractor


def results() -> tuple[list[Any], list[gr.Slider], gr.Markdown, list[gr.Button],
                       gr.DownloadButton]:
    """Build the painting with what is said of it, the weights and the buttons that speak to its
    run, its print.
    """
    with gr.Row():
        result = picture_output("style.result", "style-result", height=360)
        result.elem_classes, result.scale, result.min_width = ["lab-fill"], 4, 280
        with gr.Column(scale=3, min_width=240):
            numbers = gr.HTML(elem_id="style-numbers")
            moment = gr.Slider(0, 1, 1, step=0.01, label=t("style.moment"),
                               info=t("style.moment_info"), elem_id="style-moment")
    with gr.Row(elem_id="style-weights"):
        sliders = style_controls.weights()
    said = gr.Markdown(t("style.steer"), elem_id="style-readout", elem_classes=["lab-aside"])
    with gr.Row():
        buttons = [gr.Button(t(key), size="sm", variant=variant, min_width=110,
                             interactive=key not in WHILE_IT_RUNS,
                             elem_id=f"style-{key.rsplit('.', 1)[1]}")
                   for key, variant in BUTTONS]
    with gr.Row():
        files = [gr.DownloadButton(t(f"style.{name}"), visible=False, size="sm",
                                   elem_id=f"style-{name}") for name in ("png", "film", "deep")]
    shown = [result, numbers, moment, *files[:2], gr.JSON(visible=False)]
    return shown, sliders, said, buttons, files[2]


def first_answer(painted: Frame, request: gr.Request | None) -> tuple[Any, ...]:
    """Return the finished painting, and what is said of it."""
    return painted.picture, run.told(painted, painted.curves, [], 0, request)


def hang(studio: Studio) -> None:
    """Let a studio that has painted nothing go on from the finished painting."""
    painted = OPENING.make()
    if painted and studio.picture is None and not studio.running:
        studio.take(painted)


OPENING = opening.Opening(finished.painted, first_answer)


def build() -> class_link.Shared:
    """Build the tab."""
    studio, own = gr.State(Studio(), time_to_live=3600), gr.State(None)
    with gr.Row(elem_classes=["lab-desk"]):
        with gr.Column(min_width=280):
            content, style = pictures()
            go = gr.Button(t("style.go"), variant="primary", elem_id="style-go")
        with gr.Column(min_width=280):
            outputs, sliders, said, (pause, stop, more, finer), deep = results()
        with gr.Column(min_width=280):
            galleries(content, style)
            with gr.Accordion(t("app.settings"), open=False, elem_id="style-settings"):
                plan = style_controls.plan()
                with gr.Accordion(t("style.more_settings"), open=False, elem_id="style-rare"):
                    rare = [*style_controls.rare(), extractors()]
                second, region, before, brushes = more_pictures(content)
    result, numbers, moment, *_ = outputs
    controls = [*sliders, *plan, *rare, *brushes]
    inputs = [studio, content, style, second, region, *controls]
    with steps.row("style", inside="inside", sheet="sheet", forward="forward"):
        with gr.Tab(t("style.inside_tab"), id="inside"):
            inside.build(studio, moment, inputs[1:], before)
        with gr.Tab(t("style.sheet_tab"), id="sheet"):
            picked = sheet.build(studio, inputs[1:], before, sliders[1], sliders[2])
        with gr.Tab(t("style.forward_tab"), id="forward"):
            painter = one_pass.build(studio, own, (content, style), plan[1])
    lesson.build("style", EXERCISES, draw=figure.draw)
    with steps.place("train"), gr.Accordion(t("app.train_your_own"), open=False):
        one_pass.build_training(content, style, own, painter)
    shown_code.build("style", style_controls.code, controls, list(vars(Chosen()).values()),
                     ("Settings", "open_extractor"))

    long: dict[str, Any] = {"concurrency_limit": run.AT_ONCE, "concurrency_id": run.PLACES,
                            "show_progress": "minimal", "show_progress_on": numbers}
    api: dict[str, Any] = {"api_visibility": "private"}
    shown, arrived = opening.connect(OPENING, [result, numbers])
    shown.success(hang, studio, None, queue=False, **api)
    shown.then(None, None, None, js=style_controls.SAID, queue=False)
    picked.success(None, None, None, js=SHOW)
    for button, action, rest in ((go, run.stylize, {"api_name": "stylize"}),
                                 (more, run.go_on, api), (finer, run.refine, api)):
        before(button)
        button.click(None, None, None, js=SHOW)  # a page runs its listeners one after another
        button.click(run_buttons.called, studio, [pause, stop], **QUIET)
        painted = button.click(fn=action, inputs=inputs, outputs=outputs, **{**long, **rest})
        painted.then(run_buttons.ended, studio, [deep, pause, stop], **QUIET)
    plain = [controls[NAMES.index(name)] for name in PLAIN]
    gr.on([], run.painting, [content, style, *plain], [outputs[3], outputs[-1]], api_name="paint",
          concurrency_limit=run.AT_ONCE, concurrency_id=run.PLACES)
    stop.click(lambda studio: studio.halt(), studio, None, **QUIET)
    begun = gr.State(0)  # runs that go on where a pause had let others in
    pause.click(run.toggle, [studio, begun], begun, **QUIET)
    for begins, action in ((picked.success, run.stylize), (arrived.change, run.stylize),
                           (begun.change, run.resume)):
        begins(run_buttons.called, studio, [pause, stop], **QUIET).then(
            action, inputs, outputs, **long, **api).then(
            run_buttons.ended, studio, [deep, pause, stop], **QUIET)
    moved = [slider.change for slider in sliders]
    gr.on(moved, run.steer, [studio, *sliders], said, **LIVE)
    gr.on(moved, None, None, None, js=style_controls.SAID, **QUIET)
    moment.input(run.rewind, [studio, moment], result, **LIVE)
    determined = [controls[NAMES.index(name)] for name in DETERMINED]
    plan[0].input(style_controls.choose, plan[0], determined, **QUIET)
    model_card.build("style", show_card)
    return class_link.share(
        "style", {"content": content, "style": style, **dict(zip(NAMES, controls, strict=True))},
        {"content": photographs(), "style": paintings()}, arrived)


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


TAB = Tab("style", 2, build, warm, OPENING.make)
