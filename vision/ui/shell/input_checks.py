"""Values that no control of the page would send: refused with a sentence, whoever sends them."""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

import gradio as gr

from vision.errors import UserError, cut, unknown
from vision.ui.components.class_links.values import FURTHEST, choices
from vision.ui.components.friendly import notice
from vision.ui.components.html import label_of
from vision.ui.shell.files.access import check_files
from vision.ui.text import explain, say

LONGEST_REFUSAL = 300  # characters
LARGEST = sys.float_info.max  # of what a number may be; no number at all is not below it, either
ASKING: ContextVar[gr.Request | None] = ContextVar("asking", default=None)
log = logging.getLogger("vision.ui")


def guard_inputs(app: gr.Blocks) -> None:
    """Let every call refuse values that its controls do not offer, and files that are not its own.
    """
    app.process_api = _heard(app.process_api)  # type: ignore[method-assign]
    app.preprocess_data = _guarded(app)  # type: ignore[method-assign]


def _heard(process: Callable[..., Any]) -> Callable[..., Any]:
    """Remember for the length of a call whose request it is."""
    @functools.wraps(process)
    async def call(*values: Any, request: Any = None, **named: Any) -> Any:
        ASKING.set(request)
        return await process(*values, request=request, **named)

    return call


def _guarded(app: gr.Blocks) -> Callable[..., Any]:
    preprocess = app.preprocess_data

    @functools.wraps(preprocess)
    async def check(call: Any, values: list[Any], state: Any, *others: Any) -> Any:
        try:
            for control, value in zip(call.inputs, values, strict=False):
                check_files(control, value, getattr(app, "allowed_paths", ()))
        except UserError as mistake:
            raise notice(explain(mistake, ASKING.get())) from mistake
        if any(map(of_wrong_kind, _present(call.inputs, state), values)):
            raise notice(say("app.badvalue", ASKING.get()))
        try:
            return await preprocess(call, values, state, *others)
        except Exception as error:
            raise _refusal(error, _present(call.inputs, state), values) from error

    return check


def _present(controls: list[Any], state: Any) -> Iterator[Any]:
    """Yield controls as they are in a session, where their choices may have changed."""
    for control in controls:
        changed = state and not control.stateful and control._id in state
        yield state[control._id] if changed else control


def _refusal(error: Exception, controls: Iterator[Any], values: list[Any]) -> Exception:
    """Return what is told of refused values: what is not on offer, else its own word, else ours."""
    request = ASKING.get()
    for control, value in zip(controls, values, strict=False):
        if mistake := not_offered(control, value, request):
            return notice(explain(mistake, request))
    if isinstance(error.__cause__, UserError):
        return notice(explain(error.__cause__, request))
    if isinstance(error, gr.Error) and len(error.message) <= LONGEST_REFUSAL:
        return error
    log.info("refused input: %s", error)
    return notice(say("app.badvalue", request))


def of_wrong_kind(control: Any, value: Any) -> bool:
    """Return whether a control that holds a number or a mark was sent something else.

    A box for numbers may be empty, one for whole numbers may not.
    """
    if isinstance(control, gr.Checkbox):
        return not isinstance(value, bool)
    if isinstance(control, gr.Number) and value is None:
        return control.precision == 0
    if isinstance(control, (gr.Slider, gr.Number)):
        return not isinstance(value, (int, float)) or not abs(value) <= LARGEST
    return False


def not_offered(control: Any, value: Any, request: gr.Request | None) -> UserError | None:
    """Return the mistake of a value that is not among a control's choices or between its ends."""
    if isinstance(control, (gr.Dropdown, gr.Radio, gr.CheckboxGroup)) and value is not None:
        return _no_choice(control, value, request)
    if isinstance(control, (gr.Slider, gr.Number)) and isinstance(value, (int, float)):
        return _out_of_range(control, value, request)
    return None


def _no_choice(control: Any, value: Any, request: gr.Request | None) -> UserError | None:
    known = choices(control)
    wrong = [one for one in (value if isinstance(value, list) else [value])
             if one not in known.values()]
    if not wrong or getattr(control, "allow_custom_value", False):
        return None
    name = cut(str(wrong[0])) if isinstance(wrong[0], (str, int, float)) else "…"
    near = unknown("", name, list(filter(None, known)))
    return UserError("'{control}' has no choice '{name}'", *near.parts[1:], **near.values,
                     control=label_of(control, request))


def _out_of_range(control: gr.Slider | gr.Number, value: float, request: gr.Request | None
                  ) -> UserError | None:
    low, high = -FURTHEST if control.minimum is None else control.minimum, control.maximum
    if value >= low and (high is None or value <= high):
        return None
    return UserError("'{control}' is {value}", "numbers from {low} on are accepted" if high is None
                     else "numbers from {low} to {high} are accepted", "choose another",
                     control=label_of(control, request), value=cut(str(value)), low=low, high=high)
