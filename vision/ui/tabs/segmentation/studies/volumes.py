"""Beyond streets: volumes slice by slice, tissue with a diagnosis, groups without labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.ui.components.events import LIVE
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, percent, table
from vision.ui.components.html import tiles as as_tiles
from vision.ui.components.pictures import LONGEST_SIDE, needed
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.segmentation.matrix import numbers_of, tiles
from vision.ui.tabs.segmentation.shared import (
    MODELS,
    chip,
    class_name,
    for_task,
    labels_for_screen,
    laid_over,
    one_of,
)
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


@friendly
@low_priority
def scan(seed: float, place: float, request: gr.Request) -> tuple[Any, ...]:
    """Generate a volume, segment it if a V-Net ships, and show one slice."""
    from vision.segmentation.measures.metrics import score
    from vision.segmentation.predict import predict
    from vision.segmentation.volumes import CLASSES, volume

    voxels, truth = volume(2_000_000 + abs(int(seed)))
    found = for_task("volumes")
    if not found:
        made = Scan(voxels, truth, None)
        return made, note("segmentation.missing", request, arch="vnet"), cut(made, place, request)
    result = predict(MODELS.at(found[0]), voxels)
    numbers = score(truth, result.labels, CLASSES).overall()
    made = Scan(voxels, truth, result.labels)
    return made, tiles(numbers, request, result.seconds), cut(made, place, request)


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


@friendly
@low_priority
@within_memory(decoding("picture", "truth"))
def groups(picture: str | None, truth: str | None, request: gr.Request) -> str:
    """Show the groups that a W-Net finds, and which class each one fits best."""
    from vision.images import read_picture, upright_size
    from vision.segmentation.labels import check_labels, read_labels
    from vision.segmentation.measures.metrics import best_match, confusion_matrix
    from vision.segmentation.predict import predict

    pixels = read_picture(needed(picture), LONGEST_SIDE)
    model = one_of(for_task("groups"), "wnet")
    result = predict(model, pixels)
    shown = sheet([(say("segmentation.groups", request), laid_over(pixels, result.labels, 0.85))])
    if not truth:
        return shown
    labels = read_labels(truth)
    check_labels(labels, upright_size(needed(picture))[::-1], len(result.classes))
    counts = confusion_matrix(labels_for_screen(labels), result.labels, len(result.classes))
    matched = best_match(counts)
    there = [place for place in range(len(counts)) if counts[place].any()]
    return shown + table(
        [say(f"segmentation.column.{name}", request) for name in ("Class", "Group", "Recall")],
        ([chip(place) + class_name(result.classes[place], request),
          chip(int(matched[place])) + str(matched[place] + 1),
          percent(float(counts[place, matched[place]] / counts[place].sum()))]
         for place in there))


def build(picture: gr.Image, truth: gr.Image) -> None:
    """Build the part."""
    made = gr.State(None, time_to_live=3600)
    diagnoses = [(t(f"segmentation.diagnosis_{place}"), place) for place in range(4)]
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
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            gr.Markdown(t("segmentation.tissue_info"))
            diagnosis = gr.Dropdown(diagnoses, value=0, label=t("segmentation.diagnosis"),
                                    info=t("segmentation.diagnosis_info"),
                                    elem_id="segmentation-diagnosis")
            slide_seed = gr.Number(0, precision=0, minimum=0, label=t("app.seed"),
                                   info=t("app.seed_info"), elem_id="segmentation-tissue-seed")
            real = gr.Checkbox(False, label=t("segmentation.real"),
                               info=t("segmentation.real_info"), elem_id="segmentation-real")
            grow = gr.Button(t("segmentation.tissue_go"), variant="primary",
                             elem_id="segmentation-tissue-go")
        with gr.Column(scale=3, min_width=320):
            said = gr.HTML(elem_id="segmentation-tissue-said", min_height=0)
            slides = gr.HTML(t("segmentation.tissue_empty"), elem_id="segmentation-tissue")
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            gr.Markdown(t("segmentation.groups_info"))
            find = gr.Button(t("segmentation.groups_go"), variant="primary",
                             elem_id="segmentation-groups-go")
        with gr.Column(scale=3, min_width=320):
            grouped = gr.HTML(t("segmentation.groups_empty"), elem_id="segmentation-groups")
    go.click(scan, [seed, place], [made, numbers, planes], concurrency_limit=1,
             api_visibility="private")
    place.input(cut, [made, place], planes, **LIVE)
    grow.click(tissue, [slide_seed, diagnosis, real], [slides, said], concurrency_limit=1,
               api_visibility="private")
    find.click(groups, [picture, truth], grouped, concurrency_limit=1, api_visibility="private")
