"""Tables as CSV that a spreadsheet reads and runs nothing of."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a text that begins so is a formula to some programs


def as_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV, with a column for every name that some row has."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(cell, columns))
    writer.writerows([cell(row.get(name, "")) for name in columns] for row in rows)
    return text.getvalue()


def cell(value: Any) -> Any:
    """Return a cell that no program takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
