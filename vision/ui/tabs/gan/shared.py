"""What the parts of the GAN tab share: which models there are, and drawn pictures as HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.errors import UserError
from vision.ui.components import names
from vision.ui.components.figures.colours import BLUE, GREY, ORANGE
from vision.ui.components.figures.plots import axes, legend
from vision.ui.components.html import figure, grid, image, localised
from vision.ui.components.html import table as as_table
from vision.ui.components.model_choice import ModelShelf
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np

    from vision.checkpoints import Model
    from vision.gan.predict import Result

LETTER = 8  # pixels of a caption's letter
FIRST = ("cdcgan-mnist", "cgan-mnist")  # the default, if it ships
MODELS = ModelShelf("gan", FIRST, kept=16,
                    offers=lambda path: not path.stem.startswith("classifier"))


def reader_for(model: Model) -> Model | None:
    """Return the classifier that reads what a model draws, if it ships."""
    return MODELS.there(f"classifier-{model.card.data['train'][0]}")


def classes_of(name: str | None, own: str | None) -> tuple[str, ...]:
    """Return the names of a model's labels, read from its card alone."""
    if name is None:
        return tuple("0123456789")
    return MODELS.card(name, own).classes


def needs_labels(model: Model) -> Model:
    """Return a model, or raise if it draws without labels."""
    from vision.gan.models import by_label
    from vision.gan.predict import conditional

    if not conditional(model):
        raise UserError("a {arch} draws without labels", "models of {known} are accepted here",
                        "choose one of them", arch=names.network(model.card.arch),
                        known=", ".join(map(names.network, by_label())))
    return model


def sheet(pictures: np.ndarray, captions: Sequence[str], smallest: int = 56) -> Markup:
    """Return pictures (N, S, S, …) as a grid with a caption under each, as wide as its words."""
    longest = max((len(word) for caption in captions for word in caption.split()), default=0)
    return grid((figure(image(picture, caption, "lab-crisp"), caption)
                 for picture, caption in zip(pictures, captions, strict=True)),
                max(smallest, LETTER * longest), full=False)


def table(pictures: np.ndarray, columns: list[str]) -> Markup:
    """Return pictures (rows × columns, S, S, …) as a table with a head over each column."""
    cells = [image(picture, look="lab-crisp") for picture in pictures]
    return as_table(columns, (cells[start : start + len(columns)]
                              for start in range(0, len(cells), len(columns))))


def captions(result: Result, request: gr.Request | None) -> list[str]:
    """Return D's opinion and the classifier's reading of each picture; ✗ marks another label."""
    lines = [localised(f"D {opinion:.2f}", request) for opinion in result.opinion]
    if result.reading is None:
        return lines
    marks = [""] * len(lines)
    if result.labels is not None:
        marks = [" ✓" if a == b else " ✗"
                 for a, b in zip(result.labels, result.reading, strict=True)]
    return [f"{line}\n{result.classes[reading]}{mark}"
            for line, reading, mark in zip(lines, result.reading, marks, strict=True)]


def loss_choice(elem_id: str) -> gr.Radio:
    """Build the choice of what G minimises."""
    return gr.Radio([(t("gan.loss_ns"), "non-saturating"), (t("gan.loss_s"), "saturating")],
                    value="non-saturating", label=t("gan.loss"), info=t("gan.loss_info"),
                    elem_id=elem_id)


def ink_of(drawing: np.ndarray | None) -> np.ndarray:
    """Return what was drawn, or raise if nothing was."""
    if drawing is None:
        raise UserError("the drawing is empty", "a few strokes are accepted", "draw something")
    return drawing


def curves(points: Mapping[str, Sequence[float]], step: int, request: gr.Request | None = None
           ) -> Any:
    """Return the losses and D's mean opinions over the steps of a training, a step marked."""
    groups = {"gan.losses": ("d_loss", "g_loss"), "gan.opinions": ("d_real", "d_fake")}
    figure, *places = axes(*(say(title, request) for title in groups))
    for axis, drawn in zip(places, groups.values(), strict=True):
        for name, colour in zip(drawn, (BLUE, ORANGE), strict=True):
            if name in points:
                axis.plot(points["step"], points[name], color=colour, linewidth=2,
                          label=names.measure(name, request))
        axis.axvline(step, color=GREY, linewidth=2, linestyle="--")
        if points:
            legend(axis)
    return figure
