"""Whether everything on a page can be read, looked at once it has come to rest."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LOOKS, PAUSE = 20, 500  # how often, milliseconds between


def contrast_failures(page: Page) -> list[str]:
    """Return what stays too pale: what is still being drawn is pale for a moment."""
    for _ in range(LOOKS):
        bad = _too_pale(page)
        if not bad:
            break
        page.wait_for_timeout(PAUSE)
    return bad


def _too_pale(page: Page) -> list[str]:
    found = Axe().run(page, context={"exclude": [["[data-stale]"]]},  # pale on purpose
                      options={"runOnly": ["color-contrast"]})
    return [node["html"][:120] for rule in found.response["violations"] for node in rule["nodes"]]
