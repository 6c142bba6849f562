"""A result that does not belong to what is set now is dimmed, and says so.

What a tab's main action reads makes its result stale when it changes; whatever shows a whole new
result makes it fresh again, unless something was changed since that was asked for. A control that
draws the result anew by itself makes nothing stale. So it is with a part of a tab whose result is
of the class `lab-dims`; what hangs on no setting is of the class `lab-lasts`, and never dimmed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.blocks import BlockFunction
from gradio.events import Dependency

from vision.ui.components.class_links.class_link import Shared
from vision.ui.components.events import QUIET
from vision.ui.components.lab_sheet import action_of
from vision.ui.components.page_files import beside, call, calling
from vision.ui.text import t

CSS = beside(__file__, "stale.css")
MARK = beside(__file__, "stale_mark.js")
BEGIN, END = beside(__file__, "stale_begin.js"), beside(__file__, "stale_end.js")
CLEAR = beside(__file__, "stale_clear.js")
NOTE = "app-stale"
STEERS = "lab-steers"  # the class of controls that a run follows while it goes on
DIMS = "lab-dims"  # the class of what shows the result of a part's button


def listen(page: gr.Blocks, parts: Sequence[Shared]) -> None:
    """Mark from now on what is stale in each tab, in the browser alone."""
    gr.Markdown(t("app.stale"), elem_id=NOTE)
    others = dict(page.fns)
    for action, first in [*main_results(page, parts), *part_results(page)]:
        if results := shown(action, first):
            names = [result.elem_id for result in results]
            controls = list(read(page, action, results[0]))
            for steers in sorted(set(map(is_steering, controls))):
                changed = [each.change for each in controls if is_steering(each) == steers]
                gr.on(changed, None, None, None, js=calling(MARK, names, NOTE, steers), **QUIET)
            for run in list(runs(page, action, results[0])):
                follow(run, names)
    page.default_config.fns = {  # a browser runs what follows a change one after another
        **{name: each for name, each in page.fns.items() if name not in others}, **others}


def main_results(page: gr.Blocks, parts: Sequence[Shared]) -> Iterator[tuple[BlockFunction, str]]:
    """Yield each tab's main action, and where its result is shown."""
    for part in parts:
        if (action := action_of(page, part)) is not None:
            yield action, f"{part.tab}-result"


def part_results(page: gr.Blocks) -> Iterator[tuple[BlockFunction, str]]:
    """Yield what the button of each part does whose result is dimmed, and where that is."""
    for result in list(page.blocks.values()):
        if DIMS in (getattr(result, "elem_classes", None) or ()):
            yield next(each for each in page.fns.values() if result in each.outputs
                       and "click" in [event for _, event in each.targets]), str(result.elem_id)


def follow(run: BlockFunction, names: Sequence[str]) -> None:
    """Note what a run knows of as it begins, clear what it answers, and whether a result forms."""
    begin = call(BEGIN, names[0], run._id, run.types_generator)
    run.js = f"(...values) => {{ {begin}; return values; }}"
    done = Dependency(None, {}, run._id, None)
    done.success(None, None, None, js=calling(CLEAR, names, NOTE, run._id), **QUIET)
    if run.types_generator:
        for ended in (done.then, done.failure):
            ended(None, None, None, js=calling(END, names[0], run._id), **QUIET)


def shown(action: BlockFunction, first: str) -> list[Any]:
    """Return what shows an action's result, the place of the result itself first."""
    seen = [each for each in action.outputs
            if isinstance(each, (gr.Image, gr.HTML)) and each.elem_id]
    return sorted(seen, key=lambda each: each.elem_id != first)


def read(page: gr.Blocks, action: BlockFunction, result: Any) -> Iterator[Any]:
    """Yield the controls that an action reads, without those that draw its result by themselves
    and those that its own button sets. What draws another thing in a part's place, such as what is
    on a model's card, is none of these.
    """
    part = DIMS in result.elem_classes
    alone = {number for each in page.fns.values()
             if (each.fn is action.fn if part else result in each.outputs)
             for number, event in each.targets if event not in ("click", "submit")}
    set_with_it = {output._id for each in page.fns.values()
                   if set(each.targets) & set(action.targets) for output in each.outputs}
    for control in action.inputs:
        if not isinstance(control, gr.State) and control._id not in alone | set_with_it:
            yield control


def is_steering(control: Any) -> bool:
    """Return whether a run that goes on follows a control."""
    return STEERS in (control.elem_classes or ())


def runs(page: gr.Blocks, action: BlockFunction, result: Any) -> Iterator[BlockFunction]:
    """Yield all events that show a whole new result of what is set.

    What a tab opens with is none: it is shown once, and asked for whenever the tab is opened.
    """
    for each in page.fns.values():
        whole = result in each.outputs and set(each.outputs) >= set(action.outputs)
        if each.fn is action.fn or (whole and not set(each.inputs).isdisjoint(action.inputs)):
            yield each
