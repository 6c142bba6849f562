"""InfiRay's .irg: a header, a field of 8 bits to look at, one of 16 bits in kelvin, a photograph.
"""

from __future__ import annotations

import numpy as np

from vision.images import check_size
from vision.infrared.thermogram.cameras.content import damaged, numbers, part, words
from vision.infrared.thermogram.cameras.readers import reader
from vision.infrared.thermogram.cameras.recording import (
    MEGAPIXELS,
    Parameters,
    Recording,
    recorded,
)
from vision.infrared.thermogram.radiometry import KELVIN, apparent

KIND = "InfiRay IRG"
STEPS = {b"\xca\xac": 16, b"\xba\xab": 10, b"\x04\xa0": 10}  # of a kelvin, by the first two bytes
ENDS = b"\xac\xca"  # of the header; the third of these cameras writes another one
TENTHS = 1  # a mark of the first of these: it counts in tenths after all
PARTS = 10_000  # of what is stored in the header: emissivity, kelvin, metres, humidity
LONGEST = 4096  # bytes of a header


def recognises(content: bytes) -> bool:
    """Return whether a file begins as these do, and its two sizes belong together."""
    if content[:2] not in STEPS or len(content) < 34:
        return False
    length, pixels, height, width = numbers("<HIHH", content, 2)
    return 78 <= length <= LONGEST and 0 < pixels == height * width


@reader(KIND, recognises)
def read(content: bytes) -> Recording:
    """Return the field as temperatures of a black body; the camera's own are after its settings."""
    length, pixels, height, width, mark = numbers("<HIHHH", content, 2)
    check_size((width, height), MEGAPIXELS)
    header = part(content, 0, length)
    if header[:2] != b"\x04\xa0" and not header.endswith(ENDS):
        raise damaged(KIND)
    steps = 10 if mark == TENTHS else STEPS[header[:2]]
    values = words(content, length + pixels, (height, width)).astype(np.float64)
    known = parameters(header)
    celsius = seen_of(values / steps - KELVIN, known)
    (size,) = numbers("<I", header, 22)
    rest = content[length + 3 * pixels :]
    photograph = rest[: size or None] if rest.startswith(b"\xff\xd8") else None
    return recorded(KIND, celsius, degrees=True, parameters=known, photograph=photograph)


def parameters(header: bytes) -> Parameters:
    """Return what the camera was set to."""
    emissivity, reflected, air, distance, humidity = (
        value / PARTS for value in numbers("<5I", header, 30))
    return Parameters(emissivity=emissivity or None,
                      reflected=round(reflected - KELVIN, 2) if reflected else None,
                      air=round(air - KELVIN, 2) if air else None, distance=distance or None,
                      humidity=humidity or None, camera="InfiRay")


def seen_of(celsius: np.ndarray, known: Parameters) -> np.ndarray:
    """Return the temperatures that a black body would have, from those after a camera's settings.
    """
    possible, _ = known.checked()
    if possible.emissivity is None or possible.reflected is None:
        return celsius
    return np.asarray(apparent(celsius, possible.emissivity, possible.reflected))
