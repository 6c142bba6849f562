"""The inspection: several thermograms kept as a list, with report, table, fields and labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.context import Context
from markupsafe import Markup

from vision.errors import UserError
from vision.ui.components.browser_state import browser_state
from vision.ui.components.events import BRIEF
from vision.ui.components.friendly import friendly
from vision.ui.components.html import table
from vision.ui.shell.files.access import no_such_file
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.infrared import camera_file, gpu_detection, kept_folder
from vision.ui.tabs.infrared.shared import (
    CARRIED,
    View,
    called,
    chip,
    named,
    needed_view,
    open_thermogram,
    translation,
)
from vision.ui.tabs.infrared.surfaces import Patches, digest
from vision.ui.text import language_of, say, t
from vision.ui.text.numerals import in_html

if TYPE_CHECKING:
    from vision.infrared.inspection.kept import Inspection, Kept
    from vision.infrared.inspection.result import Result

State = Any  # an Inspection or None: Gradio looks at annotations, and torch is not loaded yet
FILES = ("report", "csv", "tiff", "coco", "session")
SHOWN = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".gif")  # endings that browsers show
OUTPUTS = 5  # of every event: state, browser, list, choice, devices


def shown(inspection: Inspection | None, request: gr.Request | None, place: int | None = None,
          device: int = 0) -> tuple[Any, ...]:
    """Return everything that shows an inspection: state, browser, list, choice, its devices."""
    if inspection is None or not inspection.kept:
        nothing = gr.Dropdown(choices=[], value=None)
        return (inspection, kept_folder.key_of(inspection),
                say("infrared.inspection_empty", request), nothing, nothing)
    kept_folder.used(inspection)
    choices = [(f"{number} {entry.name}", number - 1)
               for number, entry in enumerate(inspection.kept, 1)]
    last = len(choices) - 1 if place is None else min(max(place, 0), len(choices) - 1)
    return (inspection, kept_folder.key_of(inspection), listed(inspection, request),
            gr.Dropdown(choices=choices, value=last),
            devices_of(inspection.kept[last], request, device))


def listed(inspection: Inspection, request: gr.Request | None) -> Markup:
    """Return the list of the thermograms."""
    heads = [say(f"infrared.column.{key}", request)
             for key in ("thermogram", "recorded", "found", "gravest", "hottest")]
    return table(heads, [row(number, entry, request)
                         for number, entry in enumerate(inspection.kept, 1)])


def row(number: int, entry: Kept, request: gr.Request | None) -> list[str]:
    """Return one thermogram's cells."""
    from vision.infrared.inspection.thermal import LEVELS

    levels = [each["level"] for each in entry.devices if each["level"] in LEVELS]
    worst = max(levels, key=LEVELS.index, default="")
    degrees = [each["highest"] for each in entry.devices if each["highest"] is not None]
    when = " ".join(part for part in (entry.date[:16].replace("T", " "), entry.camera) if part)
    return [f"{number} {entry.name}", when or "–", str(len(entry.devices)),
            (chip(worst) + called("level", worst, request)) if worst else "–",
            f"{max(degrees):.1f} °C" if degrees else "–"]


@friendly
@low_priority
def keep(inspection: State, view: View | None, patches: Patches, request: gr.Request
         ) -> tuple[Any, ...]:
    """Keep the thermogram of the last detection, as that has measured it."""
    known = needed_view(view)
    here = inspection or kept_folder.fresh()
    there = patches.on(known.picture, known.result.thermogram.grey.shape)
    return shown(here.with_result(file_of(known.picture), known.name, known.result,
                                  known.measured, there), request)


def file_of(picture: str) -> bytes:
    """Return the bytes of a visitor's file: the camera's own, where a picture carries it."""
    from vision.infrared.thermogram.cameras.carried import carried

    try:
        content = Path(picture).read_bytes()
    except OSError as error:
        raise no_such_file() from error
    return carried(content) or content


@friendly
@low_priority
@within_memory(decoding("files"))
def add(inspection: State, files: list[str] | None, model: str, own: str | None,
        threshold: float, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Detect in several files, each measured as it says itself, and keep them one by one."""
    from vision.infrared.inspection.certainty import with_certainty
    from vision.infrared.inspection.kept import Measured
    from vision.infrared.predict import Settings

    here = inspection or kept_folder.fresh()
    for file in files or []:
        thermogram = open_thermogram(file)
        _, _, _, emissivity, reflected, air, _ = camera_file.settings_of(thermogram, request)
        known = Measured(emissivity=emissivity if isinstance(emissivity, (int, float)) else 1.0,
                         reflected=reflected if isinstance(reflected, (int, float)) else 20.0,
                         air=air if isinstance(air, (int, float)) else None,
                         threshold=threshold, model=model)
        corrected = thermogram.corrected(known.emissivity, known.reflected)
        result = with_certainty(gpu_detection.devices(model, own, corrected,
                                                      Settings(threshold, 0.5, known.air)))
        here = here.with_result(file_of(file), named(file), result, known)
        yield shown(here, request)


@friendly
@low_priority
def open_kept(inspection: State, place: int | None, request: gr.Request
              ) -> tuple[Any, ...]:
    """Show a kept thermogram again: its picture and its settings."""
    from vision.infrared.inspection.kept import opened

    here, number = chosen(inspection, place)
    result, patches = opened(here, number)
    kept_folder.used(here)
    entry = here.kept[number]
    picture, known = picture_of(here, number, result), entry.measured
    view = View(result, entry.name, picture, known)
    return (view, Patches(digest(picture), patches), picture, known.low, known.high, known.unit,
            known.emissivity, known.reflected, known.air)


def picture_of(inspection: Inspection, place: int, result: Result) -> str:
    """Return a kept thermogram as a file that a page can show."""
    from vision.infrared.thermogram.cameras.carried import carrying

    entry, content = inspection.kept[place], inspection.content(place)
    shows = Path(entry.file).suffix in SHOWN
    path = new_folder() / (f"thermogram-{entry.file}" if shows else f"{entry.file}{CARRIED}")
    path.write_bytes(content if shows else carrying(result.thermogram.picture, content))
    return str(path)


def devices_of(entry: Kept, request: gr.Request | None, device: int = 0) -> gr.Dropdown:
    """Return the devices of a thermogram as a choice, each with its name, and one of them chosen.
    """
    choices = [(f"{number} {called('class', each['name'], request)} {name}".strip(), number - 1)
               for number, (each, name) in enumerate(
                   zip(entry.devices, entry.called, strict=True), 1)]
    return gr.Dropdown(choices=choices, value=device if choices else None)


@friendly
def devices_in(inspection: State, place: int | None, request: gr.Request) -> gr.Dropdown:
    """Return the devices of the thermogram that is chosen."""
    here, number = chosen(inspection, place)
    return devices_of(here.kept[number], request)


def chosen(inspection: Inspection | None, place: int | None) -> tuple[Inspection, int]:
    """Return an inspection and the number of a thermogram in it, or raise."""
    if inspection is None or not inspection.kept or place is None:
        raise UserError("no thermogram is kept yet", "",
                        "detect in one and keep it, or add files")
    return inspection, min(max(int(place), 0), len(inspection.kept) - 1)


@friendly
def name(inspection: State, place: int | None, device: int | None, text: str,
         request: gr.Request) -> tuple[Any, ...]:
    """Call a device by a name, by which it is known again on another day."""
    here, number = chosen(inspection, place)
    if device is None or not 0 <= device < len(here.kept[number].devices):
        raise UserError("no device is chosen", "a device of the chosen thermogram is accepted",
                        "choose a thermogram and a device in it")
    return shown(here.named(number, int(device), text or ""), request, number, int(device))


@friendly
def remove(inspection: State, place: int | None, request: gr.Request
           ) -> tuple[Any, ...]:
    """Take a thermogram out of the inspection."""
    here, number = chosen(inspection, place)
    return shown(here.without(number), request, number)


@friendly
@low_priority
def make_files(inspection: State, request: gr.Request) -> tuple[Any, ...]:
    """Write the report and all other files of the inspection."""
    from vision.infrared.inspection import exports, kept, whole_report

    here, _ = chosen(inspection, 0)
    results: list[Result] = [kept.opened(here, place)[0] for place in range(len(here.kept))]
    folder = new_folder()
    report = whole_report.html(here, results, translation(request))
    made: dict[str, tuple[str, bytes]] = {
        "report": ("inspection.html", in_html(report, language_of(request)).encode()),
        "csv": ("devices.csv", exports.as_csv(here, results).encode("utf-8-sig")),
        "tiff": ("temperatures.zip", exports.as_tiffs(here, results)),
        "coco": ("devices.json", exports.as_coco(here).encode()),
        "session": ("inspection.zip", here.zipped())}
    for file, content in made.values():
        (folder / file).write_bytes(content)
    kept_folder.used(here)
    return tuple(gr.DownloadButton(value=str(folder / made[key][0]), visible=True)
                 for key in FILES)


@friendly
@low_priority
def load(file: str, request: gr.Request) -> tuple[Any, ...]:
    """Open an inspection that was saved as one file."""
    from vision.infrared.inspection.kept_reader import unzipped

    return shown(unzipped(Path(file), kept_folder.fresh().folder), request)


@low_priority
def restore(key: Any, request: gr.Request) -> tuple[Any, ...]:
    """Return the inspection that this browser had when the page was left, if it is still there."""
    inspection = kept_folder.found(key)
    return shown(inspection, request) if inspection else (gr.skip(),) * OUTPUTS


def build(parts: dict[str, Any], states: tuple[gr.State, ...]) -> dict[str, Any]:
    """Build the part; return the event that opens a thermogram, for the tab to show it."""
    view, own, patches = states
    state = gr.State(None, time_to_live=3600)
    kept = browser_state("inspection")
    gr.Markdown(t("infrared.inspection_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            keep_it = button("keep", variant="primary")
            files = gr.UploadButton(t("infrared.inspection_add"), file_count="multiple", size="sm",
                                    file_types=["file"], elem_id="infrared-inspection-add")
            choice = gr.Dropdown([], label=t("infrared.inspection_choice"),
                                 info=t("infrared.inspection_choice_info"),
                                 elem_id="infrared-inspection-choice")
            with gr.Row():
                open_it, away = button("open"), button("remove")
            device = gr.Dropdown([], label=t("infrared.inspection_device"),
                                 info=t("infrared.inspection_device_info"),
                                 elem_id="infrared-inspection-device")
            text = gr.Textbox("", label=t("infrared.inspection_name"), max_lines=1, max_length=60,
                              info=t("infrared.inspection_name_info"),
                              elem_id="infrared-inspection-name")
            name_it = button("name_go")
            saved = gr.UploadButton(t("infrared.inspection_load"), size="sm",
                                    file_types=[".zip"], elem_id="infrared-inspection-load")
        with gr.Column(scale=3, min_width=320):
            place = gr.HTML(t("infrared.inspection_empty"), elem_id="infrared-inspection-list")
            make = button("files")
            downloads = [gr.DownloadButton(t(f"infrared.inspection_{key}"), visible=False,
                                           size="sm", elem_id=f"infrared-inspection-{key}")
                         for key in FILES]
    outputs = [state, kept, place, choice, device]
    events: list[tuple[Any, Callable[..., Any], list[Any], list[Any]]] = [
        (files.upload, add, [state, files, parts["model"], own, parts["threshold"]], outputs),
        (saved.upload, load, [saved], outputs),
        (choice.input, devices_in, [state, choice], [device]),
        (name_it.click, name, [state, choice, device, text], outputs),
        (away.click, remove, [state, choice], outputs),
        (make.click, make_files, [state], downloads)]
    for event, handler, inputs, places in events:
        event(handler, inputs, places, **BRIEF)
    shows = [view, patches, parts["picture"], *(parts[key] for key in camera_file.SET)]
    keep_it.click(keep, [state, view, patches], outputs, **BRIEF)
    if isinstance(Context.root_block, gr.Blocks):
        Context.root_block.load(restore, kept, outputs, **BRIEF)
    return {"opened": open_it.click(open_kept, [state, choice], shows, **BRIEF)}


def button(kind: str, **look: Any) -> gr.Button:
    """Return a small button."""
    return gr.Button(t(f"infrared.inspection_{kind}"), size="sm", min_width=120,
                     elem_id=f"infrared-inspection-{kind.replace('_', '-')}", **look)
