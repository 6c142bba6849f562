"""A file of a wrong kind is refused in the reader's language; what other Gradios say stays."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from vision.ui.server.languages import SCRIPTS
from vision.ui.server.mended_scripts import scripts
from vision.ui.server.upload_words import SAID, with_sentence
from vision.ui.text import LANGUAGES, words


def test_the_script_refuses_in_every_language(http: TestClient) -> None:
    found = [name for name in scripts() if name.startswith("src-")]
    if not found:
        pytest.skip("this Gradio's script says it otherwise")
    served = http.get(f"/assets/{found[0]}").text
    theirs = (SCRIPTS / found[0]).read_text("utf-8")
    assert "Only ${" not in served and len(SAID.findall(theirs)) == 1
    for language in LANGUAGES:
        ascii_only = words(language)["app.wrong_kind"].encode("ascii", "backslashreplace").decode()
        assert f'"{language}": "' in served and ascii_only.split("\\")[0] in served


def test_a_script_that_says_it_otherwise_stays() -> None:
    assert with_sentence("return`Another kind: ${n}.`") == "return`Another kind: ${n}.`"
