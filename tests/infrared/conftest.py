"""What all tests of infrared share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.infrared.narrow import narrow_detectors


@pytest.fixture(scope="module")
def narrow() -> Iterator[None]:
    """Let detectors be narrow."""
    with narrow_detectors():
        yield
