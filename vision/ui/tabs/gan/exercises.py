"""What each exercise of the GAN lesson sets."""

from __future__ import annotations

from vision.ui.lessons.exercises import Exercise

EXERCISES = (
    Exercise("best", "run", {"parts": "lab", "place": "gaussian", "k": 5}, "k"),
    Exercise("collapse", "run", {"parts": "lab", "place": "ring", "generator-steps": 10,
                                 "cure": "none"}, "generator-steps"),
    Exercise("slant", "explore-go", {"parts": "explore", "model": "cgan-mnist", "kind": "table"},
             "kind"),
    Exercise("alike", "go", {"model": "cdcgan-mnist", "count": 200, "truncation": 0.1,
                            "settings": True},
             "truncation"),
)
