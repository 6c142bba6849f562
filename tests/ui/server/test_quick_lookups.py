"""One script of Gradio's page finds its parts in tables; what other Gradios say stays as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from vision.ui.server.scripts import quick_lookups
from vision.ui.server.scripts.languages import SCRIPTS

EVENTS = "find_attached_events(e,t){return attachEvents(e,t)}"


@pytest.fixture
def script(mended: Callable[[str], str]) -> str:
    """The name of the script that searches."""
    return mended("core-")


def test_both_searches_of_the_script_are_replaced(http: TestClient, script: str) -> None:
    answer = http.get(f"/assets/{script}")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert EVENTS in answer.text and answer.text.count("return partWithId(") == 1
    assert answer.text.endswith(f"\n{quick_lookups.TABLES}\n")


def test_what_surrounds_the_searches_stays(script: str) -> None:
    theirs = (SCRIPTS / script).read_text("utf-8")
    ours = quick_lookups.with_tables(theirs).removesuffix(f"\n{quick_lookups.TABLES}\n")
    before, after = ours.split(EVENTS)
    assert theirs.startswith(before) and theirs.count("traverse(e,t)") == 1
    assert after.startswith("traverse(e,t)") and ours.count("await") == theirs.count("await")


def test_a_script_that_says_it_otherwise_is_served_as_it_is(script: str) -> None:
    theirs = (SCRIPTS / script).read_text("utf-8")
    other = theirs.replace("find_attached_events(e,t)", "find_events(e,t)")
    assert quick_lookups.with_tables(other) == other
    assert quick_lookups.with_tables(theirs + theirs) == theirs + theirs
