"""The few words of the wire format of protocol buffers that cameras' files need."""

from __future__ import annotations

import struct
from typing import Any

from vision.infrared.thermogram.cameras.content import part

VARINT, EIGHT, MESSAGE, FOUR = 0, 1, 2, 5
MOST_FIELDS = 10_000
MOST_BYTES = 10  # of one number


def fields(content: bytes) -> dict[int, list[Any]]:
    """Return the values of a message by their numbers: ints, bytes, or floats of four bytes."""
    found: dict[int, list[Any]] = {}
    place = 0
    for _ in range(MOST_FIELDS):
        if place >= len(content):
            return found
        key, place = varint(content, place)
        value, place = value_of(content, place, key & 7)
        found.setdefault(key >> 3, []).append(value)
    raise ValueError("more fields than a camera writes")


def value_of(content: bytes, place: int, kind: int) -> tuple[Any, int]:
    """Return a value of a kind, and where the next field begins."""
    if kind == VARINT:
        return varint(content, place)
    if kind == FOUR:
        return struct.unpack("<f", part(content, place, 4))[0], place + 4
    if kind == EIGHT:
        return struct.unpack("<d", part(content, place, 8))[0], place + 8
    if kind != MESSAGE:
        raise ValueError(f"a field of kind {kind}")
    length, place = varint(content, place)
    return part(content, place, length), place + length


def varint(content: bytes, place: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, and where it ends."""
    value = 0
    for step in range(MOST_BYTES):
        byte = part(content, place + step, 1)[0]
        value |= (byte & 127) << 7 * step
        if byte < 128:
            return value, place + step + 1
    raise ValueError("a number without an end")
