"""All that a part needs to be painted: where, seen by which camera, in which air."""

from __future__ import annotations

from typing import NamedTuple

from vision.infrared.scenes.canvas import Canvas
from vision.infrared.scenes.truth import Air
from vision.infrared.scenes.view import Place


class Scenery(NamedTuple):
    """All that a part needs to be painted."""

    canvas: Canvas
    place: Place
    air: Air
    transmission: float = 1.0  # of the air between the camera and the thing
