"""What the browser tests of the style tab share: a tiny extractor, the open tab, a number typed."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import torch
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import unfold_settings
from tests.browser.screenshots import select
from tests.ui.tabs.style_tiny import tiny_extractor
from vision.style.descent import Descent


@pytest.fixture(scope="module", autouse=True)
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let the tab look with a tiny extractor of random weights."""
    with tiny_extractor(tmp_path_factory.mktemp("style")):
        yield


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a painting rest after each step: one that goes on until it is stopped costs the more
    steps the slower the browser is, and the more steps there are, the slower it is.
    """
    step = Descent.step

    def resting(self: Descent) -> torch.Tensor:
        time.sleep(0.1)
        return step(self)

    monkeypatch.setattr(Descent, "step", resting)


def opened(page: Page) -> Page:
    """Open the style tab and wait for its pictures, the painting that it opens with among them."""
    select(page, "style")
    page.locator("#style-content img").wait_for()
    page.locator("#style-style img").wait_for()
    page.locator("#style-result img").wait_for()
    unfold_settings(page)
    return page


def finished(page: Page, steps: str) -> None:
    """Wait until so many steps are painted and the run has ended, its files written."""
    expect(page.locator("#style-numbers .lab-tile b").first).to_have_text(f"{steps} / {steps}")
    expect(page.locator("#style-stop")).to_be_disabled()


def painted_at(page: Page, width: int) -> Locator:
    """Return the painting once it is so many pixels wide; out of sight it need not be loaded."""
    picture = page.locator("#style-result img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", width)
    return picture


def weigh(page: Page, name: str, power: str) -> None:
    """Move the slider of a weight to a power of ten."""
    page.locator(f"#style-{name}-power input[type=range]").fill(power)


def put(page: Page, name: str, value: str) -> None:
    """Type a number into one of the tab's sliders."""
    box = page.locator(f"#style-{name} input[type=number]")
    box.fill(value)
    box.press("Tab")
