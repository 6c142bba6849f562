"""Look inside: skips and branches off, attention maps, a nest cut down, a CRF by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.ui.components.friendly import friendly
from vision.ui.components.html import figure, grid, image, note, percent
from vision.ui.components.opening import opened
from vision.ui.components.pictures import LONGEST_SIDE, needed
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.segmentation.shared import (
    MODELS,
    heat_over,
    laid_over,
    one_of,
)
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np

KINDS = {  # what can be looked at, and the architecture that is proposed where none ships
    "skips": "unet", "crf": "deeplab_v1", "attention": "attention_unet", "depth": "unetpp",
    "branches": "deeplab_v3plus",
}
USUAL = "skips"
SMALL = (180, 240)


@friendly
@low_priority
@within_memory(decoding("picture"))
def look(picture: str | None, kind: str, on: list[int], depth: float, iterations: float,
         near: float, alike: float, colour: float, request: gr.Request) -> str:
    """Show the whole model beside the changed one, or what its gates look at."""
    from vision.images import read_picture

    pixels = read_picture(needed(picture), LONGEST_SIDE)
    parts = [int(place) for place in on or []]
    if kind == "attention":
        return gates(pixels, request)
    if kind == "crf":
        return refined(pixels, int(iterations), near, alike, colour, request)
    return changed(pixels, kind, parts, int(depth), request)


def changed(pixels: np.ndarray, kind: str, on: list[int], depth: int,
            request: gr.Request | None) -> str:
    """Return a model's answer before and after parts of it were switched off or cut away."""
    from vision.segmentation.predict import predict
    from vision.segmentation.studies import inside

    model = one_of(ships_with(kind), KINDS[kind])
    before = predict(model, pixels, refined=False).labels
    if kind == "depth":
        after, _ = inside.at_depth(model, pixels, depth)
    elif kind == "skips":
        after = inside.without_skips(model, pixels, _others(on, inside.skips(model)))
    else:
        after = inside.without_branches(model, pixels, _others(on, len(inside.branches(model))))
    return pair(pixels, before, after, request)


def ships_with(kind: str) -> list[Path]:
    """Return the models that ship and can be looked into this way.

    A CRF can follow any; those come first whose paper ends with one.
    """
    from vision.segmentation.models import having

    if kind != "crf":
        return MODELS.of(*having(inside=kind))
    offered = map(MODELS.file, MODELS.names())
    meant = MODELS.of(*having(crf=True))
    return sorted(offered, key=lambda path: path not in meant)


def _others(on: list[int], count: int) -> list[int]:
    return [place for place in range(count) if place not in on]


def refined(pixels: np.ndarray, iterations: int, near: float, alike: float, colour: float,
            request: gr.Request | None) -> str:
    """Return a model's answer before and after the CRF."""
    from vision.images import resize
    from vision.segmentation.crf import Settings, refine
    from vision.segmentation.predict import at_most, probabilities

    model = one_of(ships_with("crf"), KINDS["crf"])
    size = at_most(pixels.shape[:2], SMALL[0] * SMALL[1])
    small, found = resize(pixels, size), probabilities(model, pixels, size)
    settings = Settings(iterations, near, 3.0, alike, 40.0, colour)
    better = refine(found, small, settings)
    return pair(small, found.argmax(0).astype("uint8"), better.argmax(0).astype("uint8"), request)


def pair(pixels: np.ndarray, before: np.ndarray, after: np.ndarray, request: gr.Request | None
         ) -> str:
    """Return two answers side by side, and how many pixels they share."""
    pictures = [(say(f"segmentation.{key}", request), laid_over(pixels, labels))
                for key, labels in (("before", before), ("after", after))]
    return sheet(pictures) + note("segmentation.changed", request,
                                  share=percent(float((before != after).mean())))


def gates(pixels: np.ndarray, request: gr.Request | None) -> str:
    """Return every gate's attention as a heat map over the picture, coarse to fine."""
    from vision.segmentation.studies import inside

    maps = inside.attention(one_of(ships_with("attention"), KINDS["attention"]), pixels)
    shown = []
    for place, each in enumerate(maps):
        title = say("segmentation.gate", request, number=place + 1, mean=f"{each.mean():.2f}")
        shown.append((title, heat_over(pixels, each, 0.65)))
    return sheet(shown)


def sheet(pictures: list[tuple[str, np.ndarray]]) -> Markup:
    """Return pictures with a caption under each."""
    return grid((figure(image(each, name), name) for name, each in pictures), 240)


@friendly
def offer(kind: str, request: gr.Request, off: list[int] | None = None) -> tuple[Any, ...]:
    """Show the controls of what is chosen, and say what it shows or which command trains it.

    What is checked of `off` stays so; without it, all but the last are.
    """
    from vision.segmentation.studies import inside

    line = note(f"segmentation.kind_{kind}_info", request)
    there = ships_with(kind)
    if not there:
        line = note("segmentation.missing", request, arch=KINDS[kind])
    count = 0
    if there and kind in ("skips", "branches"):
        model = MODELS.at(there[0])
        count = inside.skips(model) if kind == "skips" else len(inside.branches(model))
    parts = [(str(place + 1), place) for place in range(count)]
    kept = list(range(count - 1)) if off is None else [one for one in off if one < count]
    return (line, gr.CheckboxGroup(choices=parts, value=kept, visible=bool(parts)),
            gr.Slider(visible=kind == "depth"), *(gr.Slider(visible=kind == "crf"),) * 4,
            gr.Button(interactive=bool(there)))


def offer_linked(kind: str, off: list[int], request: gr.Request) -> Any:
    """Show the controls of what a class link has chosen, as the part is opened."""
    return gr.skip() if kind == USUAL else offer(kind, request, off)


def build(picture: gr.Image) -> None:
    """Build the part."""
    shows = opened()
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            kind = gr.Radio([(t(f"segmentation.kind_{name}"), name) for name in KINDS],
                            value=USUAL, label=t("segmentation.kind"),
                            info=t("segmentation.kind_info"), elem_id="segmentation-kind")
            off = gr.CheckboxGroup([(str(n + 1), n) for n in range(5)], value=list(range(4)),
                                   label=t("segmentation.off"), info=t("segmentation.off_info"),
                                   elem_id="segmentation-off")
            depth = gr.Slider(1, 4, 1, step=1, label=t("segmentation.depth"), visible=False,
                              info=t("segmentation.depth_info"), elem_id="segmentation-depth")
            sliders = [gr.Slider(low, high, value, step=step, label=t(f"segmentation.crf_{name}"),
                                 info=t(f"segmentation.crf_{name}_info"), visible=False,
                                 elem_id=f"segmentation-crf-{name}")
                       for name, low, high, value, step in (
                           ("iterations", 0, 10, 5, 1), ("near", 0, 10, 1, 0.5),
                           ("alike", 0, 10, 2, 0.5), ("colour", 1, 60, 13, 1))]
            go = gr.Button(t("segmentation.look"), variant="primary",
                           elem_id="segmentation-look")
        with gr.Column(scale=3, min_width=320):
            line = gr.HTML(t("segmentation.inside_empty"), elem_id="segmentation-inside-line")
            seen = gr.HTML(elem_id="segmentation-inside", elem_classes=["lab-dims"], min_height=0)
    offered = [line, off, depth, *sliders, go]
    kind.input(offer, kind, offered, api_visibility="private")
    shows(offer_linked, [kind, off], offered, queue=False, api_visibility="private")
    gr.on([go.click, off.input, depth.release, *(slider.release for slider in sliders)], look,
          [picture, kind, off, depth, *sliders], seen, trigger_mode="always_last",
          concurrency_limit=1, api_visibility="private")
