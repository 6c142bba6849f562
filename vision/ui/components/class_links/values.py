"""One control's value as a short text and back, within the control's own limits."""

from __future__ import annotations

import filecmp
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from vision.errors import UserError, cut
from vision.ui.components.inputs.number_box import NumberBox

Numeric = gr.Slider | gr.Number | NumberBox
FURTHEST = 2**53  # the largest number that a browser counts exactly
LONGEST_TEXT = 200  # characters
WRONG = "this class link sets '{name}' to '{value}'"
AGAIN = "copy it again from the page"


def encode(control: gr.components.Component, value: Any, pictures: Sequence[str] = ()
           ) -> str | None:
    """Return a value as text, or None for what a link cannot carry: one's own picture or model."""
    if isinstance(control, gr.Image):
        return picture_name(value, pictures)
    if isinstance(control, gr.Checkbox):
        return str(int(value))
    if may_be_empty(control) and value is None:
        return ""
    if isinstance(control, Numeric):
        if value is None:
            return None
        return f"{value:.12g}" if value != int(value) else str(int(value))
    if isinstance(control, gr.Textbox):
        return value if len(value) <= LONGEST_TEXT else None
    known, several = choices(control), isinstance(value, (list, tuple))
    names = [str(one) for one in (value if several else [value])]
    return ",".join(names) if set(names) <= known.keys() else None


def decode(name: str, control: gr.components.Component, text: str, pictures: Sequence[str] = ()
           ) -> Any:
    """Return the value that a text stands for, or raise if the control would not take it."""
    if isinstance(control, gr.Image):
        return one_of(name, text, {"": None, **named(pictures)})
    if isinstance(control, gr.Checkbox):
        return one_of(name, text, {"0": False, "1": True})
    if may_be_empty(control) and not text:
        return None
    if isinstance(control, Numeric):
        return number(name, control, text)
    if isinstance(control, gr.Textbox):
        if len(text) > LONGEST_TEXT:
            raise UserError(WRONG, "up to {most} characters are accepted", AGAIN, name=name,
                            value=cut(text), most=LONGEST_TEXT)
        return text
    if isinstance(control, gr.CheckboxGroup) or getattr(control, "multiselect", False):
        parts = text.split(",") if text else []
        if len(set(parts)) < len(parts):
            raise UserError("this class link names '{name}' twice", "once is accepted", AGAIN,
                            name=name)
        return [one_of(name, part, choices(control)) for part in parts]
    return one_of(name, text, choices(control))


def at_first(control: gr.components.Component) -> Any:
    """Return the value that a control has on a fresh page, as its handlers get it."""
    value = control.value
    if isinstance(control, NumberBox):
        return control.preprocess(value)
    return value["path"] if isinstance(value, dict) else value


def may_be_empty(control: gr.components.Component) -> bool:
    """Return whether a control may hold nothing: a number box that is not for whole numbers."""
    return isinstance(control, (gr.Number, NumberBox)) and control.precision is None


def number(name: str, control: Numeric, text: str) -> float:
    """Return a number that lies between the control's ends and on its steps."""
    least = -FURTHEST if control.minimum is None else control.minimum
    most = FURTHEST if control.maximum is None else control.maximum
    step = control.step if isinstance(control, gr.Slider) else int(control.precision == 0)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most or not on_step(value - least, step):
        raise UserError(WRONG, "numbers from {least} to {most} in steps of {step} are accepted"
                        if step else "numbers from {least} to {most} are accepted", AGAIN,
                        name=name, value=cut(text), least=least, most=most, step=step)
    return int(value) if value == int(value) else value


def on_step(distance: float, step: float | None) -> bool:
    """Return whether a distance is a whole number of steps; without a step every one is."""
    return not step or abs(distance / step - round(distance / step)) < 1e-6


def one_of(name: str, text: str, known: dict[str, Any]) -> Any:
    """Return the value that is known by a text."""
    if text not in known:
        raise UserError(WRONG, "known are {known}", AGAIN, name=name, value=cut(text),
                        known=", ".join(filter(None, known)))
    return known[text]


def choices(control: Any) -> dict[str, Any]:
    """Return what a control lets one choose, by the text of each value."""
    return {str(value): value for _, value in control.choices}


def picture_name(path: str | None, pictures: Sequence[str]) -> str | None:
    """Return which of the page's pictures this one is, '' for none at all."""
    if not path:
        return ""
    return next((name for name, known in named(pictures).items()
                 if filecmp.cmp(path, known, shallow=False)), None)


def named(pictures: Sequence[str]) -> dict[str, str]:
    """Return pictures by their names; of two files with one name, the later has its folder's too.
    """
    found: dict[str, str] = {}
    for path in map(Path, pictures):
        name = f"{path.parent.name}-{path.stem}" if path.stem in found else path.stem
        found.setdefault(name, str(path))
    return found
