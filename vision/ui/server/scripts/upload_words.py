"""A file of a wrong kind is refused in the reader's language: Gradio's page does so in English.

The script of another Gradio, which says it otherwise, is served as it is.
"""

from __future__ import annotations

import json
import re

from vision.ui.components.page_files import beside
from vision.ui.text import LANGUAGES, words

SENTENCE = beside(__file__, "upload_words.js")
SAID = re.compile(r"return`Invalid file type\$\{\w+\.length>1\?`s`:``\}: \$\{(\w+)\}\. "
                  r"Only \$\{(\w+)\} allowed\.`")


def with_sentence(script: str) -> str:
    """Return a script that refuses in the language of the page, or as it is where it does not."""
    said = SAID.search(script)
    if said is None:
        return script
    told = json.dumps({language: words(language)["app.wrong_kind"] for language in LANGUAGES})
    names, kinds = said.groups()
    instead = f"return({SENTENCE})({told},{names},{kinds})"
    return script[:said.start()] + instead + script[said.end():]
