"""What a painting takes of the memory that all heavy work shares, as it was measured."""

from __future__ import annotations

from typing import Any

from vision.style.tiles import CORE, EDGE, LARGE
from vision.ui.shell.memory_budget import BUDGET, DECODED

FIXED, PAINTED = 0.15e9, 1650.0  # bytes of any painting, and of each of its pixels
TILED, KEPT = PAINTED * (CORE + 2 * EDGE) ** 2, 220.0  # of a tile, and of each pixel of all tiles


def bytes_of(height: float, width: float) -> float:
    """Return how many bytes a painting of a size takes while it forms."""
    pixels = height * width
    return FIXED + (PAINTED * pixels if pixels < LARGE else TILED + KEPT * pixels)


def fitting_side(height: int, width: int) -> int:
    """Return the longest side at which a painting of this shape fits into all there is."""
    room = BUDGET.whole - FIXED
    tiled, whole = (room - TILED) / KEPT, min(room / PAINTED, LARGE - 1.0)
    pixels = tiled if tiled >= LARGE else whole
    return int(max(height, width) * (pixels / (height * width)) ** 0.5)


def a_painting(given: dict[str, Any]) -> float:
    """Return the need of a run that paints the content at the chosen size."""
    from vision.images import pixels_of, upright_size

    content, side = given["content"], given["size"]
    if not pixels_of(content):
        return 0.0  # it is refused in a moment
    width, height = upright_size(content)
    share = side / max(width, height)
    return bytes_of(share * height, share * width) + DECODED * pixels_of(content)


def going_on(given: dict[str, Any], grow: int = 1) -> float:
    """Return the need of a run that goes on with the session's painting, perhaps larger."""
    height, width = given["studio"].painted().shape[:2]
    scale = given["studio"].grown(grow) / max(height, width)
    return bytes_of(scale * height, scale * width)


def refining(given: dict[str, Any]) -> float:
    """Return the need of a run at double size, or at what fits."""
    return going_on(given, 2)
