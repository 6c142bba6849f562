"""Fluke's .is2: a zip with the sensor's counts, its calibration and what it was set to.

A count of the sensor is a · T² + b · T + c, with the coefficients of the band that T lies in; T
is what a black body would have.
"""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any

import numpy as np

from vision.errors import UserError
from vision.infrared.thermogram.cameras.content import damaged, numbers, words
from vision.infrared.thermogram.cameras.protobuf import fields
from vision.infrared.thermogram.cameras.readers import reader
from vision.infrared.thermogram.cameras.recording import Parameters, Recording, recorded
from vision.infrared.thermogram.radiometry import TOTAL

KIND = "Fluke IS2"
ZIP, ENTRY = b"PK\3\4", b"PK\1\2"
COUNTS, SETTINGS = "Images/Main/IR.data", "Images/Main/IRImageInfo.gpbenc"
CALIBRATION, CAMERA = "CalibrationData.gpbenc", "CameraInfo.gpbenc"
MOST_FILES, MOST_BYTES = 200, 16_000_000  # in the zip; of one file
MOST_BANDS = 100
MODEL = re.compile(rb"(?:PTi|TiS|TiX|TiR|RSE|Ti)\d{2,4}(?:P|FT)?\+?(?: PRO)?")
WIDTH, HEIGHT = 4, 5  # fields of the settings: twice the stored size, a row of header included
EMISSIVITY, BACKGROUND, TRANSMISSION = 10, 11, 12


def recognises(content: bytes) -> bool:
    """Return whether a file is a zip that holds a Fluke camera's calibration."""
    return content.startswith(ZIP) and CALIBRATION.encode() in content


@reader(KIND, recognises)
def read(content: bytes) -> Recording:
    """Return the field as temperatures of a black body."""
    if content.count(ENTRY) > MOST_FILES:
        raise damaged(KIND)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return of_archive(archive)
    except zipfile.BadZipFile as error:
        raise damaged(KIND) from error


def of_archive(archive: zipfile.ZipFile) -> Recording:
    """Return what the files of an open zip hold."""
    if COUNTS not in archive.namelist():
        raise UserError("this Fluke camera stores its temperatures in a way that is not read yet",
                        "files with IR.data are accepted",
                        "export a CSV of temperatures from the camera's program")
    counts = unpacked(archive, COUNTS)
    settings = fields(unpacked(archive, SETTINGS)) if SETTINGS in archive.namelist() else {}
    height, width = size_of(counts, settings)
    raw = words(counts, 2 * width, (height, width))
    bands = bands_of(fields(unpacked(archive, CALIBRATION)))
    celsius = celsius_of(raw, bands)
    return recorded(KIND, through_window(celsius, settings), degrees=True,
                    parameters=parameters(archive, settings), photograph=photograph(archive))


def unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a file of the zip, no more of it than a camera writes."""
    with archive.open(name) as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise damaged(KIND)
    return content


def size_of(counts: bytes, settings: dict[int, list[Any]]) -> tuple[int, int]:
    """Return height and width: of those that the file names, the first that its counts fill."""
    wide, high = (int(settings.get(number, [0])[0]) // 2 for number in (WIDTH, HEIGHT))
    last = numbers("<II", counts, 182)
    for height, width in ((high - 1, wide), (last[1] + 1, last[0] + 1)):
        if width > 0 and height > 0 and len(counts) == 2 * width * (height + 1):
            return height, width
    raise damaged(KIND)


def bands_of(calibration: dict[int, list[Any]]) -> list[tuple[float, ...]]:
    """Return from, to, a, b and c of each band of temperatures."""
    curve = fields(calibration[3][0])
    bands: list[tuple[float, ...]] = []
    for content in curve[9][:MOST_BANDS]:
        band = fields(content)
        low, high, c, b, a = (float(band.get(number, [0.0])[0]) for number in range(1, 6))
        bands.append((low, high, a, b, c))
    return bands


def celsius_of(raw: np.ndarray, bands: list[tuple[float, ...]]) -> np.ndarray:
    """Return the temperature for each count (H, W), NaN where no band reaches."""
    counts = np.arange(65536, dtype=np.float64)
    table = np.full(counts.shape, np.nan)
    for low, high, a, b, c in bands:
        first, last = (a * edge * edge + b * edge + c for edge in (low, high))
        here = (counts >= first) & (counts < last) & np.isnan(table)
        if not here.any():
            continue
        if abs(a) < 1e-12:
            table[here] = (counts[here] - c) / b
        else:
            root = np.sqrt(np.maximum(b * b - 4 * a * (c - counts[here]), 0))
            table[here] = (root - b) / (2 * a)
    known = np.isfinite(table)
    inside = (counts >= counts[known].min()) & (counts <= counts[known].max())
    table[inside] = np.interp(counts[inside], counts[known], table[known])  # where bands leave gaps
    return table[raw]


def through_window(celsius: np.ndarray, settings: dict[int, list[Any]]) -> np.ndarray:
    """Return temperatures in front of a window that lets a share of the radiation through."""
    share = float(settings.get(TRANSMISSION, [1.0])[0])
    if not 0.05 <= share < 1:
        return celsius
    return np.asarray(TOTAL.temperature(TOTAL.power(celsius) / share))


def parameters(archive: zipfile.ZipFile, settings: dict[int, list[Any]]) -> Parameters:
    """Return what the camera was set to, its model, and when the zip says it was recorded."""
    emissivity, reflected = (settings.get(number, [None])[0] for number in
                             (EMISSIVITY, BACKGROUND))
    model = MODEL.search(unpacked(archive, CAMERA)) if CAMERA in archive.namelist() else None
    try:
        date: datetime | None = datetime(*archive.getinfo(COUNTS).date_time)
    except ValueError:
        date = None
    return Parameters(emissivity=None if emissivity is None else round(float(emissivity), 4),
                      reflected=None if reflected is None else round(float(reflected), 2),
                      camera=f"Fluke {model.group().decode()}" if model else "Fluke", date=date)


def photograph(archive: zipfile.ZipFile) -> bytes | None:
    """Return the largest photograph in the zip, if there is one."""
    found = [entry for entry in archive.infolist()
             if entry.filename.lower().endswith((".jpg", ".jpeg"))
             and entry.file_size <= MOST_BYTES]
    if not found:
        return None
    return unpacked(archive, max(found, key=lambda entry: entry.file_size).filename)
