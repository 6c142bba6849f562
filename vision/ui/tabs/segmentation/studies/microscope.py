"""The pixel microscope: click a pixel to see its classes, its loss, and what it depends on."""

from __future__ import annotations

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
from vision.ui.shell.answers.shared import computed_once
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
Size = tuple[int, int]  # height, width


def laid(picture: str, truth: str | None, model: str, own: str | None,
         request: gr.Request | None) -> Sight:
    """Return what lies under the microscope, looked at once for all who ask alike."""
    return computed_once("microscope", lambda: looked(picture, truth, model, own),
                         request=request, pictures=(picture, truth),
                         models=(BOTH.path_of(model, own),))


def looked(picture: str, truth: str | None, model: str, own: str | None) -> Sight:
    """Return what a model thinks of each pixel of a picture, and its truth if there is one."""
    from vision.images import read_picture
    from vision.segmentation.labels import check_labels, read_labels
    from vision.segmentation.studies.microscope import look

    loaded, pixels = BOTH.open(model, own), read_picture(picture)
    labels = read_labels(truth) if truth else None
    if labels is not None:
        check_labels(labels, pixels.shape[:2], len(loaded.card.classes))
    return look(loaded, pixels, labels)


@friendly
@low_priority
@within_memory(decoding("picture", "truth", bytes_a_pixel=SCORED))
def probe(picture: str | None, truth: str | None, model: str, own: str | None, view: str,
          right: float, down: float, temperature: float, request: gr.Request
          ) -> tuple[Size, np.ndarray, Markup, Markup]:
    """Look at one place: a picture's size, that with a cross there, what is known of the pixel,
    and how well sureness and rightness agree, here and over the validation set.
    """
    from vision.segmentation.studies.microscope import pixel

    sight = laid(needed(picture), truth, model, own, request)
    across, along = (min(max(float(share) / 100, 0.0), 1.0) for share in (right, down))
    row, column = (min(int(share * side), side - 1)
                   for share, side in zip((along, across), sight.size, strict=True))
    if view == "field":
        drawn, reach = depends(sight, model, own, along, across, request)
    else:
        drawn, reach = mapped(sight, view, temperature), Markup()
    found = pixel(sight, row, column, temperature)
    kept = checkpoints.read_card(BOTH.path_of(model, own)).metrics.get("calibration")
    return (sight.size, crossed(drawn, row, column),
            joined([bars(found, sight.classes, request), reach]),
            reliability.told(sight, temperature, kept if isinstance(kept, dict) else {}, request))


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

    seen = np.array(sight.seen)  # a copy, as PyTorch takes none that nobody may write into
    field = receptive_field(BOTH.open(model, own), seen, down, right)
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


def percents(size: Size, event: gr.EventData) -> tuple[float, float]:
    """Return where a picture of a size was clicked, in percent of its width and its height."""
    x, y = clicks.numbers(event, "index", 2)
    found = (100 * (x + 0.5) / size[1], 100 * (y + 0.5) / size[0])
    return (round(min(max(found[0], 0.0), 100.0), 2), round(min(max(found[1], 0.0), 100.0), 2))


@friendly
def pointed(size: Size | None, event: gr.EventData) -> tuple[float, float]:
    """Return where the picture under the microscope, which has a size, was clicked."""
    if size is None:
        raise clicks.nothing_clicked()
    return percents(size, event)


@friendly
def pointed_above(view: View | None, event: gr.EventData) -> tuple[float, float, Any]:
    """Return where the result was clicked, and open the microscope."""
    if view is None:
        raise clicks.nothing_clicked()
    return *percents(view.labels.shape, event), gr.Tabs(selected="microscope")


def build(picture: gr.Image, truth: gr.Image, model: gr.Dropdown, own: gr.State
          ) -> dict[str, Any]:
    """Build the part; return its controls of the place, and the event that looks there."""
    gr.Markdown(t("segmentation.microscope_info"))
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            shown = picture_output("segmentation.microscope", "segmentation-microscope",
                                   height=360, always=False)
            shown.elem_classes.append("lab-dims")
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
    return connect(go, {"picture": picture, "truth": truth, "model": model, "own": own,
                        "view": view, "right": right, "down": down,
                        "temperature": temperature}, [shown, pixel, sure])


def connect(go: gr.Button, given: dict[str, Any], outputs: list[Any]) -> dict[str, Any]:
    """Let clicks, sliders and the opened part look at a pixel; return the places, and that event.
    """
    places, size = [given["right"], given["down"]], gr.State(None)
    look: dict[str, Any] = {"fn": probe, "inputs": [*given.values()],
                            "outputs": [size, *outputs], "trigger_mode": "always_last",
                            "show_progress": "hidden", "concurrency_limit": 2,
                            "concurrency_id": "segment", "api_visibility": "private"}
    for event in (go.click, opened()):
        event(**look)
    gr.on([given[name].input for name in ("view", "right", "down", "temperature")], **look)
    outputs[0].select(pointed, size, places, **QUIET).success(**look)
    return {"places": places, "look": look}


def also_above(result: gr.Image, view: gr.State, parts: gr.Tabs, closer: dict[str, Any]) -> None:
    """Let a click on the tab's result open the microscope at that pixel."""
    done = result.select(pointed_above, view, [*closer["places"], parts], **QUIET)
    done.success(None, None, None, js=scroll_to("segmentation-microscope", always=True))
    done.success(**closer["look"])
