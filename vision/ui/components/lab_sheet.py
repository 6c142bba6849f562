"""Lab sheets of a tab: made of the present settings and guesses, and checked by computing again."""

from __future__ import annotations

import copy
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import gradio as gr
from gradio.blocks import BlockFunction
from gradio.context import Context
from markupsafe import Markup

from vision.errors import UserError, cut
from vision.ui.components.friendly import friendly
from vision.ui.components.html import label_of, note, table
from vision.ui.components.markup import tag
from vision.ui.components.page_files import beside, call
from vision.ui.lessons import guesses
from vision.ui.lessons import sheet as sheets
from vision.ui.lessons.sheet import Sheet
from vision.ui.shell.answers.shared import content
from vision.ui.shell.files.uploads import new_folder
from vision.ui.text import language_of, say, t, words

GATHER = beside(__file__, "lab_sheet_gather.js")
MOST_GUESSES = 50


class Shared(Protocol):
    """What a class link holds of a tab."""

    @property
    def tab(self) -> str:
        """Return its name."""

    @property
    def controls(self) -> Mapping[str, Any]:
        """Return its controls by short names."""

    def encode(self, values: Sequence[Any]) -> tuple[str, list[Any]]:
        """Return values as a link's state, and the controls that it cannot hold."""

    def decode(self, texts: Mapping[str, str]) -> dict[Any, Any]:
        """Return the value of each control that a link sets."""


def build(shared: Shared, texts_of: Callable[[str], Mapping[str, str]]) -> None:
    """Add what makes a sheet of a tab and what checks one; `texts_of` reads a link's state."""
    function = action_of(Context.root_block, shared)
    with gr.Row(elem_classes=["lab-extra"]):
        make = gr.Button(t("sheet.make"), size="sm", scale=0, min_width=200,
                         elem_id=f"{shared.tab}-sheet")
        check = gr.UploadButton(t("sheet.check"), file_types=[".json", "image"], size="sm",
                                file_count="multiple", scale=0, min_width=200,
                                elem_id=f"{shared.tab}-sheet-check")
        files = [gr.DownloadButton(t(f"sheet.{kind}"), visible=False, size="sm", scale=0,
                                   min_width=120, elem_id=f"{shared.tab}-sheet-{kind}")
                 for kind in ("html", "json")]
        told = gr.Textbox(visible=False)
    said = gr.HTML(elem_id=f"{shared.tab}-sheet-said", min_height=0)

    @friendly
    def write(request: gr.Request, told: str, *values: Any) -> tuple[Any, ...]:
        state, missing = shared.encode(values)
        chosen = dict(zip(shared.controls, values, strict=True))
        made = Sheet(
            shared.tab, state, measured(function, shared, chosen, request), guesses_in(told),
            [label_of(control, request) for control in missing
             if not isinstance(control, gr.Image)], chosen.get("seed"),
            sheets.models_of(shared.tab, chosen), sheets.versions(), sheets.now(),
            pictures={name: content(chosen[name]) for name, control
                      in shared.controls.items()
                      if isinstance(control, gr.Image) and control in missing})
        folder = new_folder()
        html, plain = (folder / f"lab-sheet-{shared.tab}.{kind}" for kind in ("html", "json"))
        html.write_text(page_of(made, address_in(told), request), "utf-8")
        plain.write_text(made.to_json(), "utf-8")
        return (gr.DownloadButton(value=str(html), visible=True),
                gr.DownloadButton(value=str(plain), visible=True), note("sheet.made", request)
                + (note("sheet.keep_picture", request) if made.pictures else ""))

    @friendly
    def again(files: list[str] | None, request: gr.Request) -> Markup:
        file, pictures = sheets.picked(map(Path, files or []))
        found = sheets.read(file)
        if found.tab != shared.tab:
            raise UserError("this sheet is of the tab '{found}'", "one of '{wanted}' is accepted "
                            "here", "open the other tab", found=cut(found.tab), wanted=shared.tab)
        if found.left_out:
            return note("sheet.left_out", request, names=cut(", ".join(map(str, found.left_out))))
        own = brought(found, pictures)
        if len(own) < len(found.pictures):
            return needs_picture(found, own, pictures, request)
        names = {control: name for name, control in shared.controls.items()}
        values = shared.decode(texts_of(found.link))
        chosen = {**{names[control]: value for control, value in values.items()}, **own}
        return verdict(found, measured(function, shared, chosen, request),
                       sheets.models_of(shared.tab, chosen), request)

    make.click(write, [told, *shared.controls.values()], [*files, said],
               js=f"(_told, ...values) => [{call(GATHER, shared.tab)}, ...values]",
               api_visibility="private", **places(function))
    check.upload(again, check, said, api_visibility="private", **places(function))


def brought(sheet: Sheet, pictures: Sequence[Path]) -> dict[str, str]:
    """Return where the pictures lie that a sheet was made with, of those that came beside it."""
    known = {content(picture): str(picture) for picture in pictures}
    return {name: known[digest] for name, digest in sheet.pictures.items() if digest in known}


def needs_picture(sheet: Sheet, own: Mapping[str, str], pictures: Sequence[Path],
                  request: gr.Request) -> Markup:
    """Return that a sheet cannot be checked without a picture, and how that picture is known."""
    lacking = [digest[:12] for name, digest in sheet.pictures.items() if name not in own]
    key = "sheet.other_picture" if pictures else "sheet.needs_picture"
    return note(key, request, digests=cut(", ".join(lacking), 100))


def places(function: BlockFunction | None) -> dict[str, Any]:
    """Return where a sheet waits: with those who ask for the same action."""
    if function is None:
        return {"concurrency_limit": 1, "concurrency_id": "sheet"}
    return {"concurrency_limit": function.concurrency_limit,
            "concurrency_id": function.concurrency_id}


def measured(function: BlockFunction | None, shared: Shared, chosen: Mapping[str, Any],
             request: gr.Request) -> dict[str, float | str]:
    """Return the numbers of a tab's main action with these settings, none if it has no action."""
    if function is None:
        return {}
    inputs: list[Any] = list(function.inputs)
    given = {control: chosen[name] for name, control in shared.controls.items() if name in chosen}
    values = [copy.deepcopy(control.value) if isinstance(control, gr.State)
              else given.get(control, None if isinstance(control, gr.Image) else control.value)
              for control in inputs]
    answer = function.fn(*values, request)  # type: ignore[misc]
    if inspect.isgenerator(answer):
        *_, answer = answer
    place = next(place for place, block in enumerate(function.outputs)
                 if isinstance(block, gr.JSON))
    return dict(sheets.flat(answer[place]))


def action_of(page: Any, shared: Shared) -> BlockFunction | None:
    """Return the public action that has most of a tab's shared settings, if one has any."""
    ours = set(shared.controls.values())
    public = [each for each in page.fns.values()
              if each.api_visibility == "public" and ours.intersection(each.inputs)]
    return max(public, key=lambda each: len(ours.intersection(each.inputs)), default=None)


def guesses_in(told: str | None) -> dict[str, str]:
    """Return the guesses that a browser has told, by exercise."""
    found = told_of(told).get("guesses")
    pairs = list(found.items())[:MOST_GUESSES] if isinstance(found, dict) else []
    return {cut(name): str(guess)[: guesses.LONGEST]
            for name, guess in pairs if str(guess).strip()}


def address_in(told: str | None) -> str:
    """Return the page's own address, as a browser has told it."""
    return cut(str(told_of(told).get("address", "")), 200)


def told_of(told: str | None) -> dict[str, Any]:
    """Return what a browser has told, nothing if that is no table."""
    try:
        found = json.loads(told or "")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def verdict(sheet: Sheet, now: dict[str, float | str], models: dict[str, str],
            request: gr.Request) -> Markup:
    """Return whether a sheet was reproduced, or what differs."""
    head = [say(f"sheet.{name}", request) for name in ("what", "then", "now")]
    rows = [*((f"{name} (SHA-256)", digest[:12], models.get(name, "–")[:12])
              for name, digest in sheet.models.items() if models.get(name) != digest),
            *sheets.differences(sheet.results, now)]
    if not rows:
        return note("sheet.reproduced", request, count=len(now))
    return note("sheet.differs", request, count=len(rows)) + table(head, rows)


def page_of(sheet: Sheet, address: str, request: gr.Request) -> str:
    """Return a sheet as a page to print or to hand in."""
    texts = words(language_of(request))
    title = f"{say('sheet.make', request)}: {texts[f'{sheet.tab}.title']}"
    link = f"{address}#{sheet.link}" if address else f"#{sheet.link}"
    guesses = [(texts.get(f"{sheet.tab}.exercise_{name}", name), guess)
               for name, guess in sheet.guesses.items()]
    facts = [(say("sheet.link", request), link), (say("sheet.date", request), sheet.made),
             *([(texts["app.seed"], f"{sheet.seed:g}")] if sheet.seed is not None else []),
             *((f"{name} (SHA-256)", digest) for name, digest in sheet.models.items()),
             *((say("sheet.own_picture", request), digest) for digest in sheet.pictures.values()),
             *sheet.versions.items(), *((say("sheet.without", request), name)
                                        for name in sheet.left_out)]
    results = [(name, sheets.shown(value)) for name, value in sheet.results.items()]
    parts = [part for name, rows in (("guesses", guesses), ("results", results), ("facts", facts))
             if rows for part in (tag("h2", say(f"sheet.{name}", request)), two_columns(rows))]
    look = Markup("body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
                  "td{padding:.2rem .8rem .2rem 0;vertical-align:top;overflow-wrap:anywhere}")
    return "<!DOCTYPE html>" + tag(
        "html", tag("head", tag("meta", charset="utf-8"), tag("title", title), tag("style", look)),
        tag("body", tag("h1", title), *parts), lang=language_of(request))


def two_columns(rows: list[tuple[str, str]]) -> Markup:
    """Return names and what belongs to them as a table."""
    return tag("table", *(tag("tr", tag("td", name), tag("td", value)) for name, value in rows))
