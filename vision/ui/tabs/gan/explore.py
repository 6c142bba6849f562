"""Ways through what a generator knows: all labels, walks between noises, morphs between labels."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.errors import UserError
from vision.ui.components.events import LIVE, QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import image
from vision.ui.components.markup import tag
from vision.ui.components.opening import opened
from vision.ui.tabs.gan.shared import MODELS, needs_labels, sheet, table
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np

    from vision.checkpoints import Model

USES = {  # the controls that each kind is drawn from
    "table": ("first_seed",),
    "walk": ("first_label", "first_seed", "second_seed", "position"),
    "morph": ("first_label", "second_label", "first_seed", "position"),
    "dimension": ("first_label", "first_seed", "dimension", "position"),
}
USUAL = "table"
CONTROLS = ("first_label", "second_label", "first_seed", "second_seed", "dimension", "position")
FRAMES = 25  # every second one is shown, the last too
ALONE = "width:168px;border-radius:6px;margin:0 auto;display:block"
ROWS = 6
NOISE = 64  # dimensions of the model that is chosen first


@friendly
def explore(model: str, kind: str, first_label: int, second_label: int, first_seed: float,
            second_seed: float, dimension: float, own: str | None, request: gr.Request
            ) -> tuple[Any, ...]:
    """Draw the table of labels, or the frames of a way and their animation."""
    loaded = MODELS.open(model, own)
    if kind == "table":
        classes = list(needs_labels(loaded).card.classes)
        return None, table(every_label(loaded, int(first_seed)), classes), "", gr.skip()
    if kind == "morph":
        needs_labels(loaded)
    frames = way(loaded, kind, (int(first_label), int(second_label)),
                 (int(first_seed), int(second_seed)), int(dimension) - 1)
    shown = sheet(frames[::2], [f"{position:.0%}" for position in positions()[::2]], 48)
    return frames, shown, animation(frames, say("gan.animation", request)), gr.Slider(value=0.5)


def positions() -> list[float]:
    """Return where on its way each frame lies, 0 to 1."""
    return [index / (FRAMES - 1) for index in range(FRAMES)]


def every_label(model: Model, seed: int) -> np.ndarray:
    """Return rows of one noise each with all labels side by side, uint8 (rows × classes, …)."""
    import torch

    from vision.gan.noise import draw_noise
    from vision.gan.predict import Drawer, as_pixels
    from vision.options import check_seed

    drawer = Drawer.of(model)
    classes = len(drawer.classes)
    noise = draw_noise(ROWS, drawer.noise, check_seed(seed)).repeat_interleave(classes, 0)
    return as_pixels(drawer.draw(torch.arange(classes).repeat(ROWS), noise))


def way(model: Model, kind: str, labels: tuple[int, int], seeds: tuple[int, int], dimension: int
        ) -> np.ndarray:
    """Return the frames of a way: from noise to noise, label to label, or along one dimension."""
    import torch

    from vision.gan import noise
    from vision.gan.predict import Drawer, as_pixels, check_labels
    from vision.options import check_seed

    drawer = Drawer.of(model)
    check_labels(list(labels), drawer.classes)
    start, end = (noise.draw_noise(1, drawer.noise, check_seed(seed))[0] for seed in seeds)
    weights = noise.morph(labels[0], labels[0], len(drawer.classes), FRAMES)
    z = start.repeat(FRAMES, 1)  # (FRAMES, noise)
    if kind == "walk":
        z = noise.walk(start, end, FRAMES)
    elif kind == "morph":
        weights = noise.morph(*labels, len(drawer.classes), FRAMES)
    else:
        z[:, check_dimension(dimension, drawer.noise)] = torch.linspace(-3, 3, FRAMES)
    return as_pixels(drawer.draw(weights, z))


def check_dimension(dimension: int, noise: int) -> int:
    """Return a dimension, counted from 0, after checking that the noise has it."""
    if not 0 <= dimension < noise:
        raise UserError("this model's noise has no dimension {dimension}",
                        "1 to {most} are accepted", "choose another", dimension=dimension + 1,
                        most=noise)
    return dimension


def dimensions(model: str, own: str | None, chosen: float) -> gr.Slider:
    """Return the slider of dimensions as far as the noise of a model goes."""
    from vision.gan.predict import pair_of

    noise = pair_of(MODELS.open(model, own)).noise
    return gr.Slider(maximum=noise, value=min(int(chosen), noise))


def animation(frames: np.ndarray, name: str) -> str:
    """Return frames (N, S, S, …) as a GIF that goes there and back."""
    from PIL import Image

    there = [Image.fromarray(frame).resize((168, 168), Image.Resampling.BICUBIC)
             for frame in frames]
    file = io.BytesIO()
    there[0].save(file, "GIF", save_all=True, append_images=there[1:] + there[-2:0:-1],
                  duration=80, loop=0)
    content = base64.b64encode(file.getvalue()).decode()
    return tag("img", alt=name, src=f"data:image/gif;base64,{content}", style=ALONE)


def at(frames: np.ndarray | None, position: float) -> str:
    """Return the frame at a position of the way, nothing where there is no way."""
    if frames is None:
        return ""
    frame = frames[round(position * (len(frames) - 1))]
    return image(frame, f"{position:.0%}", "lab-crisp", style=ALONE)


def used(kind: str) -> list[gr.Column]:
    """Show the places of the controls that a kind uses; a control itself a class link may hide."""
    return [gr.Column(visible=name in USES[kind]) for name in CONTROLS]


def place_of(name: str) -> gr.Column:
    """Return where a control is built, seen at first if the usual kind uses it."""
    return gr.Column(visible=name in USES[USUAL])


def build(model: gr.Dropdown, own: gr.State, pairs: list[tuple[str, int]]
          ) -> tuple[gr.Dropdown, gr.Dropdown]:
    """Build the part, and return its two choices of labels."""
    shows, frames = opened(), gr.State(None, time_to_live=3600)
    places: dict[str, gr.Column] = {}
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            kind = gr.Radio([(t(f"gan.kind_{name}"), name) for name in USES], value=USUAL,
                            label=t("gan.kind"), info=t("gan.kind_info"), elem_id="gan-kind")
            with place_of("first_label") as places["first_label"]:
                first_label = gr.Dropdown(pairs, value=0, label=t("gan.first_label"),
                                          info=t("gan.first_label_info"),
                                          elem_id="gan-first-label")
            with place_of("second_label") as places["second_label"]:
                second_label = gr.Dropdown(pairs, value=1, label=t("gan.second_label"),
                                           info=t("gan.second_label_info"),
                                           elem_id="gan-second-label")
            with place_of("first_seed") as places["first_seed"]:
                first_seed = gr.Number(0, precision=0, minimum=0, label=t("gan.first_seed"),
                                       info=t("gan.first_seed_info"), elem_id="gan-first-seed")
            with place_of("second_seed") as places["second_seed"]:
                second_seed = gr.Number(1, precision=0, minimum=0, label=t("gan.second_seed"),
                                        info=t("gan.second_seed_info"),
                                        elem_id="gan-second-seed")
            with place_of("dimension") as places["dimension"]:
                dimension = gr.Slider(1, NOISE, 1, step=1, label=t("gan.dimension"),
                                      info=t("gan.dimension_info"), elem_id="gan-dimension")
            go = gr.Button(t("gan.explore_go"), variant="primary", elem_id="gan-explore-go")
        with gr.Column(scale=3, min_width=320):
            strip = gr.HTML(elem_id="gan-explore")
            with place_of("position") as places["position"]:
                position = gr.Slider(0, 1, 0.5, step=0.02, label=t("gan.position"),
                                     info=t("gan.position_info"), elem_id="gan-position")
            with gr.Row():
                one = gr.HTML(elem_id="gan-frame", min_height=0)
                moving = gr.HTML(elem_id="gan-moving", min_height=0)
    inputs = [model, kind, first_label, second_label, first_seed, second_seed, dimension, own]
    run = gr.on([shows, go.click, dimension.release, kind.input], explore, inputs,
                [frames, strip, moving, position], trigger_mode="always_last",
                concurrency_limit=2, api_visibility="private")
    run.success(at, [frames, position], one, queue=False, api_visibility="private")
    gr.on([shows, kind.change], used, kind, [places[name] for name in CONTROLS], **QUIET)
    position.input(at, [frames, position], one, **LIVE)
    gr.on([model.change, own.change], friendly(dimensions), [model, own, dimension], dimension,
          api_visibility="private")
    return first_label, second_label
