"""Rank checkpoints that others trained, on pictures that only the word of the grader stands for.

Every file is measured on the same pictures. A model's rank is one more than the number of models
that are surely better: whose lead is above 0 in 95% of the draws of the pictures, the same draws
for both (the paired bootstrap). So models that the pictures cannot tell apart share a rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision.bootstrap import middle
from vision.files.atomic_files import write_atomically
from vision.files.csv_table import as_csv
from vision.grading.graded import GRADED, Graded, grade_all, pictures_of
from vision.grading.table import line_of, row_of
from vision.options import REQUIRED, Verb, option, within


@dataclass(frozen=True)
class Place:
    """A rank and who has it; refused files have none."""

    rank: int | None
    graded: Graded


@dataclass(frozen=True)
class Ranking:
    """All files, the best first, the refused ones last."""

    system: str
    pictures: int
    places: tuple[Place, ...]

    def rows(self) -> list[dict[str, Any]]:
        """Return a line of the table for each file."""
        return [row_of(place.rank, place.graded) for place in self.places]

    def as_json(self) -> dict[str, Any]:
        """Return the table in plain types."""
        return {"system": self.system, "pictures": self.pictures, "models": self.rows()}

    def __str__(self) -> str:
        return "\n".join(line_of(place.rank, place.graded) for place in self.places)


def ranked(system: str, graded: Sequence[Graded], pictures: int) -> Ranking:
    """Return the files in their order."""
    fit = sorted((each for each in graded if each.refused is None and not np.isnan(each.score)),
                 key=lambda each: -each.score)
    places = [Place(1 + sum(surely_better(other, each) for other in fit), each) for each in fit]
    rest = [Place(None, each) for each in graded if each not in fit]
    return Ranking(system, pictures, (*places, *rest))


def surely_better(one: Graded, other: Graded) -> bool:
    """Return whether one model is above another in 95% of the draws of the same pictures."""
    return bool(one is not other and middle(one.drawn - other.drawn)[0] > 0)


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of `rank`."""

    files: tuple[Path, ...] = option(REQUIRED, "the checkpoints", positional=True)
    system: str = option("segmentation", "what they are models of", lambda: list(GRADED))
    word: str = option(REQUIRED, "the word that stands for the pictures; students must not know it")
    pictures: int = option(0, "how many pictures; 0 is as many as the system finds enough")
    output: Path = option(Path("runs/grading/ranking.csv"), "where the table is written")


def run(config: Config) -> Ranking:
    """Rank the files, write the table, and return the ranking."""
    within(config, pictures=(0, 5000))
    *_, graded = grade_all(config.files, config.system, config.word, config.pictures)
    ranking = ranked(config.system, graded, pictures_of(config.system, config.pictures))
    write_atomically(config.output, as_csv(ranking.rows()).encode())
    return ranking


VERB = Verb(Config, run, "Rank checkpoints that others trained on pictures nobody has seen.")
