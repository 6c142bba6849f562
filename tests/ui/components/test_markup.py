"""HTML and SVG: whatever is no markup yet is escaped, in text and in attributes."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from vision.ui.components.figures.svg import Axes, label, legend, picture
from vision.ui.components.html import figure, grid, image, table, tiles
from vision.ui.components.markup import joined, tag

BAD = '<img src=x onerror="alert(1)">'
CALM = "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;"


def test_text_and_attributes_are_escaped_once() -> None:
    inner = tag("b", BAD, title=BAD)
    assert inner == f'<b title="{CALM}">{CALM}</b>'
    assert tag("p", inner, " & ", joined(["<", tag("br")])) == f"<p>{inner} &amp; &lt;<br></p>"
    assert isinstance(tag("p"), Markup)


def test_names_and_numbers_of_attributes() -> None:
    made = tag("rect", x=1.23456, y=np.float32(2), class_="a", stroke_width=3, aria_label=None,
               viewBox="0 0 1 1")
    assert made == '<rect x="1.23" y="2" class="a" stroke-width="3" viewBox="0 0 1 1"></rect>'


def test_every_piece_escapes_what_it_is_given() -> None:
    pixels = np.zeros((2, 2), np.uint8)
    axes = Axes((0, 1), (0, 1), 100, 80)
    for made in (tiles({BAD: BAD}), table([BAD], [[BAD]]), legend({BAD: BAD}),
                 grid([figure(image(pixels, BAD), BAD)], 90), label(0, 0, BAD, room=9999),
                 picture(9, BAD, BAD, label(0, 0, BAD, room=9999)), axes.picture(BAD)):
        assert BAD not in made and "&amp;lt;" not in made and "onerror" in made


def test_the_axes_put_points_where_their_numbers_are() -> None:
    axes = Axes((0, 10), (-1, 1), 156, 128)
    assert axes.places(np.array([[0, -1], [10, 1], [5, 0], [99, 99]])).tolist() == [
        [42, 108], [142, 8], [92, 58], [142, 8]]
    assert 'points="42.0,108.0 142.0,8.0"' in axes.line((0, 10), (-1, 1), "red")
