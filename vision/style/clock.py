"""How long a painting takes, without its pauses, and how long the rest will take."""

from __future__ import annotations

import time

from vision.style.settings import Settings

EVERY = 0.2  # seconds from one frame to the next


class Clock:
    """Counts the steps of pass after pass; a step's time grows with the pixels of its pass."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.seconds, self._begun = 0.0, 0.0
        self._number, self._steps = 0, 0
        self._then, self._shown = time.perf_counter(), 0.0

    def begin(self, number: int) -> None:
        """Start to count a pass."""
        self.count(0)
        self._number, self._steps, self._begun = number, 0, self.seconds

    def count(self, steps: int) -> None:
        """Count steps that were just done."""
        now = time.perf_counter()
        self.seconds, self._then = self.seconds + now - self._then, now
        self._steps += steps

    def resume(self) -> None:
        """Forget the time since the last step."""
        self._then = time.perf_counter()

    def due(self) -> bool:
        """Return whether it is time for a frame, and count it as shown if so."""
        now = time.perf_counter()
        if now - self._shown < EVERY:
            return False
        self._shown = now
        return True

    @property
    def left(self) -> float:
        """Return the seconds that the remaining steps will take at the pace of this pass.

        A pass that began anew has taken more steps than it has.
        """
        pace = (self.seconds - self._begun) / max(self._steps, 1)
        pixels = [(side / self.settings.sides[self._number]) ** 2 for side in self.settings.sides]
        rest = [steps * size for steps, size in zip(self.settings.steps, pixels, strict=True)]
        return pace * max(sum(rest[self._number :]) - self._steps, 0)
