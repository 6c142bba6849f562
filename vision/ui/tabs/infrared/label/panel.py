"""Label your own: mark devices in several pictures, keep them, download them, learn from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.context import Context
from markupsafe import Markup

from vision.errors import UserError
from vision.ui.components import clicks
from vision.ui.components.browser_state import browser_state
from vision.ui.components.events import BRIEF
from vision.ui.components.figures.svg import chip
from vision.ui.components.friendly import friendly
from vision.ui.components.html import grouped, table
from vision.ui.components.markup import tag
from vision.ui.components.pictures import needed
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.infrared.label import tune
from vision.ui.tabs.infrared.label.board import COLOURS, LOOK, PEN, board
from vision.ui.tabs.infrared.label.collection import (
    Collection,
    sheet_of,
    with_box,
    with_labels,
    with_polygon,
)
from vision.ui.tabs.infrared.shared import called
from vision.ui.text import say, t

NAME = "bushing"  # the class that is chosen at first
OUTPUTS = 6  # of every event: state, browser, board, list, choice, file


def shown(collection: Collection, request: gr.Request | None) -> tuple[Any, ...]:
    """Return everything that shows a collection: state, browser, board, list, choice, file."""
    choices = [(f"{place + 1} {sheet.file}", place)
               for place, sheet in enumerate(collection.sheets)]
    if not collection.sheets:
        return (collection, collection.as_text(), "", say("infrared.label_empty", request),
                gr.Dropdown(choices=[], value=None), gr.DownloadButton(visible=False))
    return (collection, collection.as_text(), board(collection.open, request),
            listed(collection, request), gr.Dropdown(choices=choices, value=collection.place),
            gr.DownloadButton(value=str(as_coco(collection)), visible=True))


def listed(collection: Collection, request: gr.Request | None) -> Markup:
    """Return what is marked in the open picture, and how much in all of them."""
    sheet = collection.open
    rows = [[chip(COLOURS[place % len(COLOURS)])
             + f"{place + 1} {called('class', mark.name, request)}",
             grouped(sum(mark.counts[1::2]), request)] for place, mark in enumerate(sheet.marked)]
    total = sum(len(each.marked) for each in collection.sheets)
    line = say("infrared.label_count", request, pictures=len(collection.sheets), devices=total)
    heads = [say(f"infrared.column.{key}", request) for key in ("device", "pixels")]
    return tag("p", line) + (table(heads, rows) if rows else Markup())


def as_coco(collection: Collection) -> Path:
    """Write the labels of all pictures as a COCO file, in pixels of the visitor's own files."""
    from vision.infrared.classes import CLASSES
    from vision.infrared.labels.formats import coco

    path = new_folder() / "labels.json"
    content = coco([sheet.labelled for sheet in collection.sheets], CLASSES,
                   [sheet.original for sheet in collection.sheets])
    path.write_text(json.dumps(content), "utf-8")
    return path


@friendly
@low_priority
@within_memory(decoding("files"))
def add(collection: Collection, files: list[str] | str | None, request: gr.Request
        ) -> tuple[Any, ...]:
    """Add pictures; each of them that cannot be read is said, and then none is added."""
    names = [files] if isinstance(files, str) else list(files or [])
    return shown(collection.with_sheets([sheet_of(name) for name in names])
                 if names else collection, request)


@friendly
@low_priority
@within_memory(decoding("picture"))
def take(collection: Collection, picture: str | None, request: gr.Request) -> tuple[Any, ...]:
    """Add the picture of the tab's main action."""
    return shown(collection.with_sheets([sheet_of(needed(picture))]), request)


@friendly
@low_priority
def drawn(collection: Collection, name: str, request: gr.Request, event: gr.EventData
          ) -> tuple[Any, ...]:
    """Add the device in the box or polygon that was drawn."""
    if clicks.carries(event, "box"):
        sheet = with_box(collection.open, name, clicks.numbers(event, "box", 4))
    else:
        sheet = with_polygon(collection.open, name, clicks.pairs(event, "polygon"))
    return shown(collection.with_open(sheet), request)


@friendly
@low_priority
def read(collection: Collection, file: str, request: gr.Request) -> tuple[Any, ...]:
    """Add the labels of a file to the open picture."""
    return shown(collection.with_open(with_labels(collection.open, Path(file))), request)


@friendly
def undo(collection: Collection, request: gr.Request) -> tuple[Any, ...]:
    """Take back the last device of the open picture."""
    from dataclasses import replace

    sheet = collection.open
    if not sheet.marked:
        raise UserError("nothing is marked in this picture", "", "draw a box or a polygon first")
    return shown(collection.with_open(replace(sheet, marked=sheet.marked[:-1])), request)


@friendly
def remove(collection: Collection, request: gr.Request) -> tuple[Any, ...]:
    """Take the open picture away."""
    return shown(collection.without_open(), request)


@friendly
def turn(collection: Collection, place: int | None, request: gr.Request) -> tuple[Any, ...]:
    """Open another picture."""
    last = max(len(collection.sheets) - 1, 0)
    return shown(Collection(collection.sheets, min(max(int(place or 0), 0), last)), request)


@low_priority
def restore(kept: Any, request: gr.Request) -> tuple[Any, ...]:
    """Return what the browser kept when the page was left, if it kept something."""
    return shown(Collection.from_text(kept), request) if kept else (gr.skip(),) * OUTPUTS


def build(parts: dict[str, Any], own: gr.State) -> None:
    """Build the part; `parts` are the tab's own inputs."""
    from vision.infrared.classes import CLASSES

    state = gr.State(Collection())
    kept = browser_state("infrared")
    gr.Markdown(t("infrared.label_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            name = gr.Dropdown([(t(f"infrared.class.{each}"), each) for each in CLASSES],
                               value=NAME, label=t("infrared.label_name"),
                               info=t("infrared.label_name_info"), elem_id="infrared-label-name")
            choice = gr.Dropdown([], label=t("infrared.label_picture"),
                                 info=t("infrared.label_picture_info"),
                                 elem_id="infrared-label-picture")
            above = button("above")
            files = gr.UploadButton(t("infrared.label_add"), file_count="multiple", size="sm",
                                    file_types=["image"], elem_id="infrared-label-add")
            labels = gr.UploadButton(t("infrared.label_read"), size="sm",
                                     file_types=[".json", ".xml", ".txt"],
                                     elem_id="infrared-label-read")
            with gr.Row():
                back, away = button("undo"), button("remove")
            coco = gr.DownloadButton(t("infrared.label_coco"), visible=False, size="sm",
                                     elem_id="infrared-label-coco")
        with gr.Column(scale=3, min_width=320):
            place = gr.HTML(elem_id="infrared-board", css_template=LOOK, js_on_load=PEN)
            table_place = gr.HTML(t("infrared.label_empty"), elem_id="infrared-label-list")
    outputs = [state, kept, place, table_place, choice, coco]
    events: list[tuple[Any, Callable[..., Any], list[Any]]] = [
        (above.click, take, [state, parts["picture"]]), (files.upload, add, [state, files]),
        (labels.upload, read, [state, labels]), (back.click, undo, [state]),
        (away.click, remove, [state]), (choice.input, turn, [state, choice]),
        (place.select, drawn, [state, name]), (place.input, drawn, [state, name])]
    for event, handler, inputs in events:
        event(handler, inputs, outputs, **BRIEF)
    page = Context.root_block
    if isinstance(page, gr.Blocks):
        page.load(restore, kept, outputs, **BRIEF)
    tune.build(state, parts["model"], own)


def button(kind: str) -> gr.Button:
    """Return a small button."""
    return gr.Button(t(f"infrared.label_{kind}"), size="sm", min_width=120,
                     elem_id=f"infrared-label-{kind}")
