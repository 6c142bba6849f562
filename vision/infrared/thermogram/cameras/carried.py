"""A picture that carries the file of a camera: what a page can show, and still read whole.

The file lies in a private chunk of a PNG, which programs that do not know it leave out.
"""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
from PIL import Image

PNG, CHUNK, END = b"\x89PNG\r\n\x1a\n", b"thRm", b"IEND"
MOST_CHUNKS = 5000


def carrying(picture: np.ndarray, content: bytes) -> bytes:
    """Return a picture (H, W, 3) as a PNG that carries a file."""
    written = io.BytesIO()
    Image.fromarray(picture).save(written, "PNG")
    whole = written.getvalue()
    chunk = (struct.pack(">I", len(content)) + CHUNK + content
             + struct.pack(">I", zlib.crc32(CHUNK + content)))
    return whole[:-12] + chunk + whole[-12:]  # before the last chunk, which has 12 bytes


def carried(content: bytes) -> bytes | None:
    """Return the file that a picture carries, if it carries one whole."""
    if not content.startswith(PNG) or CHUNK not in content:
        return None
    place = len(PNG)
    for _ in range(MOST_CHUNKS):
        if place + 12 > len(content):
            return None
        length = int.from_bytes(content[place : place + 4], "big")
        name = content[place + 4 : place + 8]
        if name == CHUNK:
            inside = content[place + 8 : place + 8 + length]
            return inside if len(inside) == length else None
        if name == END:
            return None
        place += 12 + length
    return None
