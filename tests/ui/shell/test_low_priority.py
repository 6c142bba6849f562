"""Long work: in a thread that steps back, step by step, with its request, errors and end."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar

import pytest

from vision.ui.shell.low_priority import STEPS_BACK, low_priority

ASKING: ContextVar[str] = ContextVar("asking", default="nobody")


def niceness() -> int:
    """What the present thread has."""
    return os.getpriority(os.PRIO_PROCESS, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads share one niceness")
def test_only_the_work_steps_back() -> None:
    usual = niceness()
    assert low_priority(niceness)() == min(usual + STEPS_BACK, 19)
    assert niceness() == usual


def test_a_stream_goes_no_further_than_it_is_asked_in_one_thread_of_its_own() -> None:
    done: list[int] = []

    @low_priority
    def count(most: int) -> Iterator[tuple[int, int]]:
        for number in range(most):
            done.append(number)
            yield number, threading.get_ident()

    stream = count(3)
    assert done == []
    first, there = next(stream)
    assert done == [0] == [first] and there != threading.get_ident()
    assert list(stream) == [(1, there), (2, there)]


def test_closing_a_stream_ends_the_work_where_it_is() -> None:
    ended: list[str] = []

    @low_priority
    def forever() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            ended.append(threading.current_thread().name)

    stream = forever()
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    wait_for(lambda: ended == ["low-priority"])


def test_no_thread_stays_behind() -> None:
    @low_priority
    def count() -> Iterator[int]:
        yield from range(3)

    assert list(count()) == [0, 1, 2]
    with pytest.raises(ZeroDivisionError):
        low_priority(lambda: 1 / 0)()
    wait_for(lambda: not any(thread.name == "low-priority" for thread in threading.enumerate()))


def wait_for(true: Callable[[], bool]) -> None:
    """Wait until something is true, for so long as is more than enough."""
    end = time.monotonic() + 10
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    assert true()


@pytest.mark.parametrize("streams", [False, True])
def test_the_request_goes_in_and_errors_come_out(streams: bool) -> None:
    @low_priority
    def call(number: int, *, more: int = 0) -> str:
        if number > 1:
            raise LookupError(f"{number}")
        return f"{ASKING.get()} {number + more}"

    @low_priority
    def stream(number: int, *, more: int = 0) -> Iterator[str]:
        yield f"{ASKING.get()} {number + more}"
        if number > 1:
            raise LookupError(f"{number}")

    ASKING.set("Ana")
    if streams:
        assert list(stream(1, more=2)) == ["Ana 3"]
        with pytest.raises(LookupError, match="7"):
            list(stream(7))
    else:
        assert call(1, more=2) == "Ana 3"
        with pytest.raises(LookupError, match="7"):
            call(7)
