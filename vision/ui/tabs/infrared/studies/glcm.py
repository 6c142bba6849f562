"""The GLCM explorer: which grey levels stand beside each other in two pictures, how alike they are.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.ui import ASSETS
from vision.ui.components.figures.plots import axes
from vision.ui.components.figures.svg_plot import SvgPlot
from vision.ui.components.friendly import friendly
from vision.ui.components.html import table, tiles
from vision.ui.components.pictures import needed, picture_input
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np

    from vision.infrared.pretraining.glcm import Scale

SIDE = 64  # of the pictures that are compared, as in pre-training
KNOWN = ("infrared/*.png", "segmentation/street-?.png", "style/*.jpg", "pruning/*.png")
ANGLES = (0, 45, 90, 135)
FORMULAS = {
    "contrast": "Σ p(i, j) (i − j)²", "dissimilarity": "Σ p(i, j) |i − j|",
    "homogeneity": "Σ p(i, j) / (1 + (i − j)²)", "energy": "√ASM",
    "correlation": "Σ p(i, j) (i − μ)(j − μ) / σ²", "ASM": "Σ p(i, j)²",
}


@functools.cache
def scale() -> Scale:
    """Return what makes features comparable: how they vary over this project's own pictures."""
    from vision.infrared.pretraining import glcm

    files = [path for pattern in KNOWN for path in sorted(ASSETS.glob(pattern))]
    return glcm.Scale.of(glcm.table([small(str(path)) for path in files]))


def small(picture: str) -> np.ndarray:
    """Return a picture as grey 0…1 (64, 64): a thermogram by its palette, others by brightness."""
    from vision.images import resize
    from vision.ui.tabs.infrared.shared import open_thermogram

    return resize(open_thermogram(picture).grey, (SIDE, SIDE))


@friendly
@low_priority
@within_memory(decoding("first", "second"))
def explore(first: str | None, second: str | None, distance: int, angle: int,
            request: gr.Request) -> tuple[str, Any, str]:
    """Return how alike two pictures are, their matrices, and their features."""
    import numpy as np

    from vision.infrared.pretraining import glcm

    pictures = [small(needed(path)) for path in (first, second)]
    rows = scale()(glcm.table(pictures))
    likeness = float(glcm.similarity(rows[:1], rows[1:])[0, 0])
    away = float(np.square(rows[0] - rows[1]).sum())
    place = glcm.DISTANCES.index(int(distance)), ANGLES.index(int(angle))
    counted = [glcm.matrices(each)[:, :, place[0], place[1]] for each in pictures]
    numbers = {say("infrared.tile.similarity", request): f"{likeness:.3f}",
               "‖f₁ − f₂‖²": f"{away:.3f}"}
    return tiles(numbers), matrices(pictures, counted), features(pictures, place, request)


def matrices(pictures: list[np.ndarray], counted: list[np.ndarray]) -> Any:
    """Return a figure: each picture as it is compared, and its matrix with a logarithmic scale."""
    from matplotlib.colors import LogNorm

    figure, *places = axes("1", "p(i, j) · 1", "2", "p(i, j) · 2", size=(3, 3))
    highest = max(float(each.max()) for each in counted)
    for left, right, picture, matrix in zip(places[::2], places[1::2], pictures, counted,
                                            strict=True):
        left.imshow(picture, cmap="gray", vmin=0, vmax=1)
        left.set_axis_off()
        right.imshow(matrix, cmap="viridis", norm=LogNorm(1e-4, highest, clip=True),
                     origin="lower")
    return figure


def features(pictures: list[np.ndarray], place: tuple[int, int], request: gr.Request | None
             ) -> str:
    """Return the six properties of both matrices at one distance and direction."""
    from skimage.feature import graycoprops

    from vision.infrared.pretraining import glcm

    counted = [glcm.matrices(each)[:, :, place[0] : place[0] + 1, place[1] : place[1] + 1]
               for each in pictures]
    rows = [[say(f"infrared.property.{name}", request), FORMULAS[name],
             *(f"{float(graycoprops(each, name)[0, 0]):.4g}" for each in counted)]
            for name in glcm.PROPERTIES]
    return table([say("infrared.column.property", request), say("infrared.column.formula", request),
                  "1", "2"], rows)


def build(shown: list[list[Any]]) -> None:
    """Build the part; `shown` are the tab's examples."""
    street = next(iter(sorted((ASSETS / "segmentation").glob("street-?.png"))), None)
    gr.Markdown(t("infrared.glcm_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            with gr.Row():
                first = picture_input("infrared.glcm_first", "infrared-glcm-first", shown[0][0],
                                      height=180, webcam=False)
                second = picture_input("infrared.glcm_second", "infrared-glcm-second",
                                       str(street) if street else shown[1][0], height=180,
                                       webcam=False)
            distance = gr.Radio([1, 2, 4], value=1, label=t("infrared.distance"),
                                info=t("infrared.distance_info"), elem_id="infrared-distance")
            angle = gr.Radio([(f"{angle}°", angle) for angle in ANGLES], value=0,
                             label=t("infrared.angle"), info=t("infrared.angle_info"),
                             elem_id="infrared-angle")
            go = gr.Button(t("infrared.glcm_go"), variant="primary", elem_id="infrared-glcm-go")
            numbers = gr.HTML(t("infrared.glcm_empty"), elem_id="infrared-glcm-numbers")
        with gr.Column(scale=3, min_width=320):
            figure = SvgPlot(elem_id="infrared-glcm",
                             elem_classes=["lab-when-filled"])
            listed = gr.HTML(elem_id="infrared-glcm-table")
    inputs, outputs = [first, second, distance, angle], [numbers, figure, listed]
    go.click(explore, inputs, outputs, api_visibility="private")
    gr.on([distance.input, angle.input], explore, inputs, outputs,
          trigger_mode="always_last", show_progress="hidden", api_visibility="private")
