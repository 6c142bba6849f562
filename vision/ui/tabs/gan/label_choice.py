"""The choice of labels, for the page and for programs."""

from __future__ import annotations

import operator
from typing import Any

import gradio as gr


class LabelChoice(gr.CheckboxGroup):
    """Check boxes for labels; a program may send whole numbers, or digits as text."""

    is_template = True

    def api_info(self) -> dict[str, Any]:
        """Return what a program may send."""
        return {"type": "array", "items": {"type": "integer"}, "title": "labels"}

    def preprocess(self, payload: list[int | str]) -> list[int]:  # type: ignore[override]
        """Return the labels as numbers; whether they stand for a class, the model knows."""
        return [int(label) if isinstance(label, str) else operator.index(label)
                for label in payload]
