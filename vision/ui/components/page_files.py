"""Styles and scripts of the page: files of their own, beside the module that needs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def beside(module: str, name: str) -> str:
    """Return what is in a file beside a module, which says `__file__`."""
    return Path(module).with_name(name).read_text("utf-8").strip()


SCROLL = beside(__file__, "scroll_to.js")  # a function that brings a place into view
SAVE_FILE = beside(__file__, "save_file.js")  # an event's JavaScript: the browser keeps a file


def call(function: str, *values: Any) -> str:
    """Return the call of a JavaScript function with these values."""
    return f"({function})({', '.join(map(json.dumps, values))})"


def calling(function: str, *values: Any) -> str:
    """Return an event's JavaScript, which makes that call."""
    return f"() => {call(function, *values)}"


def scroll_to(elem_id: Any, *, always: bool = False) -> str:
    """Return an event's JavaScript that brings a place into view, `always` into the middle."""
    return calling(SCROLL, elem_id, "center" if always else None)
