"""Judging: the measures beside the papers', drawing for the discriminator, nearest neighbours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components import data_here, names
from vision.ui.components.events import QUIET
from vision.ui.components.figures.colours import BLUE, GREY
from vision.ui.components.figures.plots import axes
from vision.ui.components.figures.svg_plot import SvgPlot
from vision.ui.components.friendly import friendly
from vision.ui.components.html import image, localised, minus, note, table, tiles, wipeable
from vision.ui.components.inputs.drawing_board import DrawingBoard
from vision.ui.components.markup import joined, tag
from vision.ui.components.opening import opened
from vision.ui.tabs.gan.shared import MODELS, ink_of, reader_for, sheet
from vision.ui.text import say, say_list, t

if TYPE_CHECKING:
    from vision.checkpoints import Card

PAPERS = (
    ("DBN, Goodfellow et al. 2014", "138 ± 2"),
    ("Stacked CAE, Goodfellow et al. 2014", "121 ± 1.6"),
    ("Deep GSN, Goodfellow et al. 2014", "214 ± 1.1"),
    ("GAN, Goodfellow et al. 2014", "225 ± 2"),
    ("CGAN, Mirza & Osindero 2014", "132 ± 1.8"),
)
MEASURED = "mnist"  # what the papers' numbers are of
COLUMNS = ("model", "parzen", "fidelity", "second", "distance", "diversity", "d_real", "d_fake")


@friendly
def leaderboard(request: gr.Request) -> str:
    """Return a table for each data set with the shipped models' measures, and their sources."""
    cards = {name: MODELS.card(name) for name in MODELS.names()}
    sets = sorted({MEASURED, *map(data_of, cards.values())},
                  key=lambda data: (data != MEASURED, data))
    boards = (board(data, {name: card for name, card in cards.items() if data_of(card) == data},
                    request) for data in sets)
    return joined(boards) + note("gan.measures_source", request,
                                 floor=floors(list(cards.values()), request),
                                 skills=skills(list(cards.values()), request))


def board(data: str, cards: dict[str, Card], request: gr.Request | None) -> Markup:
    """Return the measures of the models of one data set, the papers' below where they have some."""
    rows = [measures(MODELS.called(name, request), card) for name, card in cards.items()]
    if data == MEASURED:
        rows += [[name, value, *["–"] * (len(COLUMNS) - 2)] for name, value in PAPERS]
    head = [say(f"gan.column_{name}", request) for name in COLUMNS]
    return tag("h4", names.data(data, request)) + table(head, rows)


def data_of(card: Card) -> str:
    """Return the data set that a model has learnt from, "" if its file does not say."""
    return str(next(iter(card.data.get("train") or ()), ""))


def floors(cards: list[Card], request: gr.Request | None) -> str:
    """Return for each data set how far real pictures are from other real ones."""
    found = {data_of(card): card.metrics.get("distance_floor") for card in cards}
    return say_list((f"{names.data(data, request)} {localised(f'{value:.1f}', request)}"
                   for data, value in found.items() if value), request) or "–"


def skills(cards: list[Card], request: gr.Request | None) -> str:
    """Return for each data set how many real test pictures its judges read as what they are."""
    found = {data_of(card): [f"{judge['accuracy']:.1%}" for judge in card.metrics["judges"]]
             for card in cards if card.metrics.get("judges")}
    return say_list((f"{names.data(data, request)} {localised(' / '.join(shares), request)}"
                   for data, shares in found.items()), request) or "–"


def measures(name: str, card: Card) -> list[str]:
    """Return one row of the table; a dash where a measure does not apply."""
    found = card.metrics
    parzen = found.get("parzen")
    diversity = found.get("diversity")

    def number(value: float | None, form: str) -> str:
        return "–" if value is None else form.format(value)

    return [name,
            minus(f"{parzen['mean']:.0f} ± {parzen['error']:.1f}") if parzen else "–",
            *fidelities(found), number(found.get("distance"), "{:.1f}"),
            number(float(np.mean(diversity)) if diversity else None, "{:.2f}"),
            number(found.get("d_real"), "{:.2f}"), number(found.get("d_fake"), "{:.2f}")]


def fidelities(found: dict[str, Any]) -> list[str]:
    """Return the label fidelity by either judge, over several seeds where it was so measured."""
    judges = [f"{judge['mean']:.1%} ± {judge['deviation']:.1%}"
              for judge in found.get("judges", ())]
    alone = found.get("fidelity")
    told = judges or ([] if alone is None else [f"{alone:.1%}"])
    return [*told, "–", "–"][:2]


@friendly
def plots(model: str, own: str | None, request: gr.Request) -> tuple[Any, str]:
    """Return a model's label matrix, its Parzen window's curve over σ, and how to read them."""
    from vision.gan.predict import shape_of

    card = MODELS.card(model, own)
    matrix = card.metrics.get("matrix")
    figure, left, right = axes("p(→ | ↓)" if matrix else "–", "log p(x) / σ")
    if matrix:
        counts = np.array(matrix, float)
        left.imshow(counts / counts.sum(1, keepdims=True).clip(1), cmap="Blues", vmin=0, vmax=1)
        left.set_xticks(range(len(card.classes)))
        left.set_yticks(range(len(counts)))
    left.grid(False)
    if parzen := card.metrics.get("parzen"):
        right.plot(*np.array(parzen["curve"]).T, color=BLUE, linewidth=2, marker="o")
        right.set_ylim(min(0, parzen["mean"] - 200), parzen["mean"] + 40)
        right.axvline(parzen["sigma"], color=GREY, linestyle="--")
    told = note("gan.matrix_read", request) if matrix else ""
    return figure, told + fragility(parzen, math.prod(shape_of(card)), request)


def fragility(parzen: dict[str, Any] | None, dimensions: int, request: gr.Request | None) -> str:
    """Return what makes the Parzen window's number fragile, with this model's own numbers."""
    if not parzen:
        return ""
    sigmas, values = zip(*parzen["curve"], strict=True)
    beside = max(sigmas.index(parzen["sigma"]) - 2, 0)
    return note("gan.fragile", request, near=sigmas[beside], worse=values[beside],
                best=max(values), samples=parzen["samples"], dimensions=dimensions)


@friendly
def fool(drawing: np.ndarray | None, model: str, label: int, own: str | None,
         request: gr.Request) -> str:
    """Return what the discriminator and the classifier think of a drawing."""
    import torch

    from vision.gan.predict import as_pixels, check_labels, opinions, read, shape_of
    from vision.gan.sketch import to_picture

    loaded = MODELS.open(model, own)
    asked = torch.from_numpy(check_labels([int(label)], loaded.card.classes))
    picture = to_picture(ink_of(drawing), shape_of(loaded.card))
    facts = {say("gan.fooled", request): f"{float(opinions(loaded, picture, asked)):.3f}"}
    if reader := reader_for(loaded):
        likely, best = read(reader, picture).max(1)
        facts[say("gan.reads", request)] = (
            f"{loaded.card.classes[int(best)]} · {100 * float(likely):.0f}%")
    return tiles(facts) + image(as_pixels(picture)[0], look="lab-crisp",
                                style="width:112px;margin-top:.5rem")


@friendly
def neighbours(model: str, own: str | None, request: gr.Request) -> str:
    """Return ten drawn pictures, each with the training picture that is nearest to it."""
    from vision.gan.data import open_pictures
    from vision.gan.neighbours import nearest
    from vision.gan.predict import predict

    loaded = MODELS.open(model, own)
    known = open_pictures(loaded.card.data["train"][0], "train")
    drawn = predict(loaded, list(range(len(loaded.card.classes))), 10, seed=3).pictures
    near, far = nearest(drawn, known)
    pairs = np.concatenate([drawn, near[:, 0]], axis=1)  # (10, 2 × S, S, …)
    return (note("gan.neighbours_note", request)
            + sheet(pairs, [f"± {value:.0f}" for value in far[:, 0]]))


@friendly
def fetch(model: str, own: str | None, request: gr.Request) -> tuple[str, gr.Button]:
    """Fetch the model's data set and return its nearest neighbours."""
    data = data_of(MODELS.card(model, own))
    data_here.fetch(data)
    return neighbours(model, own, request), data_here.fetch_button(data)


@friendly
def offer(model: str, own: str | None) -> gr.Button:
    """Offer to fetch the model's data set where it is not here."""
    return data_here.fetch_button(data_of(MODELS.card(model, own)))


def build(model: gr.Dropdown, own: gr.State, pairs: list[tuple[str, int]]) -> gr.Dropdown:
    """Build the part, and return its choice of a label."""
    shows = opened()
    gr.Markdown(t("gan.measures"))
    board = gr.HTML(elem_id="gan-board")
    plot = SvgPlot(elem_id="gan-plots", elem_classes=["lab-when-filled"])
    fragile = gr.HTML(elem_id="gan-fragile", min_height=0)
    gr.Markdown(t("gan.fool"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            canvas = wipeable(DrawingBoard(elem_id="gan-canvas"))
        with gr.Column(scale=3, min_width=320):
            asked = gr.Dropdown(pairs, value=0, label=t("gan.asked"), info=t("gan.asked_info"),
                                elem_id="gan-asked")
            judge = gr.Button(t("gan.fool_go"), variant="primary", elem_id="gan-fool-go")
            verdict = gr.HTML(elem_id="gan-verdict", elem_classes=["lab-dims"])
    gr.Markdown(t("gan.neighbours"))
    with gr.Row():
        near = gr.Button(t("gan.neighbours_go"), elem_id="gan-near-go")
        get = gr.Button(t("app.fetch"), visible=False, elem_id="gan-fetch")
    found = gr.HTML(elem_id="gan-near", elem_classes=["lab-dims"])
    shows(leaderboard, None, board, **QUIET)
    gr.on([shows, model.change, own.change], plots, [model, own], [plot, fragile],
          api_visibility="private")
    judge.click(fool, [canvas, model, asked, own], verdict, api_visibility="private")
    near.click(neighbours, [model, own], found, api_visibility="private")
    gr.on([shows, model.change, own.change], offer, [model, own], get, **QUIET)
    get.click(fetch, [model, own], [found, get], api_visibility="private")
    return asked
