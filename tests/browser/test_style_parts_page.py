"""What stands below the painting: the sheet, own networks, fetched weights; and other sessions."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import PATIENCE, open_part, unfold
from tests.browser.style_helpers import (  # noqa: F401
    opened,
    painted_at,
    put,
    tiny,
    unhurried,
    weigh,
)
from vision.style import sheet, transfer
from vision.style.features import extractor as extractors
from vision.style.models.vgg19 import Extractor
from vision.ui.tabs.style import one_pass
from vision.ui.tabs.style.studio import Studio

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]


def tab(page: Page, words: str) -> None:
    open_part(page, words)


def step(page: Page) -> Locator:
    return page.locator("#style-numbers .lab-tile b").first


@pytest.mark.usefixtures("unhurried")
def test_the_sheet_tells_its_progress_and_a_click_goes_on(
        page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet.contact_sheet, "__defaults__", (sheet.FAST, 64, 60))
    opened(page)
    put(page, "size", "160")
    put(page, "steps", "8")
    tab(page, "sheet")
    page.locator("#style-sheet-go").click()
    said = page.locator("#style-sheet-place")
    expect(said).to_contain_text("of 60 · about")
    expect(said).to_contain_text("60 of 60 steps done")
    page.locator("#style-contact-sheet img").click(position={"x": 6, "y": 6})
    expect(page.locator("#style-film")).to_be_visible()
    expect(step(page)).to_have_text("8 / 8")
    expect(page.locator("#style-result")).to_be_in_viewport(ratio=0.9)
    painted_at(page, 160)
    expect(page.locator("#style-readout")).to_contain_text("style × 316")


@pytest.mark.usefixtures("unhurried")
def test_a_stopped_sheet_stays_and_can_be_clicked(
        page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet.contact_sheet, "__defaults__", (sheet.FAST, 64, 5000))
    opened(page)
    put(page, "steps", "4")
    put(page, "size", "96")
    tab(page, "sheet")
    page.locator("#style-sheet-go").click()
    expect(page.locator("#style-sheet-place")).to_contain_text("of 5000 · about")
    page.locator("#style-contact-sheet img").wait_for()
    page.locator("#style-sheet-stop").click()
    expect(page.locator("#style-sheet-place")).to_contain_text("of 5000 steps done")
    expect(page.locator("#style-contact-sheet img")).to_be_visible()
    page.locator("#style-contact-sheet img").click(position={"x": 6, "y": 6})
    painted_at(page, 96)
    expect(page.locator("#style-film")).to_be_visible()


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Tiny "ImageNet weights" at an address on this disk; torch keeps them in an empty folder."""
    state = {**Extractor("compact").state_dict(), "filler": torch.zeros(2**20)}
    torch.save(state, tmp_path / "made.pth")
    digest = hashlib.sha256((tmp_path / "made.pth").read_bytes()).hexdigest()[:8]
    file = (tmp_path / "made.pth").rename(tmp_path / f"vgg19-{digest}.pth")
    monkeypatch.setattr(extractors, "_address", file.as_uri)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setattr(extractors, "Extractor", lambda size: Extractor("compact"))
    extractors._imagenet.cache_clear()
    yield file
    extractors._imagenet.cache_clear()


def test_weights_that_cannot_be_fetched_leave_the_bundled_ones(
        page: Page, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extractors, "_address", lambda: "http://127.0.0.1:9/vgg19-01234567.pth")
    opened(page)
    unfold(page, "More settings")
    page.locator("#style-fetch").click()
    said = page.locator(".toast-body").first
    expect(said).to_contain_text("could not be fetched (Connection refused)")
    expect(page.locator("#style-extractor input[value=slim]")).to_be_checked()
    put(page, "size", "64")
    put(page, "steps", "3")
    page.locator("#style-go").click()
    painted_at(page, 64)
    expect(page.locator("#style-film")).to_be_visible()


@pytest.mark.usefixtures("unhurried")
def test_two_sessions_do_not_reach_each_other_and_a_third_begins_at_once(
        page: Page, open_page: OpenPage) -> None:
    first, second, third = opened(page), opened(open_page()), opened(open_page())
    for page in (first, second):
        put(page, "size", "96")
        put(page, "steps", "1000")
        weigh(page, "tv", "1")
        painted = page.locator("#style-result img")
        before = painted.get_attribute("src") or ""
        page.locator("#style-go").click()
        expect(painted).not_to_have_attribute("src", before)
    painted = third.locator("#style-result img")
    before = painted.get_attribute("src") or ""
    third.locator("#style-go").click()
    expect(painted).not_to_have_attribute("src", before)
    weigh(first, "tv", "3")
    expect(first.locator(".style-mark")).not_to_have_count(0)
    first.locator("#style-stop").click()
    expect(first.locator("#style-film")).to_be_visible()
    before = step(second).inner_text()
    expect(step(second)).not_to_have_text(before)
    expect(second.locator(".style-mark")).to_have_count(0)
    expect(second.locator("#style-film")).to_be_hidden()


def test_closing_the_page_ends_the_work(open_page: OpenPage,
                                        monkeypatch: pytest.MonkeyPatch) -> None:
    ended, studios, begins, ends = threading.Event(), [], Studio.begin, Studio.end

    def begin(studio: Studio, afresh: bool) -> np.ndarray | None:
        studios.append(studio)
        return begins(studio, afresh)

    def end(studio: Studio) -> None:
        ends(studio)
        if studio in studios:  # and not that of an earlier test, whose page is closed as well
            ended.set()

    steps: list[int] = []
    took = transfer.Descent.step
    monkeypatch.setattr(Studio, "begin", begin)
    monkeypatch.setattr(Studio, "end", end)
    monkeypatch.setattr(transfer.Descent, "step", lambda self: steps.append(0) or took(self))
    page = opened(open_page())
    put(page, "size", "300")  # a thousand small steps would be done before the page is closed
    put(page, "steps", "1000")
    page.locator("#style-go").click()
    expect(step(page)).to_contain_text("/ 1000")  # it works, and does not wait
    page.context.close()
    assert ended.wait(PATIENCE / 1000) and len(steps) < 1000
    assert studios[0].picture is None and not studios[0].film.frames


def test_fetched_weights_show_their_progress_and_paint(
        fresh_page: Page, published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, original = threading.Event(), extractors._copy

    def copy(web: Any, file: Any, size: int, told: Any) -> str:
        def wait(share: float) -> None:
            told(share)
            seen.wait(PATIENCE / 1000)

        return original(web, file, size, wait)

    monkeypatch.setattr(extractors, "_copy", copy)
    page = opened(fresh_page)
    unfold(page, "More settings")
    page.locator("#style-fetch").click()
    expect(page.locator("#style-fetched")).to_contain_text("%")
    seen.set()
    expect(page.locator("#style-fetched")).to_contain_text("are here")
    expect(page.locator("#style-extractor input[value=imagenet]")).to_be_checked()
    assert os.listdir(Path(torch.hub.get_dir()) / "checkpoints") == [published.name]
    put(page, "size", "64")
    put(page, "steps", "3")
    page.locator("#style-go").click()
    expect(page.locator("#style-film")).to_be_visible()


def test_a_stopped_training_gives_a_network_that_paints(
        fresh_page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(one_pass, "SIDE", 64)
    page = opened(fresh_page)
    put(page, "size", "96")
    unfold(page, "Train your own")
    put(page, "train-steps", "4000")
    page.locator("#style-train").click()
    page.locator("#style-sample img").wait_for()
    expect(page.locator("#style-train-plot .lab-plots")).to_be_visible()
    page.locator("#style-train-stop").click()
    expect(page.locator("#style-train-download")).to_be_visible()
    tab(page, "forward")
    expect(page.locator("#style-painter input")).to_have_value("my own network")
    page.locator("#style-forward-go").click()
    expect(page.locator("#style-forward-said")).to_contain_text("ms")
    page.locator("#style-forward img").scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('#style-forward img').naturalWidth > 60")
