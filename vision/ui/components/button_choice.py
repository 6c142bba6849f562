"""Buttons within HTML of which one is chosen at a time, such as the cells of a matrix."""

from __future__ import annotations

from vision.ui.components.page_files import beside, call

CHOOSE = beside(__file__, "button_choice.js")


def one_of(kind: str) -> str:
    """Return the script of HTML whose buttons say in `data-KIND` what a click on them tells."""
    return call(CHOOSE, kind)
