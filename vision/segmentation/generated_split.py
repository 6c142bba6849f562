"""Splits of a data set, and samples that are generated: a split is a range of seeds of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from vision.errors import UserError

Part = TypeVar("Part")


def of_split(split: str, parts: Mapping[str, Part]) -> Part:
    """Return what a data set has for a split, or raise if it has none."""
    if split not in parts:
        raise UserError("there is no split '{split}'", "train and val are accepted",
                        "choose one of them", split=split)
    return parts[split]


class GeneratedSplit:
    """Generated samples; a subclass names its ranges of seeds and makes a sample from one."""

    RANGES: dict[str, range]

    def __init__(self, split: str) -> None:
        self.seeds = of_split(split, self.RANGES)

    def __len__(self) -> int:
        return len(self.seeds)
