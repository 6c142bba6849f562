"""What each exercise of the segmentation lesson sets."""

from __future__ import annotations

from vision.ui.lessons.exercises import Exercise
from vision.ui.tabs.segmentation import pretrained
from vision.ui.tabs.segmentation.studies.playground import POLE

EXERCISES = (
    Exercise("lies", "grow", {"parts": "play", "view-as": "binary", "focus": POLE, "grow": -16}),
    Exercise("outlines", "right", {"parts": "play", "right": 2}),
    Exercise("mean", "scope", {"parts": "play", "right": 4, "scope": "set", "absent": False}),
    Exercise("worst", "go", {"parts": "matrix", "model": "unet"}, "true"),
    Exercise("skips", "off", {"parts": "inside", "kind": "skips", "off": (1, 2, 3, 4)}),
)
PRETRAINED = Exercise("pretrained", "compare", {
    "parts": "compare", "left": "deeplab_v3plus", "right-model": "deeplab_v3plus-lite0"},
    "right-model")


def offered() -> tuple[Exercise, ...]:
    """Return the exercises; the one about pre-training only where its two models ship."""
    there = {pair.pretrained for pair in pretrained.shipped()}
    return (*EXERCISES, PRETRAINED) if PRETRAINED.values["right-model"] in there else EXERCISES
