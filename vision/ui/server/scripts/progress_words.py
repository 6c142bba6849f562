"""Gradio's sign of progress says in the reader's language that it works, or what place one has.

The script that draws the sign has these words in English only, though its parts can translate. The
script of another Gradio, which says them otherwise, is served as it is.
"""

from __future__ import annotations

import re

SAID = re.compile(r"`queue: \$\{(\w+)\.queue_position(.{1,400}?)`processing \|`", re.DOTALL)
INSTEAD = (r"`${\1.i18n('app.queue')}: ${\1.queue_position\2"
           r"`${\1.i18n('app.processing')} |`")


def with_words(script: str) -> str:
    """Return a script that translates its words, or as it is unless it has them just once."""
    return SAID.sub(INSTEAD, script) if len(SAID.findall(script)) == 1 else script
