"""The photograph of the same moment, laid over its thermogram."""

from __future__ import annotations

import functools

import cv2
import numpy as np

from vision.errors import UserError
from vision.images import read_picture
from vision.infrared.thermogram.cameras.recording import Recording

LONGEST = 1280  # pixels of a photograph's longer side
FINER = 2  # how many of its pixels lie on one of the thermogram's, at most
DARK = 6  # mean brightness below which a photograph was taken at night


@functools.lru_cache(maxsize=8)
def laid_over(recording: Recording | None, size: tuple[int, ...]) -> np.ndarray | None:
    """Return the photograph as it lies over a thermogram of `size` (H, W), or None.

    It is up to twice as fine as the thermogram; where it does not reach, it is black.
    """
    photo = opened(recording)
    if recording is None or photo is None:
        return None
    place, finer = recording.placement, min(FINER, LONGEST / max(size))
    height, width = round(finer * size[0]), round(finer * size[1])
    across, down = place.width * width / photo.shape[1], place.height * height / photo.shape[0]
    half = (across - 1) / 2, (down - 1) / 2  # places are those of pixels' edges, not middles
    move = np.array([[across, 0, place.left * width + half[0]],
                     [0, down, place.top * height + half[1]]])
    return cv2.warpAffine(photo, move, (width, height), flags=cv2.INTER_LINEAR)


def opened(recording: Recording | None) -> np.ndarray | None:
    """Return the photograph of a recording, uint8 (H, W, 3), if it has one that shows anything."""
    if recording is None or recording.photograph is None:
        return None
    try:
        photo = read_picture(recording.photograph, LONGEST)
    except UserError:
        return None
    return photo if photo.mean() >= DARK else None
