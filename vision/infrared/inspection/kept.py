"""An inspection that is kept: several thermograms with what was found in them, in one folder.

The folder holds each camera's file as it came and one JSON of everything else, so that a zip of it
is the whole inspection, and opening one thermogram again needs no detector.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from vision.errors import UserError, cut
from vision.files.atomic_files import write_atomically
from vision.infrared.classes import NAMES
from vision.infrared.inspection.certainty import with_certainty
from vision.infrared.inspection.inspect import rejudged
from vision.infrared.inspection.result import Instance, Result
from vision.infrared.labels import rle
from vision.infrared.scenes import Zone
from vision.infrared.thermogram.cameras.recording import printable
from vision.infrared.thermogram.files import read_thermogram
from vision.infrared.thermogram.thermogram import Patch

INDEX, FILES, FORMAT = "inspection.json", "thermograms", "vision-lab-inspection 1"
MOST, MOST_DEVICES, MOST_PATCHES, MOST_ZONES = 40, 200, 40, 20
MOST_BYTES = 200_000_000  # of all files together
LONGEST = 1280  # pixels of a thermogram's side
LONGEST_NAME = 60  # characters


@dataclass(frozen=True)
class Measured:
    """With which settings a thermogram was read and judged."""

    unit: str = ""
    low: float | None = None
    high: float | None = None
    emissivity: float = 1.0
    reflected: float | None = 20.0
    air: float | None = None
    threshold: float = 0.5
    model: str = ""


@dataclass(frozen=True)
class Kept:
    """One thermogram of an inspection: its file, its settings, and what was found, as runs."""

    name: str  # the visitor's
    file: str  # in the folder
    measured: Measured
    size: tuple[int, int]  # height and width
    devices: tuple[dict[str, Any], ...] = ()
    patches: tuple[dict[str, Any], ...] = ()
    called: tuple[str, ...] = ()  # what the visitor calls each device, "" if nothing
    date: str = ""  # ISO, when it was recorded
    camera: str = ""

    @property
    def day(self) -> str:
        """Return the day on which it was recorded."""
        return self.date[:10]


@dataclass(frozen=True)
class Inspection:
    """All thermograms of an inspection and the folder that holds them."""

    folder: Path
    kept: tuple[Kept, ...] = field(default=())

    def with_result(self, content: bytes, name: str, result: Result, measured: Measured,
                    patches: tuple[Patch, ...] = ()) -> Inspection:
        """Return the same with one more thermogram, written into the folder."""
        there = sum(file.stat().st_size for file in (self.folder / FILES).glob("*"))
        if len(self.kept) >= MOST or there + len(content) > MOST_BYTES:
            raise UserError("the inspection has no room for another thermogram",
                            "up to {most} of them and {size:.0f} MB are kept",
                            "save it as a file and begin a new one", most=MOST,
                            size=MOST_BYTES / 1e6)
        number = 1 + max((int(each.file[:4]) for each in self.kept), default=0)
        file = f"{number:04d}{suffix_of(name)}"
        write_atomically(self.folder / FILES / file, content, lasting=False)
        return replace(self, kept=(*self.kept, kept_of(name, file, result, measured, patches))
                       ).written()

    def named(self, place: int, device: int, name: str) -> Inspection:
        """Return the same with a device called by a name."""
        entry = self.kept[place]
        called = list(entry.called)
        called[device] = cut(printable(name), LONGEST_NAME)
        return self.with_kept(place, replace(entry, called=tuple(called)))

    def with_kept(self, place: int, entry: Kept) -> Inspection:
        """Return the same with another version of a thermogram."""
        kept = list(self.kept)
        kept[place] = entry
        return replace(self, kept=tuple(kept)).written()

    def without(self, place: int) -> Inspection:
        """Return the same without a thermogram."""
        (self.folder / FILES / self.kept[place].file).unlink(missing_ok=True)
        return replace(self, kept=self.kept[:place] + self.kept[place + 1 :]).written()

    def written(self) -> Inspection:
        """Write everything but the thermograms, and return the same."""
        content = {"format": FORMAT, "thermograms": [asdict(each) for each in self.kept]}
        write_atomically(self.folder / INDEX, json.dumps(content).encode(), lasting=False)
        return self

    def content(self, place: int) -> bytes:
        """Return the bytes of a thermogram's file."""
        try:
            return (self.folder / FILES / self.kept[place].file).read_bytes()
        except OSError as error:
            raise no_inspection() from error

    def zipped(self) -> bytes:
        """Return the whole inspection as one file."""
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w") as archive:
            archive.write(self.folder / INDEX, INDEX, zipfile.ZIP_DEFLATED)
            for place, each in enumerate(self.kept):
                archive.writestr(f"{FILES}/{each.file}", self.content(place))
        return whole.getvalue()


def suffix_of(name: str) -> str:
    """Return the ending of a file's name, if it is a plain one."""
    ending = Path(name).suffix.lower()
    return ending if ending[1:].isalnum() and ending.isascii() and len(ending) <= 6 else ""


def kept_of(name: str, file: str, result: Result, measured: Measured, patches: tuple[Patch, ...]
            ) -> Kept:
    """Return what is kept of a result."""
    recording = result.thermogram.recording
    known = recording.parameters if recording else None
    return Kept(
        cut(printable(name), LONGEST_NAME), file, measured, result.thermogram.grey.shape,
        tuple(device_of(each) for each in result.instances[:MOST_DEVICES]),
        tuple({"counts": rle.encode(each.mask), "emissivity": each.emissivity,
               "reflected": each.reflected} for each in patches),
        ("",) * len(result.instances[:MOST_DEVICES]),
        known.date.isoformat() if known and known.date else "", known.camera if known else "")


def device_of(instance: Instance) -> dict[str, Any]:
    """Return a device in plain types, its mask as runs."""
    verdict = instance.verdict
    return {"name": instance.name, "score": round(instance.score, 4), "box": list(instance.box),
            "counts": rle.encode(instance.mask), "zones": [asdict(zone) for zone in instance.zones],
            "kinds": [list(kind) for kind in instance.kinds],
            "level": verdict.level if verdict else "",
            "highest": instance.reading.highest if instance.reading else None}


def opened(inspection: Inspection, place: int) -> tuple[Result, tuple[Patch, ...]]:
    """Return the result of a thermogram of an inspection, and its patches, judged again."""
    entry, size = inspection.kept[place], inspection.kept[place].size
    known = entry.measured
    thermogram = read_thermogram(inspection.content(place), known.unit, known.low, known.high,
                                 LONGEST)
    if thermogram.grey.shape != size:
        raise no_inspection()
    patches = tuple(Patch(rle.decode(each["counts"], size), each["emissivity"], each["reflected"])
                    for each in entry.patches)
    instances = tuple(instance_of(each, size) for each in entry.devices)
    corrected = thermogram.corrected(known.emissivity, known.reflected, patches)
    bare = Result(corrected, instances, known.threshold, None, None, 0.0)
    return with_certainty(rejudged(bare, corrected, known.air)), patches


def instance_of(device: dict[str, Any], size: tuple[int, int]) -> Instance:
    """Return a kept device, not yet judged."""
    x0, y0, x1, y1 = device["box"]
    return Instance(NAMES.index(device["name"]), device["score"], (x0, y0, x1, y1),
                    rle.decode(device["counts"], size),
                    tuple(Zone(each["name"], tuple(each["centre"]), tuple(each["size"]))
                          for each in device["zones"]), None, None,
                    tuple((name, share) for name, share in device["kinds"]))


def masks_of(entry: Kept) -> np.ndarray:
    """Return the masks (K, H, W) of a kept thermogram."""
    masks = [rle.decode(each["counts"], entry.size) for each in entry.devices]
    return np.array(masks, bool).reshape(-1, *entry.size)


def no_inspection() -> UserError:
    """Return what is said of a file or folder that holds no inspection."""
    return UserError("this holds no whole inspection",
                     "a file that this page saved as an inspection is accepted",
                     "choose another, or save it again")
