"""A class's lab sheets together: a histogram of the guesses of each question, and a CSV."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from markupsafe import Markup

from vision.files.csv_table import as_csv
from vision.ui.components.figures.colours import BLUE
from vision.ui.components.figures.svg import SIZE, drawing, label
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, tiles
from vision.ui.components.markup import joined, tag
from vision.ui.lessons.class_answers import Question, alike, questions, read_all, row_of
from vision.ui.shell.files.uploads import new_folder
from vision.ui.text import language_of, say, t, words

WIDE, ROW, NAMES = 520, 26, 180  # a bar chart's width, a bar's height, and the room for its name


@friendly
def gather(files: Sequence[str] | None, request: gr.Request) -> tuple[Any, ...]:
    """Read the sheets, and show the guesses of each question."""
    sheets = read_all([Path(file) for file in files or ()])
    file = new_folder() / "class.csv"
    file.write_text(as_csv([row_of(*sheet) for sheet in sheets]), "utf-8-sig")
    asked = questions(sheets)
    facts = tiles({say("teaching.count", request): str(len(sheets)),
                   say("teaching.questions", request): str(len(asked))})
    copies = [note("teaching.alike", request, names=", ".join(names)) for names in alike(sheets)]
    shown = [chart(question, request) for question in asked] or [
        note("teaching.no_guesses", request)]
    return joined([facts, *copies, *shown]), gr.DownloadButton(value=str(file), visible=True)


def chart(question: Question, request: gr.Request | None) -> Markup:
    """Return how often each answer to a question was given."""
    texts = words(language_of(request))
    asked = texts.get(f"{question.tab}.exercise_{question.exercise}", question.exercise)
    title = asked.split("**")[1] if asked.count("**") >= 2 else question.exercise
    bars = question.bars()
    most = max(count for _, count in bars)
    drawn = drawing(title, (WIDE, ROW * len(bars)), *(
        bar(place, name, count, most) for place, (name, count) in enumerate(bars)))
    caption = say("teaching.guessed", request, count=len(question.guesses))
    return tag("figure", tag("figcaption", tag("b", title), tag("br"), caption), drawn,
               class_="lab-figure", style="max-width:640px")


def bar(place: int, name: str, count: int, most: int) -> Markup:
    """Return one bar with its name and how many it stands for."""
    top, room = ROW * place, WIDE - NAMES - 40
    return joined([
        label(NAMES - 8, top + ROW / 2, name[:24], room=10**6, anchor="end"),
        tag("rect", x=NAMES, y=top + 4, width=max(room * count / most, 2), height=ROW - 8, rx=3,
            fill=BLUE),
        label(NAMES + room * count / most + 8, top + ROW / 2, str(count), anchor="start",
              size=SIZE, bold=True)])


def build() -> None:
    """Build the part."""
    gr.Markdown(t("teaching.sheets_info"))
    files = gr.File(label=t("teaching.sheet_files"), file_count="multiple", file_types=[".json"],
                    height=140, elem_id="teaching-sheets")
    table = gr.DownloadButton(t("teaching.csv"), visible=False, size="sm",
                              elem_id="teaching-sheets-csv")
    shown = gr.HTML(t("teaching.sheets_empty"), elem_id="teaching-sheets-shown")
    files.upload(gather, files, [shown, table], concurrency_limit=2, api_visibility="private")
