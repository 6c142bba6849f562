"""The page brings each language once; its other names in browsers lead to the same texts."""

from __future__ import annotations

import json

from vision.ui.text import ALSO

CONFIGURED = b"<script data-gradio-mode>"  # Gradio's configuration stands before it
SCRIPT = """<script>{
  const words = window.gradio_config.i18n_translations ?? {};
  for (const [language, names] of Object.entries(%s))
    for (const name of names) words[name] = words[language];
}</script>"""


def with_tags(page: bytes) -> bytes:
    """Return the page with a script that gives its languages all their names."""
    return page.replace(CONFIGURED, (SCRIPT % json.dumps(ALSO)).encode() + CONFIGURED, 1)
