"""What pre-training added, in words: for the leaderboard, the family tree and the lesson."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.ui.components import names
from vision.ui.components.html import localised, percent, signed
from vision.ui.components.markup import joined, tag
from vision.ui.tabs.segmentation.shared import MODELS
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.segmentation.pretraining import Pair


def shipped() -> list[Pair]:
    """Return the pairs among the models on offer, the largest gain first."""
    from vision.segmentation.pretraining import pairs

    return sorted(pairs(map(MODELS.file, MODELS.names())), key=lambda pair: -pair.gain)


def added(pair: Pair) -> str:
    """Return a pair's difference in points of mean IoU, and both numbers."""
    return f"{signed(100 * pair.gain)} ({percent(pair.without)} → {percent(pair.with_it)})"


def told(request: gr.Request | None) -> Markup:
    """Return what pre-training added to each model that ships in both ways; nothing if none."""
    found = shipped()
    if not found:
        return Markup()
    lines = [tag("li", tag("b", names.network(pair.arch)), " ",
                 localised(added(pair), request), ", ", names.data(pair.val, request))
             for pair in found]
    return joined([tag("h3", say("segmentation.pretrained_title", request)),
                   tag("p", say("segmentation.pretrained_text", request)), tag("ul", *lines)])
