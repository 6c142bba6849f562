"""The known data sets and public networks: which are on this machine, their licence and source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vision.data import datasets, pretrained
from vision.options import Verb


@dataclass(frozen=True)
class Config:
    """`list` has no settings."""


@dataclass(frozen=True)
class Listing:
    """One row for each known data set, and one for each network that a training may begin with."""

    rows: tuple[dict[str, Any], ...]
    networks: tuple[dict[str, Any], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the folder and the rows in plain types."""
        return {"folder": datasets.root(), "data_sets": self.rows, "networks": self.networks}

    def __str__(self) -> str:
        shown = [("name", "here", "licence", "source")]
        shown += [(row["name"], "yes" if row["present"] else "no", row["licence"], row["source"])
                  for row in self.rows + self.networks]
        widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
        return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in shown)


def run(config: Config) -> Listing:
    """Return what is known of every data set and public network."""
    return Listing(
        tuple(_row(entry, datasets.present(entry.name), bool(entry.torchvision))
              for entry in datasets.DATASETS.values()),
        tuple(_row(entry, pretrained.present(entry.name), bool(entry.package))
              for entry in pretrained.NETWORKS.values()))


def _row(entry: datasets.DataSet | pretrained.PublicNetwork, present: bool, downloadable: bool
         ) -> dict[str, Any]:
    return {"name": entry.name, "present": present, "licence": entry.licence,
            "source": entry.source, "downloadable": downloadable}


VERB = Verb(Config, run, "List the known data sets and public networks.")
