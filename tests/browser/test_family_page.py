"""The family tree in a real browser: whoever registers is drawn, clicked and told of."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from vision.segmentation.models import ARCHITECTURES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_a_click_tells_of_an_architecture(one_page: Page, name: str) -> None:
    one_page.get_by_role("tab", name="Family tree").click()
    node = one_page.locator(f"#segmentation-family button[data-arch='{name}']")
    node.click()
    expect(node).to_have_attribute("aria-pressed", "true")
    facts = one_page.locator("#segmentation-family-facts")
    expect(facts.locator("h3")).to_have_text(name, timeout=30_000)
    expect(facts).to_contain_text(str(ARCHITECTURES[name].year))
    expect(facts.locator("p").first).not_to_have_text("Paper")  # an idea stands before the link
