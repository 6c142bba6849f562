"""A place for figures, which a browser draws with the page's own letters, a drawing for each axis.

As a picture, a figure has the letters of its font only, and two axes side by side cannot be read on
a phone. Drawings stand beside each other where there is room, and below each other where not.
"""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.ui.components.figures.svg import readable
from vision.ui.components.markup import tag

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LEFT_OUT = re.compile(r"<(metadata|style).*?</\1>", re.DOTALL)  # a style would be the whole page's
GROUPS = re.compile(r' id="[a-z][\w.]*_\d+"')  # the same in each drawing, and nobody asks for them
START = re.compile(r"<svg\b[^>]*?viewBox=\"([^\"]*)\"[^>]*>")
warnings.filterwarnings("ignore", "Glyph [0-9]+ .* missing")  # a browser has all letters


class SvgPlot(gr.HTML):
    """A place for a figure of Matplotlib."""

    is_template = True

    def postprocess(self, value: Any) -> Any:
        """Return a figure as HTML, and as it is what is HTML already."""
        return str(plots(value)) if hasattr(value, "savefig") else super().postprocess(value)


def plots(figure: Figure) -> Markup:
    """Return a figure as a drawing for each of its axes; the figure is of no use after that."""
    return tag("div", *(plot(figure, axis) for axis in figure.axes), class_="lab-plots")


def plot(figure: Figure, shown: Axes) -> Markup:
    """Return one of a figure's axes as a drawing whose words are words."""
    import matplotlib

    for axis in figure.axes:
        axis.set_visible(axis is shown)
    content = io.StringIO()
    matplotlib.rcParams["svg.fonttype"] = "none"
    figure.savefig(content, format="svg", bbox_inches="tight", pad_inches=0.05)
    drawn = GROUPS.sub("", LEFT_OUT.sub("", content.getvalue()))
    start = START.search(drawn)
    assert start is not None
    inside = Markup(drawn[start.end():].removesuffix("</svg>\n"))  # noqa: S704 (it escapes words)
    drawing = tag("svg", inside, role="img", aria_label=shown.get_title(), viewBox=start[1])
    return readable(float(start[1].split()[2]), drawing)
