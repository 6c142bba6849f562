"""A mistake becomes one sentence in the visitor's language, whoever made it."""

from __future__ import annotations

import html
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from vision.errors import UserError
from vision.files.atomic_files import FULL, refusal
from vision.gpu_fallback import lacks_memory, too_little_memory
from vision.ui.components.clicks import nothing_clicked
from vision.ui.components.handlers import within
from vision.ui.text import explain, say

log = logging.getLogger("vision.ui")


def friendly(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Show a user's mistake as one sentence in the user's language, and never a traceback."""
    return within(_shown, handler)


@contextmanager
def _shown(*values: Any, **_: Any) -> Iterator[None]:
    """Turn what goes wrong inside into `gr.Error` for the request among the values."""
    request = next((value for value in values if isinstance(value, gr.Request)), None)
    try:
        if any(isinstance(value, gr.EventData) and value._data is None for value in values):
            raise nothing_clicked()
        yield
    except gr.Error:
        raise
    except UserError as error:
        raise notice(explain(error, request)) from error
    except Exception as error:
        raise told_of(error, request) from error


def told_of(error: Exception, request: gr.Request | None) -> gr.Error:
    """Return what a visitor is told of a machine that has no room left, or of the unexpected."""
    if isinstance(error, OSError) and error.errno in FULL:
        return notice(explain(refusal(error), request))
    if lacks_memory(error):
        return notice(explain(too_little_memory(), request))
    log.exception("unexpected")
    return notice(say("app.unexpected", request))


def notice(sentence: str) -> gr.Error:
    """Return a sentence as the page's error message."""
    return gr.Error(html.escape(sentence, quote=False), print_exception=False)
