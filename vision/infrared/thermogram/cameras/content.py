"""The bytes of a camera's file, read so that nothing lies outside of them."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from vision.errors import UserError
from vision.images import check_size
from vision.infrared.thermogram.cameras.recording import MEGAPIXELS

MOST_BYTES = 64_000_000  # of a camera's file


def part(content: bytes, start: int, length: int) -> bytes:
    """Return some bytes of a file, or raise if the file ends before them."""
    if start < 0 or length < 0 or start + length > len(content):
        raise cut_short(start + length, len(content))
    return content[start : start + length]


def numbers(kind: str, content: bytes, start: int) -> tuple[Any, ...]:
    """Return the numbers that stand at a place of a file, in the format of `struct`."""
    return struct.unpack(kind, part(content, start, struct.calcsize(kind)))


def words(content: bytes, start: int, size: tuple[int, int], kind: str = "<u2") -> np.ndarray:
    """Return a field (H, W) of numbers of two bytes; its size is checked before it is read."""
    height, width = size
    check_size((width, height), MEGAPIXELS)
    raw = part(content, start, 2 * height * width)
    return np.frombuffer(raw, kind).reshape(height, width)


def text(content: bytes) -> str:
    """Return letters up to the first zero."""
    return content.partition(b"\0")[0].decode("latin-1").strip()


def cut_short(wanted: int, found: int) -> UserError:
    """Return what is said of a file that ends too early, or points outside itself."""
    return UserError("the camera's file ends after {found} of at least {wanted} bytes",
                     "whole files are accepted", "copy it from the camera again", found=found,
                     wanted=wanted)


def damaged(kind: str) -> UserError:
    """Return what is said of a file that begins like one of a kind and does not go on so."""
    return UserError("the file begins as '{kind}' does, but what follows cannot be read",
                     "files as the camera wrote them are accepted",
                     "copy it from the camera again", kind=kind)
