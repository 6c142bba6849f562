"""The page brings each language once; its other names in browsers lead to the same texts."""

from __future__ import annotations

from vision.ui.components.page_files import beside, call
from vision.ui.text import ALSO

CONFIGURED = b"<script data-gradio-mode>"  # Gradio's configuration stands before it
SCRIPT = beside(__file__, "language_tags.js")


def with_tags(page: bytes) -> bytes:
    """Return the page with a script that gives its languages all their names."""
    script = f"<script>{call(SCRIPT, ALSO)}</script>"
    return page.replace(CONFIGURED, script.encode() + CONFIGURED, 1)
