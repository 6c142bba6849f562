"""Heavy work holds its memory: it waits its turn, is refused when it cannot fit, and gives back."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from PIL import Image

from tests.conftest import REPOSITORY
from vision.errors import UserError
from vision.ui import create_app
from vision.ui.components.inputs.painted_layers import PaintedLayers
from vision.ui.shell import memory_budget
from vision.ui.shell.files.access import takes_files
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import Budget, decoding, whole_budget, within_memory


@pytest.fixture
def budget(monkeypatch: pytest.MonkeyPatch) -> Budget:
    """A budget of ten bytes in the place of the page's."""
    small = Budget(10)
    monkeypatch.setattr(memory_budget, "BUDGET", small)
    monkeypatch.setattr(memory_budget, "PATIENCE", 0.2)
    return small


def test_what_does_not_fit_beside_others_waits_for_them(budget: Budget) -> None:
    order: list[str] = []
    inside, leave = threading.Event(), threading.Event()

    def first() -> None:
        with budget.holding(7):
            inside.set()
            leave.wait(10)
            order.append("first")

    def second() -> None:
        with budget.holding(7):
            order.append("second")

    threads = [threading.Thread(target=work) for work in (first, second)]
    threads[0].start()
    assert inside.wait(10)
    with budget.holding(3):  # this fits beside the first
        assert budget.used == 10
    memory_budget.PATIENCE = 10.0
    threads[1].start()
    leave.set()
    for thread in threads:
        thread.join()
    assert order == ["first", "second"] and budget.used == 0 and not budget.waiting


def test_who_waits_too_long_and_who_never_fits_are_told(budget: Budget) -> None:
    with budget.holding(7), pytest.raises(UserError, match="thers take the memory"):
        with budget.holding(4):
            pass
    with pytest.raises(UserError, match=r"about 0\.0 GB of memory; up to 0\.0 GB"):
        with budget.holding(11):
            pass
    assert budget.used == 0 and not budget.waiting


def test_who_came_first_is_served_first(budget: Budget) -> None:
    memory_budget.PATIENCE = 10.0
    order: list[int] = []

    def work(need: int) -> None:
        with budget.holding(need):
            order.append(need)
            time.sleep(0.05)

    large, small = (threading.Thread(target=work, args=[need]) for need in (9, 1))
    with budget.holding(5):
        for number, thread in enumerate((large, small), 1):  # the small one would fit at once
            thread.start()
            while len(budget.waiting) < number:
                time.sleep(0.01)
    for thread in (large, small):
        thread.join()
    assert order == [9, 1]


def test_little_passes_who_waits_for_much_but_not_without_end() -> None:
    budget = Budget(160, patience=0.2)
    gone, large = threading.Event(), object()
    with budget.holding(100):
        budget.waiting.append(large)  # who needs more than there is
        with budget.holding(10), budget.holding(10), budget.holding(10), budget.holding(10):
            assert budget.used == 140
            with pytest.raises(UserError, match="thers take the memory"), budget.holding(10):
                gone.set()  # a quarter is taken by such as this one
        with pytest.raises(UserError, match="thers take the memory"), budget.holding(11):
            gone.set()  # this is no little
    assert not gone.is_set() and list(budget.waiting) == [large]


def test_a_handler_holds_its_need_as_long_as_it_works(budget: Budget) -> None:
    seen: list[float] = []

    @low_priority
    @within_memory(lambda given: given["size"])
    def call(name: str, size: int = 4) -> float:
        return budget.used

    @low_priority
    @within_memory(lambda given: given["size"])
    def stream(size: int) -> Iterator[float]:
        yield budget.used
        yield budget.used

    assert call("a") == 4 and call("a", 6) == 6 and budget.used == 0
    assert list(stream(3)) == [3, 3]
    left = stream(5)
    seen.append(next(left))
    del left  # a page that is closed
    gc.collect()
    end = time.monotonic() + 10
    while budget.used and time.monotonic() < end:
        time.sleep(0.02)
    assert seen == [5] and budget.used == 0
    with pytest.raises(UserError):
        call("a", 11)


def test_the_need_of_pictures_is_that_of_the_largest(tmp_path: Path) -> None:
    for name, size in (("a.png", (100, 50)), ("b.png", (200, 50))):
        Image.new("L", size).save(tmp_path / name)
    need = decoding("first", "second", bytes_a_pixel=3)
    a, b = str(tmp_path / "a.png"), str(tmp_path / "b.png")
    assert need({"first": a, "second": b}) == 30_000
    assert need({"first": [a], "second": None}) == 15_000 and need({}) == 0


def test_the_whole_is_what_the_machine_bears(monkeypatch: pytest.MonkeyPatch, tmp_path: Path
                                             ) -> None:
    assert 0 < whole_budget() <= memory_budget.MOST
    (tmp_path / "max").write_text("2000000000\n")
    monkeypatch.setattr(memory_budget, "LIMITS", (str(tmp_path / "max"), str(tmp_path / "none")))
    assert whole_budget() == pytest.approx(memory_budget.SHARE * 2e9)
    monkeypatch.setenv("VISION_MEMORY_GB", "1.5")
    assert whole_budget() == 1.5e9
    monkeypatch.setenv("VISION_MEMORY_GB", " ")
    assert whole_budget() == pytest.approx(memory_budget.SHARE * 2e9)


@pytest.mark.parametrize("given", ["abc", "0", "-3", "nan", "inf", "-inf", "1e999", "4 GB"])
def test_what_is_no_amount_of_memory_gets_one_sentence(given: str,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISION_MEMORY_GB", given)
    with pytest.raises(UserError, match=f"VISION_MEMORY_GB is '{given}'; a number"):
        whole_budget()


STARTED = """
import atexit, runpy, sys

atexit.register(lambda: print("torch" in sys.modules))
runpy.run_path("app.py", run_name="__main__")
"""


def test_the_program_ends_with_that_sentence_before_anything_heavy_is_loaded() -> None:
    ended = subprocess.run([sys.executable, "-c", STARTED], cwd=REPOSITORY, text=True,
                           env={**os.environ, "VISION_MEMORY_GB": "abc"}, capture_output=True,
                           timeout=300, check=False)
    assert ended.returncode == 2 and ended.stdout == "False\n"
    assert ended.stderr == ("VISION_MEMORY_GB is 'abc'; a number of gigabytes above 0 is accepted, "
                            "such as 4; set it to one, or leave it out.\n")


LIGHT = (gr.File, gr.DownloadButton, PaintedLayers)  # paths that are not opened; small layers


def test_no_event_outside_the_queue_decodes_an_upload() -> None:
    paths_only = {"code", "title"}  # which show the name of the file
    for call in create_app().fns.values():
        taken = [each for each in call.inputs if takes_files(each)]
        if not call.queue and not all(isinstance(each, LIGHT) for each in taken):
            assert call.name in paths_only, call.name


def test_refining_stops_at_the_size_that_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    from vision.ui.tabs.style import memory
    from vision.ui.tabs.style.studio import Studio

    monkeypatch.setattr(memory, "BUDGET", Budget(1.5e9))
    studio = Studio()
    for shape, most in (((300, 400, 3), 800), ((1100, 1200, 3), 1400)):
        studio.picture = np.zeros(shape, np.uint8)
        side = studio.grown(2)
        size = memory.double_size({"studio": studio})
        assert side <= most and memory.bytes_of(*size) <= memory.BUDGET.whole * 1.001
    assert studio.grown(1) == 1200 and studio.grown(2) > 1200


def test_of_two_large_paintings_the_second_waits() -> None:
    from vision.ui.tabs.style.memory import PAINTINGS, bytes_of

    page = 1.2e9  # bytes of the page with its models, before anybody paints
    assert memory_budget.MOST + PAINTINGS.whole + page <= 6e9
    one = bytes_of(1090, 1090)  # a little larger, and it is seen in tiles
    assert one < memory_budget.MOST < 2 * one


def test_a_painting_needs_what_was_measured(tmp_path: Path) -> None:
    from vision.ui.tabs.style.controls import NAMES, Chosen
    from vision.ui.tabs.style.memory import NEEDS, a_painting, asked

    Image.new("RGB", (400, 200)).save(tmp_path / "a.png")
    given: dict[str, Any] = {"content": str(tmp_path / "a.png"), "size": 1000}
    for network, needs in (*NEEDS.items(), ("nothing", NEEDS["bundled"])):
        assert a_painting({**given, "extractor": network}) == pytest.approx(
            needs.fixed + needs.seen * 500_000 + 8 * 80_000)
    assert a_painting(given) == a_painting({**given, "extractor": "bundled"})
    chosen = tuple(vars(Chosen(extractor="slim", optimizer="lbfgs")).values())
    assert list(NAMES) == list(vars(Chosen()))
    for key, values in (("controls", chosen), ("inputs", (None, None, None, None, *chosen))):
        assert asked({key: values}) == NEEDS["slim"]._replace(remembered=480)
    assert a_painting({"content": None, "size": 1000}) == 0


def test_between_its_turns_a_painting_holds_little(tmp_path: Path,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty small paintings go on at once, and nobody else waits behind those that wait."""
    from vision.ui.tabs.style import memory

    Image.new("RGB", (400, 300)).save(tmp_path / "a.png")
    given: dict[str, Any] = {"content": str(tmp_path / "a.png"), "extractor": "bundled"}
    between = memory.stays(memory.new_size)
    assert 32 * between({**given, "size": 300}) < 0.4 * memory.PAINTINGS.whole
    large = between({**given, "size": 1200})
    assert large < 0.1 * memory.bytes_of(900, 1200) and large < memory.PAINTINGS.whole
    assert memory.PAINTINGS is not memory_budget.BUDGET and memory.PAINTINGS.patience == 600
    assert between({"content": None, "size": 300}) == 0
    monkeypatch.setattr(memory, "BUDGET", Budget(1e9))
    with pytest.raises(UserError, match="would take about"):
        between({**given, "size": 1200})


def test_a_budget_may_have_its_own_patience(budget: Budget) -> None:
    patient = Budget(10, patience=0.05)
    memory_budget.PATIENCE = 10.0
    with patient.holding(7), pytest.raises(UserError, match="thers take the memory"):
        with patient.holding(4):
            pass
