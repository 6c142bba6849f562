"""Look inside: Gram matrices beside each other, who pulls at which pixel, what one layer knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components.friendly import friendly
from vision.ui.components.html import figure, grid, image, note
from vision.ui.components.markup import joined, tag
from vision.ui.components.pictures import heat, picture_output
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import within_memory
from vision.ui.tabs.style.controls import CHOICES, NAMES, Chosen
from vision.ui.tabs.style.memory import going_on
from vision.ui.tabs.style.regions import Before
from vision.ui.tabs.style.run import Pictures
from vision.ui.tabs.style.studio import Studio
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.style.inside import Inside, Layer
    from vision.style.settings import Settings

SIDE, STEPS, RATE = 128, 80, 0.08  # of a picture rebuilt from noise
Inputs = dict[str, Any]


@friendly
@low_priority
@within_memory(going_on)
def look(request: gr.Request, studio: Studio, share: float, *inputs: Any) -> Markup:
    """Return the Gram matrices at first and at a moment of the painting, and the three pulls."""
    from vision.style.features.extractor import open_extractor
    from vision.style.inside import look_inside

    content, style, second, region, *controls = inputs
    chosen = Chosen(*controls)
    pictures = Pictures.of(content, style, second, region, chosen.brushes)
    settings, extractor = chosen.settings(), open_extractor(chosen.extractor)
    now = studio.painted() if share == 1 else studio.film.at(share)
    begin, then = (look_inside(extractor, pictures.content, pictures.styles, picture, settings,
                               pictures.mask, pictures.others)
             for picture in (studio.film.at(0), now))
    return grams(begin, then, request) + pulls(then, request)


def grams(begin: Inside, now: Inside, request: gr.Request | None) -> Markup:
    """Return a row for each layer: the style's Gram matrix, the painting's at first and now."""
    total = sum(layer.loss for layer in now.layers) or 1.0
    rows = joined(row(old, new, new.loss / total, request)
                  for old, new in zip(begin.layers, now.layers, strict=True))
    return note("style.grams", request) + rows


def row(begin: Layer, now: Layer, share: float, request: gr.Request | None) -> Markup:
    """Return one layer's three matrices in one scale of colours."""
    top = max(float(matrix.max()) for matrix in (now.style, begin.picture, now.picture)) or 1.0
    cells = (shown(matrix / top, say(f"style.gram_{name}", request)) for name, matrix in (
        ("style", now.style), ("begin", begin.picture), ("now", now.picture)))
    gap = say("style.gap", request, begin=f"{100 * begin.gap:.0f}", now=f"{100 * now.gap:.0f}")
    part = say("style.layer_share", request, share=f"{100 * share:.0f}")
    return tag("p", tag("b", f"{now.number} · {now.name}"), f" – {gap}, {part}",
               style="margin:.7rem 0 .2rem") + grid(cells, 90, widest=526)


def pulls(inside: Inside, request: gr.Request | None) -> Markup:
    """Return the lengths of the three gradients in one scale of colours."""
    top = max(float(np.quantile(pull, 0.995)) for pull in inside.pulls.values()) or 1.0
    cells = (shown(pull / top, say(f"style.{name}", request))
             for name, pull in inside.pulls.items())
    return note("style.pulls", request) + grid(cells, 90, widest=976)


def shown(values: np.ndarray, caption: str) -> Markup:
    """Return values (H, W) from 0 to 1 as a picture with its caption; small ones show, too."""
    return figure(image(heat(np.sqrt(values.clip(0))), caption, "lab-crisp"), caption)


@friendly
@low_priority
def rebuild(request: gr.Request, kind: str, layer: int, *inputs: Any) -> Iterator[np.ndarray]:
    """Start from noise and lower the loss of one layer only."""
    from vision.style.features.extractor import open_extractor
    from vision.style.transfer import transfer

    content, style, second, region, *controls = inputs
    chosen = Chosen(*controls)
    pictures = Pictures.of(content, style, second, region, chosen.brushes)
    settings = alone(kind, int(layer), chosen.settings())
    for frame in transfer(open_extractor(chosen.extractor), pictures.content, pictures.styles,
                          settings):
        yield frame.picture


def alone(kind: str, layer: int, settings: Settings) -> Settings:
    """Return settings that rebuild what one layer knows, small enough to wait for."""
    from vision.style.inside import of_content, of_style

    small = replace(settings, content_weight=1.0, style_weight=1000.0, tv_weight=0.1,
                    sides=(SIDE,), steps=(STEPS,), decay_every=(STEPS,), optimizer="adam",
                    learning_rate=RATE, colours="style")
    return (of_content if kind == "content" else of_style)((layer,), small)


def build(studio: gr.State, moment: gr.Slider, inputs: list[Any], before: Before) -> None:
    """Build the part; `inputs` are the pictures and the controls in their order."""
    go = gr.Button(t("style.inside_go"), elem_id="style-inside-go")
    shown = gr.HTML(t("style.inside_empty"), elem_id="style-inside")
    gr.Markdown(t("style.rebuild"))
    with gr.Row():
        with gr.Column(min_width=280):
            kind = gr.Radio([(t(f"style.rebuild_{name}"), name) for name in ("content", "style")],
                            value="content", label=t("style.rebuild_kind"),
                            info=t("style.rebuild_kind_info"), elem_id="style-rebuild-kind")
            layer = gr.Dropdown(CHOICES, value=10, label=t("style.rebuild_layer"),
                                info=t("style.rebuild_layer_info"), elem_id="style-rebuild-layer")
            start = gr.Button(t("style.rebuild_go"), elem_id="style-rebuild-go")
        with gr.Column(min_width=280):
            rebuilt = picture_output("style.rebuilt", "style-rebuilt", height=260, always=False)
    assert len(inputs) == 4 + len(NAMES)
    queued: Inputs = {"concurrency_limit": 1, "concurrency_id": "style-inside",
                      "show_progress": "minimal", "api_visibility": "private"}
    for button in (go, start):
        before(button)
    go.click(look, [studio, moment, *inputs], shown, **queued)
    start.click(rebuild, [kind, layer, *inputs], rebuilt, **queued)
