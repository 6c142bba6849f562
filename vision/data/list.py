"""The known data sets: which of them are on this machine, under which licence, from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vision import datasets
from vision.options import Verb


@dataclass(frozen=True)
class Config:
    """`list` has no settings."""


@dataclass(frozen=True)
class Listing:
    """One row for each known data set."""

    rows: tuple[dict[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the folder and the rows in plain types."""
        return {"folder": datasets.root(), "data_sets": self.rows}

    def __str__(self) -> str:
        shown = [("name", "here", "licence", "source")]
        shown += [(row["name"], "yes" if row["present"] else "no", row["licence"], row["source"])
                  for row in self.rows]
        widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in shown)


def run(config: Config) -> Listing:
    """Return what is known of every data set."""
    return Listing(tuple(
        {"name": entry.name, "present": datasets.present(entry.name), "licence": entry.licence,
         "source": entry.source, "downloadable": bool(entry.torchvision)}
        for entry in datasets.DATASETS.values()))


VERB = Verb(Config, run, "List the known data sets.")
