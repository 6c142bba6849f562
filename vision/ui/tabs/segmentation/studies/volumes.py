"""Volumes: a generated scan, segmented whole and seen slice by slice."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.ui.components.events import LIVE
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note
from vision.ui.shell.answers.shared import computed_once
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.segmentation.matrix import tiles
from vision.ui.tabs.segmentation.shared import MODELS, for_task, laid_over
from vision.ui.tabs.segmentation.studies.inside import sheet
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, eq=False)
class Scan:
    """A generated volume, its truth, and what a model said of it, if there is one."""

    voxels: np.ndarray  # uint8 (D, H, W)
    truth: np.ndarray  # uint8 (D, H, W)
    labels: np.ndarray | None  # uint8 (D, H, W)
    numbers: dict[str, float] = field(default_factory=dict)  # how right that is
    seconds: float = 0.0


@friendly
@low_priority
def scan(seed: float, place: float, request: gr.Request) -> tuple[Any, ...]:
    """Generate a volume, segment it if a V-Net ships, and show one slice."""
    found = for_task("volumes")[:1]
    made = computed_once("scan", lambda: scanned(abs(int(seed)), found), abs(int(seed)),
                         request=request, models=found)
    told = (tiles(made.numbers, request, made.seconds) if found
            else note("segmentation.missing", request, arch="vnet"))
    return made, told, cut(made, place, request)


def scanned(seed: int, found: list[Path]) -> Scan:
    """Return a generated volume as the first model sees it, if there is one."""
    from vision.segmentation.measures.metrics import score
    from vision.segmentation.predict import predict
    from vision.segmentation.volumes import CLASSES, volume

    voxels, truth = volume(2_000_000 + seed)
    if not found:
        return Scan(voxels, truth, None)
    result = predict(MODELS.at(found[0]), voxels)
    return Scan(voxels, truth, result.labels, score(truth, result.labels, CLASSES).overall(),
                result.seconds)


def cut(made: Scan | None, place: float, request: gr.Request) -> Any:
    """Return one slice: as scanned, its truth, and the prediction."""
    if made is None:
        return gr.skip()
    at = round(place * (len(made.voxels) - 1))
    grey = _large(made.voxels[at])[..., None].repeat(3, 2)  # (H, W, 3)
    shown = [(say("segmentation.slice", request, number=at + 1), grey),
             (say("segmentation.truth_view", request), laid_over(grey, _large(made.truth[at])))]
    if made.labels is not None:
        shown.append((say("segmentation.result", request),
                      laid_over(grey, _large(made.labels[at]))))
    return sheet(shown)


def _large(plane: np.ndarray) -> np.ndarray:
    """Return a small plane four times as large, without smoothing."""
    return plane.repeat(4, 0).repeat(4, 1)


def build() -> None:
    """Build the part."""
    made = gr.State(None, time_to_live=3600)
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            gr.Markdown(t("segmentation.volume_info"))
            seed = gr.Number(0, precision=0, minimum=0, label=t("app.seed"),
                             info=t("app.seed_info"), elem_id="segmentation-volume-seed")
            go = gr.Button(t("segmentation.volume_go"), variant="primary",
                           elem_id="segmentation-volume-go")
            place = gr.Slider(0, 1, 0.5, step=0.01, label=t("segmentation.position"),
                              info=t("segmentation.position_info"),
                              elem_id="segmentation-position")
        with gr.Column(scale=3, min_width=320):
            numbers = gr.HTML(elem_id="segmentation-volume-numbers", min_height=0)
            planes = gr.HTML(t("segmentation.volume_empty"), elem_id="segmentation-volume")
    go.click(scan, [seed, place], [made, numbers, planes], concurrency_limit=1,
             api_visibility="private")
    place.input(cut, [made, place], planes, **LIVE)
