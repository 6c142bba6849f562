"""The script of a tab's present settings: shown as it changes, and handed out as a notebook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from vision.ui import ASSETS
from vision.ui.components import steps
from vision.ui.components.events import LIVE
from vision.ui.components.friendly import friendly
from vision.ui.components.page_files import SAVE_FILE
from vision.ui.shell.answers.shared import own_picture
from vision.ui.shell.files.uploads import new_folder
from vision.ui.text import language_of, say, t, words

Code = Callable[..., str]


def build(tab: str, code: Code, settings: Sequence[Any], at_first: Sequence[Any],
          chapters: Sequence[str] = ()) -> None:
    """Build the closed part with a tab's script; `at_first` are the values of its settings.

    `chapters` names, for each section of the lesson, the call in the script that it is about.
    """
    with steps.place("code"), gr.Accordion(t("app.show_the_code"), open=False,
                                           elem_id=f"{tab}-code"):
        script = gr.Code(code(*at_first), language="python", interactive=False)
        button = gr.Button(t("app.notebook"), size="sm", elem_id=f"{tab}-notebook")
        file = gr.DownloadButton(visible=False)
    gr.on([part.change for part in settings], code, list(settings), script, **LIVE)
    button.click(maker(tab, code, chapters), list(settings), file, show_progress="hidden",
                 api_visibility="private").success(None, file, None, js=SAVE_FILE, queue=False)


def place_of(picture: str) -> str | None:
    """Return where one of the project's pictures lies in it, None for any other."""
    own = own_picture(picture)
    if own is None or not own.is_relative_to(ASSETS):
        return None
    return own.relative_to(ASSETS.parent).as_posix()


def reading(picture: str | None) -> str:
    """Return how a script reads a picture: the project's, scikit-image's, or a visitor's own."""
    given = picture or "picture.png"
    if (place := place_of(given)) is None and (own := own_picture(given)):
        return f"skimage.data.{own.stem}()"
    return f"read_picture({place or Path(given).name!r})"


def imports(*pictures: str) -> str:
    """Return what a script imports to read pictures so, beside `read_picture`."""
    return "import skimage.data\n\n" if any(each.startswith("skimage") for each in pictures) else ""


def maker(tab: str, code: Code, chapters: Sequence[str]) -> Code:
    """Return the handler that makes a tab's notebook of its settings."""

    @friendly
    def make(request: gr.Request, *values: Any) -> str:
        from vision.ui.lessons.notebook import notebook

        table = words(language_of(request))

        def tell(name: str, **filled: Any) -> str:
            return say(f"app.notebook_{name}", request, tab=table[f"{tab}.title"], **filled)

        path = new_folder() / f"vision-lab-{tab}.ipynb"
        text = notebook(code(*values), table.get(f"{tab}.lesson", ""), chapters, tell)
        path.write_text(text, "utf-8")
        return str(path)

    return make
