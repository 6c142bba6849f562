"""Tests with a browser come last: Playwright leaves a running event loop in their process.

A test that runs a loop of its own would fail after them, as there may be only one in a thread.
"""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    files = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path in files)  # a stable sort: the order stays otherwise
