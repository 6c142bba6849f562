"""Tests with a browser come last: Playwright leaves a running event loop in their process.

A test that runs a loop of its own would fail after them, as there may be only one in a thread.
Of their files those with most tests come first, so that all workers end at about the same time.
"""

from __future__ import annotations

from collections import Counter

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    files = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    counts = Counter(item.path for item in items if item.path in files)
    items.sort(key=lambda item: (item.path in files, -counts[item.path]))  # a stable sort
