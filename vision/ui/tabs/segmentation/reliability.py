"""Is it right as often as it is sure? The diagram, and its numbers on this picture and on val."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components import names
from vision.ui.components.figures.colours import BLUE, GREY, ORANGE
from vision.ui.components.figures.svg import Axes, legend
from vision.ui.components.html import as_note, percent, tiles
from vision.ui.components.markup import joined, tag
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.segmentation.certainty.pixels import Reliability
    from vision.segmentation.studies.microscope import Sight

TENTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def told(sight: Sight, temperature: float, kept: dict[str, Any], request: gr.Request | None
         ) -> Markup:
    """Return diagram and numbers of a picture, beside what the model's card keeps of val."""
    from vision.segmentation.certainty.pixels import Reliability, reliability, tempered

    found, facts = {}, {}
    if sight.truth is not None:
        here = reliability(tempered(sight.log_p, temperature), sight.truth)
        found[say("segmentation.sure_here", request)] = (here, BLUE)
        facts[say("segmentation.ece_here", request, temperature=f"{temperature:g}")] = (
            percent(here.ece))
    lines = [] if found else [as_note(say("segmentation.sure_no_truth", request))]
    if kept:
        name = names.data(str(kept["split"]), request)
        found[name] = (Reliability.from_json(kept), ORANGE)
        facts[say("segmentation.ece_of", request, split=name)] = percent(kept["ece"])
        lines.append(as_note(say("segmentation.sure_val", request, split=name,
                                 temperature=f"{kept['temperature']:.2f}",
                                 ece=percent(kept["tempered_ece"]))))
    else:
        lines.append(as_note(say("segmentation.sure_unknown", request)))
    return joined([diagram(found, request) if found else "", tiles(facts), *lines])


def diagram(found: dict[str, tuple[Reliability, str]], request: gr.Request | None) -> Markup:
    """Return for each bin how often it is right against how sure it is; the diagonal is honest."""
    axes = Axes((0, 1), (0, 1), 420, 300)
    shapes = [axes.scale(TENTHS, TENTHS), axes.line([0, 1], [0, 1], GREY, 1.5, "5 4")]
    for each, colour in found.values():
        there = each.count > 0
        x, y = each.mean_confidence[there], each.accuracy[there]
        shapes += [axes.line(x, y, colour), axes.dots(np.column_stack([x, y]), colour, 9)]
    return joined([
        tag("p", say("segmentation.sure_axes", request), style="margin:.2rem 0"),
        axes.picture(say("segmentation.sure_alt", request), *shapes),
        legend({name: colour for name, (_, colour) in found.items()})])
