"""What a command computed, with the files that it wrote."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Written:
    """A result and its files; each system says in its own words what it is."""

    result: Any
    output: Path

    def as_json(self) -> dict[str, Any]:
        """Return the files and the result in plain types."""
        files = {field.name: getattr(self, field.name) for field in fields(self)
                 if field.name != "result"}
        return {**files, **self.result.as_json()}
