"""A thermal camera's own file: opened, shown, and its settings handed to the controls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.errors import UserError
from vision.ui.components.events import BRIEF, QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import as_note, note
from vision.ui.components.markup import joined, tag
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.infrared.shared import CARRIED, open_thermogram, remark, told_of
from vision.ui.text import explain, say, t

if TYPE_CHECKING:
    from vision.infrared.thermogram.thermogram import Thermogram

SET = ("low", "high", "unit", "emissivity", "reflected", "air")  # what a file may set
USUAL = (1, 20, None)  # emissivity, reflected temperature and air as the page begins
TOLD = "infrared-told"  # marks the note of a file that has set them
LONGEST_NAME = 80  # characters


@friendly
@low_priority
@within_memory(decoding("file"))
def opened(file: str, before: str | None, request: gr.Request) -> tuple[Any, ...]:
    """Return a camera's file as a picture that carries it, and what it sets.

    What the file `before` it had set, as its note tells, does not stay.
    """
    from vision.infrared.thermogram.cameras.carried import carrying

    thermogram = open_thermogram(file)
    name = Path(file).name[-LONGEST_NAME:]
    path = new_folder() / f"{name}{CARRIED}"
    path.write_bytes(carrying(thermogram.picture, Path(file).read_bytes()))
    return str(path), *settings_of(thermogram, request, before)


@low_priority
@within_memory(decoding("picture"))
def arrived(picture: str | None, before: str | None, request: gr.Request) -> tuple[Any, ...]:
    """Return what an uploaded picture sets; what is wrong with it is said beside it.

    The file `before` it is forgotten, too.
    """
    if not picture:
        return nothing(before)
    try:
        return settings_of(open_thermogram(picture), request, before)
    except UserError as error:
        return *nothing(before)[:-1], as_note(explain(error, request))


def nothing(before: str | None = None) -> tuple[Any, ...]:
    """Return what a picture sets that says nothing of itself."""
    return None, None, "", *forget(before)


def forget(before: str | None) -> tuple[Any, ...]:
    """Return emissivity, reflected temperature and air as they begin, if a file had set them."""
    told = isinstance(before, str) and TOLD in before
    return (*(USUAL if told else (gr.skip(),) * 3), "")


def settings_of(thermogram: Thermogram, request: gr.Request | None, before: str | None = None
                ) -> tuple[Any, ...]:
    """Return the controls' values that a thermogram brings, and what is told of it."""
    said = joined(as_note(remark(each, request)) for each in thermogram.said)
    recording = thermogram.recording
    if recording is None:
        return of_picture(thermogram, said, before, request)
    known = recording.parameters
    low = high = None
    if thermogram.celsius is not None:
        low, high = (round(float(edge), 1) for edge in (thermogram.celsius.min(),
                                                        thermogram.celsius.max()))
    return (low, high, "", known.emissivity or USUAL[0],
            USUAL[1] if known.reflected is None else known.reflected, known.air,
            told(thermogram, request) + said)


def of_picture(thermogram: Thermogram, said: Markup, before: str | None,
               request: gr.Request | None) -> tuple[Any, ...]:
    """Return what an ordinary picture sets: the ends of a colour bar, or a frame's likely unit."""
    from vision.infrared.thermogram.colour_bar import ends_of
    from vision.infrared.thermogram.files import RADIOMETRIC, likely_unit

    *others, _ = forget(before)
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
               class_=f"lab-note {TOLD}")


def button() -> gr.UploadButton:
    """Build the button for files that are no pictures."""
    return gr.UploadButton(t("infrared.camera_file"), file_types=["file"], min_width=140, scale=1,
                           elem_id="infrared-camera-file")


def connect(parts: dict[str, Any], place: gr.HTML) -> None:
    """Let a file that arrives set the controls."""
    outputs = [*(parts[name] for name in SET), place]
    parts["camera_file"].upload(opened, [parts["camera_file"], place],
                                [parts["picture"], *outputs], **BRIEF)
    gr.on([parts["picture"].upload, parts["picture"].clear], arrived,
          [parts["picture"], place], outputs, trigger_mode="always_last", **BRIEF)


def forgotten(event: Any, parts: dict[str, Any]) -> Any:
    """Let an event forget what a file had set; return what follows then."""
    outputs = [*(parts[name] for name in SET[3:]), parts["camera"]]
    return event.success(forget, parts["camera"], outputs, **QUIET)
