"""A browser gets the words of its own language with Gradio's words of it."""

from __future__ import annotations

import json

import pytest
from starlette.responses import HTMLResponse
from starlette.testclient import TestClient

from vision.ui.server.scripts import languages, mended_scripts
from vision.ui.text import ALSO, COOKIE, LANGUAGES, catalogs


def test_only_english_comes_with_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    assert languages.with_the_page() == {"en": catalogs()["en"]}
    monkeypatch.setattr(languages, "scripts", dict)  # a Gradio whose scripts have other names
    assert languages.with_the_page().keys() == {*LANGUAGES, *sum(ALSO.values(), ())}


@pytest.mark.parametrize("tag, language", [
    ("zh-CN", "zh-CN"), ("zh-TW", "zh-CN"), ("pt-BR", "pt-BR"), ("pt", "pt-BR")])
def test_a_languages_script_adds_our_words_to_gradios(http: TestClient, tag: str, language: str
                                                      ) -> None:
    script = next(name for name in languages.scripts() if name.startswith(f"{tag}-"))
    added = http.get(f"/assets/{script}")
    theirs, ours = imported(added.text)
    assert added.headers["content-type"].startswith("text/javascript")
    assert http.get(f"/assets/{theirs}").content == (languages.SCRIPTS / script).read_bytes()
    words = http.get(f"/assets/{ours}").text.removeprefix("export default ")
    assert json.loads(words) == catalogs()[language]


def test_what_is_no_script_of_a_language_passes(http: TestClient) -> None:
    others = {*languages.scripts(), *mended_scripts.scripts()}
    script = next(path for path in languages.SCRIPTS.glob("*.js") if path.name not in others)
    assert http.get(f"/assets/{script.name}").content == script.read_bytes()
    assert http.get("/assets/words/nothing.js").status_code == 404


def test_the_page_begins_with_what_chooses_its_language() -> None:
    page = "<html><head><title>é</title></head></html>"
    http = TestClient(languages.Languages(HTMLResponse(page)))
    assert http.get("/other").text == page
    script = f"<head><script>{languages.CHOOSE};{languages.STOP}</script>"
    assert http.get("/").text == page.replace("<head>", script)
    assert all(name in languages.CHOOSE for name in (COOKIE, *LANGUAGES))


def imported(script: str) -> list[str]:
    """Return what a script imports, in its order."""
    return [line.split('"')[1].removeprefix("./") for line in script.splitlines()
            if line.startswith("import")]
