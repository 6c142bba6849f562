"""DJI's R-JPEG: the sensor's numbers in APP3 segments, what it was set to in APP4.

How these numbers become degrees, only DJI's own library knows; so the field goes to the detector
as it is, and the two ends of the scale say what it means. (Cameras with a FLIR core write FLIR's
container instead, and are read by its reader.)
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from vision.errors import UserError
from vision.infrared.thermogram.cameras.content import damaged, numbers, words
from vision.infrared.thermogram.cameras.jpeg_segments import SOI, segments, size_of
from vision.infrared.thermogram.cameras.readers import reader
from vision.infrared.thermogram.cameras.recording import (
    Parameters,
    Recording,
    printable,
    recorded,
)

KIND = "DJI R-JPEG"
APP1, APP3, APP4 = 0xE1, 0xE3, 0xE4
LEAST, MOST = 2 * 32 * 32, 16_000_000  # bytes of a field
SHRINKS = (1, 2, 4)  # how many pixels of the picture one of the field's is wide
H20T, M30T = b"\xaa\x55\x12\x06", b"\xaa\x55\x38\x00"
M3T = re.compile(rb"^(?:.{32})?.{32}\x2c\x01\x20\0", re.DOTALL)


def recognises(content: bytes) -> bool:
    """Return whether a JPEG says that DJI made it, and holds a field."""
    if not content.startswith(SOI) or b"DJI" not in content[:200_000]:
        return False
    return sum(len(payload) for marker, payload in segments(content) if marker == APP3) >= LEAST


@reader(KIND, recognises, order=1)
def read(content: bytes) -> Recording:
    """Return the sensor's numbers, without degrees."""
    raw = b"".join(payload for marker, payload in segments(content) if marker == APP3)[:MOST]
    size = size_of(content)
    fits = [(size[0] // by, size[1] // by) for by in SHRINKS
            if 2 * (size[0] // by) * (size[1] // by) == len(raw)] if size else []
    if not fits:
        raise damaged(KIND)
    settings = b"".join(payload for marker, payload in segments(content) if marker == APP4)
    found = recorded(KIND, words(raw, 0, fits[0]).astype(np.float32), degrees=False,
                     parameters=parameters(settings, content))
    return replace(found, said=(*found.said, no_degrees()))


def no_degrees() -> UserError:
    """Return what is said of a field without degrees."""
    return UserError("only the maker's own library turns this camera's numbers into degrees",
                     "", "give the two ends of the scale, or export a TIFF of temperatures")


def parameters(settings: bytes, content: bytes) -> Parameters:
    """Return what the camera was set to, from the one of three layouts that is there."""
    model = re.search(rb"(?:ZH\d+[A-Z]*|M\dT|M\d\dT|M2EA|MAVIC2-ENTERPRISE-ADVANCED|XT ?S)",
                      content[:4000])
    camera = f"DJI {printable(model.group().decode())}" if model else "DJI"
    if settings.startswith(H20T):
        distance, humidity, emissivity, reflected, air = numbers("<5H", settings, 0x44)
        return Parameters(emissivity / 100 if emissivity else None, reflected / 10, air / 10,
                          distance / 10, humidity / 100, camera)
    if settings[32:36] == M30T:
        humidity, distance, emissivity, reflected = numbers("<4H", settings, 36)
        return Parameters(emissivity / 100 if emissivity else None, reflected / 10, None,
                          distance / 10, humidity / 100, camera)
    if M3T.match(settings):
        air, distance, emissivity, humidity, reflected = (
            round(value, 4) for value in numbers("<5f", settings, 0))
        return Parameters(emissivity, reflected, air, distance, humidity, camera)
    return Parameters(camera=camera)
