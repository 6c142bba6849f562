"""What the tests of the server share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from tests.ui.server.small_page import asked
from vision.ui.server.scripts.mended_scripts import scripts


@pytest.fixture
def anyio_backend() -> str:
    """What runs the tests that wait."""
    return "asyncio"


@pytest.fixture(scope="module")
def http() -> Iterator[TestClient]:
    """A client of a small page behind its doors, for requests that change nothing there."""
    with asked() as client:
        yield client


@pytest.fixture
def mended() -> Callable[[str], str]:
    """A function that names the mended script which begins so; other Gradios may have none."""
    def find(beginning: str) -> str:
        found = [name for name in scripts() if name.startswith(beginning)]
        return found[0] if found else pytest.skip("this Gradio's script says it in other words")

    return find
