"""What the tests of the server share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.ui.server.small_page import asked


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    """A client of a small page behind its doors, for requests that change nothing there."""
    with asked() as client:
        yield client
