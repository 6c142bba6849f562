"""A box for a number that may be left empty. Gradio writes a stub beside this file on import."""

from __future__ import annotations

import math
from typing import Any

import gradio as gr

from vision.errors import UserError


class NumberBox(gr.Textbox):
    """A number or nothing: `gr.Number` becomes 0 when it first appears empty, this stays empty."""

    is_template = True
    minimum = maximum = precision = None

    def preprocess(self, payload: Any) -> float | None:  # type: ignore[override]
        """Return the number that was written, with a point or a comma, or None for nothing."""
        text = "" if payload is None else str(payload).strip()
        try:
            value = float(text.replace(",", ".").replace("−", "-")) if text else None
        except ValueError:
            value = math.nan
        if value is not None and not math.isfinite(value):
            raise ValueError(text) from UserError(
                "'{value}' is no number", "a number or nothing is accepted", "correct it",
                value=text[:20])
        return value

    def postprocess(self, value: Any) -> str | None:
        """Return a number as text."""
        return None if value is None else f"{value:.12g}"

    def api_info(self) -> dict[str, Any]:
        """Return what a script may send."""
        return {"type": "number"}
