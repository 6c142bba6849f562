"""Tables as CSV that a spreadsheet reads and runs nothing of."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a text that begins so is a formula to some programs
NUMBER = re.compile(r"-\d+(\.\d+)?")  # such a text is what it looks like


def as_csv(rows: Sequence[Mapping[str, Any]], first: Sequence[str] = ()) -> str:
    """Return rows as CSV: the first columns, then one for every other name that some row has."""
    columns = list(dict.fromkeys([*first, *(name for row in rows for name in row)]))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(cell, columns))
    writer.writerows([cell(row.get(name, "")) for name in columns] for row in rows)
    return text.getvalue()


def cell(value: Any) -> Any:
    """Return a cell that no program takes for a formula; a number below 0 is none."""
    formula = isinstance(value, str) and value.startswith(FORMULA) and not NUMBER.fullmatch(value)
    return f"'{value}" if formula else value
