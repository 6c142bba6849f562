"""An inspection read from a folder or a zip that anybody may have made: part by part, or not."""

from __future__ import annotations

import json
import math
import zipfile
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

from vision.data.checked_zip import checked_zip
from vision.errors import cut
from vision.files.atomic_files import write_atomically
from vision.infrared.classes import NAMES
from vision.infrared.inspection.kept import (
    FILES,
    FORMAT,
    INDEX,
    LONGEST,
    LONGEST_NAME,
    MOST,
    MOST_DEVICES,
    MOST_PATCHES,
    MOST_ZONES,
    Inspection,
    Kept,
    Measured,
    no_inspection,
    suffix_of,
)
from vision.infrared.thermogram.cameras.recording import printable

LARGEST_INDEX = 30_000_000  # bytes


def read_folder(folder: Path) -> Inspection:
    """Return the inspection that a folder holds, after a look at every part of it."""
    index = folder / INDEX
    try:
        if index.stat().st_size > LARGEST_INDEX:
            raise no_inspection()
        content = json.loads(index.read_text("utf-8"))
        if content["format"] != FORMAT or len(content["thermograms"]) > MOST:
            raise no_inspection()
        kept = tuple(kept_from(entry) for entry in content["thermograms"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError,
            RecursionError) as error:
        raise no_inspection() from error
    if any(not (folder / FILES / each.file).is_file() for each in kept):
        raise no_inspection()
    return Inspection(folder, kept)


def unzipped(path: Path, folder: Path) -> Inspection:
    """Return an inspection from one file, unpacked into a folder: only what belongs there."""
    checked_zip(path)
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name == INDEX or inside(name)]
        if INDEX not in names or len(names) > MOST + 1:
            raise no_inspection()
        for name in names:
            try:
                write_atomically(folder / name, archive.read(name), lasting=False)
            except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, RuntimeError) as error:
                raise no_inspection() from error
    return read_folder(folder)


def inside(name: str) -> bool:
    """Return whether a name in a zip is that of a thermogram's file."""
    folder, _, file = name.partition("/")
    return folder == FILES and is_file_name(file)


def is_file_name(file: str) -> bool:
    """Return whether a file's name is one that is written here: four digits and an ending."""
    return (len(file) <= 10 and file[:4].isdecimal() and file.isascii()
            and file[4:] == suffix_of(file[:4] + file[4:]))


def kept_from(entry: dict[str, Any]) -> Kept:
    """Return a thermogram from plain types, once all its parts can be; ValueError if one cannot."""
    height, width = (whole(side, 1, LONGEST) for side in entry["size"])
    devices = tuple(device_from(each) for each in entry["devices"][:MOST_DEVICES])
    patches = tuple({"counts": counts_from(each["counts"]),
                     "emissivity": number(each["emissivity"], 0.1, 1),
                     "reflected": number(each["reflected"], -273.15, 3000)}
                    for each in entry["patches"][:MOST_PATCHES])
    called = tuple(words(each) for each in entry["called"])
    if len(called) != len(devices) or not is_file_name(str(entry["file"])):
        raise ValueError("parts that do not fit each other")
    date = str(entry["date"])
    if date:
        datetime.fromisoformat(date)
    return Kept(words(entry["name"]), str(entry["file"]), measured_from(entry["measured"]),
                (height, width), devices, patches, called, date, words(entry["camera"]))


def measured_from(entry: dict[str, Any]) -> Measured:
    """Return settings from plain types."""
    low, high, reflected, air = (
        None if entry[name] is None else number(entry[name], -273.15, 3000)
        for name in ("low", "high", "reflected", "air"))
    return Measured(words(entry["unit"]), low, high, number(entry["emissivity"], 0.1, 1),
                    reflected, air, number(entry["threshold"], 0, 1), words(entry["model"]))


def device_from(entry: dict[str, Any]) -> dict[str, Any]:
    """Return a device from plain types."""
    if entry["name"] not in NAMES:
        raise ValueError("a device of no known kind")
    zones = [{"name": words(zone["name"]), "centre": pair(zone["centre"]),
              "size": pair(zone["size"])} for zone in entry["zones"][:MOST_ZONES]]
    kinds = [[words(name), number(share, 0, 1)] for name, share in entry["kinds"][:len(NAMES)]]
    box = [number(edge, -1e5, 1e5) for edge in entry["box"]]
    if len(box) != 4 or not {kind for kind, _ in kinds} <= set(NAMES):
        raise ValueError("a box of other than four edges")
    highest = entry["highest"]
    return {"name": entry["name"], "score": number(entry["score"], 0, 1), "box": box,
            "counts": counts_from(entry["counts"]), "zones": zones, "kinds": kinds,
            "level": words(entry["level"]),
            "highest": None if highest is None else number(highest, -300, 5000)}


def counts_from(entry: list[Any]) -> list[int]:
    """Return the runs of a mask from plain types."""
    return [whole(count, 0, LONGEST * LONGEST) for count in entry[: 2 * LONGEST * LONGEST]]


def words(entry: Any) -> str:
    """Return a short text."""
    if not isinstance(entry, str):
        raise ValueError("no text")
    return cut(printable(entry), LONGEST_NAME + 20)


def pair(entry: Any) -> tuple[float, float]:
    """Return two numbers."""
    first, second = entry
    return number(first, -1e5, 1e5), number(second, -1e5, 1e5)


def whole(entry: Any, low: int, high: int) -> int:
    """Return a whole number between two others."""
    if isinstance(entry, bool) or not isinstance(entry, int) or not low <= entry <= high:
        raise ValueError("no such whole number")
    return entry


def number(entry: Any, low: float, high: float) -> float:
    """Return a number between two others."""
    if isinstance(entry, bool) or not isinstance(entry, (int, float)) or not math.isfinite(entry):
        raise ValueError("no number")
    if not low <= entry <= high:
        raise ValueError("a number that cannot be")
    return float(entry)
