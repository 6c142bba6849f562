"""The soak finds what it looks for."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY
from tests.soak.__main__ import attacked
from tests.soak.attacks import ATTACKS, told
from tests.soak.fuzz import Fuzz, bad_files, spoilt
from tests.soak.load import Load, essence
from tests.soak.page import Answer, Visitor, merged
from tests.soak.watch import Watched

CONFIG: dict[str, Any] = {
    "components": [{"id": 1, "type": "state", "props": {}},
                   {"id": 2, "type": "slider", "props": {"value": 0.5}}],
    "dependencies": [{"id": 7, "api_name": "act", "inputs": [1, 2], "queue": True}]}


@pytest.mark.parametrize("sentence, fault", [
    ("Value 5.0 is greater than maximum value 1.", False), (None, False), ("left", False),
    ("", True), ("Error", True), ("x" * 601, True), ("Traceback (most recent call last)", True),
    (f"cannot open {REPOSITORY}/app", True), ("line 3 in blocks.py", True),
    (f"{Path.home()} is closed", True),
])
def test_a_trace_a_path_and_silence_are_faults(sentence: str | None, fault: bool) -> None:
    found = Fuzz(0)
    found.judge("act", Answer([1], sentence, 0.1))
    assert bool(found.faults) is fault and sum(found.counts.values()) == 1


def test_the_load_fails_for_errors_strangers_lateness_and_memory() -> None:
    assert Load(1, 1, memory=(0, 10**8)).failures() == []
    assert Load(1, 1, memory=(0, 3 * 10**8)).failures() == ["memory grew by 300 MB"]
    late = Load(1, 1)
    late.times["sample"] += [0.1] * 9 + [9.0]
    late.times["stylize"] += [60.0]
    assert len(late.failures()) == 1 and "sample" in late.failures()[0]
    assert Load(1, 1, errors=["one"], strangers=["two"]).failures() == ["one", "two"]


def test_answers_are_compared_without_times() -> None:
    first = {"seconds": 1.0, "a": [{"milliseconds": 3, "b": 0.1234}], "path": "x"}
    assert essence(first) == essence({"a": [{"b": 0.1235}], "seconds": 9.0})
    assert essence(first) != essence({"a": [{"b": 0.2}]})


def test_streamed_outputs_are_put_together() -> None:
    old = [{"a": 1}, "same"]
    assert merged(None, old) == old and merged(old, None) == old
    assert merged(old, [[["replace", [], {"a": 2}]], []]) == [{"a": 2}, "same"]


def test_bad_calls_differ_from_the_defaults_and_leave_states_alone(tmp_path: Path) -> None:
    visitor: Any = Visitor(None, CONFIG)  # type: ignore[arg-type]
    chance = random.Random(0)
    calls = [spoilt(visitor, CONFIG["dependencies"][0], [{"path": "x"}], chance)
             for _ in range(50)]
    whole = [data for data in calls if len(data) == 2]
    assert len(whole) > 40 and all(data[0] is None and data[1] != 0.5 for data in whole)
    assert len(bad_files(tmp_path)) >= 12 and (tmp_path / "bomb.zip").stat().st_size < 1e6


def test_the_watch_fails_for_memory_files_lateness_and_a_blocked_page() -> None:
    assert Watched(5e9, 100, 50, 0.5, [0.1, 1.9]).failures() == []
    assert len(Watched(7e9, 1000, 50, 1.5, [0.1, 2.5]).failures()) == 4
    assert Watched(faults=["one"]).failures() == ["one"]


def test_an_attack_that_gets_through_is_told() -> None:
    assert len(ATTACKS) >= 10 and told(Counter({413: 2, 200: 1})) == "1× 200, 2× 413"
    lines = attacked({"one": "got through: a|b"}, Watched(1e9, 9, 8, 0.25, [0.5]))
    assert "| one | got through: a/b |" in lines and "1000 MB" in lines[-2] and "0.50" in lines[-2]
