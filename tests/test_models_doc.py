"""docs/models.md is true: each figure in its tables is what the card of that file says.

The comment above a table names the system and, for each column of figures, where a figure stands on
a card and how it is written; of several places with / between them the first that is there counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.conftest import REPOSITORY
from vision import checkpoints
from vision.ui.text.card_numbers import MISSING, written

TEXT = (REPOSITORY / "docs" / "models.md").read_text("utf-8")
TABLES = re.findall(r"^<!--([^>]*)-->\n\n\|.*\n(\|[-:|]+\|)\n((?:\|.*\n?)+)", TEXT, re.MULTILINE)


def figures() -> Iterator[tuple[str, str, str]]:
    """Yield the file of each figure, where it stands on the card, and the cell that shows it."""
    for told, rule, rows in TABLES:
        system, *columns = (" ".join(part.split()) for part in told.split("|"))
        assert rule.count("--:") == len(columns)
        for row in rows.splitlines():
            cells = [cell.strip() for cell in row.strip("|").split("|")]
            for column, cell in zip(columns, cells[-len(columns):], strict=True):
                yield f"{system}/{cells[0].strip('`')}", column, cell


def on_card(file: str, column: str) -> str:
    """Return what a file's card has for a column, empty if it has nothing."""
    *places, form = column.split()
    parts = [place if place in "±–" else first(file, place, form) for place in places]
    return "" if MISSING in parts[::2] else " ".join(parts)


def first(file: str, places: str, form: str) -> str:
    """Return the figure at the first of several places where there is one."""
    found = [written(file, place, form, "en") for place in places.split("/")]
    return next((text for text in found if text != MISSING), MISSING)


@pytest.mark.parametrize("file", sorted({file for file, _, _ in figures()}))
def test_the_figures_of_a_file_are_those_of_its_card(file: str) -> None:
    assert (checkpoints.FOLDER / f"{file}.safetensors").is_file()
    for name, column, cell in figures():
        if name == file:
            there = on_card(file, column)
            assert cell == there or (there and cell.endswith(f" {there}")), column


def test_most_of_what_ships_is_there() -> None:
    named = set(re.findall(r"^\| `([\w-]+)` \|", TEXT, re.MULTILINE))
    assert len(TABLES) > 10 and len(named) > 50
    shipped = {path.stem for path in checkpoints.FOLDER.glob("*/*.safetensors")}
    assert named <= shipped
