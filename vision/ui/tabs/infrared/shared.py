"""What the parts of the infrared tab share: its detectors, its examples, its words and colours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision import checkpoints
from vision.errors import UserError
from vision.ui import ASSETS
from vision.ui.components.figures import svg
from vision.ui.components.html import localised
from vision.ui.components.model_choice import ModelShelf
from vision.ui.components.pictures import LONGEST_SIDE
from vision.ui.text import error_templates, explain, language_of, words
from vision.ui.text.numerals import Template

if TYPE_CHECKING:
    import numpy as np

    from vision.checkpoints import Model
    from vision.infrared.inspection.kept import Measured
    from vision.infrared.inspection.result import Instance, Result
    from vision.infrared.thermogram.cameras.recording import Recording
    from vision.infrared.thermogram.thermogram import Thermogram

EXAMPLES = ASSETS / "infrared"
FIRST = "mask_rcnn"  # learnt from rendered scenes alone; the studies of masks are made with it
REAL = "mask_rcnn_real"  # learnt from real thermograms, too: the default
DETECTS = "detection"  # what a detector's card says it is for
DETECTORS = ("mask_rcnn", "faster_rcnn")  # of cards that do not say it
TRAIN = "python -m vision infrared train --output checkpoints/infrared/mask_rcnn.safetensors"
CARRIED = ".camera.png"  # ends the name of a picture that carries a camera's file
RECORDED = "recorded"  # the choice of the palette that a picture came in


@dataclass(frozen=True, eq=False)
class View:
    """What the page keeps of one detection: the result, the picture, and how that was measured."""

    result: Result
    name: str
    picture: str  # where it lies
    measured: Measured


def detects(path: Path) -> bool:
    """Return whether a model is a detector, as its card says: torch is not needed."""
    card = checkpoints.read_card(path)
    return card.data.get("task", DETECTS if card.arch in DETECTORS else "") == DETECTS


MODELS = ModelShelf(
    "infrared", (REAL, FIRST), kept=4, offers=detects,
    none=lambda: UserError("no detector is here yet", "'{command}' trains one",
                           "start it again then", command=TRAIN))
ZONES = ModelShelf("infrared", reader="zones.locate", kept=1)


def shown_from() -> float:
    """Return the score from which on enough of what the default detector finds is right."""
    name = MODELS.first()
    known = MODELS.card(name).metrics.get("real_threshold", 0.5) if name else 0.5
    return round(min(max(float(known), 0.05), 0.95), 2)


def open_zones() -> Model | None:
    """Return the zone head if it ships."""
    return ZONES.there("zones")


def open_thermogram(picture: str, unit: str = "", low: float | None = None,
                    high: float | None = None) -> Thermogram:
    """Return a visitor's thermogram, no larger than a screen."""
    from vision.infrared.thermogram.files import read_thermogram

    return read_thermogram(picture, unit or "", low, high, LONGEST_SIDE)


def examples() -> list[list[Any]]:
    """Return the shipped thermograms with the ends of their scales, and a frame with its unit."""
    content = json.loads((EXAMPLES / "labels.json").read_text("utf-8"))
    drawn: list[list[Any]] = [[str(EXAMPLES / entry["file_name"]), entry["low"], entry["high"], ""]
                              for entry in content["thermograms"]]
    frame = EXAMPLES / "radiometric" / "thermogram-1.png"
    return [*drawn, [str(frame), None, None, "centikelvin"]]


def called(kind: str, name: str, request: gr.Request | None) -> str:
    """Return a class, zone, fault, level or palette in the reader's language."""
    return words(language_of(request)).get(f"infrared.{kind}.{name}", name)


def titled(instance: Instance, request: gr.Request | None) -> str:
    """Return a device's name in the reader's language, or its group where only that is sure."""
    return instance.title(translation(request))


def remark(error: UserError, request: gr.Request | None) -> str:
    """Return a remark in the reader's language, and so the class or parameter that it names."""
    kinds = {"name": "class", "parameter": "parameter"}
    known = {key: called(kinds[key], value, request) if key in kinds else value
             for key, value in error.values.items()}
    return explain(UserError(*error.parts, **known), request)


def named(picture: str) -> str:
    """Return the name of a visitor's file, as the visitor knows it."""
    return Path(picture).name.removesuffix(CARRIED)


def told_of(recording: Recording, request: gr.Request | None) -> list[str]:
    """Return what a camera's file says of itself, as far as it does."""
    known = recording.parameters
    date = known.date.strftime("%Y-%m-%d %H:%M") if known.date else ""
    values = {"emissivity": (known.emissivity, "ε {:.2f}"),
              "reflected": (known.reflected, "{:.1f} °C"), "air": (known.air, "{:.1f} °C"),
              "distance": (known.distance, "{:.1f} m"),
              "humidity": (None if known.humidity is None else 100 * known.humidity, "{:.0f}%")}
    shown = [f"{called('parameter', name, request)} {localised(form.format(value), request)}"
             for name, (value, form) in values.items() if value is not None]
    height, width = recording.values.shape
    return [part for part in (known.camera, date, f"{width}×{height}", *shown) if part]


def translation(request: gr.Request | None) -> Callable[[str], str]:
    """Return what turns the English of the report into the reader's language."""
    language = language_of(request)
    table, texts = error_templates(language), words(language)

    def translate(text: str) -> str:
        keys = (f"infrared.{kind}.{text}" for kind in ("report", "class", "level", "group"))
        found = table.get(text) or next((texts[key] for key in keys if key in texts), text)
        return Template(found, language)

    return translate


def field_of(thermogram: Thermogram) -> tuple[np.ndarray, str]:
    """Return what can be measured (H, W) and its unit: °C, or without a scale percent of it."""
    if thermogram.celsius is not None:
        return thermogram.celsius, "°C"
    return 100 * thermogram.grey, "%"


def with_unit(number: str, unit: str) -> str:
    """Return a number and its unit as they are written: 51 °C, but 51%."""
    return f"{number}{'' if unit == '%' else ' '}{unit}"


def colour(level: str) -> str:
    """Return the colour of a verdict as the page writes it."""
    from vision.infrared.inspection.drawing import COLOURS

    return "#{:02x}{:02x}{:02x}".format(*COLOURS[level])


def level_of(instance: Instance) -> str:
    """Return the level of a device's verdict, "" if there is none."""
    return instance.verdict.level if instance.verdict else ""


def chip(level: str) -> Markup:
    """Return a small square in the colour of a verdict."""
    return svg.chip(colour(level))


def gravest(result: Result) -> int | None:
    """Return the number of the device with the gravest verdict, the surest of them."""
    from vision.infrared.inspection.thermal import LEVELS

    grades = ["", *LEVELS]
    order = sorted(range(len(result.instances)),
                   key=lambda place: -grades.index(level_of(result.instances[place])))
    return order[0] if order else None


def found_again(before: Result, after: Result) -> dict[int, int]:
    """Return which device of a result is which of another one, by their boxes."""
    import numpy as np

    from vision.infrared.inspection.matching import pairs

    first, second = (np.array([each.box for each in result.instances]).reshape(-1, 4)
                     for result in (before, after))
    return pairs(first, second)


def needed_view(view: View | None) -> View:
    """Return the last detection, or raise if there is none."""
    if view is None:
        raise UserError("nothing has been detected yet", "a thermogram is needed here",
                        "press Detect first")
    return view
