"""Thermograms from files: as cameras write them, pictures in a palette, and radiometric frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from vision.errors import UserError, unknown
from vision.images import SIXTEEN_BIT, Source, read_image, to_rgb
from vision.infrared.thermogram.cameras.carried import carried
from vision.infrared.thermogram.cameras.content import MOST_BYTES
from vision.infrared.thermogram.cameras.readers import read_recording
from vision.infrared.thermogram.cameras.recording import COLDEST, HOTTEST, Recording
from vision.infrared.thermogram.cameras.still import still_in
from vision.infrared.thermogram.palettes import paint
from vision.infrared.thermogram.radiometry import KELVIN
from vision.infrared.thermogram.thermogram import Thermogram, check_ends, of_picture

RADIOMETRIC = "radiometric"
UNITS = {
    "centikelvin": (0.01, -KELVIN),
    "decikelvin": (0.1, -KELVIN),
    "kelvin": (1.0, -KELVIN),
    "centicelsius": (0.01, 0.0),
    "decicelsius": (0.1, 0.0),
    "celsius": (1.0, 0.0),
}  # °C = first · value + second; most cameras write one of the first two
OUTDOORS = (-80.0, 100.0, 800.0)  # °C: coldest sky, warmest middle, hottest spot


def read_thermogram(source: Source, unit: str = "", low: float | None = None,
                    high: float | None = None, longest: int | None = None) -> Thermogram:
    """Return a thermogram; °C come from the unit of its values, or from the ends of its scale.

    Frames of 16 bits or floats keep their whole range as temperatures. Without a unit, `low` and
    `high` are those of a frame's smallest and largest value; in a picture, of its palette's ends.
    With `longest`, a larger one is shrunk to that side before anything is computed.

    A file that a thermal camera wrote brings its own temperatures and how they were measured;
    where it is damaged, the picture in it is read, and what is wrong is said with it.
    """
    if found := of_camera(source, low, high, longest):
        return found
    image = read_image(source, longest=longest)
    if image.mode in SIXTEEN_BIT or image.mode.startswith("I;16"):
        return of_values(np.asarray(image), unit, low, high)
    return of_picture(to_rgb(image), low, high)


def of_camera(source: Source, low: float | None = None, high: float | None = None,
              longest: int | None = None) -> Thermogram | None:
    """Return the thermogram in a camera's file, or None if it is an ordinary picture."""
    content = content_of(source)
    if content is None:
        return None
    inside = carried(content) or content
    try:
        recording = read_recording(inside)
    except UserError as error:
        picture = still_in(inside, longest)
        if picture is None:
            raise
        return replace(of_picture(picture, low, high), said=(error,))
    return of_recording(recording, low, high, longest) if recording else None


def content_of(source: Source) -> bytes | None:
    """Return the bytes of a file, None if it is none or larger than cameras write them."""
    if isinstance(source, (Image.Image, np.ndarray)):
        return None
    if isinstance(source, bytes):
        return source if len(source) <= MOST_BYTES else None
    if isinstance(source, (str, Path)):
        path = Path(source)
        small = path.is_file() and path.stat().st_size <= MOST_BYTES
        return path.read_bytes() if small else None
    start = source.tell()
    content = source.read(MOST_BYTES + 1)
    source.seek(start)
    return content if len(content) <= MOST_BYTES else None


def of_recording(recording: Recording, low: float | None = None, high: float | None = None,
                 longest: int | None = None) -> Thermogram:
    """Return the thermogram of what a camera stored.

    Ends that are given take the place of its smallest and largest temperature, and those between
    follow; as they are shown to a tenth, ends that are the same to a tenth change nothing.
    """
    values = smaller(recording.values, longest)
    ends = (low, high) if low is not None or high is not None else None
    own = ends is None or same_ends(values, ends)
    if recording.degrees and own:
        found = of_values(values, "celsius")
    else:
        found = of_values(values, "", low, high)
    said = list(recording.said)
    if recording.shifted and own:
        said.append(UserError("this camera stores temperatures whose level is shifted",
                              "their differences are right",
                              "enter the two ends that the camera showed"))
    return replace(found, recording=recording, said=tuple(said))


def same_ends(values: np.ndarray, ends: tuple[Any, Any]) -> bool:
    """Return whether two ends are those of the values, as they are shown."""
    own = float(values.min()), float(values.max())
    return all(end is not None and abs(end - mine) <= 0.051
               for end, mine in zip(ends, own, strict=True))


def smaller(values: np.ndarray, longest: int | None) -> np.ndarray:
    """Return a field (H, W) with no side longer than that."""
    share = (longest or max(values.shape)) / max(values.shape)
    if share >= 1:
        return values
    size = max(round(values.shape[1] * share), 1), max(round(values.shape[0] * share), 1)
    return cv2.resize(values, size, interpolation=cv2.INTER_AREA)


def of_values(values: np.ndarray, unit: str = "", low: float | None = None,
              high: float | None = None) -> Thermogram:
    """Return the thermogram of measured values (H, W) in a unit, or linear between two ends."""
    if values.ndim != 2 or not np.isfinite(values).all() or np.ptp(values) == 0:
        raise UserError("the frame holds no picture: its values are all the same or not numbers",
                        "16-bit and float frames of one channel are accepted",
                        "export it from the camera's program again")
    celsius = None
    if unit:
        celsius = _in_unit(values, unit)
    elif low is not None or high is not None:
        first, last = check_ends(low, high)
        start, reach = float(values.min()), float(np.ptp(values))
        celsius = first + (last - first) * (values - start) / reach
    dark, bright = np.percentile(values, (0.1, 99.9))
    grey = ((values - dark) / max(bright - dark, 1e-6)).clip(0, 1).astype(np.float32)
    known = None if celsius is None else celsius.astype(np.float32)
    return Thermogram(paint(grey, "iron"), grey, known, RADIOMETRIC,
                      values=values if known is None else None)


def likely_unit(values: np.ndarray) -> str:
    """Return the only unit in which values (H, W) are temperatures of outdoor things, else ""."""
    low, middle, high = (float(edge) for edge in np.percentile(values, (0.1, 50, 99.9)))
    known = [name for name, (gain, offset) in UNITS.items()
             if OUTDOORS[0] <= gain * low + offset and gain * high + offset <= OUTDOORS[2]
             and -40 <= gain * middle + offset <= OUTDOORS[1]]
    return known[0] if len(known) == 1 else ""


def _in_unit(values: np.ndarray, unit: str) -> np.ndarray:
    """Return values as °C, if these can be temperatures."""
    if unit not in UNITS:
        raise unknown("unit", unit, list(UNITS))
    gain, offset = UNITS[unit]
    celsius = gain * values.astype(np.float64) + offset
    if celsius.min() < COLDEST or celsius.max() > HOTTEST:
        raise UserError("read as {unit}, the frame goes from {low:.0f} to {high:.0f} °C",
                        "temperatures from {coldest:.0f} to {hottest:.0f} °C are accepted",
                        "choose another unit: {units}", unit=unit, low=float(celsius.min()),
                        high=float(celsius.max()), coldest=COLDEST, hottest=HOTTEST,
                        units=", ".join(UNITS))
    return celsius
