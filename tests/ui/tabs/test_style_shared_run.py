"""What many paint alike is painted once, and who changes something goes on alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.style.sights import CONTENT, STYLE
from tests.ui.tabs.style_tiny import tiny_extractor
from vision.errors import UserError
from vision.style import transfer
from vision.style.settings import Weights
from vision.style.transfer import Controls, Frame
from vision.ui.shell.memory_budget import Budget
from vision.ui.tabs.style import gpu_frames, shared_run
from vision.ui.tabs.style import run as style_run
from vision.ui.tabs.style.controls import Chosen
from vision.ui.tabs.style.run import Pictures, frames_of

CHOSEN = Chosen(size=64, steps=8, preset="single")
SETTINGS = CHOSEN.settings()
OTHER = Weights(1.0, 5.0, 0.0)


@pytest.fixture(autouse=True)
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """The transfers that were begun, each with its settings and the picture it began at."""
    monkeypatch.setattr(shared_run, "PACE", 0.0)
    monkeypatch.setattr("vision.style.clock.EVERY", -1.0)  # a frame after every step
    shared_run.KEPT.clear()
    seen: list[Any] = []
    frames = gpu_frames.frames

    def counted(*given: Any) -> Iterator[Frame]:
        seen.append((given[3], given[6]))
        return frames(*given)

    monkeypatch.setattr(gpu_frames, "frames", counted)
    with tiny_extractor(tmp_path / "checkpoint"):
        yield seen


def pictures(everybodys: bool = False) -> Pictures:
    return Pictures(CONTENT, [STYLE], None, (), everybodys)


def paint(controls: Controls, of: Pictures | None = None) -> Iterator[Frame]:
    return frames_of(controls, of or pictures(), SETTINGS, "bundled", None)


def test_two_who_ask_for_the_same_see_one_painting(begun: list[Any]) -> None:
    first, second = paint(Controls()), paint(Controls())
    pairs = list(zip(first, second, strict=True))
    assert len(begun) == 1 and len(pairs) == SETTINGS.total
    assert all(one is other for one, other in pairs) and pairs[-1][0].deep is not None


def test_who_comes_late_sees_it_from_the_beginning(begun: list[Any]) -> None:
    first = paint(Controls())
    seen = list(islice(first, 5))
    late = paint(Controls())
    assert [frame.step for frame in islice(late, 3)] == [1, 2, 3]
    assert [frame.step for frame in (*seen, *first)] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [frame.step for frame in late] == [4, 5, 6, 7, 8] and len(begun) == 1


def test_who_is_alone_steers_that_very_run(begun: list[Any]) -> None:
    controls = Controls()
    mine = paint(controls)
    list(islice(mine, 3))
    controls.steer(OTHER)
    *_, last = mine
    assert len(begun) == 1 and last.marks == (3,) and last.step == SETTINGS.total
    list(paint(Controls()))
    assert len(begun) == 2, "nobody else gets a steered painting"


def test_who_is_not_alone_goes_on_from_the_picture_so_far(begun: list[Any]) -> None:
    controls = Controls()
    mine, others = paint(controls), paint(Controls())
    seen, _ = list(islice(mine, 3)), list(islice(others, 3))
    controls.steer(OTHER)
    *_, last = mine
    plain = list(others)[-1]
    (_, _), (rest, start) = begun
    assert rest.total == SETTINGS.total - 3 and start is seen[-1].picture
    assert last.step == last.total == plain.step == len(last.curves) == SETTINGS.total
    assert last.marks[0] == 3 and np.array_equal(last.curves[:3], plain.curves[:3])
    assert plain.marks == () and not np.array_equal(last.picture, plain.picture)


def test_a_pause_of_one_does_not_hold_the_other(begun: list[Any]) -> None:
    controls = Controls()
    mine, others = paint(controls), paint(Controls())
    list(islice(mine, 2))
    controls.pause()
    assert [frame.paused for frame in islice(mine, 2)] == [True, True]
    assert [frame.step for frame in others][-1] == SETTINGS.total
    controls.resume()
    assert [frame.step for frame in mine] == [3, 4, 5, 6, 7, 8] and len(begun) == 1


def test_stop_ends_it_for_the_one_who_pressed_it(begun: list[Any]) -> None:
    controls = Controls()
    mine, others = paint(controls), paint(Controls())
    *_, seen = islice(mine, 2)
    controls.stop()
    assert list(mine) == [] and list(others)[-1].step == SETTINGS.total
    assert seen.deep is not None, "it is a file of 16 bits"
    alone = Controls()
    last = paint(alone)
    list(islice(last, 2))
    alone.stop()
    assert [(frame.step, frame.deep is not None) for frame in last] == [(2, True)]
    assert next(paint(Controls())).step == 1, "nobody else gets what was stopped"


@pytest.mark.parametrize("everybodys, times", [(True, 1), (False, 2)])
def test_only_paintings_of_the_pages_own_pictures_are_kept(
        begun: list[Any], everybodys: bool, times: int) -> None:
    for _ in range(2):
        assert len(list(paint(Controls(), pictures(everybodys)))) == SETTINGS.total
    assert len(begun) == times


def test_a_run_that_is_left_is_gone_unless_it_is_everybodys(begun: list[Any]) -> None:
    broken = paint(Controls())
    next(broken)
    del broken
    assert len(shared_run.RUNS) == 0


def test_all_hear_of_a_mistake_and_the_next_one_begins_anew(
        begun: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Iterator[Frame]:
        raise UserError("it broke", "what works is accepted")
        yield

    with monkeypatch.context() as patch:
        patch.setattr(gpu_frames, "frames", broken)
        first, second = paint(Controls()), paint(Controls())
        for one in (first, second):
            with pytest.raises(UserError, match="It broke"):
                next(one)
    assert len(list(paint(Controls()))) == SETTINGS.total


def test_the_newest_frame_alone_is_kept_in_16_bits(begun: list[Any]) -> None:
    mine = paint(Controls())
    list(islice(mine, 4))
    run, = shared_run.RUNS.values()
    assert [frame.deep is not None for frame in run.frames.values()] == [False] * 3 + [True]


def test_frames_are_kept_within_bounds(begun: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    one = paint(Controls())
    size = next(one).picture.nbytes
    monkeypatch.setattr(shared_run, "MOST_BYTES", 2.5 * size)
    list(islice(one, 5))
    assert next(paint(Controls())).step == 5, "the oldest that is kept"


def test_a_crowd_is_shown_less_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, pixels in (("content", CONTENT), ("style", STYLE)):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    given = (str(tmp_path / "content.png"), str(tmp_path / "style.png"), None, None)
    monkeypatch.setattr(style_run, "EVERY", 1e-6)
    shown = []
    for crowd in (1, 10**9):
        monkeypatch.setattr(style_run, "CROWD", 4 / crowd)
        studio = style_run.Studio()
        shown.append(len(list(style_run.stylize(studio, *given, *vars(CHOSEN).values(), None))))
    assert shown[0] > shown[1] >= 3


def test_memory_is_held_in_turns_only(begun: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[float] = []
    monkeypatch.setattr(shared_run, "BUDGET", budget := Budget(1e9))
    step = transfer.Descent.step
    monkeypatch.setattr(transfer.Descent, "step", lambda descent: (
        held.append(budget.used), step(descent))[1])
    mine = paint(Controls())
    next(mine)
    assert budget.used == 0
    list(mine)
    assert min(held) > 1e8 and len(held) == SETTINGS.total and budget.used == 0
