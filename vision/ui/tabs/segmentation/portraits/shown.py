"""A person out of a picture: found, laid before something else, and told."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.ui.components.html import clock, percent, tiles
from vision.ui.text import say

if TYPE_CHECKING:
    import numpy as np

    from vision.checkpoints import Model

BEHIND = ("blurred", "picture", "shown")  # what is behind a person, or how much is the person's
ORANGE = (240, 120, 30)


def found(model: Model, picture: np.ndarray) -> tuple[np.ndarray, float]:
    """Return how much of each pixel is the person's, and how long that took."""
    from vision.segmentation.portraits import check, person

    check(model)
    begun = time.perf_counter()
    return person(model, picture), time.perf_counter() - begun


def composed(picture: np.ndarray, person: np.ndarray, behind: str, other: str | None
             ) -> np.ndarray:
    """Return the person before what is chosen; without another picture, before a blurred one."""
    import numpy as np

    from vision.segmentation.portraits import blurred, in_front_of

    if behind == "shown":
        tint = (0.4 * picture + 0.6 * np.array(ORANGE)).astype(np.uint8)
        return in_front_of(tint, person, picture)
    size = (picture.shape[0], picture.shape[1])
    instead = (backdrop(other, size) if behind == "picture" and other
               else blurred(picture, person))
    return in_front_of(picture, person, instead)


@functools.lru_cache(maxsize=8)
def backdrop(path: str, size: tuple[int, int]) -> np.ndarray:
    """Return the middle of a picture at a size, read once for all frames of a stream."""
    from vision.images import read_picture
    from vision.segmentation.portraits import filling

    return filling(read_picture(path, 2 * max(size)), size)


def told(part: float, seconds: float, request: gr.Request | None, rate: float = 0.0) -> Markup:
    """Return how much of the picture a person covers, and how fast that was."""
    facts = {say("segmentation.person_share", request): percent(part),
             say("segmentation.person_time", request): clock(seconds)}
    if rate:
        facts[say("segmentation.person_rate", request)] = f"{rate:.0f}"
    return tiles(facts)
