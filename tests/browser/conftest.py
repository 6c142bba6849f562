"""A real Chromium that fails a test on any script error and on any request to the outside.

To open the page costs seconds of a processor, so a worker's tests share one window: `page`. A test
finds it as the one before left it, but in its first size and theme and without messages; so it sets
what it needs. Where one failed, the next loads the page anew, and so does whoever asks for
`fresh_page`. `open_page` gives windows of their own: to visitors who must not know of each other,
and to those who speak another language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.ui.running import app_url, whole_page  # noqa: F401
from vision.ui.components.steps import PLACES

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
DESKTOP = (1280, 900)
STARTED = "#segmentation-picture img"  # what is there once the page has been loaded
PATIENCE = 180_000  # milliseconds that a busy machine may take for anything
expect.set_options(timeout=PATIENCE)
PASSED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]
                              ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[PASSED] = report.passed
    return report


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


class Window:
    """The window that a worker's tests share, and the problems that its page has had."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.problems: list[str] = []
        self.page = new_page(browser, self.problems)
        self.address, self.stale = address, True

    def reset(self) -> None:
        """Bring back size and theme, and the page itself where nobody knows how it was left."""
        width, height = DESKTOP
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        if self.stale:
            load(self.page, self.address)
        self.page.evaluate("history.replaceState(null, '', location.pathname)")
        self.page.evaluate(  # some go by themselves meanwhile
            "document.querySelectorAll('.toast-close, .lab-told').forEach(each => each.click())")
        self.page.mouse.move(0, 0)
        self.problems.clear()


@pytest.fixture(scope="session")
def window(browser: Browser, app_url: str) -> Window:  # noqa: F811
    """The window of all tests of this worker; those of a file may declare it stale."""
    return Window(browser, app_url)


@pytest.fixture
def page(window: Window, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page in the shared window."""
    window.reset()
    window.stale = True
    yield window.page
    assert not window.problems
    window.stale = not request.node.stash.get(PASSED, False)


@pytest.fixture
def fresh_page(window: Window, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page in the shared window as a visitor finds it; the next test gets it anew, too."""
    window.stale = True
    page = request.getfixturevalue("page")
    yield page
    request.node.stash[PASSED] = False


@pytest.fixture
def open_page(browser: Browser, app_url: str) -> Iterator[Callable[..., Page]]:  # noqa: F811
    """Return a function that opens the app in a browser window of its own."""
    with windows(browser, app_url) as opening:
        yield opening


@contextmanager
def windows(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Yield a function that opens windows; at the end they close, and problems they had fail."""
    problems: list[str] = []
    pages: list[Page] = []

    def opening(link: str = address, **settings: object) -> Page:
        pages.append(new_page(browser, problems, **settings))  # type: ignore[arg-type]
        load(pages[-1], link)
        return pages[-1]

    yield opening
    for page in pages:
        page.context.close()
    assert not problems


def new_page(browser: Browser, problems: list[str], width: int = DESKTOP[0],
             height: int = DESKTOP[1], language: str = "en-US") -> Page:
    """Return an empty page in a window of its own, which notes what should not happen.

    Its visitor asks for little motion, so that a test need not wait until a page has scrolled.
    """
    context = browser.new_context(viewport={"width": width, "height": height}, locale=language,
                                  color_scheme="light", reduced_motion="reduce")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("pageerror", lambda error: problems.append(f"script error {error}"))
    page.on("console", lambda message: problems.extend(
        [message.text] if "> attribute " in message.text else []))  # a drawing with a wrong part
    page.on("request", lambda request: problems.extend(outside(request.url)))
    return page


def outside(address: str) -> list[str]:
    """Return what is wrong with where a request goes."""
    parts = urlparse(address)
    here = parts.hostname in ("127.0.0.1", "localhost")
    return [] if here or parts.scheme not in ("http", "https", "ws") else [f"request to {address}"]


def load(page: Page, address: str) -> None:
    """Load the app, also where only what follows the # changes."""
    page.goto("about:blank")
    page.goto(address)
    page.locator(STARTED).wait_for()


def open_part(page: Page, name: str) -> None:
    """Open a tab's inner part by its id or words, whichever step it belongs to."""
    row = page.locator("#app-tabs > .tabitem:visible [id$=-parts] .tab-wrapper")
    named = row.locator(f"[role=tab][data-tab-id='{name}']")
    (named if named.count() else row.locator("[role=tab]", has_text=name)).first.dispatch_event(
        "click")


def open_step(page: Page, name: str) -> None:
    """Open a tab's step by its id."""
    page.locator(f".lab-steps:visible input[value={name}]").check()


def press(page: Page, button: str) -> None:
    """Press a button and wait for the answer, where an earlier one may show the same."""
    with page.expect_request(lambda request: request.url.endswith("/queue/join?")):
        page.locator(button).click()
    expect(page.locator(".pending, .generating")).to_have_count(0)


def unfold_settings(page: Page) -> None:
    """Open what a tab keeps of its main action's controls in a fold."""
    fold = page.locator("#app-tabs > .tabitem:visible [id$=-settings] > button.label-wrap").first
    if "open" not in (fold.get_attribute("class") or "").split():
        fold.click()


def unfold(page: Page, words: str) -> None:
    """Open a part that is folded away, where it is not open, in the step that it belongs to."""
    part = page.locator("#app-tabs > .tabitem:visible button.label-wrap", has_text=words).first
    step = part.evaluate("part => part.closest('[class*=lab-step-]')?.className"
                         ".match(/lab-step-(\\w+)/)[1]")
    if step in PLACES and not part.is_visible():
        open_step(page, step)
        if step == "train" or part.evaluate("part => part.closest('[id$=-code], [id$=-lesson]')"):
            return expect(part).to_have_class(re.compile(r"\bopen\b"))
    if "open" not in (part.get_attribute("class") or "").split():
        part.click()
