"""Which places on the leaderboard are sure: by the pictures that `evaluate --keep` wrote on cards.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from vision import checkpoints
from vision.bootstrap import Interval
from vision.segmentation.certainty.bootstrap import Tally, difference, interval

ONE_DRIVE = ("camvid val",)  # splits whose pictures are frames of one drive, alike to each other


@dataclass(frozen=True)
class Standing:
    """A model's mean IoU with its interval, and how far it is ahead of the next one."""

    interval: Interval | None = None
    lead: Interval | None = None

    def as_json(self) -> dict[str, Any]:
        """Return both in plain types."""
        return asdict(self)

    def cells(self) -> tuple[str, str]:
        """Return both as a table shows them."""
        return ("–" if self.interval is None else points(self.interval, ".1f"),
                "–" if self.lead is None else
                f"{points(self.lead, '+.1f')} {'sure' if self.lead.decided else 'not sure'}")


def points(found: Interval, form: str) -> str:
    """Return between which points of mean IoU it lies."""
    return f"{100 * found.low:{form}}…{100 * found.high:{form}}"


def standings(paths: Sequence[Path]) -> tuple[Standing, ...]:
    """Return for models, the best first, how sure each one's number and each one's lead is."""
    known = [kept(path, checkpoints.version(path)) for path in paths]
    nexts = [*known[1:], None]
    return tuple(Standing(interval(own[1]) if own else None,
                          difference(own[1], other[1]) if own and other and alike(own, other)
                          else None) for own, other in zip(known, nexts, strict=True))


@functools.lru_cache(maxsize=64)
def kept(path: Path, changed: float) -> tuple[str, Tally] | None:
    """Return the split and the pictures that a card keeps, if it does."""
    found = checkpoints.read_card(path).metrics.get("pictures")
    return (str(found["split"]), Tally.from_json(found)) if isinstance(found, dict) else None


def alike(own: tuple[str, Tally], other: tuple[str, Tally]) -> bool:
    """Return whether two models were measured on the same pictures."""
    return own[0] == other[0] and own[1].hits.shape == other[1].hits.shape
