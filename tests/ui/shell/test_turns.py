"""Slices of work come in the order of those who wait, newcomers first, so many at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from vision.ui.shell.turns import Turns


def test_no_more_than_the_places_work_at_once() -> None:
    turns, lock, inside, most = Turns(2), threading.Lock(), 0, []

    def slice_of_work() -> None:
        nonlocal inside
        with turns.turn():
            with lock:
                inside += 1
                most.append(inside)
            time.sleep(0.01)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(slice_of_work) for _ in range(24)]:
            done.result(30)
    assert max(most) == 2 and inside == 0


def test_who_waits_longest_is_next_and_newcomers_come_before() -> None:
    turns, order, waiting = Turns(1), [], []

    def work(name: str, new: bool) -> None:
        with turns.turn(new):
            order.append(name)

    with turns.turn():
        for name, new in (("a", False), ("b", False), ("first", True), ("second", True)):
            thread = threading.Thread(target=work, args=(name, new))
            thread.start()
            waiting.append(thread)
            while len(turns._new) + len(turns._others) < len(waiting):
                time.sleep(0.001)
    for thread in waiting:
        thread.join(30)
    assert order == ["first", "second", "a", "b"]


def test_a_slice_that_fails_gives_its_place_back() -> None:
    turns = Turns(1)
    with pytest.raises(ValueError, match="broken"), turns.turn():
        raise ValueError("broken")
    with turns.turn():
        pass
