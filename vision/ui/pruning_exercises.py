"""What each exercise of the slimming lesson sets."""

from __future__ import annotations

from vision.ui.exercises import Exercise

EXERCISES = (
    Exercise("thin", "ratio", {"ratio": 0.9}),
    Exercise("free", "go", {"ratio": 0.6}),
    Exercise("random", "go", {"ratio": 0.3, "criterion": "random"}),
    Exercise("tune", "go", {"ratio": 0.7, "parts": "tune", "tune-steps": 60}),
    Exercise("lambda", "sparsity", {"own": True, "sparsity": 0, "train-steps": 200}),
)
