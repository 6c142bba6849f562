"""Files that are no single thermogram, and what is said of them."""

from __future__ import annotations

from vision.errors import UserError
from vision.infrared.thermogram.cameras.readers import reader
from vision.infrared.thermogram.cameras.recording import Recording


def video() -> UserError:
    """Return what is said of a video."""
    return UserError("this is a video", "single thermograms are accepted",
                     "export one picture of it in the camera's program")


def is_video(content: bytes) -> bool:
    """Return whether a file begins as videos do: MP4 and MOV, AVI, Matroska, MPEG."""
    return ((content[4:8] == b"ftyp" and content[8:12] not in (b"heic", b"heif", b"avif", b"mif1"))
            or (content[:4] == b"RIFF" and content[8:11] == b"AVI")
            or content[:4] in (b"\x1a\x45\xdf\xa3", b"\0\0\1\xba", b"\0\0\1\xb3"))


@reader("video", is_video)
def read(content: bytes) -> Recording:
    """Say that it is a video."""
    raise video()
