"""The settings that every training has, and their limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from vision.devices import PRECISIONS
from vision.errors import UserError
from vision.options import REQUIRED, option, within

Limits = dict[str, tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """The settings that every training has; what each begins with, it says itself."""

    LIMITS: ClassVar[Limits] = {"seed": (0, 2**63 - 1), "steps": (1, 10**9),
                                "save_every": (1, 10**9)}

    seed: int = option(0, "seed of weights, order and augmentation")
    steps: int = option(REQUIRED, "how many steps to train")
    batch: int | tuple[int, ...] = option(REQUIRED, "pictures a step, over all processes")
    precision: str = option("auto", "auto, bf16 or fp32", lambda: list(PRECISIONS))
    save_every: int = option(200, "save the state of the run every so many steps")
    rate_turn: tuple[float, ...] = option((), "a step, and how many times as high the learning "
                                              "rate is from there on")
    output: Path = option(REQUIRED, "the checkpoint to write")

    def check(self, **own: tuple[float, float]) -> None:
        """Raise for a setting outside its limits: those that all have, and some of one's own."""
        within(self, **self.LIMITS | own)
        if self.rate_turn and not (len(self.rate_turn) == 2 and self.rate_turn[0] >= 1 and float(
                self.rate_turn[0]).is_integer() and 0 < self.rate_turn[1] <= 1000):
            raise UserError("the rate turns at {turn}", "a step and a factor up to 1000 are "
                            "accepted", "try --rate-turn 100 0.5", turn=self.rate_turn)


@dataclass(frozen=True, kw_only=True)
class ValidatingConfig(TrainingConfig):
    """The settings of a training that can be measured on its way, not only at its end."""

    LIMITS: ClassVar[Limits] = {**TrainingConfig.LIMITS, "val_every": (0, 10**9)}

    val_every: int = option(0, "measure on the val split every so many steps; 0 is at the end only")
