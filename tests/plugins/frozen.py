"""What is there when a file of tests begins is not looked through for litter again.

Trainings collect litter when they end; among a million objects of the page and of thousands of
tests, which all stay, that takes longer than a tiny training.
"""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

BEGUN = pytest.StashKey[Path]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.config.stash.get(BEGUN, None) != item.path:
        item.config.stash[BEGUN] = item.path
        gc.collect()
        gc.freeze()
