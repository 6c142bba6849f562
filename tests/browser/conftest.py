"""A real Chromium that fails a test on any script error and on any request to the outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.ui.running import app_url, whole_page  # noqa: F401

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, app_url: str) -> Iterator[Callable[..., Page]]:  # noqa: F811
    """Return a function that opens the app in a browser window of its own."""
    with windows(browser, app_url) as opening:
        yield opening


@pytest.fixture(scope="module")
def one_page(browser: Browser, app_url: str) -> Iterator[Page]:  # noqa: F811
    """The app in one browser window for all tests of a file."""
    with windows(browser, app_url) as opening:
        yield opening()


@contextmanager
def windows(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens windows; at the end they close, and problems they had fail."""
    problems: list[str] = []
    contexts = []

    def watch(requested: str) -> None:
        parts = urlparse(requested)
        if parts.scheme in ("http", "https", "ws") and parts.hostname not in ("127.0.0.1",
                                                                              "localhost"):
            problems.append(f"request to {requested}")

    def opening(width: int = 1280, height: int = 900, language: str = "en-US",
                theme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": height},
                                      locale=language, color_scheme=theme)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"script error {error}"))
        page.on("request", lambda request: watch(request.url))
        page.goto(address)
        page.locator("#segmentation-picture img").wait_for()
        return page

    yield opening
    for context in contexts:
        context.close()
    assert not problems
