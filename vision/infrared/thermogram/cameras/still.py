"""The picture in a camera's file that can be shown although its field cannot be read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import numpy as np

from vision.errors import UserError
from vision.images import read_picture

JPEG, ZIP, ENTRY = b"\xff\xd8\xff", b"PK\3\4", b"PK\1\2"
MOST_FILES, MOST_BYTES, MOST_TRIES = 200, 16_000_000, 4


def still_in(content: bytes, longest: int | None = None) -> np.ndarray | None:
    """Return the first picture, uint8 (H, W, 3), that can be decoded from a file's bytes."""
    for candidate in candidates(content):
        try:
            return read_picture(candidate, longest)
        except UserError:
            continue
    return None


def candidates(content: bytes) -> Iterator[bytes]:
    """Yield the file itself, what looks like a JPEG inside it, and the pictures of a zip."""
    yield content
    place = 0
    for _ in range(MOST_TRIES):
        place = content.find(JPEG, place + 1)
        if place < 0:
            break
        yield content[place:]
    if content.startswith(ZIP) and content.count(ENTRY) <= MOST_FILES:
        yield from pictures_of(content)


def pictures_of(content: bytes) -> Iterator[bytes]:
    """Yield the first pictures of a zip, as far as it can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            pictures = [entry for entry in archive.infolist()
                        if entry.filename.lower().endswith((".jpg", ".jpeg", ".png", ".bmp"))]
            for entry in pictures[:MOST_TRIES]:
                with archive.open(entry) as file:
                    yield file.read(MOST_BYTES)
    except Exception:  # whatever is broken in it: there is no picture then
        return
