"""`--numprocesses auto` is half as many again as there are processors.

A browser test waits for half of its time, for the page or for a moment to look again. Quick tests
never wait.
"""

from __future__ import annotations

import math
import os

import pytest


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Return how many workers there are, None for pytest-xdist's own choice."""
    return None if config.getoption("--quick") else math.ceil(1.5 * (os.cpu_count() or 1))
