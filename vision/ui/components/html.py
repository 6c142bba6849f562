"""Small pieces of HTML that the tabs share: tiles of facts, notes, tables, pictures in the page."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.i18n import I18nData

from vision.ui.components.drawing_board import DrawingBoard
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np


def tiles(facts: dict[str, str]) -> str:
    """Return facts as a row of tiles."""
    cells = "".join(f'<div class="lab-tile"><small>{html.escape(name)}</small>'
                    f"<b>{html.escape(value)}</b></div>" for name, value in facts.items())
    return f'<div class="lab-tiles">{cells}</div>'


def note(key: str, request: gr.Request | None, **values: Any) -> str:
    """Return a text as a note on the page."""
    text = html.escape(say(key, request, **values))
    return f'<p class="lab-note" style="margin-top:.6rem">{text}</p>'


def label_of(control: gr.components.Component, request: gr.Request | None) -> str:
    """Return the label of a control in the reader's language."""
    label = control.label
    return say(label.key, request) if isinstance(label, I18nData) else str(label)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table; its cells are HTML already."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (f'<div class="lab-scroll" tabindex="0"><table class="lab-table"><thead><tr>{top}</tr>'
            f"</thead><tbody>{body}</tbody></table></div>")


def picture_uri(picture: np.ndarray, kind: str = "png") -> str:
    """Return an RGB (uint8 H×W×3) or grey (uint8 H×W) picture as a file inside an address."""
    import cv2

    ordered = picture[..., ::-1] if picture.ndim == 3 else picture  # cv2 writes BGR
    content = cv2.imencode(f".{kind}", ordered)[1].tobytes()
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


def short(number: float) -> str:
    """Return a large number with three digits and k, M or G."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if number >= size:
            digits = 3 - len(f"{number / size:.0f}")
            return f"{number / size:.{max(digits, 0)}f}{unit}"
    return f"{number:.0f}"


def wipeable(board: DrawingBoard) -> DrawingBoard:
    """Return a board after placing a button under it that wipes it."""
    wipe = gr.Button(t("app.wipe"), size="sm")
    wipe.click(lambda: None, None, board, queue=False, show_progress="hidden",
               api_visibility="private")
    return board
