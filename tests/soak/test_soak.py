"""The soak finds what it looks for."""

from __future__ import annotations

import asyncio
import errno
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from tests.conftest import REPOSITORY
from tests.soak import hosting
from tests.soak.__main__ import attacked, happened
from tests.soak.attacks import ATTACKS, told
from tests.soak.curves import PANELS, Curves
from tests.soak.fuzz import OURS, Fuzz, bad_files, spoilt
from tests.soak.load import Load, Told, essence, user
from tests.soak.mishaps import MISHAPS, full_disk
from tests.soak.mishaps import told as sentence_of
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
    assert Load(1, 1, unanswered=2).failures() == ["2 calls had no answer"]


def test_a_user_gives_up_some_time_after_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(visitor: Any, name: str, data: Any, patience: float) -> Answer:
        assert patience < 1
        return Answer(None, "left", patience)

    monkeypatch.setattr(Visitor, "call", never)
    monkeypatch.setattr("tests.soak.load.THINKING", (0.0, 0.1))
    load, now = Load(1, 1), time.monotonic()
    given = {name: [[1]] for name in ("sample", "run")}
    asyncio.run(user(Visitor(None, CONFIG), given, {}, load,  # type: ignore[arg-type]
                     (now + 0.2, now + 0.9), random.Random(0)))
    assert load.unanswered == len(load.times["sample"]) > 0 and not load.errors


def test_the_share_of_waits_that_were_told_right_counts_those_that_are_noticed() -> None:
    told = [(0.01, 0.9), (2.0, 4.0), (4.0, 2.0), (1.9, 4.0), (0.1, 1.1), (1.1, 0.1)]
    crowd = Load(1, 1, told=[Told(*each, turn) for each, turn in zip(told, (0, 2, 0, 3, 0, 0),
                                                                     strict=True)])
    assert crowd.told_right(queued=False) == (2, 5) and crowd.told_right() == (1, 2)
    visitor: Any = Visitor(None, CONFIG)  # type: ignore[arg-type]
    answer = Answer(None, None, 0)
    for seconds in (None, 5.0, 1.0):  # what is told at first counts
        visitor._hear({"msg": "estimation", "rank": 3, "rank_eta": seconds}, "", answer)
    visitor._hear({"msg": "process_starts"}, "", answer)
    assert answer.turn is not None and answer.turn < 1.0
    assert answer.told and 5.0 <= answer.told < 6.0 and answer.places == [3, 3, 3]


def test_the_hosting_table_has_a_column_for_each_crowd() -> None:
    few, many = Load(10, 60.0, memory=(1, 1_500_000_000)), Load(50, 60.0)
    few.times["segment"] = [1.0] * 99 + [9.0]
    few.times["run"] = [20.0]  # somebody who looks on for so long
    many.times["segment"], many.times["prune"] = [4.0], [2.0, 2.0]
    many.unanswered = 3
    few.told = [Told(2.0, 3.0, 1.5), Told(9.0, 3.0, 1.5)]
    many.errors, many.strangers = ["segment: no"], ["prune: another's"]
    rows = hosting.table([few, many], 1).splitlines()[2:]
    assert rows == ["| visitors | 10 | 50 |", "|---|---|---|", "| prune | – | 2.0 |",
                    "| segment | 1.0 | 4.0 |",
                    "| waits for a turn that were told within a factor of two | 1/2 | 0/0 |",
                    "| no answer 20 s after the end | 0 | 3 |",
                    "| errors, or answers of others | 0 | 2 |",
                    "| memory at the end, MB | 1500 | 0 |"]


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
    assert len(ATTACKS) >= 13 and "forged clicks" in ATTACKS
    assert told(Counter({413: 2, 200: 1})) == "1× 200, 2× 413"
    lines = attacked({"one": "got through: a|b"}, Watched(1e9, 9, 8, 0.25, [0.5]))
    assert "| one | got through: a/b |" in lines and "1000 MB" in lines[-2] and "0.50" in lines[-2]


def test_mishaps_are_told_and_leave_nobody_without_words() -> None:
    assert list(MISHAPS) == ["a full disk", "checkpoints taken away", "a killed process"]
    assert "| one | a/b |" in happened({"one": "a|b"})
    assert sentence_of("segment", Answer(None, "There is no room.", 1)) == "There is no room."
    for answer in (Answer([1], None, 1), Answer(None, "", 1), Answer(None, OURS, 1),
                   Answer(None, f"{REPOSITORY} is full", 1)):
        with pytest.raises(AssertionError):
            sentence_of("segment", answer)


def test_a_process_on_a_full_disk_writes_next_to_nothing(tmp_path: Path) -> None:
    program = ("import sys; path, *_ = sys.argv[1:]; input()\n"
               "try: open(path, 'wb').write(bytes(10**6)); print('wrote')\n"
               "except OSError as error: print(error.errno)\n"
               "input(); open(path, 'wb').write(bytes(10**6)); print('wrote')")
    with subprocess.Popen([sys.executable, "-u", "-c", program, str(tmp_path / "file")], text=True,
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin and child.stdout
        with full_disk(psutil.Process(child.pid)):
            print(file=child.stdin, flush=True)
            assert child.stdout.readline().strip() == str(errno.EFBIG)
        print(file=child.stdin, flush=True)
        assert child.stdout.readline().strip() == "wrote"


def test_the_curves_are_one_picture_that_repeats(tmp_path: Path) -> None:
    curves = Curves()
    for second in range(0, 600, 60):
        curves.look(psutil.Process(), second, 0.1)
    axes = curves.figure().axes
    assert [each.get_ylabel() for each in axes] == [name for name, _ in PANELS]
    assert all(np.size(each.lines[0].get_xdata()) == 10 for each in axes)
    first, again = (curves.save(tmp_path / f"{name}.svg").read_bytes() for name in "ab")
    assert first == again and b"minutes" in first and Curves().figure().axes
