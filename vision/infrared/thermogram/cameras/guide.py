"""Guide's TP8: a picture, the palette's places, the field in tenths of a degree, a photograph.

The level of the field is shifted by an unknown amount: differences are right, the level is not.
"""

from __future__ import annotations

import numpy as np

from vision.infrared.thermogram.cameras.content import part, words
from vision.infrared.thermogram.cameras.jpeg_segments import SOI
from vision.infrared.thermogram.cameras.readers import reader
from vision.infrared.thermogram.cameras.recording import (
    Parameters,
    Placement,
    Recording,
    recorded,
)

KIND = "Guide TP8"
LENGTH = 2_028_240  # bytes; every file has as many
SIZE = (288, 384)
FIELD, PHOTOGRAPH = 209_536, 430_720  # where they begin
HEADER = 70  # bytes before the photograph's pixels, which begin with "BM"
PHOTO = (480, 640)
LEFT, SCALE, SHIFT = 8, 1.16, (-52, -4)  # px cut off, size against the thermogram's, place


def recognises(content: bytes) -> bool:
    """Return whether a file is a JPEG with a BMP at the place where this camera puts one."""
    return (content.startswith(SOI) and content[PHOTOGRAPH : PHOTOGRAPH + 2] == b"BM"
            and len(content) <= LENGTH)


@reader(KIND, recognises)
def read(content: bytes) -> Recording:
    """Return the field in °C, its level shifted, and the photograph."""
    part(content, 0, LENGTH)
    celsius = words(content, FIELD, SIZE, "<i2").astype(np.float32) / 10
    return recorded(KIND, celsius, degrees=True, shifted=True,
                    parameters=Parameters(camera=KIND), photograph=photograph(content),
                    placement=over())


def photograph(content: bytes) -> np.ndarray | None:
    """Return the photograph, uint8 (H, W, 3), from 5, 6 and 5 bits; None if it is all black."""
    packed = words(content, PHOTOGRAPH + HEADER, PHOTO)  # (H, W), rows from the top
    if not packed.any():
        return None
    parts = (packed >> 11 & 31) * 8, (packed >> 5 & 63) * 4, (packed & 31) * 8
    return np.stack(parts, -1).astype(np.uint8)


def over() -> Placement:
    """Return where the photograph lies, for things far away; near ones are a few pixels off."""
    height, width = SIZE
    across = SCALE / (PHOTO[1] - LEFT)  # shares of the thermogram's width for each of its pixels
    return Placement(SHIFT[0] / width - LEFT * across, SHIFT[1] / height, across * PHOTO[1], SCALE)
