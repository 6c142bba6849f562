"""Thermograms from files: pictures in a palette, and radiometric frames of 16 bits or floats."""

from __future__ import annotations

import numpy as np

from vision.errors import UserError, unknown
from vision.images import SIXTEEN_BIT, Source, read_image, to_rgb
from vision.infrared.thermogram.palettes import paint
from vision.infrared.thermogram.thermogram import Thermogram, check_ends, of_picture

RADIOMETRIC = "radiometric"
UNITS = {
    "centikelvin": (0.01, -273.15),
    "decikelvin": (0.1, -273.15),
    "kelvin": (1.0, -273.15),
    "centicelsius": (0.01, 0.0),
    "decicelsius": (0.1, 0.0),
    "celsius": (1.0, 0.0),
}  # °C = first · value + second; most cameras write one of the first two
COLDEST, HOTTEST = -150.0, 3000.0  # °C that a thermogram can show


def read_thermogram(source: Source, unit: str = "", low: float | None = None,
                    high: float | None = None, longest: int | None = None) -> Thermogram:
    """Return a thermogram; °C come from the unit of its values, or from the ends of its scale.

    Frames of 16 bits or floats keep their whole range as temperatures. Without a unit, `low` and
    `high` are those of a frame's smallest and largest value; in a picture, of its palette's ends.
    With `longest`, a larger one is shrunk to that side before anything is computed.
    """
    image = read_image(source, longest=longest)
    if image.mode in SIXTEEN_BIT or image.mode.startswith("I;16"):
        return of_values(np.asarray(image), unit, low, high)
    return of_picture(to_rgb(image), low, high)


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
    return Thermogram(paint(grey, "iron"), grey, known, RADIOMETRIC)


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
