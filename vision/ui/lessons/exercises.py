"""The exercises of a lesson: a question, a button that sets what it asks for, and the answer.

The words of exercise NAME of a tab are its texts `exercise_NAME`, `exercise_NAME_try` and
`exercise_NAME_answer`. Each button begins from the values that the controls had at first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
from gradio.blocks import Block
from gradio.context import Context

from vision.ui.components.events import QUIET
from vision.ui.components.page_files import SCROLL, beside, calling, scroll_to
from vision.ui.lessons import guesses
from vision.ui.text import t

LATEX: list[dict[str, str | bool]] = [
    {"left": "$$", "right": "$$", "display": True}, {"left": "$", "right": "$", "display": False}]
USUAL = "usual"  # the exercise that only sets everything back
ASKED = beside(__file__, "asked.js")
BACK, MARKS = beside(__file__, "back.js"), beside(__file__, "marks.js")
Redraw = Mapping[str, Mapping[str, Any]]  # by a place: the event that shows its new values


@dataclass(frozen=True)
class Exercise:
    """What the button of an exercise sets, and to which place of the tab the page then scrolls.

    Beside the control that it is `about`, else beside that place, a mark leads to the question.
    Places and controls are named by their `elem_id` without the tab's name in front.
    """

    name: str
    place: str
    values: Mapping[str, Any] = field(default_factory=dict)
    about: str = ""


def build(part: str, exercises: Sequence[Exercise], redraw: Redraw | None = None
          ) -> dict[gr.Markdown, str]:
    """Build the exercises of a tab whose controls are built already.

    Returns the key of the text that each of its places is to be filled with.
    """
    texts: dict[gr.Markdown, str] = {}
    if not exercises:
        return texts
    blocks = named(part)
    usual = {name: blocks[name].value for each in exercises
             for name, value in each.values.items() if keeps(blocks[name], value)}
    gr.Markdown(t("app.exercises"))
    texts[guesses.told(part)] = "app.guessed"
    for each in exercises:
        with gr.Column(elem_classes=["lab-exercise"], elem_id=f"{part}-exercise-{each.name}"):
            texts[gr.Markdown(latex_delimiters=LATEX)] = f"{part}.exercise_{each.name}"
            guesses.box(part, each.name)
            connect(part, each, t(f"{part}.exercise_{each.name}_try"), usual, redraw or {})
            with gr.Accordion(t("app.answer"), open=False, elem_id=f"{part}-answer-{each.name}"):
                texts[gr.Markdown(latex_delimiters=LATEX)] = f"{part}.exercise_{each.name}_answer"
    connect(part, Exercise(USUAL, exercises[0].place), t("app.usual"), usual, redraw or {})
    return texts


def ways(part: str, exercises: Sequence[Exercise], opened: Sequence[Any]) -> None:
    """Build the way back to a question, and mark what the questions are about once it is `opened`.

    A click on such a mark opens the lesson at the card of its question.
    """
    gr.Markdown(t("app.asks"), elem_id=f"{part}-asks", elem_classes=["lab-rules"])
    back = gr.Button(t("app.back_to_question"), size="sm", elem_id=f"{part}-back",
                     elem_classes=["lab-back"])
    back.click(None, None, None, js=f"() => ({BACK})({json.dumps(part)}, {SCROLL})", **QUIET)
    about = {each.about or each.place: each.name for each in reversed(exercises)}
    marks = f"() => ({MARKS})({json.dumps(part)}, {json.dumps(about)}, {SCROLL})"
    for event in opened:
        event(None, None, None, js=marks, **QUIET)


def connect(part: str, exercise: Exercise, label: Any, usual: Mapping[str, Any], redraw: Redraw
            ) -> None:
    """Build the button that sets what an exercise asks for, and all else as it was at first."""
    blocks, values = named(part), {**usual, **exercise.values}
    outputs: list[Any] = [blocks[name] for name in values]
    button = gr.Button(label, size="sm", elem_classes=["lab-try"],
                       elem_id=f"{part}-try-{exercise.name}")
    done = button.click(lambda: [setting(block, value) for block, value
                                 in zip(outputs, values.values(), strict=True)],
                        None, outputs, **QUIET)
    done.success(None, None, None, js=scroll_to(f"{part}-{exercise.place}", always=True))
    if exercise.name != USUAL:
        done.success(None, None, None, js=calling(ASKED, part, exercise.name))
    if exercise.place in redraw:
        done.success(**redraw[exercise.place], **QUIET)


def named(part: str) -> dict[str, Any]:
    """Return what a tab has built so far, by `elem_id` without the tab's name in front.

    An accordion that is rendered further down is known by what is in it.
    """
    root = Context.root_block
    if root is None:
        raise TypeError("exercises are built outside of a page")
    return {name.removeprefix(f"{part}-"): each for block in root.blocks.values()
            for each in (block, block.parent) if each is not None
            and (name := str(each.elem_id)).startswith(f"{part}-")}


def keeps(block: Block, value: Any) -> bool:
    """Return whether a block keeps a value that the next exercise should not begin with.

    A picture stays, and what was emptied stays empty, for both belong to what the visitor chose.
    """
    return (isinstance(block, gr.components.Component) and not isinstance(block, gr.Image)
            and value is not None)


def setting(block: Block, value: Any) -> Any:
    """Return what sets a block: the open tab, an accordion's state, or a control's value."""
    if isinstance(block, gr.Tabs):
        return gr.Tabs(selected=value)
    if isinstance(block, gr.Accordion):
        return gr.Accordion(open=value)
    return gr.update(value=list(value) if isinstance(value, tuple) else value)
