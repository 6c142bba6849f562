"""A tab's steps: one row of verbs, each of which shows some of the tab's parts, or its lesson.

    with steps.row("gan", play="lab", walk="explore", judge="judge"):
        with gr.Tab(t("gan.step_play"), id="lab"):
            ...
    with steps.place("train"):
        ...

A step begins with the part that is named, and takes in all that follow it up to the next step's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import gradio as gr
from markupsafe import Markup

from vision.ui.components.events import QUIET
from vision.ui.components.markup import tag
from vision.ui.components.page_files import beside, call
from vision.ui.text import t

PLACES = ("train", "lesson", "code")  # the steps that have no parts
CSS = beside(__file__, "steps.css")
SOME, ALONE = beside(__file__, "steps_parts.css"), beside(__file__, "steps_alone.css")
STATE = beside(__file__, "steps_state.js")  # a function of a tab's name
CHOOSE = beside(__file__, "steps_choose.js")
FOLLOW = "({ known, part }) => known[part] ?? Object.values(known)[0]"


@contextmanager
def row(tab: str, **first: str) -> Iterator[gr.Tabs]:
    """Build a tab's row of steps, and around what is built inside, the parts that they show.

    Each step is named with its first part; its words are the tab's text `step_NAME`.
    """
    choices = [(t(f"{tab}.step_{name}"), name) for name in first]
    choices += [(t(f"app.step_{name}"), name) for name in PLACES]
    chosen = gr.Radio(choices, value=next(iter(first)), show_label=False, container=False,
                      label=t("app.step_row"), elem_classes=["lab-steps"],
                      elem_id=f"{tab}-step-row")
    with gr.Column(elem_classes=["lab-step-parts"]):
        with gr.Tabs(elem_id=f"{tab}-parts", overflow_behavior="wrap") as parts:
            yield parts
        names = [str(part.id) for part in parts.children if isinstance(part, gr.Tab)]
        known = grouped(names, first)
        gr.HTML(rules(tab, known), elem_classes=["lab-rules"], min_height=0)
    state = call(STATE, tab)
    chosen.input(None, chosen, parts, js=f"(step) => ({CHOOSE})(step, {state})", **QUIET)
    parts.change(None, None, chosen, js=f"() => ({FOLLOW})({state})", **QUIET)


def place(name: str) -> gr.Column:
    """Return where that is built which one of the `PLACES` shows."""
    if name not in PLACES:
        raise ValueError(f"no step '{name}'; known are {', '.join(PLACES)}")
    return gr.Column(elem_classes=[f"lab-step-{name}"])


def grouped(parts: list[str], first: Mapping[str, str]) -> dict[str, str]:
    """Return the step of each part; what a step begins with may be missing, as a model may be."""
    steps = {part: step for step, part in first.items()}
    known, step = {}, next(iter(first))
    for part in parts:
        step = known[part] = steps.get(part, step)
    return known


def rules(tab: str, known: Mapping[str, str]) -> Markup:
    """Return what hides, while a step is chosen, the parts of all others."""
    groups: dict[str, list[str]] = {}
    for part, step in known.items():
        groups.setdefault(step, []).append(part)
    lines = []
    for step, parts in groups.items():
        rule = ALONE if len(parts) == 1 else SOME
        shown = ", ".join(f"[data-tab-id={part}]" for part in parts)
        lines.append(rule.replace("TAB", tab).replace("=step]", f"={step}]")
                     .replace(".parts", shown))
    return tag("style", "\n".join(lines), data_steps=json.dumps(known))
