"""What the page shows as HTML has its numbers written as the reader's language writes them.

A number stands alone in a cell, a tile or beside an axis; what stands within a sentence was written
by `say`. Attributes, which place things, stay as they are.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import gradio as gr

from vision.ui.shell.input_checks import ASKING
from vision.ui.text import language_of
from vision.ui.text.numerals import in_html


def write_decimal_commas(app: gr.Blocks) -> None:
    """Let every answer of a page write its numbers in the reader's language."""
    app.postprocess_data = _written(app.postprocess_data)  # type: ignore[method-assign]


def _written(postprocess: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(postprocess)
    async def answer(call: Any, *values: Any) -> list[Any]:
        answers: list[Any] = await postprocess(call, *values)
        language = language_of(ASKING.get())
        return [shown(value, language) if isinstance(block, gr.HTML) else value
                for block, value in zip(call.outputs, answers, strict=True)]

    return answer


def shown(value: Any, language: str) -> Any:
    """Return what a place for HTML gets, a text or a change of it, with its numbers rewritten."""
    if isinstance(value, dict) and "value" in value:
        return {**value, "value": shown(value["value"], language)}
    return in_html(value, language) if isinstance(value, str) else value
