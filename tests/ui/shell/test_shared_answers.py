"""What thirty ask alike is computed once, kept within bounds, and goes with those who asked."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vision import checkpoints
from vision.errors import UserError
from vision.infrared.thermogram.thermogram import Patch
from vision.ui import ASSETS
from vision.ui.server import http_server
from vision.ui.shell.answers import cache as answer_cache
from vision.ui.shell.answers import shared as shared_answers
from vision.ui.shell.answers.cache import AnswerCache
from vision.ui.shell.answers.parts import freeze, size_of
from vision.ui.shell.answers.shared import computed_once, content
from vision.ui.tabs.gan import sample as gan
from vision.ui.tabs.infrared import detect as infrared
from vision.ui.tabs.infrared import shared as infrared_shared
from vision.ui.tabs.infrared.camera_file import USUAL
from vision.ui.tabs.infrared.surfaces import Patches
from vision.ui.tabs.pruning import surgery
from vision.ui.tabs.pruning.cut import Cut
from vision.ui.tabs.segmentation import segment as segmentation

STREET = ASSETS / "segmentation" / "street-1.png"


class Counting:
    """A computation that counts how often it is done, and waits until it may end."""

    def __init__(self, answer: Any = "answer") -> None:
        self.answer, self.times = answer, 0
        self.begun, self.go = threading.Event(), threading.Event()
        self.go.set()

    def __call__(self) -> Any:
        self.times += 1
        self.begun.set()
        assert self.go.wait(10)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def at_once(work: Any, count: int = 30) -> list[threading.Thread]:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def done(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_thirty_who_ask_at_once_get_one_computation() -> None:
    cache, compute, got = AnswerCache(), Counting(object()), []
    compute.go.clear()
    threads = at_once(lambda: got.append(cache.ask("question", compute)))
    assert compute.begun.wait(10)
    compute.go.set()
    done(threads)
    assert compute.times == 1 and len(got) == 30 and set(map(id, got)) == {id(compute.answer)}
    cache.ask("question", compute)
    cache.ask("another", compute)
    assert compute.times == 2 and not cache.coming


def test_an_error_is_told_to_all_who_wait_and_not_kept() -> None:
    cache, compute, told = AnswerCache(), Counting(UserError("a", "b", "c")), []
    compute.go.clear()

    def ask() -> None:
        try:
            cache.ask("question", compute)
        except UserError as error:
            told.append(error)

    threads = at_once(ask, 5)
    while len(cache.coming) < 1 or not compute.begun.is_set():
        time.sleep(0.01)
    compute.go.set()
    done(threads)
    assert len(told) == 5 and 1 <= compute.times <= 5 and not cache.kept
    compute.answer = "right now"
    assert cache.ask("question", compute) == "right now" and not cache.coming


def test_who_waits_too_long_computes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_cache, "PATIENCE", 0.05)
    cache, slow, own = AnswerCache(), Counting("slow"), Counting("own")
    slow.go.clear()
    threads = at_once(lambda: cache.ask("question", slow), 1)
    assert slow.begun.wait(10)
    assert cache.ask("question", own) == "own"
    slow.go.set()
    done(threads)
    assert cache.ask("question", own) == "slow" and own.times == 1


def test_so_many_bytes_are_kept_and_those_not_given_for_longest_go() -> None:
    cache = AnswerCache(3000)
    arrays = [np.zeros(1000, np.uint8) for _ in range(4)]
    for name, array in zip("abc", arrays, strict=False):
        cache.ask(name, lambda array=array: array)
    cache.ask("a", Counting())
    cache.ask("d", lambda: arrays[3])
    assert list(cache.kept) == ["c", "a", "d"] and cache.used == 3000
    cache.ask("huge", lambda: np.zeros(4000, np.uint8))
    assert "huge" not in cache.kept and cache.used == 3000


@dataclass(frozen=True)
class Found:
    """An answer with parts."""

    whole: np.ndarray
    more: dict[str, Any]


def test_all_parts_count_once_and_nobody_changes_them() -> None:
    array = np.zeros((10, 100), np.uint8)
    answer = Found(array, {"again": array, "text": "x" * 50, "own": [np.zeros(500, np.uint8)]})
    assert 1550 <= size_of(answer) <= 1550 + 10 * 64
    assert size_of([np.zeros(10**6, np.uint8)[:5]]) > 10**6  # all of it is kept
    freeze(answer)
    with pytest.raises(ValueError, match="read-only"):
        answer.whole[0] = 1


def test_what_was_made_from_an_upload_goes_with_the_last_who_asked(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    cache, compute = AnswerCache(), Counting()
    monkeypatch.setattr(shared_answers, "ANSWERS", cache)
    own = tmp_path / "own.png"
    own.write_bytes(STREET.read_bytes() + b"mine")
    model = checkpoints.shipped("gan")[0]

    def ask(session: str | None, picture: Path, path: Path = model) -> None:
        request: Any = SimpleNamespace(session_hash=session)
        computed_once("kind", compute, 1, request=request, pictures=(str(picture), None),
                      models=(path,))

    ask(None, own)  # a program without a session
    assert not cache.kept
    ask("one", own)
    ask("two", own)
    assert compute.times == 2
    cache.forget("one")
    assert len(cache.kept) == 1
    cache.forget("two")
    assert not cache.kept and cache.used == 0
    ask("one", own)
    cache.kept[next(iter(cache.kept))].used -= 3601
    ask("two", own)
    assert compute.times == 4
    mine = Path(shutil.copy(model, tmp_path))
    ask("one", STREET, mine)
    assert len(cache.kept) == 2
    for session in ("one", "two"):
        cache.forget(session)
    assert not cache.kept


def test_a_copy_of_the_pages_own_picture_is_everybodys(monkeypatch: pytest.MonkeyPatch,
                                                       tmp_path: Path) -> None:
    cache, compute = AnswerCache(), Counting()
    monkeypatch.setattr(shared_answers, "ANSWERS", cache)
    copy = str(shutil.copy(STREET, tmp_path / "renamed.png"))
    for session in ("one", None):
        request: Any = SimpleNamespace(session_hash=session)
        computed_once("kind", compute, request=request, pictures=(copy,))
        cache.forget(str(session))
    assert compute.times == 1 and len(cache.kept) == 1
    computed_once("kind", compute, 2, request=None, pictures=(str(STREET),))
    assert compute.times == 2


def test_a_file_that_changes_is_another(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"one")
    before = content(file)
    file.write_bytes(b"three")
    assert content(file) != before


def test_a_closed_page_lets_go_of_what_it_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    cache, served = AnswerCache(), []
    monkeypatch.setattr(http_server, "ANSWERS", cache)
    present = http_server.Present

    def standing_in(app: Any, *others: Any) -> Any:
        served.append(present(nothing, *others))
        return served[-1]

    async def nothing(*_: Any) -> None:
        assert cache.kept  # as long as the page is open

    monkeypatch.setattr(http_server, "Present", standing_in)
    for door in ("Health", "LightPictures", "QueueLimits", "Sessions"):
        monkeypatch.setattr(http_server, door, lambda *_: SimpleNamespace(
            session_of=None, listeners=None, open_pages=Counter()))
    page = SimpleNamespace(mcp_server_obj=None)
    http_server.with_doors(SimpleNamespace(get_blocks=lambda: page))  # type: ignore[arg-type]
    cache.ask("question", Counting(), "one")
    beat: Any = {"type": "http", "path": "/gradio_api/heartbeat/one"}
    asyncio.run(served[1](beat, None, None))
    assert not cache.kept


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> AnswerCache:
    """Nothing was asked yet."""
    cache = AnswerCache()
    monkeypatch.setattr(shared_answers, "ANSWERS", cache)
    return cache


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> Counter[str]:
    """Count how often a function of a module is called."""
    calls, done = Counter[str](), getattr(module, name)

    def call(*values: Any, **named: Any) -> Any:
        calls[name] += 1
        return done(*values, **named)

    monkeypatch.setattr(module, name, call)
    return calls


def visitor(session: str, language: str) -> Any:
    return SimpleNamespace(session_hash=session, headers={"accept-language": language})


def test_two_visitors_with_two_languages_share_a_segmentation(
        monkeypatch: pytest.MonkeyPatch, fresh: AnswerCache) -> None:
    calls = counted(monkeypatch, segmentation, "judged")
    english, chinese = (segmentation.segment(str(STREET), None, "unet", 0.6, None,
                                             visitor(language, language))
                        for language in ("en", "zh-CN"))
    assert calls["judged"] == 1
    assert english[0] is chinese[0] and english[2] != chinese[2]  # one result, two texts
    assert english[6] != chinese[6]  # each has a file of his own
    assert Path(english[6]).read_bytes() == Path(chinese[6]).read_bytes()


def test_two_visitors_share_a_sample_and_another_seed_is_another(
        monkeypatch: pytest.MonkeyPatch, fresh: AnswerCache) -> None:
    calls, model = counted(monkeypatch, gan, "drawn"), gan.MODELS.first()
    sheets = [gan.sample(model, [0, 1], 4, seed, 4.0, None, visitor(name, "en"))[0]
              for name, seed in (("a", 0), ("b", 0), ("c", 1))]
    assert calls["drawn"] == 2 and sheets[0] == sheets[1] != sheets[2]


def test_a_detection_is_shared_unless_surfaces_were_set(
        monkeypatch: pytest.MonkeyPatch, fresh: AnswerCache) -> None:
    calls, nothing = counted(monkeypatch, infrared, "judged"), Patches()
    picture = str(ASSETS / "infrared" / "thermogram-1.png")
    mask = np.zeros((288, 384), bool)
    mask[:9] = True
    own = Patches(content(picture), (Patch(mask, 0.5, 20.0),))
    for patches in (nothing, nothing, own, own):
        infrared.detect(picture, -10, 30, "", infrared.MODELS.first(), 0.5, 0.5, 1, 20, None,
                        "recorded", 0.35, None, patches, visitor("a", "en"))
    assert calls["judged"] == 2


def test_what_the_infrared_tab_opens_with_is_not_found_again(
        monkeypatch: pytest.MonkeyPatch, fresh: AnswerCache) -> None:
    """Thirty who press Detect on an untouched page get what was found while it started."""
    view = infrared.example_view()
    assert view is not None
    monkeypatch.setattr(infrared, "judged", lambda *_: pytest.fail("it was found again"))
    (picture, low, high, unit), *_ = infrared_shared.examples()
    again, *_ = infrared.detect(picture, low, high, unit, view.measured.model,
                                infrared_shared.shown_from(), 0.5, *USUAL, "recorded", 0.35, None,
                                Patches(), visitor("a", "en"))
    assert again.result is view.result


def test_a_cut_that_is_known_comes_whole(
        monkeypatch: pytest.MonkeyPatch, fresh: AnswerCache) -> None:
    monkeypatch.setattr(surgery, "LOOK", 0.0)
    cut = Cut("vgg16-drawings", 0.3, "gamma", "", None)
    monkeypatch.setattr(surgery, "report_of", lambda *_: None)
    monkeypatch.setattr(surgery, "report_of_cut", lambda *_: None)
    first, again = (list(surgery.trials(cut, None)) for _ in range(2))
    assert len(first) == 3 and again == first[-1:] and again[0].measured


def test_a_cut_is_made_once_and_its_clock_says_when_it_was_read(
        monkeypatch: pytest.MonkeyPatch, fresh: AnswerCache) -> None:
    monkeypatch.setattr(surgery, "LOOK", 0.0)
    report = SimpleNamespace(accuracy=0.5, per_class={})
    monkeypatch.setattr(surgery, "report_of", lambda *_: report)
    monkeypatch.setattr(surgery, "report_of_cut", lambda *_: report)
    monkeypatch.setattr(surgery, "shown", lambda trial, request: trial.measured)
    cuts, clocks = (counted(monkeypatch, surgery, name) for name in ("surgery", "clocked"))
    first, second = (list(surgery.prune("vgg16-drawings", 0.3, "gamma", "", None, None, "",
                                        visitor(name, "en")))[-1] for name in "ab")
    assert cuts["surgery"] == clocks["clocked"] == 1
    assert first[0] == second[0] and first[0].endswith("UTC")


def test_what_is_known_is_told_without_computing(tmp_path: Path) -> None:
    picture = tmp_path / "own.png"
    picture.write_bytes(b"a picture of somebody's own")
    settings: dict[str, Any] = {"pictures": (str(picture),), "request": None}
    assert shared_answers.known("a kind", 1, **settings) is None
    asker = SimpleNamespace(session_hash="somebody")
    settings["request"] = asker
    assert shared_answers.computed_once("a kind", lambda: "found", 1, **settings) == "found"
    assert shared_answers.known("a kind", 1, **settings) == "found"
    assert shared_answers.known("a kind", 2, **settings) is None
