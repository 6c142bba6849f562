"""A file of a wrong kind is refused in the reader's language; what other Gradios say stays."""

from __future__ import annotations

from collections.abc import Callable

from starlette.testclient import TestClient

from vision.ui.server.scripts.languages import SCRIPTS
from vision.ui.server.scripts.upload_words import SAID, with_sentence
from vision.ui.text import LANGUAGES, words


def test_the_script_refuses_in_every_language(http: TestClient, mended: Callable[[str], str]
                                              ) -> None:
    script = mended("src-")
    served = http.get(f"/assets/{script}").text
    theirs = (SCRIPTS / script).read_text("utf-8")
    assert "Only ${" not in served and len(SAID.findall(theirs)) == 1
    for language in LANGUAGES:
        ascii_only = words(language)["app.wrong_kind"].encode("ascii", "backslashreplace").decode()
        assert f'"{language}": "' in served and ascii_only.split("\\")[0] in served


def test_a_script_that_says_it_otherwise_stays() -> None:
    assert with_sentence("return`Another kind: ${n}.`") == "return`Another kind: ${n}.`"
