"""A browser loads the words of its own language only: they come with Gradio's words of it.

Gradio's page brings every translation it is given; that is two thirds of what goes over the wire.
But its own words it loads language by language, from a script of each. Such a script is served
as one that adds ours, whatever name browsers have for the language. English comes with the page.

The page begins with a script that reads which language was chosen, and lets the browser ask for it;
and with one that stops what Gradio forgets to stop once the page is there.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from pathlib import Path

import gradio
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vision.ui.components.page_files import beside, call
from vision.ui.server.compression import FRONT, whole
from vision.ui.server.open_routes import path_of
from vision.ui.text import ALSO, COOKIE, LANGUAGES, catalogs

SCRIPTS = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
FOLDER = "/assets/"
THEIRS = "/assets/plain/"  # Gradio's own script of a language
OURS = "/assets/words/"  # what is ours of it
FALLBACK = "en"
HEAD = b"<head>"
CHOOSE = call(beside(__file__, "chosen_language.js"), COOKIE, LANGUAGES)
STOP = call(beside(__file__, "loading_sign.js"))
ADDED = """\
import * as theirs from "./plain/{script}";
import ours from "./words/{words}";
export default {{...(theirs.default ?? theirs), ...ours}};
"""


class Languages:
    """A server that adds this page's words to those that Gradio's scripts of languages bring."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.scripts, by_language = scripts(), words_scripts()
        self.names = {language: words_name(language, script)
                      for language, script in by_language.items()}
        self.words = {self.names[language]: script for language, script in by_language.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, a script of a language from here."""
        path = path_of(scope)
        script = self.script(path)
        if script is not None:
            return await Response(script, media_type="text/javascript")(scope, receive, send)
        if path == FRONT and scope["method"] == "GET":
            return await self.front(scope, receive, send)
        if path.startswith(THEIRS):
            root = scope["path"].removesuffix(path)
            scope = {**scope, "path": root + FOLDER + path.removeprefix(THEIRS)}
        await self.app(scope, receive, send)

    async def front(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the page, which begins with the script that chooses its language."""
        answer = await whole(self.app, scope, receive)
        script = f"<script>{CHOOSE};{STOP}</script>".encode()
        answer.parts[:] = [answer.body.replace(HEAD, HEAD + script, 1)]
        MutableHeaders(scope=answer.start)["content-length"] = str(len(answer.body))
        await answer.give(send)

    def script(self, path: str) -> str | None:
        """Return what is served at a path: words, or what adds them to Gradio's."""
        if path.startswith(OURS):
            return self.words.get(path.removeprefix(OURS))
        name = path.removeprefix(FOLDER)
        language = self.scripts.get(name) if path.startswith(FOLDER) else None
        return language and ADDED.format(script=name, words=self.names[language])


@functools.cache
def scripts() -> dict[str, str]:
    """Return the language of ours that goes with each of Gradio's scripts of languages."""
    names = {name: language for language, others in ALSO.items() for name in (language, *others)
             if language != FALLBACK}
    found = ((path.name, re.fullmatch(r"([a-z]{2}(?:-[A-Z][A-Za-z]+)*)-[\w-]{8}\.js", path.name))
             for path in SCRIPTS.glob("*.js"))
    return {script: names[match[1]] for script, match in found if match and match[1] in names}


def words_scripts() -> dict[str, str]:
    """Return a script for each language, which brings our words of it."""
    return {language: f"export default {json.dumps(words, ensure_ascii=False)}"
            for language, words in catalogs().items()}


def words_name(language: str, script: str) -> str:
    """Return the name of a language's words, which tells their contents."""
    return f"{language}-{hashlib.sha256(script.encode()).hexdigest()[:12]}.js"


def with_the_page() -> dict[str, dict[str, str]]:
    """Return the words that come with the page: all whose language has no script of Gradio's."""
    apart, words = set(scripts().values()), catalogs()
    return {name: words[language] for language, others in ALSO.items()
            if language not in apart for name in (language, *others)}
