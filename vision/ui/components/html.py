"""Small pieces of HTML that the tabs share: tiles of facts, notes, tables, pictures in the page."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.i18n import I18nData
from markupsafe import Markup

from vision.ui.components.events import QUIET
from vision.ui.components.inputs.drawing_board import DrawingBoard
from vision.ui.components.markup import tag
from vision.ui.text import language_of, say, t
from vision.ui.text.numerals import numeral, parted

if TYPE_CHECKING:
    import numpy as np


def tiles(facts: Mapping[str, str]) -> Markup:
    """Return facts as a row of tiles."""
    return row_of(tile(name, value) for name, value in facts.items())


def tile(name: str, value: str, below: str = "", title: str | None = None) -> Markup:
    """Return one fact, with what it means `below` it and in a `title` to point at."""
    return tag("div", tag("small", name), tag("b", value), tag("small", below) if below else "",
               class_="lab-tile", title=title)


def row_of(cells: Iterable[Markup]) -> Markup:
    """Return tiles in a row that wraps."""
    return tag("div", *cells, class_="lab-tiles")


def note(key: str, request: gr.Request | None, **values: Any) -> Markup:
    """Return a text as a note on the page."""
    return as_note(say(key, request, **values))


def as_note(text: str) -> Markup:
    """Return a sentence as a note on the page."""
    return tag("p", text, class_="lab-note", style="margin-top:.6rem")


def label_of(control: gr.components.Component, request: gr.Request | None) -> str:
    """Return the label of a control in the reader's language."""
    label = control.label
    return say(label.key, request) if isinstance(label, I18nData) else str(label)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Markup:
    """Return a table."""
    top = tag("tr", *(tag("th", cell) for cell in head))
    body = (tag("tr", *(tag("td", cell) for cell in row)) for row in rows)
    return tag("div", tag("table", tag("thead", top), tag("tbody", *body), class_="lab-table"),
               class_="lab-scroll", tabindex=0)


def image(pixels: np.ndarray, alt: str = "", look: str | None = None, *, kind: str = "png",
          **more: str) -> Markup:
    """Return a picture; `look` is its class, lab-crisp for one whose pixels shall be seen.

    Of a `kind` jpeg it has fewer bytes, and not quite its colours.
    """
    return tag("img", alt=alt, src=picture_uri(pixels, kind), class_=look, **more)


def figure(picture: Markup, caption: str, *, above: bool = False) -> Markup:
    """Return a picture with its caption."""
    named = tag("figcaption", tag("b", caption) if above else caption)
    return tag("figure", *((named, picture) if above else (picture, named)))


def grid(figures: Iterable[Markup], smallest: int, *, widest: int | None = None,
         full: bool = True) -> Markup:
    """Return figures side by side, each at least so wide; `full` lets few of them fill the row."""
    limit = f";max-width:{widest}px" if widest else ""
    return tag("div", *figures, class_="lab-grid" if full else "lab-grid lab-many",
               style=f"--smallest:{smallest}px{limit}")


def picture_uri(picture: np.ndarray, kind: str = "png") -> str:
    """Return an RGB (uint8 H×W×3) or grey (uint8 H×W) picture as a file inside an address."""
    import cv2
    import numpy as np

    ordered = picture[..., ::-1] if picture.ndim == 3 else picture  # cv2 writes BGR
    content = cv2.imencode(f".{kind}", np.ascontiguousarray(ordered))[1].tobytes()
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def percent(value: float | None) -> str:
    """Return a share as a percentage; a dash where there is none."""
    if value is None or value != value:
        return "–"
    return "100%" if value == 1 else f"{100 * value:.1f}%"


def clock(seconds: float) -> str:
    """Return how long something took: in milliseconds, or in seconds if there is one in it."""
    milliseconds = round(1000 * seconds)
    return f"{milliseconds} ms" if milliseconds < 1000 else f"{seconds:.1f} s"


def signed(value: float, digits: int = 1) -> str:
    """Return a difference with its sign; what rounds to nothing has none."""
    text = f"{value:+.{digits}f}"
    return minus(text) if float(text) else text[1:]


def localised(numbers: str, request: gr.Request | None) -> str:
    """Return numbers with their units in the manner of the reader's language.

    Those that stand alone in HTML, and those given to `say`, need it not.
    """
    return numeral(numbers, language_of(request))


def grouped(number: float, request: gr.Request | None) -> str:
    """Return a large number with its thousands parted, in the manner of the reader's language."""
    return parted(number, language_of(request))


def minus(number: str) -> str:
    """Return a number with a minus as wide as a plus."""
    return number.replace("-", "\N{MINUS SIGN}")


def short(number: float) -> str:
    """Return a large number with three digits and k, M or G."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= 0.9995 * size:  # what rounds to a thousand is one of the next unit
            digits = 3 - len(f"{number / size:.0f}")
            return f"{number / size:.{max(digits, 0)}f}{unit}"
    return f"{number:.0f}"


def file_size(size: float) -> str:
    """Return bytes with three digits and kB, MB or GB."""
    number = short(size)
    unit = number[-1] if size >= 1e3 else ""
    return f"{number.removesuffix(unit)}\N{NO-BREAK SPACE}{unit}B"


def wipeable(board: DrawingBoard) -> DrawingBoard:
    """Return a board after placing a button under it that wipes it."""
    wipe = gr.Button(t("app.wipe"), size="sm")
    wipe.click(lambda: None, None, board, **QUIET)
    return board
