"""A thermal camera's own file: opened, shown, and its settings handed to the controls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.errors import UserError
from vision.ui.components.friendly import friendly
from vision.ui.components.html import as_note, note
from vision.ui.components.markup import joined, tag
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.shell.uploads import new_folder
from vision.ui.tabs.infrared.shared import CARRIED, open_thermogram, remark, told_of
from vision.ui.text import explain, say, t

if TYPE_CHECKING:
    from vision.infrared.thermogram.thermogram import Thermogram

SET = ("low", "high", "unit", "emissivity", "reflected", "air")  # what a file may set
LONGEST_NAME = 80  # characters


@friendly
@low_priority
@within_memory(decoding("file"))
def opened(file: str, request: gr.Request) -> tuple[Any, ...]:
    """Return a camera's file as a picture that carries it, and what it sets."""
    from vision.infrared.thermogram.cameras.carried import carrying

    thermogram = open_thermogram(file)
    name = Path(file).name[-LONGEST_NAME:]
    path = new_folder() / f"{name}{CARRIED}"
    path.write_bytes(carrying(thermogram.picture, Path(file).read_bytes()))
    return str(path), *settings_of(thermogram, request)


@low_priority
@within_memory(decoding("picture"))
def arrived(picture: str | None, request: gr.Request) -> tuple[Any, ...]:
    """Return what an uploaded picture sets; what is wrong with it is said beside it."""
    if not picture:
        return nothing()
    try:
        return settings_of(open_thermogram(picture), request)
    except UserError as error:
        return *nothing()[:-1], as_note(explain(error, request))


def nothing() -> tuple[Any, ...]:
    """Return what a picture sets that says nothing of itself."""
    return None, None, "", gr.skip(), gr.skip(), gr.skip(), ""


def settings_of(thermogram: Thermogram, request: gr.Request | None) -> tuple[Any, ...]:
    """Return the controls' values that a thermogram brings, and what is told of it."""
    said = joined(as_note(remark(each, request)) for each in thermogram.said)
    recording = thermogram.recording
    if recording is None:
        return of_picture(thermogram, said, request)
    known = recording.parameters
    low = high = None
    if thermogram.celsius is not None:
        low, high = (round(float(edge), 1) for edge in (thermogram.celsius.min(),
                                                        thermogram.celsius.max()))
    return (low, high, "", known.emissivity or 1,
            gr.skip() if known.reflected is None else known.reflected, known.air,
            told(thermogram, request) + said)


def of_picture(thermogram: Thermogram, said: Markup, request: gr.Request | None
               ) -> tuple[Any, ...]:
    """Return what an ordinary picture sets: the ends of a colour bar, or a frame's likely unit."""
    from vision.infrared.thermogram.colour_bar import ends_of
    from vision.infrared.thermogram.files import RADIOMETRIC, likely_unit

    _, _, _, *others, _ = nothing()
    if thermogram.palette == RADIOMETRIC and thermogram.values is not None:
        unit = likely_unit(thermogram.values)
        hint = note("infrared.unit_guessed", request, unit=say(f"infrared.unit.{unit}", request)
                    ) if unit else Markup()
        return None, None, unit, *others, hint + said
    ends = None if thermogram.visible_light else ends_of(thermogram.picture, thermogram.grey)
    if ends is None:
        return None, None, "", *others, said
    return *ends, "", *others, note("infrared.bar_read", request, low=f"{ends[0]:g}",
                                    high=f"{ends[1]:g}") + said


def told(thermogram: Thermogram, request: gr.Request | None) -> Markup:
    """Return what the file says of itself as a note."""
    recording = thermogram.recording
    assert recording is not None
    facts = " · ".join(told_of(recording, request))
    return tag("p", tag("b", say("infrared.camera_read", request, kind=recording.kind)), " ", facts,
               class_="lab-note")


def build(parts: dict[str, Any]) -> gr.HTML:
    """Build the button for files that are no pictures, and the place where files are described."""
    file = gr.UploadButton(t("infrared.camera_file"), file_types=["file"], size="sm",
                           elem_id="infrared-camera-file")
    place = gr.HTML(elem_id="infrared-camera", min_height=0)
    parts["camera_file"] = file
    return place


def connect(parts: dict[str, Any], place: gr.HTML) -> None:
    """Let a file that arrives set the controls."""
    quiet: dict[str, Any] = {"show_progress": "minimal", "api_visibility": "private"}
    outputs = [*(parts[name] for name in SET), place]
    parts["camera_file"].upload(opened, parts["camera_file"], [parts["picture"], *outputs], **quiet)
    gr.on([parts["picture"].upload, parts["picture"].clear], arrived, parts["picture"], outputs,
          **quiet)
