"""What each exercise of the infrared lesson sets."""

from __future__ import annotations

from vision.ui.lessons.exercises import Exercise

EXERCISES = (
    Exercise("scale", "go", {"low": None, "high": None}),
    Exercise("score", "go", {"threshold": 0.1}),
    Exercise("shine", "go", {"physics": True, "emissivity": 0.6, "reflected": 20}),
    Exercise("box", "boxes-go", {"parts": "boxes"}),
    Exercise("texture", "glcm-go", {"parts": "glcm", "distance": 1, "angle": 0}),
)
