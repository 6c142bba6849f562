"""What is alike of handlers that answer once and of those that answer again and again."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any


def within(context: Callable[..., AbstractContextManager[Any]], handler: Callable[..., Any]
           ) -> Callable[..., Any]:
    """Return a handler that works, until its last answer, within a context of its values."""
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def stream(*values: Any, **named: Any) -> Iterator[Any]:
            with context(*values, **named):
                yield from handler(*values, **named)

        return stream

    @functools.wraps(handler)
    def call(*values: Any, **named: Any) -> Any:
        with context(*values, **named):
            return handler(*values, **named)

    return call
