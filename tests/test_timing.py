"""Pieces of work are timed in turns, and a slow first round counts for nothing."""

from __future__ import annotations

import pytest

from vision import timing
from vision.timing import milliseconds_in_turns


def test_work_is_timed_in_turns_and_its_first_round_is_left_out(
        monkeypatch: pytest.MonkeyPatch) -> None:
    now, done = [0.0], []
    monkeypatch.setattr(timing.time, "perf_counter", lambda: now[0])

    def takes(name: str, *seconds: float) -> None:
        now[0] += seconds[done.count(name)]
        done.append(name)

    found = milliseconds_in_turns([lambda: takes("a", 9, 1, 3, 2), lambda: takes("b", 7, 4, 4, 5)],
                                  3)
    assert found == pytest.approx([2000, 4000]) and done == ["a", "b"] * 4
    done.clear()
    assert milliseconds_in_turns([lambda: takes("a", 9, 1, 3)], 2) == pytest.approx([2000])
