"""The application segments of a JPEG: where cameras keep what they measured."""

from __future__ import annotations

from collections.abc import Iterator

SOI = b"\xff\xd8"
MOST_SEGMENTS = 2000
SOS = 0xDA  # the picture's data begin
ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
SIZES = {0xC0, 0xC1, 0xC2}  # markers of frames, which say how large the picture is


def segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and payload of each segment before the picture's data; a broken one ends it."""
    place = 2 if content.startswith(SOI) else len(content)
    for _ in range(MOST_SEGMENTS):
        if place + 4 > len(content) or content[place] != 0xFF:
            return
        marker = content[place + 1]
        if marker == SOS:
            return
        if marker in ALONE or marker == 0xFF:  # 0xFF fills
            place += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(content[place + 2 : place + 4], "big")
        if length < 2:
            return
        yield marker, content[place + 4 : place + 2 + length]
        place += 2 + length


def size_of(content: bytes) -> tuple[int, int] | None:
    """Return height and width of a JPEG's picture, if its header says them."""
    for marker, payload in segments(content):
        if marker in SIZES and len(payload) >= 5:
            return int.from_bytes(payload[1:3], "big"), int.from_bytes(payload[3:5], "big")
    return None
