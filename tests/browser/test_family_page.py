"""The family tree in a real browser: whoever registers is drawn, and told of at a click."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_part
from tests.browser.screenshots import select
from vision.segmentation.models import ARCHITECTURES
from vision.ui.components.names import network

pytestmark = pytest.mark.browser


def test_a_click_tells_of_an_architecture(page: Page) -> None:
    select(page, "segmentation")
    open_part(page, "family")
    nodes = page.locator("#segmentation-family button[data-arch]")
    expect(nodes).to_have_count(len(ARCHITECTURES.names()))
    for name in ("pspnet", "vnet"):  # one that has a model to choose, and one of volumes
        node = page.locator(f"#segmentation-family button[data-arch='{name}']")
        node.click()
        expect(node).to_have_attribute("aria-pressed", "true")
        facts = page.locator("#segmentation-family-facts")
        expect(facts.locator("h3")).to_have_text(network(name))
        expect(facts).to_contain_text(str(ARCHITECTURES[name].year))
        expect(facts.locator("p").first).not_to_have_text("Paper")  # an idea stands before the link
