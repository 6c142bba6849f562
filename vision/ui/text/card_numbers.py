"""Numbers in texts: `{card:FILE:WAY:FORM}` is filled from what a checkpoint's card says.

`{card:infrared/mask_rcnn:box_AP:.3f}` is the metric `box_AP` of that file with three decimals. A
way may go deeper, `box_AP_by_size.small`; through the rows of a list, `points.ratio=0.7.accuracy`;
and to the mean of some, `mask_AP_per_class.@never_taught`. FILE may also be a JSON beside the
checkpoints. What is not there reads as a dash.
"""

from __future__ import annotations

import functools
import json
import math
import re
from pathlib import Path
from typing import Any

from vision import checkpoints
from vision.ui.text.numerals import numeral

SHIPPED = checkpoints.FOLDER
PLACE = re.compile(r"\{card:([^:{}]+):([^:{}]+):([^:{}]+)\}")
MISSING = "–"


def fill(text: str, language: str) -> str:
    """Return a text with every placeholder replaced by the number that it stands for."""
    return PLACE.sub(lambda found: written(found[1], found[2], found[3], language), text)


def written(file: str, way: str, form: str, language: str) -> str:
    """Return a number in a format and in the manner of a language."""
    value = at(metrics_of(SHIPPED / file), re.split(r"\.(?!\d)", way))
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        return MISSING
    return numeral(f"{value:{form}}", language)


@functools.cache
def metrics_of(stem: Path) -> Any:
    """Return what a file beside the checkpoints holds, or the metrics on a checkpoint's card."""
    beside, path = stem.with_suffix(".json"), stem.with_name(f"{stem.name}.safetensors")
    if beside.is_file():
        return json.loads(beside.read_text("utf-8"))
    return checkpoints.read_card(path).metrics if path.is_file() else {}


def at(found: Any, way: list[str]) -> Any:
    """Return what lies at the end of a way, None if it ends before."""
    for step in way:
        if isinstance(found, list):
            name, _, wanted = step.partition("=")
            rows = [row for row in found if wanted and str(row.get(name)) == wanted]
            found = rows if wanted else found[0].get(name) if len(found) == 1 else None
        elif step.startswith("@"):
            found = mean_of(found, GROUPS[step[1:]]())
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return found


def mean_of(found: Any, names: list[str]) -> float | None:
    """Return the mean of the values with these names, None if one is missing."""
    known = [found[name] for name in names if name in (found or {})]
    return sum(known) / len(known) if known and len(known) == len(names) else None


def never_taught() -> list[str]:
    """Return the classes that the shipped transferred mask branch was given no masks of."""
    path = SHIPPED / "infrared" / "masks-transferred.safetensors"
    return checkpoints.read_card(path).data["without_masks"] if path.is_file() else []


GROUPS = {"never_taught": never_taught}
