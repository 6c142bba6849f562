"""Three kinds of segmentation: one rendered street, of which the renderer knows every object."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components import clicks
from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import figure, grid, grouped, image, note, percent, table
from vision.ui.components.markup import joined, tag
from vision.ui.components.opening import opened
from vision.ui.components.pictures import picture_output
from vision.ui.lessons.exercises import LATEX
from vision.ui.shell.answers.shared import computed_once
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.segmentation.kinds import drawn
from vision.ui.tabs.segmentation.shared import MODELS, class_name, of_streets
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.checkpoints import Model
    from vision.segmentation.panoptic.quality import Quality
    from vision.segmentation.panoptic.segments import Panoptic

KINDS = ("semantic", "instance", "panoptic")
FINDER = "panoptic_deeplab-lite0"
STREETS = 99
FIRST = 4  # a street with cars, people and a cyclist


@dataclass(frozen=True, eq=False)
class Seen:
    """A street with its three truths, each drawn, and what models make of it."""

    picture: np.ndarray
    truth: Panoptic
    pictures: tuple[np.ndarray, ...]  # as in KINDS
    finds: bool  # whether the chosen model finds objects itself
    answers: tuple[Panoptic, ...]  # the chosen model's, then that of the one that finds objects
    qualities: tuple[Quality, ...]  # of the answers


@friendly
@low_priority
def show(number: float, model: str, own: str | None, request: gr.Request) -> tuple[Any, ...]:
    """Render a street, show its three truths, and what models make of it, objects and all."""
    model = of_streets(model) or model
    place = min(max(int(number), 0), STREETS)
    known = [MODELS.path_of(model, own), *filter(Path.is_file, [MODELS.file(FINDER)])]
    seen = computed_once("kinds", lambda: looked(place, model, own), place, request=request,
                         models=known)
    names = [str(model), FINDER][:len(seen.answers)]
    captions = [say(f"segmentation.{'found' if name == FINDER or seen.finds else 'fused'}",
                    request, model=MODELS.called(name, request)) for name in names]
    shown = [(say("segmentation.picture", request), seen.picture),
             *((caption, drawn.both(seen.picture, said))
               for caption, said in zip(captions, seen.answers, strict=True))]
    figures = [figure(image(pixels, caption, kind="jpeg"), caption)
               for caption, pixels in shown]
    tables = [joined([tag("p", tag("b", caption)), numbers(found, request)])
              for caption, found in zip(captions, seen.qualities, strict=True)]
    return (seen, *seen.pictures, note("segmentation.kinds_click", request),
            joined([grid(figures, 240), *tables]))


def looked(place: int, model: str, own: str | None) -> Seen:
    """Return a street and what the chosen model, and one that finds objects, make of it."""
    from vision.segmentation.labels import CLASSES
    from vision.segmentation.panoptic.quality import quality
    from vision.segmentation.panoptic.segments import truth_of
    from vision.segmentation.panoptic.streets import check, finds, fused, street

    loaded = MODELS.open(model, own)
    check(loaded)
    scene = street(place)
    truth = truth_of(scene)
    answers = tuple(fused(each, scene, truth) for each in (loaded, *finder(loaded)))
    return Seen(scene.picture, truth, (
        drawn.semantic(scene.picture, truth.classes), drawn.instance(scene.picture, truth),
        drawn.both(scene.picture, truth)), finds(loaded), answers,
        tuple(quality(truth, said, len(CLASSES)) for said in answers))


def finder(chosen: Model) -> list[Model]:
    """Return the model that finds objects itself, none if such a one is chosen or it does not ship.
    """
    from vision.segmentation.panoptic.streets import finds

    model = None if finds(chosen) else MODELS.there(FINDER)
    return [model] if model else []


def numbers(found: Quality, request: gr.Request | None) -> Markup:
    """Return PQ, SQ and RQ of all classes, of things and of stuff."""
    from vision.segmentation.panoptic.segments import THINGS
    from vision.segmentation.panoptic.streets import STUFF

    rows = [[say(f"segmentation.of_{name}", request),
             *(percent(value) for value in found.overall(classes).values())]
            for name, classes in (("all", None), ("things", THINGS), ("stuff", STUFF))]
    return table(["", "PQ", "SQ", "RQ"], rows)


@friendly
def clicked(seen: Seen | None, request: gr.Request, event: gr.EventData) -> tuple[Any, ...]:
    """Outline what was clicked in all three truths, and say what each knows of it."""
    if seen is None:
        raise clicks.nothing_clicked()
    x, y = clicks.numbers(event, "index", 2)
    row, column = (min(max(int(place), 0), side - 1)
                   for place, side in zip((y, x), seen.truth.classes.shape, strict=True))
    label = int(seen.truth.classes[row, column])
    number = int(seen.truth.instances[row, column])
    same, own = seen.truth.classes == label, seen.truth.instances == number
    marks = (same, own if number else None, own if number else same)
    return (*(drawn.outlined(picture, where)
              for picture, where in zip(seen.pictures, marks, strict=True)),
            told(seen.truth, label, number, request))


def told(truth: Panoptic, label: int, number: int, request: gr.Request | None) -> Markup:
    """Return what each of the three tasks says of a place, and what it leaves out."""
    from vision.segmentation.labels import CLASSES, VOID

    if label == VOID:
        return note("segmentation.kinds_void", request)
    alike = [int(each) for each in np.unique(truth.instances[truth.classes == label]) if each]
    known: dict[str, Any] = {"name": class_name(CLASSES[label], request),
                             "pixels": grouped((truth.classes == label).sum(), request)}
    if number:
        known |= {"place": alike.index(number) + 1, "of": len(alike),
                  "own": grouped((truth.instances == number).sum(), request)}
    kind = "thing" if number else "stuff"
    rows = [[say(f"segmentation.kind_{name}", request),
             say(f"segmentation.{name}_{kind}", request, **known)] for name in KINDS]
    return joined([tag("p", tag("b", head), ": ", text) for head, text in rows])


def build(model: gr.Dropdown, own: gr.State) -> None:
    """Build the part; its first street is there when it is opened."""
    shows, seen = opened(), gr.State(None, time_to_live=3600)
    gr.Markdown(t("segmentation.kinds_info"), latex_delimiters=LATEX)
    with gr.Row():
        shown = [picture_output(f"segmentation.kind_{name}", f"segmentation-kind-{name}",
                                height=260, always=False) for name in KINDS]
    known = gr.HTML(t("segmentation.kinds_empty"), elem_id="segmentation-kinds-told")
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            number = gr.Slider(0, STREETS, FIRST, step=1, label=t("segmentation.street"),
                               info=t("segmentation.street_info"),
                               elem_id="segmentation-kinds-street")
            go = gr.Button(t("segmentation.kinds_go"), variant="primary",
                           elem_id="segmentation-kinds-go")
            gr.Markdown(t("segmentation.fused_info"))
        with gr.Column(scale=3, min_width=320):
            fused = gr.HTML(elem_id="segmentation-fused", min_height=0)
    run: dict[str, Any] = {"fn": show, "inputs": [number, model, own],
                           "outputs": [seen, *shown, known, fused], "concurrency_limit": 2,
                           "concurrency_id": "segment", "show_progress": "minimal",
                           "show_progress_on": known, "trigger_mode": "always_last",
                           "api_visibility": "private"}
    gr.on([go.click, shows, number.release], **run)
    for picture in shown:
        picture.select(clicked, seen, [*shown, known], **QUIET)
