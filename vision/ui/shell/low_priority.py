"""Long work stands behind short work: a slider answers while others paint, cut and detect."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any

from vision.malloc_tuning import tidy
from vision.ui.server.ending import leaving

STEPS_BACK = 10  # of niceness; 19 is the most
LOOK_SECONDS = 1.0  # from one look at whether the program ends to the next
END = object()
Work = Callable[[], Any]
Inbox = SimpleQueue[tuple[Work, Future[Any] | None] | None]  # work, and who waits for its answer


def low_priority(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Run a handler in a thread of its own, which gets the processor when others leave it."""
    if inspect.isgeneratorfunction(handler):

        @functools.wraps(handler)
        def stream(*values: Any, **named: Any) -> Iterator[Any]:
            answers = handler(*values, **named)
            worker = Worker(answers)
            try:
                while (answer := worker.do(next, answers, END)) is not END:
                    yield answer
            finally:
                worker.end_with(answers.close)

        return stream

    @functools.wraps(handler)
    def call(*values: Any, **named: Any) -> Any:
        worker = Worker()
        try:
            return worker.do(functools.partial(handler, **named), *values)
        finally:
            worker.end_with()

    return call


class Worker:
    """A thread that does one thing after another, until it is told its last.

    A finaliser, which garbage collection may run in any thread and at any moment, may end a
    worker: nothing there waits. The thread holds what it is given to keep, so that nothing it
    works on is garbage before the thread has ended it.
    """

    def __init__(self, *kept: Any) -> None:
        self.inbox: Inbox = SimpleQueue()
        threading.Thread(target=serve, args=(self.inbox, kept), name="low-priority",
                         daemon=False).start()  # the program waits for what is inside torch

    def do(self, work: Callable[..., Any], *values: Any) -> Any:
        """Return what the thread returns, or raise what it raises; it sees this call's request."""
        answer: Future[Any] = Future()
        self.inbox.put((functools.partial(copy_context().run, work, *values), answer))
        return answer.result()

    def end_with(self, *last: Work) -> None:
        """Let the thread do the last things and end, without waiting for it."""
        for work in last:
            self.inbox.put((work, None))
        self.inbox.put(None)


def serve(inbox: Inbox, kept: tuple[Any, ...]) -> None:
    """Do what comes, at a lowered priority, until the end of the work or of the program."""
    step_back()
    try:
        while work := next_of(inbox):
            settle(*work)
    finally:
        tidy()


def next_of(inbox: Inbox) -> tuple[Work, Future[Any] | None] | None:
    """Return what is to be done next, or None when that was all or the program ends."""
    while True:
        try:
            return inbox.get(timeout=LOOK_SECONDS)
        except Empty:
            if leaving():
                return None


def settle(work: Work, answer: Future[Any] | None) -> None:
    """Do a piece of work, and give its answer or its error to whoever waits for it."""
    if answer is None:
        work()
        return
    try:
        answer.set_result(work())
    except BaseException as error:
        answer.set_exception(error)


def step_back() -> None:
    """Lower the present thread's right to the processor, on Linux, where threads have one each."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) + STEPS_BACK)
