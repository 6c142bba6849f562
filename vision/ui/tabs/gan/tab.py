"""The GAN tab: order pictures by label, and see what the game between two nets has taught."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.ui import Tab
from vision.ui.components import model_card, opening, shown_code, steps
from vision.ui.components.class_links import class_link
from vision.ui.components.friendly import friendly
from vision.ui.components.html import clock, note, tiles
from vision.ui.components.markup import joined
from vision.ui.components.model_card import card_markdown
from vision.ui.lessons import lesson
from vision.ui.shell.answers.shared import computed_once
from vision.ui.shell.files.uploads import new_folder
from vision.ui.tabs.gan import explore, figure, judge, lab, timeline, train
from vision.ui.tabs.gan.exercises import EXERCISES
from vision.ui.tabs.gan.label_choice import LabelChoice
from vision.ui.tabs.gan.shared import (
    MODELS,
    captions,
    classes_of,
    needs_labels,
    reader_for,
    sheet,
)
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.gan.predict import Result

COUNT, SEED, TRUNCATION = 30, 0, 4.0
CHAPTERS = ("load", "load", "load", "predict", "print")  # what the lesson's sections are about


@friendly
def sample(model: str, labels: list[int], count: float, seed: float, truncation: float,
           own: str | None, request: gr.Request) -> tuple[Any, ...]:
    """Draw pictures by label.

    Args:
        model: the name of a GAN, such as cdcgan-mnist
        labels: the numbers of the labels to draw, which take turns
        count: how many pictures
        seed: the same seed draws the same pictures
        truncation: how far from 0 the noise may lie; smaller is more usual

    Returns:
        the pictures with opinions and readings as HTML, the numbers as HTML, a PNG of all
        pictures, and as JSON what the discriminator thinks and a classifier reads of each
    """
    result = drawn_once(model, own, tuple(labels or ()), int(count), int(seed), float(truncation),
                        request)
    return answer(result, request, new_folder())


def drawn_once(model: str, own: str | None, labels: tuple[int, ...], count: int, seed: int,
               truncation: float, request: gr.Request | None) -> Result:
    """Draw pictures by label, unless they are known already."""
    asked = (labels, count, seed, truncation)
    return computed_once("sample", lambda: drawn(model, own, *asked), *asked, request=request,
                         models=(MODELS.path_of(model, own),))


def drawn(model: str, own: str | None, labels: tuple[int, ...], count: int, seed: int,
          truncation: float) -> Result:
    """Draw pictures by label, and let the classifier of the model's data read them."""
    from vision.gan.predict import predict

    loaded = MODELS.open(model, own)
    return predict(loaded, list(labels), count, seed, truncation, reader_for(loaded))


@friendly
def write(model: str, text: str, seed: float, truncation: float, own: str | None,
          request: gr.Request) -> tuple[Any, ...]:
    """Draw a number digit by digit, or garments by their names."""
    from vision.gan.data import labels_of
    from vision.gan.predict import predict

    loaded = needs_labels(MODELS.open(model, own))
    labels = labels_of(text or "", loaded.card.classes)
    result = predict(loaded, labels, len(labels), int(seed), float(truncation), reader_for(loaded))
    return answer(result, request, new_folder())


def answer(result: Result, request: gr.Request | None, folder: Path) -> tuple[Any, ...]:
    """Return a result as the page shows it."""
    from vision.gan.predict import grid
    from vision.images import write_png

    facts = {say("gan.time", request): clock(result.seconds),
             say("gan.opinion", request): f"{result.opinion.mean():.2f}"}
    if result.fidelity is not None:
        facts[say("gan.fidelity", request)] = f"{100 * result.fidelity:.0f}%"
    file = write_png(folder / "drawn.png", grid(result.pictures, 10))
    notes = [note("gan.no_labels", request)] if result.labels is None else []
    if result.pictures.ndim == 4:
        notes.append(note("gan.colour", request))
    return (sheet(result.pictures, captions(result)), tiles(facts) + joined(notes),
            gr.update(value=str(file), visible=True), result.as_json())


def first() -> Result | None:
    """Draw with the first model and the first settings."""
    name = MODELS.first()
    if not name:
        return None
    labels = tuple(range(len(MODELS.open(name).card.classes)))
    return drawn_once(name, None, labels, COUNT, SEED, TRUNCATION, None)


FIRST = opening.Opening(first, lambda result, request: answer(result, request,
                                                              opening.folder(request)))


@friendly
def relabel(request: gr.Request, model: str, own: str | None, labels: list[int], *single: int
            ) -> tuple[Any, ...]:
    """Offer the labels of the chosen model wherever labels are chosen; chosen ones stay so."""
    pairs = [(name, index) for index, name in enumerate(classes_of(model, own))]
    every = [index for _, index in pairs]
    kept = [index for index in every if index in labels] or every
    return (gr.CheckboxGroup(choices=pairs, value=kept),
            *(gr.Dropdown(choices=pairs, value=one if one in every else 0) for one in single))


@friendly
def show_card(model: str, own: str | None, request: gr.Request) -> str:
    """Return the model card of the chosen model."""
    from vision.gan.models import ARCHITECTURES

    loaded = MODELS.open(model, own)
    facts = {"parameters": f"{sum(p.numel() for p in loaded.module.parameters()):,}"}
    return card_markdown(loaded.card, ARCHITECTURES[loaded.card.arch].link, facts, request)


def code(model: str | None, labels: list[int], count: float, seed: float, truncation: float) -> str:
    """Return the shortest script that does what the settings above do."""
    return f"""from pathlib import Path

from vision.gan.predict import grid, load, predict
from vision.images import write_png

model = load(Path("{MODELS.in_a_script(model)}"))
result = predict(model, {labels}, {int(count)}, seed={int(seed)}, truncation={truncation})
print(result.opinion)
write_png(Path("runs/drawn.png"), grid(result.pictures, 10))
"""


def how() -> tuple[gr.Slider, gr.Number, gr.Slider]:
    """Build how many pictures are drawn, from which seed, and how far from the usual."""
    count = gr.Slider(1, 200, COUNT, step=1, label=t("gan.count"), info=t("gan.count_info"),
                      elem_id="gan-count")
    with gr.Row():
        seed = gr.Number(SEED, precision=0, minimum=0, label=t("app.seed"), min_width=120,
                         info=t("gan.seed_info"), elem_id="gan-seed")
        truncation = gr.Slider(0.1, 4, TRUNCATION, step=0.1, label=t("gan.truncation"),
                               min_width=160, info=t("gan.truncation_info"),
                               elem_id="gan-truncation")
    return count, seed, truncation


def build() -> class_link.Shared:
    """Build the tab."""
    own = gr.State(None)
    chosen = MODELS.first()
    pairs = [(name, index) for index, name in enumerate(classes_of(chosen, None))]
    every = [index for _, index in pairs]
    with gr.Row(elem_classes=["lab-desk"]):
        with gr.Column(min_width=280):
            model = gr.Dropdown(MODELS.offered(), value=chosen, label=t("gan.model"),
                                info=t("gan.model_info"), elem_id="gan-model")
            labels = LabelChoice(pairs, value=every, label=t("gan.labels"),
                                 info=t("gan.labels_info"), elem_id="gan-labels")
            go = gr.Button(t("gan.go"), variant="primary", elem_id="gan-go")
        with gr.Column(min_width=280):
            numbers = gr.HTML(elem_id="gan-numbers")
            result = gr.HTML(elem_id="gan-result")
            file = gr.DownloadButton(t("gan.download"), visible=False, size="sm")
            raw = gr.JSON(visible=False)
        with gr.Column(min_width=280):
            text = gr.Textbox("20261120", label=t("gan.text"), info=t("gan.text_info"),
                              elem_id="gan-text", max_lines=1)
            put = gr.Button(t("gan.write"), elem_id="gan-write")
            with gr.Accordion(t("app.settings"), open=False, elem_id="gan-settings"):
                count, seed, cut = how()
    with steps.row("gan", play="lab", walk="explore", judge="judge"):
        with gr.Tab(t("gan.lab_tab"), id="lab"):
            lab.build()
        with gr.Tab(t("gan.explore"), id="explore"):
            first_label, second_label = explore.build(model, own, pairs)
        with gr.Tab(t("gan.time_tab"), id="time"):
            timeline.build(model, own)
        with gr.Tab(t("gan.judge_tab"), id="judge"):
            asked = judge.build(model, own, pairs)
    lesson.build("gan", EXERCISES, draw=figure.draw)
    with steps.place("train"), gr.Accordion(t("app.train_your_own"),
                                            open=False) as training_place:
        train.build(model, own, training_place)
    settings: list[Any] = [model, labels, count, seed, cut]
    shown_code.build("gan", code, settings, [chosen, every, COUNT, SEED, TRUNCATION], CHAPTERS)

    outputs = [result, numbers, file, raw]
    draw: dict[str, Any] = {"fn": sample, "inputs": [*settings, own], "outputs": outputs,
                            "concurrency_limit": 4, "concurrency_id": "sample"}
    go.click(**draw, api_name="sample")
    _, arrived = opening.connect(FIRST, outputs)
    arrived.change(**draw, api_visibility="private")
    gr.on([put.click, text.submit], write, [model, text, seed, cut, own], outputs,
          concurrency_limit=2, api_visibility="private")
    named = [labels, first_label, second_label, asked]
    gr.on([model.change, own.change], relabel, [model, own, *named], named,
          api_visibility="private")
    model_card.build("gan", show_card, model, own)
    return class_link.share("gan", {"model": model, "labels": labels, "count": count,
                                    "seed": seed, "truncation": cut, "text": text},
                            arrived=arrived)


def warm() -> None:
    """Load the default model and its classifier, and draw once."""
    from vision.gan.predict import predict

    if name := MODELS.first():
        loaded = MODELS.open(name, None)
        predict(loaded, [0], 1, reader=reader_for(loaded))


TAB = Tab("gan", 3, build, warm, FIRST.make)
