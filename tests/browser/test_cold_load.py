"""What a first visit brings over the wire, and that the rest comes when it is asked for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.conftest import open_part, open_step

pytestmark = pytest.mark.browser
MOST = 500_000  # bytes, heads of the answers included
QUIET = 4000  # milliseconds without an answer, after which no more is waited for


@pytest.mark.parametrize("language", ["en-US"])
def test_a_first_visit_is_light_and_what_is_heavy_comes_when_it_is_opened(
        browser: Browser, app_url: str, language: str) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale=language)
    page = context.new_page()
    came = counted(context.new_cdp_session(page))
    page.goto(app_url)
    expect(page.locator("#segmentation-picture img")).to_be_visible(timeout=60_000)
    expect(page.locator("#segmentation-examples img")).to_have_count(6, timeout=60_000)
    wait_until_all_came(page, came)
    assert 100_000 < sum(came) <= MOST, f"{sum(came)} bytes in {len(came)} answers"
    heavy_parts_come(page)
    context.close()


def counted(session: CDPSession) -> list[int]:
    """Return a list of the bytes of each answer that comes from now on."""
    came: list[int] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    return came


def wait_until_all_came(page: Page, came: list[int]) -> None:
    """Wait until nothing comes any more; a page is never idle, as it tells that it is open."""
    before = -1
    while len(came) > before:
        before = len(came)
        page.wait_for_timeout(QUIET)


def heavy_parts_come(page: Page) -> None:
    """Open what holds the code, the galleries and an editor."""
    open_step(page, "code")
    expect(page.locator(".cm-content:visible")).to_contain_text("vision", timeout=60_000)
    open_part(page, "play")
    page.locator("button.label-wrap:visible", has_text="Paint on the prediction").click()
    expect(page.locator("#segmentation-painting canvas").first).to_be_visible(timeout=60_000)
    page.locator("#app-tabs [role=tab][data-tab-id=style]").click()
    expect(page.locator("#style-paintings img")).to_have_count(12, timeout=60_000)
