"""What a class link reaches beyond a tab's main settings: the controls of its parts, and the parts.

A control is named by its `elem_id` without the tab's name in front, as in exercises, so a part that
gives its controls names is reached without another word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr
from gradio.blocks import Block

from vision.ui.components.class_links.values import at_first, choices, encode
from vision.ui.components.inputs.number_box import NumberBox
from vision.ui.components.steps import PLACES

KINDS = (gr.Slider, gr.Number, NumberBox, gr.Checkbox, gr.CheckboxGroup, gr.Radio, gr.Dropdown)
NOT_SETTINGS = ("step-row",)


def controls_in(place: Any, tab: str, main: Mapping[str, Block]) -> dict[str, Any]:
    """Return the controls of a tab's parts by name; its `main` ones are known already."""
    known, found = set(main.values()), {}
    for name, block in named(place, tab):
        if block in known or name in NOT_SETTINGS or not settable(block):
            continue
        if name in main:
            raise ValueError(f"a class link already knows another '{name}' of '{tab}'")
        found[name] = block
    return found


def settable(block: Any) -> bool:
    """Return whether a link can hold what a block has at first, and set it."""
    if not isinstance(block, KINDS) or block.interactive is False:
        return False
    has_choices = not hasattr(block, "choices") or bool(choices(block))
    return has_choices and encode(block, at_first(block)) is not None


def places_in(place: Any, tab: str) -> tuple[str, ...]:
    """Return what of a tab a link may open: its parts, its other steps, and its exercises."""
    names, parts = [], []
    for name, block in named(place, tab):
        if name == "parts":
            parts = [str(part.id) for part in block.children if isinstance(part, gr.Tab)]
        if name.startswith("exercise-"):
            names.append(f"lesson.{name.removeprefix('exercise-')}")
    return (*parts, *PLACES, *names) if parts or names else ()


def named(place: Any, tab: str) -> Iterator[tuple[str, Any]]:
    """Yield all that is inside a place and has a name, without the tab's in front."""
    for child in getattr(place, "children", ()):
        if (name := str(child.elem_id)).startswith(f"{tab}-"):
            yield name.removeprefix(f"{tab}-"), child
        yield from named(child, tab)
