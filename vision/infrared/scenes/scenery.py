"""All that a part needs to be painted: where, seen by which camera, in which air."""

from __future__ import annotations

from typing import NamedTuple

from .canvas import Canvas
from .truth import Air
from .view import Place


class Scenery(NamedTuple):
    """All that a part needs to be painted."""

    canvas: Canvas
    place: Place
    air: Air
    transmission: float = 1.0  # of the air between the camera and the thing
