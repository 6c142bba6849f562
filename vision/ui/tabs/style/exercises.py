"""What each exercise of the style lesson sets."""

from __future__ import annotations

from vision.ui.lessons.exercises import Exercise
from vision.ui.tabs.style.shared import OFF, PAINTINGS

WAVE = str(PAINTINGS / "wave.jpg")
OPENED = {"settings": True, "rare": True}  # so that what is set can be seen
EXERCISES = (
    Exercise("layer", "go", {**OPENED, "style-layers": (0,)}, "style-layers"),
    Exercise("noise", "go", {**OPENED, "content-power": OFF, "start": "noise"}, "start"),
    Exercise("smooth", "tv-power", {"tv-power": 3.0}),
    Exercise("tenfold", "go", {"content-power": 1.0, "style-power": 5.0, "tv-power": 2.75},
             "style-power"),
    Exercise("once", "forward-go", {"parts": "forward", "style": WAVE}, "painter"),
)
