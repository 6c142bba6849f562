"""A checkpoint's model card as a table. A visitor's file may hold anything: it is shown as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import gradio as gr

from vision.checkpoints import Card
from vision.errors import cut
from vision.ui.components import names, steps
from vision.ui.components.html import grouped, localised
from vision.ui.text import say, t

PLAIN = re.compile(r"[^\w ,%()–·…/+=-]")  # what Markdown and HTML may read as more than text
CODE = re.compile(r"[\w ,.:/+=-]*")
BEGUN_WITH = re.compile(r"--start (runs/[\w./-]+)")
LONGEST = 400  # characters of a field


def build(tab: str, show: Callable[..., Any], *chosen: gr.Dropdown | gr.State,
          below: Callable[[], None] = lambda: None) -> None:
    """Build the closed part in which a tab shows the card of the model that is `chosen`.

    A tab builds it last: a browser runs what follows a choice one after another, and a card may
    take seconds.
    """
    with steps.place("code"), gr.Accordion(t("app.model_card"), open=False) as place:
        card = gr.Markdown(elem_id=f"{tab}-card")
        below()
    gr.on([place.expand, *(each.change for each in chosen)], show, list(chosen), card,
          api_visibility="private")


def card_markdown(card: Card, link: str, facts: dict[str, str], request: gr.Request) -> str:
    """Return a checkpoint's model card as a Markdown table; a fact is shown as it is."""
    licences = card.data.get("licences", {})
    sets = [f"{names.data(name, request)} ({licence})" for name, licence in dict(licences).items()]
    rows = {
        "arch": f"{as_text(names.network(card.arch))}, [{link.rsplit('/', 1)[-1]}]({link})", **{
            name: as_text(in_manner(fact, request)) for name, fact in facts.items()},
        "data": as_text(", ".join(sets)),
        "steps": grouped(card.steps, request), "seed": str(card.seed),
        "device": as_text(card.device), "created": as_text(card.created[:10]),
        "command": as_code(card.command) + not_shipped(str(card.command), request),
    }
    (first, value), *others = rows.items()
    lines = [f"| {say(f'app.card.{first}', request)} | {value} |", "|---|---|"]
    lines += [f"| {say(f'app.card.{key}', request)} | {value} |" for key, value in others]
    return "\n".join(lines)


def in_manner(fact: str, request: gr.Request) -> str:
    """Return a fact, as `0.735 (CamVid val)`, with its number as the reader's language writes it.
    """
    number, bracket, where = fact.partition(" (")
    return localised(number, request) + localised(bracket + where, request)


def not_shipped(command: str, request: gr.Request | None) -> str:
    """Return what is to be said of files that a command begins with and that do not ship."""
    begun = sorted(set(BEGUN_WITH.findall(cut(command, LONGEST))))
    files = " ".join(map(as_code, begun))
    return f" {say('app.card.not_shipped', request, files=files)}" if begun else ""


def as_text(text: object) -> str:
    """Return a text for Markdown in which no sign means anything."""
    line = " ".join(cut(str(text), LONGEST).split())
    return PLAIN.sub(lambda sign: f"&#{ord(sign[0])};", line)


def as_code(text: object) -> str:
    """Return a text for Markdown as code in one line."""
    line = cut(str(text), LONGEST)
    return f"`{line}`" if CODE.fullmatch(line) else f"<code>{as_text(line)}</code>"
