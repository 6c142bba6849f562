"""The switch of languages: what is chosen is kept, and the page comes again in it as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import gradio as gr

from vision.ui.components.class_links.class_link import PLACE, Shared
from vision.ui.components.friendly import friendly
from vision.ui.components.html import label_of
from vision.ui.components.page_files import beside, call, calling
from vision.ui.text import LANGUAGES, say, say_list

NAMES = {"en": "EN", "zh-CN": "中文", "pt-BR": "PT"}
COLLECT = beside(__file__, "language_collect.js")
RELOAD = beside(__file__, "language_reload.js")
MARK = beside(__file__, "language_mark.js")


def build() -> dict[str, gr.Button]:
    """Add a button for each language."""
    with gr.Row(elem_id="app-languages"):
        return {language: gr.Button(NAMES[language], size="sm", min_width=40, scale=0,
                                    elem_id=f"app-language-{language}")
                for language in LANGUAGES}


def connect(app: gr.Blocks, buttons: Mapping[str, gr.Button], parts: Sequence[Shared]) -> None:
    """Let each button keep its language, and load the page with the open tab's settings."""
    opened, state, lost = (gr.Textbox(visible=False) for _ in range(3))
    controls = [control for part in parts for control in part.controls.values()]

    @friendly
    def settings(request: gr.Request, opened: str | None, *values: Any) -> tuple[str, str]:
        given, (tab, _, place) = (dict(zip(controls, values, strict=True)),
                                  (opened or "").partition("#"))
        for part in parts:
            if part.tab == tab:
                state, missing = part.changes([given[one] for one in part.controls.values()],
                                              place)
                names = say_list((label_of(control, request) for control in missing), request)
                return state, say("app.language_lost", request, names=names) if names else ""
        return "", ""

    app.load(None, None, None, js=calling(MARK), queue=False)
    for language, button in buttons.items():
        button.click(settings, [opened, *controls], [state, lost],
                     js=f"(...given) => ({COLLECT})({PLACE}, ...given)",
                     concurrency_limit=None, show_progress="hidden", api_visibility="private").then(
            None, [state, lost], None, queue=False,
            js=f"(...kept) => ({RELOAD})({call('String', language)}, ...kept)")
