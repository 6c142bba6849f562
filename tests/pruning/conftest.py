"""What all tests of slimming share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pruning.few_drawings import few_drawings


@pytest.fixture(scope="module", autouse=True)
def _few_drawings() -> Iterator[None]:
    """Draw few pictures, once for each file."""
    with few_drawings():
        yield
