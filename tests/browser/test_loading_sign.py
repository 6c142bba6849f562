"""What Gradio's sign of loading begins ends once the page is there; what others begin goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from vision.ui.server.scripts.languages import STOP

pytestmark = pytest.mark.browser
LOOPS = """() => {
  window.made = {sign: 0, other: 0, later: 0};
  const sign = () => requestAnimationFrame(() => { made.sign++; sign(); });
  const other = () => { made.other++; requestAnimationFrame(other); };
  window.later = () => requestAnimationFrame(() => { made.later++; later(); });
  sign();
  requestAnimationFrame(other);
}"""


@pytest.fixture
def empty(browser: Browser) -> Page:
    """A page of which nothing is there but the script that it begins with."""
    page = browser.new_page()
    page.evaluate(STOP)
    return page


def test_a_loop_that_began_before_the_page_ends_with_it(empty: Page) -> None:
    empty.evaluate(LOOPS)
    empty.wait_for_function("made.sign > 3 && made.other > 3")
    empty.evaluate("document.body.innerHTML = '<div id=app-tabs></div>'; later()")
    empty.wait_for_function("made.later > 3")
    made = empty.evaluate("made")
    empty.wait_for_function("last => made.later > last.later + 9 && made.other > last.other + 9",
                            arg=made)
    assert empty.evaluate("made.sign") == made["sign"]
    empty.close()
