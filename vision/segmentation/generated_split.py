"""Samples that are generated: a split is a range of seeds of its own."""

from __future__ import annotations

from vision.errors import UserError


class GeneratedSplit:
    """Generated samples; a subclass names its ranges of seeds and makes a sample from one."""

    RANGES: dict[str, range]

    def __init__(self, split: str) -> None:
        if split not in self.RANGES:
            raise UserError("there is no split '{split}'", "train and val are accepted",
                            "choose one of them", split=split)
        self.seeds = self.RANGES[split]

    def __len__(self) -> int:
        return len(self.seeds)
