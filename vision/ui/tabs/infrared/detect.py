"""Find devices and judge them, and all that the page shows of that."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from vision.ui.components import opening
from vision.ui.components.friendly import friendly
from vision.ui.components.pictures import needed
from vision.ui.shell.answers.shared import computed_once
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.infrared import details, gpu_detection, surfaces
from vision.ui.tabs.infrared.example_views import example_view
from vision.ui.tabs.infrared.picture import facts, shown_of
from vision.ui.tabs.infrared.shared import (
    MODELS,
    RECORDED,
    View,
    called,
    named,
    needed_view,
    open_thermogram,
    translation,
)
from vision.ui.tabs.infrared.surfaces import Patches
from vision.ui.text import language_of
from vision.ui.text.numerals import in_html

if TYPE_CHECKING:
    from markupsafe import Markup

    from vision.infrared.inspection.result import Result

OPACITY = 0.35


class Shown(NamedTuple):
    """What shows a detection in one language."""

    stage: Markup  # picture and table
    facts: Markup
    marked: bytes  # PNG
    report: bytes  # HTML
    json: dict[str, Any]


@friendly
@low_priority
@within_memory(decoding("picture"))
def detect(picture: str | None, low: float | None, high: float | None, unit: str, model: str,
           threshold: float, mask_threshold: float, emissivity: float, reflected: float,
           air: float | None, palette: str, opacity: float, own: str | None, patches: Patches,
           request: gr.Request) -> tuple[Any, ...]:
    """Find the devices of a thermogram and judge their temperatures.

    Args:
        picture: a thermogram as a picture in any palette, or as a file of a thermal camera
        low: the temperature of the darkest colour in °C, or nothing
        high: the temperature of the brightest colour in °C, or nothing
        unit: of the file's own values, such as centikelvin; empty for a picture in colours
        model: the name of a detector, such as mask_rcnn_real
        threshold: the score from which a device is shown
        mask_threshold: the probability from which a pixel belongs to a device
        emissivity: of the surfaces, from 0.1 to 1
        reflected: the temperature that they reflect, in °C
        air: the temperature of the air in °C, or nothing
        palette: the colours of the marked picture
        opacity: how opaque the masks lie over it, from 0 to 1

    Returns:
        the marked picture and the table as HTML, the findings as HTML, the marked picture as a
        file, the report as a file, and as JSON each device with its temperatures and verdict
    """
    from vision.infrared.inspection.kept import Measured

    settings = (unit, low, high, threshold, mask_threshold, emissivity, reflected, air)
    once = functools.partial(computed_once, request=request, pictures=(needed(picture),),
                             models=(MODELS.path_of(model, own),))
    asked = (*settings, patches.named(str(picture)))
    result = once("detect", lambda: judged(str(picture), model, own, patches, *settings), *asked)
    view = View(result, named(str(picture)), str(picture), Measured(
        unit or "", low, high, emissivity, reflected, air, threshold, model))
    shown = once("detect shown", lambda: whole(view, palette, opacity, request),
                 *asked, view.name, palette, opacity, language_of(request))
    return view, *written(shown, new_folder())


def judged(picture: str, model: str, own: str | None, patches: Patches, unit: str,
           low: float | None, high: float | None, threshold: float, mask_threshold: float,
           emissivity: float, reflected: float, air: float | None) -> Result:
    """Return the devices of a thermogram with their verdicts, and how sure those are."""
    from vision.infrared.inspection.certainty import with_certainty
    from vision.infrared.predict import Settings

    thermogram = open_thermogram(picture, unit, low, high)
    there = patches.on(picture, thermogram.grey.shape)
    return with_certainty(gpu_detection.devices(
        model, own, thermogram.corrected(emissivity, reflected, there),
        Settings(threshold, mask_threshold, air)))


def answer(view: View, palette: str, opacity: float, request: gr.Request | None, folder: Path
           ) -> tuple[Any, ...]:
    """Return all that shows a result: picture and table, numbers, two files, and JSON."""
    return written(whole(view, palette, opacity, request), folder)


def whole(view: View, palette: str, opacity: float, request: gr.Request | None) -> Shown:
    """Return all that shows a result in one language, its files not yet written."""
    from vision.images import png_bytes
    from vision.infrared.inspection.drawing import marked
    from vision.infrared.inspection.report import html

    result = view.result
    report = in_html(html(result, view.name, translation(request)), language_of(request))
    return Shown(shown_of(view, request, palette, opacity), facts(view, request),
                 png_bytes(marked(result.thermogram.picture, result.instances)),
                 report.encode(), result.as_json())


def written(shown: Shown, folder: Path) -> tuple[Any, ...]:
    """Return what the page gets of a result, the marked picture and the report as files."""
    picture, report = folder / "devices.png", folder / "inspection.html"
    picture.write_bytes(shown.marked)
    report.write_bytes(shown.report)
    return shown.stage, shown.facts, str(picture), str(report), shown.json


@friendly
@low_priority
def show_again(view: View | None, palette: str, opacity: float, request: gr.Request
               ) -> tuple[Any, ...]:
    """Return all that shows a result whose surfaces have changed."""
    return answer(needed_view(view), palette, opacity, request, new_folder())


def first_answer(view: View, request: gr.Request | None) -> tuple[Any, ...]:
    """Return a view with all that shows it and all that follows it."""
    shown, said, *files, raw = answer(view, RECORDED, OPACITY, request, opening.folder(request))
    classes, *_, photograph, devices = after(view, request)
    offered = [gr.update(value=file, visible=True) for file in files]
    return (view, shown, said, *offered, raw, classes, photograph, devices,
            *details.begin(view, request))


FIRST = opening.Opening(example_view, first_answer)


def redraw(view: View | None, palette: str, opacity: float, classes: list[int],
           request: gr.Request) -> Any:
    """Draw the last result again, with some classes only."""
    if view is None:
        return gr.skip()
    return shown_of(view, request, palette, opacity, {int(label) for label in classes or []})


def after(view: View | None, request: gr.Request | None) -> tuple[Any, ...]:
    """Return the choice of classes and the downloads that belong to a new result."""
    if view is None:
        return (gr.skip(),) * 5
    found = sorted({instance.label: instance.name for instance in view.result.instances}.items())
    choices = [(called("class", name, request), label) for label, name in found]
    visible = gr.DownloadButton(visible=True)
    recording = view.result.thermogram.recording
    photograph = bool(recording and recording.photograph is not None)
    return (gr.CheckboxGroup(choices=choices, value=[label for label, _ in found]),
            visible, visible, gr.Slider(visible=photograph), surfaces.choices(view, request))
