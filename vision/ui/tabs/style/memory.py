"""What a painting takes of the memory that all heavy work shares, as it was measured.

Paintings take turns. Most of what one takes it needs only in its turn; the rest stays between them,
and of that all paintings together have a budget of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from vision.style.objectives.tiles import CORE, EDGE, LARGE
from vision.ui.shell.memory_budget import BUDGET, DECODED, Budget, Need
from vision.ui.tabs.style.controls import NAMES

TILE = (CORE + 2 * EDGE) ** 2  # pixels of a tile; larger paintings are seen tile by tile
KEPT = 220.0  # bytes of each pixel of all tiles
STAYS = 120.0  # bytes of each pixel between turns: canvas, slope, moments, targets, the last frame
PAINTINGS = Budget(0.2 * BUDGET.whole, patience=600.0)  # what stays of all paintings
Size = tuple[float, float]  # height, width


class Needs(NamedTuple):
    """What a painting takes, in bytes: at any size, of each pixel that is seen at once, and of each
    pixel of all for the steps that an optimizer remembers."""

    fixed: float
    seen: float
    remembered: float = 0.0


NEEDS = {"slim": Needs(0.08e9, 790.0), "bundled": Needs(0.15e9, 1650.0),
         "imagenet": Needs(0.15e9, 1650.0)}  # of each network that sees
MOST = NEEDS["bundled"]
HISTORY = {"lbfgs": 2 * 20 * 12.0}  # of an optimizer's last twenty steps and slopes


def needs_of(extractor: Any, optimizer: Any = None) -> Needs:
    """Return what a network and an optimizer need; those that are not known are refused later."""
    return NEEDS.get(str(extractor), MOST)._replace(
        remembered=HISTORY.get(str(optimizer), 0.0))


def bytes_of(height: float, width: float, needs: Needs = MOST) -> float:
    """Return how many bytes a painting of a size takes while it forms."""
    pixels = height * width
    at_once, kept = (pixels, 0.0) if pixels < LARGE else (TILE, KEPT)
    return needs.fixed + needs.seen * at_once + (needs.remembered + kept) * pixels


def fitting_side(height: int, width: int, needs: Needs = MOST) -> int:
    """Return the longest side at which a painting of this shape fits into all there is."""
    room, other = BUDGET.whole - needs.fixed, needs.remembered
    tiled = (room - needs.seen * TILE) / (KEPT + other)
    whole = min(room / (needs.seen + other), LARGE - 1.0)
    pixels = tiled if tiled >= LARGE else whole
    return int(max(height, width) * (pixels / (height * width)) ** 0.5)


def asked(given: dict[str, Any]) -> Needs:
    """Return what the network and the optimizer need that a run is asked for."""
    values = given.get("controls") or (given.get("inputs") or ())[-len(NAMES):]
    named = {**dict(zip(NAMES, values, strict=False)), **given}
    return needs_of(named.get("extractor"), named.get("optimizer"))


def a_painting(given: dict[str, Any]) -> float:
    """Return the need of a run that paints the content at the chosen size, in one go."""
    size = new_size(given)
    return bytes_of(*size, asked(given)) + decoding_of(given["content"]) if size else 0.0


def decoding_of(content: str | None) -> float:
    """Return what decoding a content takes."""
    from vision.images import pixels_of

    return DECODED * pixels_of(content)


def going_on(given: dict[str, Any]) -> float:
    """Return the need of a look at the session's painting."""
    return bytes_of(*same_size(given), asked(given))


def stays(size_of: Callable[[dict[str, Any]], Size | None]) -> Need:
    """Return the need of a painting of a size between its turns, whose turns fit, too."""

    def need(given: dict[str, Any]) -> float:
        size = size_of(given)
        if size is None:
            return 0.0
        needs = asked(given)
        BUDGET.check(bytes_of(*size, needs))
        tiled = KEPT if size[0] * size[1] >= LARGE else 0.0
        return (STAYS + needs.remembered + tiled) * size[0] * size[1]

    return need


def new_size(given: dict[str, Any]) -> Size | None:
    """Return the size at which the content is painted; what cannot be read is refused in a moment.
    """
    from vision.images import pixels_of, upright_size

    if not pixels_of(given["content"]):
        return None
    width, height = upright_size(given["content"])
    share = given["size"] / max(width, height)
    return share * height, share * width


def same_size(given: dict[str, Any]) -> Size:
    """Return the size of the session's painting."""
    return sized(given, given["studio"].grown(1, asked(given)))


def double_size(given: dict[str, Any]) -> Size:
    """Return the size of the session's painting once it is refined, or what fits."""
    return sized(given, given["studio"].grown(2, asked(given)))


def rest_size(given: dict[str, Any]) -> Size | None:
    """Return the size of what a pause has left, if any."""
    rest = given["studio"].rest
    return sized(given, max(rest.sides)) if rest else None


def sized(given: dict[str, Any], side: float) -> Size:
    """Return the size of the session's painting whose longer side is so long."""
    height, width = given["studio"].painted().shape[:2]
    scale = side / max(height, width)
    return scale * height, scale * width
