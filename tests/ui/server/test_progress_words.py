"""Gradio's sign of progress is served with the page's words; what other Gradios say stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from vision.ui.server.scripts.languages import SCRIPTS
from vision.ui.server.scripts.progress_words import with_words


@pytest.fixture
def script(mended: Callable[[str], str]) -> str:
    """The name of the script that draws the sign."""
    return mended("statustracker-")


def test_the_sign_asks_for_the_words_of_the_page(http: TestClient, script: str) -> None:
    served = http.get(f"/assets/{script}").text
    assert "processing |" not in served and "`queue: " not in served
    for word in (".i18n('app.processing')} |`", ".i18n('app.queue')}: ${"):
        assert served.count(word) == 1


def test_a_script_that_says_it_otherwise_is_served_as_it_is(script: str) -> None:
    theirs = (SCRIPTS / script).read_text("utf-8")
    for other in (theirs + theirs, theirs.replace("`processing |`", "`busy |`")):
        assert with_words(other) == other
