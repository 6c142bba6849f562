"""What each exercise of the style lesson sets."""

from __future__ import annotations

from vision.ui.lessons.exercises import Exercise
from vision.ui.tabs.style.shared import OFF, PAINTINGS

WAVE = str(PAINTINGS / "wave.jpg")
EXERCISES = (
    Exercise("layer", "go", {"style-layers": (0,)}),
    Exercise("noise", "go", {"content-power": OFF, "start": "noise"}),
    Exercise("smooth", "tv-power", {"tv-power": 3.0}),
    Exercise("tenfold", "go", {"content-power": 1.0, "style-power": 5.0, "tv-power": 2.75}),
    Exercise("once", "forward-go", {"parts": "forward", "style": WAVE}),
)
