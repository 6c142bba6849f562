"""What a painting takes of the memory that all heavy work shares, as it was measured."""

from __future__ import annotations

from typing import Any, NamedTuple

from vision.style.objectives.tiles import CORE, EDGE, LARGE
from vision.ui.shell.memory_budget import BUDGET, DECODED
from vision.ui.tabs.style.controls import NAMES

TILE = (CORE + 2 * EDGE) ** 2  # pixels of a tile; larger paintings are seen tile by tile
KEPT = 220.0  # bytes of each pixel of all tiles


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
    """Return the need of a run that paints the content at the chosen size."""
    from vision.images import pixels_of, upright_size

    content, side = given["content"], given["size"]
    if not pixels_of(content):
        return 0.0  # it is refused in a moment
    width, height = upright_size(content)
    share = side / max(width, height)
    return (bytes_of(share * height, share * width, asked(given))
            + DECODED * pixels_of(content))


def going_on(given: dict[str, Any], grow: int = 1) -> float:
    """Return the need of a run that goes on with the session's painting, perhaps larger."""
    return _at(given, given["studio"].grown(grow, asked(given)))


def refining(given: dict[str, Any]) -> float:
    """Return the need of a run at double size, or at what fits."""
    return going_on(given, 2)


def resuming(given: dict[str, Any]) -> float:
    """Return the need of a run that paints what a pause has left."""
    rest = given["studio"].rest
    return _at(given, max(rest.sides)) if rest else 0.0


def _at(given: dict[str, Any], side: float) -> float:
    height, width = given["studio"].painted().shape[:2]
    scale = side / max(height, width)
    return bytes_of(scale * height, scale * width, asked(given))
