"""Some scripts of Gradio's page are served mended, each by what one module says of it."""

from __future__ import annotations

import functools
from collections.abc import Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vision.ui.server.open_routes import path_of
from vision.ui.server.scripts.languages import FOLDER, SCRIPTS
from vision.ui.server.scripts.progress_words import with_words
from vision.ui.server.scripts.quick_lookups import with_tables
from vision.ui.server.scripts.upload_words import with_sentence

MENDS: dict[str, Callable[[str], str]] = {  # of the scripts with such names
    "core-*.js": with_tables,
    "statustracker-*.js": with_words,
    "src-*.js": with_sentence,
}


class MendedScripts:
    """A server that gives some of Gradio's scripts as they are mended here."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, a script that is mended from here."""
        path = path_of(scope)
        script = scripts().get(path.removeprefix(FOLDER)) if path.startswith(FOLDER) else None
        if script is not None:
            return await Response(script, media_type="text/javascript")(scope, receive, send)
        await self.app(scope, receive, send)


@functools.cache
def scripts() -> dict[str, str]:
    """Return the scripts that are mended, by their names, as they are served."""
    texts = ((path.name, path.read_text("utf-8"), mend)
             for names, mend in MENDS.items() for path in SCRIPTS.glob(names))
    return {name: mended for name, text, mend in texts if (mended := mend(text)) != text}
