"""The metric playground: spoil a perfect prediction, and watch the metrics part ways."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.ui.components.events import LIVE, QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.inputs.painted_layers import PaintedLayers
from vision.ui.components.opening import opened
from vision.ui.components.pictures import picture_output
from vision.ui.tabs.segmentation.matrix import tiles
from vision.ui.tabs.segmentation.shared import examples, paint
from vision.ui.text import t

if TYPE_CHECKING:
    import numpy as np

SIZE = (180, 240)  # small enough for six pictures within a blink
POLE = 2
SCOPES = ("one", "set", "mean")


@functools.cache
def truths() -> list[np.ndarray]:
    """Return the label maps (uint8 180×240) of the examples."""
    from vision.images import resize_labels
    from vision.segmentation.labels import read_labels

    return [resize_labels(read_labels(path), SIZE) for _, path in examples()]


@friendly
def play(scene: float, view_as: str, focus: float, grow: float, right: float, down: float,
         speckle: float, blank: bool, painting: Any, scope: str, absent: bool, band: float,
         request: gr.Request) -> tuple[Any, str]:
    """Spoil the example's truth as the sliders say, and take all metrics."""
    from vision.segmentation.labels import CLASSES
    from vision.segmentation.studies.playground import Change, Rules, against_rest, judge, spoil

    change = Change(bool(blank), int(focus), int(grow), int(right), int(down), float(speckle))
    place = (int(scene) - 1) % len(truths())
    chosen = [truths()[place], *(truths()[:place] + truths()[place + 1 :])]
    chosen = chosen[:1] if scope == "one" else chosen
    said = [spoil(truth, change, len(CLASSES)) for truth in chosen]
    said[0] = with_strokes(said[0], painting)
    shown = paint(said[0])
    names: tuple[str, ...] = CLASSES
    if view_as == "binary":
        chosen, said = ([against_rest(labels, change.focus) for labels in part]
                        for part in (chosen, said))
        names = ("rest", CLASSES[change.focus])
    rules = Rules(bool(absent), int(band), scope != "mean")
    return shown, tiles(judge(chosen, said, names, rules), request)


def with_strokes(labels: np.ndarray, painting: Any) -> np.ndarray:
    """Return labels with what was painted on them: each stroke's colour is its class."""
    import numpy as np

    from vision.images import resize_labels
    from vision.segmentation.labels import PALETTE

    for layer in (painting or {}).get("layers") or []:
        layer = resize_labels(layer, labels.shape)
        colours = layer[..., :3].astype(np.int32)  # (H, W, 3)
        nearest = np.square(colours[..., None, :] - PALETTE.astype(np.int32)).sum(-1).argmin(-1)
        strokes = np.where(layer[..., 3] > 127, nearest, 255).astype(np.uint8)
        labels = np.where(strokes < 255, strokes, labels).astype(np.uint8)
    return labels


def canvas(scene: float) -> np.ndarray:
    """Return the truth of an example in colours, to paint on."""
    return paint(truths()[(int(scene) - 1) % len(truths())])


def build() -> dict[str, Any]:
    """Build the part; return the event that shows what its controls say."""
    from vision.segmentation.labels import CLASSES, PALETTE

    shows = opened()
    classes = [(t(f"segmentation.class.{name}"), index) for index, name in enumerate(CLASSES)]
    gr.Markdown(t("segmentation.play_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            scene = gr.Slider(1, len(examples()), 1, step=1, label=t("segmentation.scene"),
                              info=t("segmentation.scene_info"), elem_id="segmentation-scene")
            focus = gr.Dropdown(classes, value=3, label=t("segmentation.focus"),
                                info=t("segmentation.focus_info"), elem_id="segmentation-focus")
            view_as = gr.Radio([(t("segmentation.all_classes"), "all"),
                                (t("segmentation.binary"), "binary")], value="all",
                               label=t("segmentation.view_as"), info=t("segmentation.view_as_info"),
                               elem_id="segmentation-view-as")
            grow = gr.Slider(-16, 16, 0, step=1, label=t("segmentation.grow"),
                             info=t("segmentation.grow_info"), elem_id="segmentation-grow")
            with gr.Row():
                right = gr.Slider(-40, 40, 0, step=1, label=t("segmentation.right"),
                                  info=t("segmentation.pixels"), min_width=120,
                                  elem_id="segmentation-right")
                down = gr.Slider(-40, 40, 0, step=1, label=t("segmentation.down"),
                                 info=t("segmentation.pixels"), min_width=120,
                                 elem_id="segmentation-down")
            speckle = gr.Slider(0, 1, 0, step=0.01, label=t("segmentation.speckle"),
                                info=t("segmentation.speckle_info"),
                                elem_id="segmentation-speckle")
            with gr.Row():
                empty = gr.Button(t("segmentation.background"), min_width=120,
                                  elem_id="segmentation-background")
                again = gr.Button(t("segmentation.perfect"), min_width=120)
            blank = gr.Checkbox(False, visible=False, elem_id="segmentation-blank")
            scope = gr.Radio([(t(f"segmentation.scope_{name}"), name) for name in SCOPES],
                             value="one", label=t("segmentation.scope"),
                             info=t("segmentation.scope_info"), elem_id="segmentation-scope")
            absent = gr.Checkbox(False, label=t("segmentation.absent"),
                                 info=t("segmentation.absent_info"),
                                 elem_id="segmentation-absent")
            band = gr.Slider(0, 8, 0, step=1, label=t("segmentation.band"),
                             info=t("segmentation.band_info"), elem_id="segmentation-band")
        with gr.Column(scale=3, min_width=320):
            numbers = gr.HTML(t("segmentation.play_empty"), elem_id="segmentation-play-numbers")
            shown = picture_output("segmentation.spoilt", "segmentation-spoilt", height=280,
                                   always=False)
            with gr.Accordion(t("segmentation.paint"), open=False):
                editor = PaintedLayers(
                    canvas(1), label=t("segmentation.paint_label"), height=320,
                    sources=[], transforms=[], eraser=gr.Eraser(default_size=12),
                    layers=gr.LayerOptions(layers=["paint"], allow_additional_layers=False),
                    brush=gr.Brush(default_size=12, color_mode="fixed", default_color=_hex(
                        PALETTE[3]), colors=[_hex(colour) for colour in PALETTE]),
                    elem_id="segmentation-painting")
    scene.change(canvas, scene, editor, **QUIET)
    controls: list[Any] = [focus, view_as, grow, right, down, speckle, scope, absent, band]
    inputs: list[Any] = [scene, view_as, focus, grow, right, down, speckle, blank, editor, scope,
                         absent, band]
    redraw: dict[str, Any] = {"fn": play, "inputs": inputs, "outputs": [shown, numbers]}
    gr.on([shows, *(part.input for part in controls), scene.input, editor.change], **redraw,
          **LIVE)
    for button, values, parts in (
            (empty, (POLE, "binary", True), [focus, view_as, blank]),
            (again, (0, 0, 0, 0, False), [grow, right, down, speckle, blank])):
        button.click(functools.partial(tuple, values), None, parts, **QUIET).success(
            **redraw, **QUIET)
    return redraw


def _hex(colour: np.ndarray) -> str:
    return "#{:02x}{:02x}{:02x}".format(*map(int, colour))
