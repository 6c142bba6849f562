"""Three brushes, each with a style of its own, and a model that paints with them at one click."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from vision.segmentation import PEOPLE
from vision.ui.components.figures.colours import BLUE, GREEN, ORANGE
from vision.ui.components.friendly import friendly
from vision.ui.components.inputs.painted_layers import PaintedLayers
from vision.ui.components.on_page import on_page
from vision.ui.components.page_files import beside, calling, scroll_to
from vision.ui.components.pictures import LONGEST_SIDE, needed
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.segmentation.portraits import panel as portraits
from vision.ui.tabs.segmentation.shared import MODELS as SEGMENTERS
from vision.ui.tabs.segmentation.shared import PORTRAITS, class_name
from vision.ui.tabs.style.shared import paintings
from vision.ui.text import say, t

EDITOR = 480  # longest side of the picture on which a region is painted, and sides of its canvas
BRUSHES = {"orange": ORANGE, "blue": BLUE, "green": GREEN}  # the first one paints the chosen style
NEAR = 80.0  # of 255: ink this near to a colour is that brush's; any other ink is the first one's
Before = Callable[[gr.Button], Any]
SHOW = scroll_to("style-region", always=True)
SETTLED = calling(beside(__file__, "editor_settled.js"), "style-region")
LEAST = 0.03  # share of the picture that a class must cover to get a brush


def for_editor(content: np.ndarray) -> np.ndarray:
    """Return a picture in the size in which regions are painted on it."""
    from vision.images import resize

    return resize(content, editor_size(content))


def editor_size(content: np.ndarray) -> tuple[int, int]:
    """Return the size (height, width) in which regions are painted on a picture."""
    scale = EDITOR / max(content.shape[:2])
    return max(round(content.shape[0] * scale), 1), max(round(content.shape[1] * scale), 1)


def masks_of(region: dict[str, Any] | None, content: np.ndarray) -> list[np.ndarray | None]:
    """Return what each brush has painted over, uint8 of the content's size, or none."""
    if not region or not region.get("layers"):
        return [None] * len(BRUSHES)
    layers = np.stack(region["layers"])  # (L, h, w, 4)
    if layers.shape[1:3] == (EDITOR, EDITOR):  # as a model has painted it: beyond is nothing
        height, width = editor_size(content)
        layers = layers[:, :height, :width]
    top = layers[..., 3].argmax(0)[None, ..., None]  # (1, h, w, 1)
    ink = np.take_along_axis(layers, top, 0)[0]  # (h, w, 4)
    brush = brush_of(ink[..., :3])
    return [fitted(np.where(brush == number, ink[..., 3], 0), content)
            for number in range(len(BRUSHES))]


def brush_of(colours: np.ndarray) -> np.ndarray:
    """Return the brush that painted each pixel of ink (h, w, 3), (h, w)."""
    known = np.array([rgb(colour) for colour in BRUSHES.values()])  # (3, 3)
    far = np.linalg.norm(colours[:, :, None] - known.astype(float), axis=-1)  # (h, w, 3)
    return np.where(far.min(-1) < NEAR, far.argmin(-1), 0)


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of a colour written as #rrggbb."""
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def fitted(ink: np.ndarray, content: np.ndarray) -> np.ndarray | None:
    """Return ink at the content's size; what was painted on another picture stays as it is."""
    from vision.images import resize

    if not ink.any():
        return None
    same = ink.shape == editor_size(content)
    return resize(ink, content.shape[:2]) if same else ink


def style_path(name: str) -> str:
    """Return the picture of one of our paintings, or raise if there is none of that name."""
    from vision.errors import unknown

    known = {Path(path).stem: path for path in paintings()}
    if name not in known:
        raise unknown("style", name, list(known))
    return known[name]


@friendly
@low_priority
@within_memory(decoding("content"))
def canvas(content: str | None, request: gr.Request) -> Any:
    """Return the content to paint regions on."""
    from vision.images import read_picture

    return for_editor(read_picture(content, LONGEST_SIDE)) if content else None


@friendly
@low_priority
@within_memory(decoding("content"))
def fill(content: str | None, model: str | None, request: gr.Request) -> tuple[Any, str]:
    """Return the content with its largest classes painted over, a brush each, and which is which.
    """
    from vision.images import read_picture, resize_labels
    from vision.segmentation.portraits import nobody
    from vision.segmentation.predict import predict

    picture = read_picture(needed(content), LONGEST_SIDE)
    shelf = PORTRAITS if model in PORTRAITS.names() else SEGMENTERS
    found, shown = predict(shelf.open(model), picture), for_editor(picture)
    if not (names := largest(found.shares)):
        raise nobody(found.shares[PEOPLE[1]])
    layer = ink_of(resize_labels(found.labels, shown.shape[:2]),
                   [found.classes.index(name) for name in names])
    said = " · ".join(f"{say(f'style.brush_{brush}', request)}: {class_name(name, request)}"
                      for brush, name in zip(BRUSHES, names, strict=False))
    return {"background": shown, "layers": [layer], "composite": None}, said


@friendly
def take(model: str | None, request: gr.Request) -> tuple[Any, ...]:
    """Open the place of regions, with the model that finds the person in what comes there."""
    opened = gr.Accordion(open=True)
    return gr.Tabs(selected="style"), opened, opened, PORTRAITS.path_of(model).stem


@friendly
def hand_over(portrait: str | None, request: gr.Request) -> str:
    """Return a portrait as the content, in which the chosen model may now paint the person."""
    return needed(portrait)


def largest(shares: dict[str, float]) -> list[str]:
    """Return the classes that cover most, one for each brush, but none that covers hardly any.

    What is behind a person is no class to paint.
    """
    order = sorted(shares.keys() - {PEOPLE[0]}, key=lambda name: -shares[name])
    return [name for name in order[: len(BRUSHES)] if shares[name] >= LEAST]


def ink_of(labels: np.ndarray, ids: list[int]) -> np.ndarray:
    """Return a layer on which each of these classes is painted by a brush.

    It is as large as a canvas: Gradio's editor lays what is smaller into its middle.
    """
    layer = np.zeros((EDITOR, EDITOR, 4), np.uint8)
    for colour, number in zip(BRUSHES.values(), ids, strict=False):
        layer[: labels.shape[0], : labels.shape[1]][labels == number] = (*rgb(colour), 255)
    return layer


def painted(begins: Callable[..., Any], content: gr.Image, model: gr.Dropdown,
            region: PaintedLayers, said: gr.Markdown) -> None:
    """Let a model paint the regions once an event `begins` it: the ink comes when the picture is
    there and lies still.
    """
    shown = begins(canvas, content, region, api_visibility="private", show_progress="hidden")
    shown.success(None, None, None, js=SETTLED).success(
        fill, [content, model], [region, said], show_progress_on=said, concurrency_limit=1,
        api_visibility="private")


def build(content: gr.Image, usual: dict[str, str]
          ) -> tuple[PaintedLayers, Before, list[gr.Dropdown]]:
    """Build the place to paint regions; `usual` are the styles of the other brushes at first.

    Returns what was painted, and what lets a button hand it over before all else it does. The
    editor itself is no input of a call: Gradio's page would upload it with every frame.
    """
    with gr.Accordion(t("style.region_place"), open=False) as place:
        gr.Markdown(t("style.region_info"))
        region = PaintedLayers(
            label=t("style.region"), elem_id="style-region", height=320, sources=[],
            canvas_size=(EDITOR, EDITOR),
            transforms=[], layers=gr.LayerOptions(False, ["region"]), buttons=[],
            brush=gr.Brush(28, colors=list(BRUSHES.values()), color_mode="fixed"))
        with gr.Row():
            styles = [gr.Dropdown([(t(f"style.painting_{Path(path).stem}"), Path(path).stem)
                                   for path in paintings()], value=style,
                                  label=t(f"style.{brush}"), info=t("style.brush_info"),
                                  elem_id=f"style-{brush}", min_width=130)
                      for brush, style in usual.items()]
        with gr.Row():
            model = gr.Dropdown([*SEGMENTERS.offered(), *PORTRAITS.offered()],
                                value=SEGMENTERS.first(),
                                label=t("style.fill_model"), info=t("style.fill_info"),
                                elem_id="style-fill-model", min_width=130)
            button = gr.Button(t("style.fill"), size="sm", elem_id="style-fill", min_width=130)
        said = gr.Markdown(elem_id="style-fill-said")
    gr.on([place.expand, content.change], canvas, content, region, api_visibility="private",
          show_progress="hidden")
    painted(button.click, content, model, region, said)
    person, row, around = (on_page(name) for name in (portraits.HAND, "app-tabs",
                                                      "style-settings"))
    if person and row:  # this tab may be built alone
        taken = person.click(take, on_page(portraits.MODEL), [row, around, place, model],
                             queue=False, api_visibility="private")
        given = taken.success(
            hand_over, on_page(portraits.PORTRAIT), content, concurrency_limit=None,
            api_visibility="private").success(None, None, None, js=SHOW).success(
            None, None, None, js=SETTLED)
        painted(given.success, content, model, region, said)
    ink = PaintedLayers(visible=False)
    return ink, lambda button: button.click(None, region, ink, js="ink => ink", queue=False,
                                            show_progress="hidden"), styles
