"""What each exercise of the infrared lesson sets."""

from __future__ import annotations

from vision.ui.lessons.exercises import Exercise

EXERCISES = (
    Exercise("scale", "go", {"settings": True, "low": None, "high": None}, "low"),
    Exercise("score", "go", {"threshold": 0.1}, "threshold"),
    Exercise("shine", "go", {"settings": True, "physics": True, "emissivity": 0.6,
                            "reflected": 20}, "emissivity"),
    Exercise("box", "boxes-go", {"parts": "boxes"}),
    Exercise("texture", "glcm-go", {"parts": "glcm", "distance": 1, "angle": 0}, "distance"),
)
