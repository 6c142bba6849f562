"""Draw pictures by label, and all that the page shows of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.ui.components import opening
from vision.ui.components.friendly import friendly
from vision.ui.components.html import clock, note, tiles
from vision.ui.components.markup import joined
from vision.ui.shell.answers.shared import computed_once
from vision.ui.shell.files.uploads import new_folder
from vision.ui.tabs.gan.shared import MODELS, captions, needs_labels, reader_for, sheet
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.gan.predict import Result


COUNT, SEED, TRUNCATION = 30, 0, 4.0


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
    return (sheet(result.pictures, captions(result, request)), tiles(facts) + joined(notes),
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
