"""Long work stands behind short work: a slider answers while others paint, cut and detect."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from vision.ui.shell.malloc_tuning import tidy

STEPS_BACK = 10  # of niceness; 19 is the most
END = object()


def low_priority(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Run a handler in a thread of its own, which gets the processor when others leave it."""
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def stream(*values: Any, **named: Any) -> Iterator[Any]:
            answers = handler(*values, **named)
            with ThreadPoolExecutor(1, "low-priority", step_back) as worker:
                try:
                    while (answer := _there(worker, next, answers, END)) is not END:
                        yield answer
                finally:
                    _there(worker, answers.close)
                    tidy()

        return stream

    @functools.wraps(handler)
    def call(*values: Any, **named: Any) -> Any:
        with ThreadPoolExecutor(1, "low-priority", step_back) as worker:
            try:
                return _there(worker, functools.partial(handler, **named), *values)
            finally:
                tidy()

    return call


def _there(worker: ThreadPoolExecutor, work: Callable[..., Any], *values: Any) -> Any:
    """Return what a worker's thread returns, or raise what it raises; it sees this call's request.
    """
    return worker.submit(copy_context().run, work, *values).result()


def step_back() -> None:
    """Lower the present thread's right to the processor, on Linux, where threads have one each."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + STEPS_BACK)
