"""The pixel microscope: click a pixel to see its classes, its loss, and what it depends on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision import checkpoints
from vision.ui.components import clicks
from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import localised, percent, tiles
from vision.ui.components.markup import joined, tag
from vision.ui.components.opening import opened
from vision.ui.components.page_files import scroll_to
from vision.ui.components.pictures import needed, picture_output
from vision.ui.lessons.exercises import LATEX
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.segmentation import reliability
from vision.ui.tabs.segmentation.shared import (
    BOTH,
    SCORED,
    View,
    chip,
    class_name,
    heat_over,
    laid_over,
)
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.segmentation.studies.microscope import Pixel, Sight

VIEWS = ("prediction", "confidence", "entropy", "field")
MIDDLE = 50.0  # percent
Key = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Slide:
    """What lies under the microscope, and of which picture and model it was made."""

    sight: Sight
    key: Key


def laid(slide: Slide | None, picture: str | None, truth: str | None, model: str,
         own: str | None) -> Slide:
    """Return what is under the microscope; the model looks again if anything has changed."""
    from vision.images import read_picture
    from vision.segmentation.labels import check_labels, read_labels
    from vision.segmentation.studies.microscope import look

    path = BOTH.path_of(model, own)
    key = (needed(picture), truth, path, checkpoints.version(path))
    if slide is not None and slide.key == key:
        return slide
    loaded, pixels = BOTH.open(model, own), read_picture(needed(picture))
    labels = read_labels(truth) if truth else None
    if labels is not None:
        check_labels(labels, pixels.shape[:2], len(loaded.card.classes))
    return Slide(look(loaded, pixels, labels), key)


@friendly
@low_priority
@within_memory(decoding("picture", "truth", bytes_a_pixel=SCORED))
def probe(slide: Slide | None, picture: str | None, truth: str | None, model: str,
          own: str | None, view: str, right: float, down: float, temperature: float,
          request: gr.Request) -> tuple[Slide, np.ndarray, str]:
    """Look at one place: a picture with a cross there, and what is known of that pixel."""
    from vision.segmentation.studies.microscope import pixel

    slide = laid(slide, picture, truth, model, own)
    across, along = (min(max(float(share) / 100, 0.0), 1.0) for share in (right, down))
    row, column = (min(int(share * side), side - 1)
                   for share, side in zip((along, across), slide.sight.size, strict=True))
    if view == "field":
        drawn, reach = depends(slide.sight, model, own, along, across, request)
    else:
        drawn, reach = mapped(slide.sight, view, temperature), Markup()
    found = pixel(slide.sight, row, column, temperature)
    return slide, crossed(drawn, row, column), joined([
        bars(found, slide.sight.classes, request), reach])


def mapped(sight: Sight, view: str, temperature: float) -> np.ndarray:
    """Return the prediction over the picture, or a map of how sure the model is."""
    from vision.segmentation.certainty.pixels import confidence, entropy, tempered

    if view == "prediction":
        return laid_over(sight.picture, sight.log_p.argmax(0).astype(np.uint8), 0.5)
    p = tempered(sight.log_p, temperature)
    return heat_over(sight.picture, confidence(p) if view == "confidence" else entropy(p))


def depends(sight: Sight, model: str, own: str | None, down: float, right: float,
            request: gr.Request | None) -> tuple[np.ndarray, Markup]:
    """Return the effective receptive field over the picture, and how far it reaches."""
    from vision.images import resize
    from vision.segmentation.studies.microscope import radius, receptive_field

    field = receptive_field(BOTH.open(model, own), sight.seen, down, right)
    height, width = field.shape
    bright = np.sqrt(field / field.max()) if field.max() else field  # or only the middle shows
    drawn = resize(heat_over(sight.seen, bright), sight.size)
    facts = {say("segmentation.field_holds", request, share=percent(share)):
             f"{radius(field, down, right, share):.0f} px" for share in (0.5, 0.9)}
    facts[say("segmentation.field_size", request)] = f"{width}×{height} px"
    return drawn, tiles(facts)


def crossed(picture: np.ndarray, row: int, column: int) -> np.ndarray:
    """Return a picture with a cross around a pixel, which itself stays free."""
    import cv2

    drawn = np.ascontiguousarray(picture)
    size = max(picture.shape[0] // 24, 5)
    for colour, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            cv2.line(drawn, (column + 3 * x, row + 3 * y), (column + size * x, row + size * y),
                     colour, thick)
    return drawn


def bars(found: Pixel, classes: tuple[str, ...], request: gr.Request | None) -> Markup:
    """Return each class's probability as a bar, the likeliest first, and what the pixel costs."""
    order = np.argsort(-found.probabilities)[:12]
    lines = [tag("div", chip(int(index)), " ", class_name(classes[index], request),
                 " ✓" if index == found.truth else "", " ",
                 localised(f"{found.probabilities[index]:.1%}", request), tag("br"),
                 tag("span", class_="lab-bar",
                     style=f"width:{max(95 * found.probabilities[index], 0.5):.1f}%;margin:0"))
             for index in order]
    facts = {say("segmentation.pixel_true", request): "–" if found.truth is None
             else class_name(classes[found.truth], request)}
    if found.loss is not None and found.times is not None and found.share is not None:
        facts |= {say("segmentation.pixel_loss", request): f"{found.loss:.3f}",
                  say("segmentation.pixel_share", request): f"{100 * found.share:.2g}%",
                  say("segmentation.pixel_times", request): f"{found.times:.2g}×"}
    return joined([tag("div", *lines, style="font-size:.95rem"), tiles(facts)])


@friendly
def judge(slide: Slide | None, model: str, own: str | None, temperature: float,
          request: gr.Request) -> Any:
    """Return how well sureness and rightness agree, here and over the validation set."""
    if slide is None:
        return gr.skip()
    kept = checkpoints.read_card(BOTH.path_of(model, own)).metrics.get("calibration")
    return reliability.told(slide.sight, temperature, kept if isinstance(kept, dict) else {},
                            request)


def percents(size: tuple[int, ...], event: gr.EventData) -> tuple[float, float]:
    """Return where a picture of a size was clicked, in percent of its width and its height."""
    x, y = clicks.numbers(event, "index", 2)
    found = (100 * (x + 0.5) / size[1], 100 * (y + 0.5) / size[0])
    return (round(min(max(found[0], 0.0), 100.0), 2), round(min(max(found[1], 0.0), 100.0), 2))


@friendly
def pointed(slide: Slide | None, event: gr.EventData) -> tuple[float, float]:
    """Return where the picture under the microscope was clicked."""
    if slide is None:
        raise clicks.nothing_clicked()
    return percents(slide.sight.size, event)


@friendly
def pointed_above(view: View | None, event: gr.EventData) -> tuple[float, float, Any]:
    """Return where the result was clicked, and open the microscope."""
    if view is None:
        raise clicks.nothing_clicked()
    return *percents(view.picture.shape, event), gr.Tabs(selected="microscope")


def build(picture: gr.Image, truth: gr.Image, model: gr.Dropdown, own: gr.State
          ) -> dict[str, Any]:
    """Build the part; return its controls of the place, and the event that looks there."""
    slide = gr.State(None, time_to_live=3600)
    gr.Markdown(t("segmentation.microscope_info"))
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            shown = picture_output("segmentation.microscope", "segmentation-microscope",
                                   height=360, always=False)
            view = gr.Radio([(t(f"segmentation.seen_{name}"), name) for name in VIEWS],
                            value="prediction", label=t("segmentation.seen"),
                            info=t("segmentation.seen_info"), elem_id="segmentation-seen")
            with gr.Row():
                right, down = (gr.Slider(0, 100, MIDDLE, step=0.01, min_width=120,
                                         label=t(f"segmentation.at_{name}"),
                                         info=t("segmentation.at_info"),
                                         elem_id=f"segmentation-at-{name}")
                               for name in ("right", "down"))
        with gr.Column(scale=2, min_width=280):
            go = gr.Button(t("segmentation.microscope_go"), variant="primary",
                           elem_id="segmentation-microscope-go")
            pixel = gr.HTML(t("segmentation.microscope_empty"), elem_id="segmentation-pixel")
    gr.Markdown(t("segmentation.sure_info"), latex_delimiters=LATEX)
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            temperature = gr.Slider(0.25, 4, 1, step=0.05, label=t("segmentation.temperature"),
                                    info=t("segmentation.temperature_info"),
                                    elem_id="segmentation-temperature")
        with gr.Column(scale=3, min_width=320):
            sure = gr.HTML(elem_id="segmentation-sure", min_height=0)
    return connect(go, {"slide": slide, "picture": picture, "truth": truth, "model": model,
                        "own": own, "view": view, "right": right, "down": down,
                        "temperature": temperature}, [shown, pixel, sure])


def connect(go: gr.Button, given: dict[str, Any], outputs: list[Any]) -> dict[str, Any]:
    """Let clicks, sliders and the opened part look at a pixel, and judge how sure the model is."""
    shown, pixel, sure = outputs
    slide, right, down = given["slide"], given["right"], given["down"]
    look: dict[str, Any] = {"fn": probe, "inputs": [*given.values()],
                            "outputs": [slide, shown, pixel], "trigger_mode": "always_last",
                            "show_progress": "hidden", "concurrency_limit": 2,
                            "concurrency_id": "segment", "api_visibility": "private"}
    told: dict[str, Any] = {"fn": judge, "inputs": [slide, given["model"], given["own"],
                                                    given["temperature"]], "outputs": sure,
                            **QUIET}
    for event in (go.click, opened()):
        event(**look).success(**told)
    gr.on([given["view"].input, right.input, down.input, given["temperature"].input], **look)
    given["temperature"].input(**told, trigger_mode="always_last")
    shown.select(pointed, slide, [right, down], **QUIET).success(**look)
    return {"places": [right, down], "look": look, "told": told}


def also_above(result: gr.Image, view: gr.State, parts: gr.Tabs, closer: dict[str, Any]) -> None:
    """Let a click on the tab's result open the microscope at that pixel."""
    done = result.select(pointed_above, view, [*closer["places"], parts], **QUIET)
    done.success(None, None, None, js=scroll_to("segmentation-microscope", always=True))
    done.success(**closer["look"]).success(**closer["told"])
