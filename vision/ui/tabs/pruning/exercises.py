"""What each exercise of the slimming lesson sets."""

from __future__ import annotations

from vision.ui.lessons.exercises import Exercise

SMALL = {"model": "vgg16-drawings"}  # a network that answers at once, on any machine
EXERCISES = (
    Exercise("thin", "ratio", {**SMALL, "ratio": 0.9}),
    Exercise("free", "go", {**SMALL, "ratio": 0.6}),
    Exercise("random", "go", {**SMALL, "ratio": 0.3, "criterion": "random"}, "criterion"),
    Exercise("tune", "go", {**SMALL, "ratio": 0.7, "parts": "tune", "tune-steps": 60},
             "tune-steps"),
    Exercise("lambda", "sparsity", {"own": True, "sparsity": 0, "train-steps": 200}),
)
