"""Tissue: a class for every pixel, and a diagnosis of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr

from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, percent
from vision.ui.components.html import tiles as as_tiles
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.segmentation.matrix import numbers_of, tiles
from vision.ui.tabs.segmentation.shared import MODELS, for_task, laid_over
from vision.ui.tabs.segmentation.studies.inside import sheet
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np


@friendly
@low_priority
def tissue(seed: float, diagnosis: float, real: bool, request: gr.Request) -> tuple[str, str]:
    """Generate tissue, or take the real slide; let a Y-Net say classes and diagnosis."""
    from vision.segmentation.measures.boundary import boundary_f1
    from vision.segmentation.measures.metrics import score
    from vision.segmentation.predict import predict
    from vision.segmentation.tissue import CLASSES, DIAGNOSES
    from vision.segmentation.tissue import tissue as grown

    pixels, truth = (slide(), None) if real else grown(2_000_000 + abs(int(seed)), int(diagnosis))
    shown = [(say("segmentation.picture", request), pixels)]
    if truth is not None:
        shown.append((say("segmentation.truth_view", request), laid_over(pixels, truth)))
    found = for_task("diagnosis")
    if not found:
        return sheet(shown), note("segmentation.missing", request, arch="ynet")
    result = predict(MODELS.at(found[0]), pixels)
    shown.append((say("segmentation.result", request), laid_over(pixels, result.labels)))
    facts = as_tiles({say(f"segmentation.diagnosis_{place}", request): percent(
        result.diagnosis.get(name)) for place, name in enumerate(DIAGNOSES)})
    if truth is not None:
        numbers = numbers_of(score(truth, result.labels, CLASSES),
                             boundary_f1(truth, result.labels, len(CLASSES)))
        facts += tiles(numbers, request, result.seconds)
    return sheet(shown), facts


def slide() -> np.ndarray:
    """Return a real picture of tissue, which scikit-image ships."""
    from skimage.data import immunohistochemistry

    return immunohistochemistry()


def build() -> None:
    """Build the part."""
    diagnoses = [(t(f"segmentation.diagnosis_{place}"), place) for place in range(4)]
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            gr.Markdown(t("segmentation.tissue_info"))
            diagnosis = gr.Dropdown(diagnoses, value=0, label=t("segmentation.diagnosis"),
                                    info=t("segmentation.diagnosis_info"),
                                    elem_id="segmentation-diagnosis")
            seed = gr.Number(0, precision=0, minimum=0, label=t("app.seed"),
                             info=t("app.seed_info"), elem_id="segmentation-tissue-seed")
            real = gr.Checkbox(False, label=t("segmentation.real"),
                               info=t("segmentation.real_info"), elem_id="segmentation-real")
            go = gr.Button(t("segmentation.tissue_go"), variant="primary",
                           elem_id="segmentation-tissue-go")
        with gr.Column(scale=3, min_width=320):
            said = gr.HTML(elem_id="segmentation-tissue-said", min_height=0)
            slides = gr.HTML(t("segmentation.tissue_empty"), elem_id="segmentation-tissue")
    go.click(tissue, [seed, diagnosis, real], [slides, said], concurrency_limit=1,
             api_visibility="private")
