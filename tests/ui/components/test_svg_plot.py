"""A figure becomes a drawing for each of its axes, with words that a browser writes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree

import pytest

from vision.ui.components.figures.plots import axes, legend
from vision.ui.components.figures.svg_plot import SvgPlot, plots

SVG = "{http://www.w3.org/2000/svg}"


def two() -> str:
    """Return a figure of two axes as HTML."""
    figure, left, right = axes("损失", "<b> & ε")
    left.plot([1, 2, 3], [0.5, 0.25, 0.125], label="判别器 </text>")
    legend(left)
    right.plot([1, 10], [1, 1000])
    right.set_yscale("log")
    return str(plots(figure))


def drawings(html: str) -> list[Tree.Element]:
    """Return the drawings of a figure, which has to be well-formed."""
    named = html.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" '
                                  'xmlns:xlink="http://www.w3.org/1999/xlink" ')
    places = list(Tree.fromstring(named))
    found = [place[0] for place in places]
    assert [place.get("style") for place in places] == [
        f"--units:{float(drawing.get('viewBox', '').split()[2]):g}" for drawing in found]
    return found


def words(drawing: Tree.Element) -> list[str]:
    """Return the words and numbers of a drawing."""
    return ["".join(text.itertext()) for text in drawing.iter(f"{SVG}text")]


def test_each_of_the_axes_is_a_drawing_with_its_own_words() -> None:
    left, right = drawings(two())
    assert {"损失", "判别器 </text>"} < set(words(left)) and "0.5" in words(left)
    assert "<b> & ε" in words(right) and "损失" not in words(right)
    assert [each.get("aria-label") for each in (left, right)] == ["损失", "<b> & ε"]
    assert all(each.get("viewBox") for each in (left, right))


def test_nothing_of_a_drawing_holds_for_the_page() -> None:
    """A style in a drawing would be the page's, and an id of a group would be there twice."""
    html = two()
    assert "<style" not in html and "<metadata" not in html and "<?xml" not in html
    told = re.findall(r' id="([^"]*)"', html)
    assert len(told) == len(set(told)) and all(f"#{each}" in html for each in told)


@pytest.mark.parametrize("value", [None, "<b>1</b>"])
def test_what_is_no_figure_passes(value: str | None) -> None:
    assert SvgPlot().postprocess(value) == value
