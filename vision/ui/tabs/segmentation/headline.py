"""What leads a result: one number with a sentence, and all measures in a fold below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.ui.components.html import percent
from vision.ui.components.markup import joined, tag
from vision.ui.tabs.segmentation.matrix import numbers_of, tiles
from vision.ui.tabs.segmentation.shared import class_name
from vision.ui.text import say

if TYPE_CHECKING:
    import numpy as np

    from vision.segmentation.measures.metrics import Scores


def headline(scores: Scores, outlines: np.ndarray, seconds: float, request: gr.Request | None
             ) -> Markup:
    """Return how many pixels are right and what that hides, and everything else on demand."""
    numbers = numbers_of(scores, outlines)
    worst, least = worst_class(scores)
    said = say("segmentation.headline", request, miou=percent(numbers["mIoU"]),
               worst=class_name(worst, request), iou=percent(least))
    return joined([
        tag("p", tag("b", percent(numbers["PA"])), " ", said, class_="lab-headline"),
        tag("details", tag("summary", say("segmentation.all_measures", request)),
            tiles(numbers, request, seconds))])


def worst_class(scores: Scores) -> tuple[str, float]:
    """Return the class that overlaps least with its truth, of those that occur, and by how much."""
    import numpy as np

    overlap = scores.iou
    place = int(np.nanargmin(overlap)) if np.isfinite(overlap).any() else 0
    return scores.classes[place], float(overlap[place])
