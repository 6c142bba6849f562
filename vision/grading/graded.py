"""What one file is worth: loaded with every check, and measured by its system's own measure."""

from __future__ import annotations

import hashlib
import importlib
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from vision import checkpoints
from vision.bootstrap import Interval, middle
from vision.checkpoints import Card
from vision.errors import UserError, cut, listed
from vision.gpu_fallback import lacks_memory
from vision.grading.kinship import Sample, kin, sample, shipped

GRADED = ("segmentation", "gan", "pruning", "infrared")  # systems that say what they grade by
MOST = 40  # files at once
MOST_DATA = 4  # data sets of a card that are named
FIRST, SPAN = 1_200_000_000, 800_000_000  # seeds of graders: far from all others here
DRAWS = 1000
log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Graded:
    """What one file is worth, or why it was refused."""

    file: str
    score: float = float("nan")
    drawn: np.ndarray = field(default_factory=lambda: np.zeros(0))  # of each draw
    measure: str = ""
    arch: str = ""
    data: tuple[str, ...] = ()
    steps: int = 0
    weights: int = 0
    bytes: int = 0
    digest: str = ""
    own: Sample | None = None  # of its weights
    same: tuple[str, ...] = ()  # files and shipped models with these weights, or nearly
    refused: UserError | None = None

    @property
    def interval(self) -> Interval:
        """Return the score with its interval."""
        return Interval(self.score, *middle(self.drawn))


def seed_of(word: str) -> int:
    """Return the first seed of the pictures that a word stands for."""
    if not word.strip():
        raise UserError("no word stands for the pictures", "a word that students do not know is "
                        "accepted", "type one")
    found = hashlib.sha256(word.strip().encode()).digest()
    return FIRST + int.from_bytes(found[:8], "big") % SPAN


def grade(path: Path, system: str, word: str, count: int = 0) -> Graded:
    """Return what one file is worth, or why it is refused."""
    try:
        return measured(path, system, seed_of(word), count)
    except UserError as error:
        return Graded(path.name, refused=error)
    except Exception as error:  # whatever a stranger's network may provoke
        if lacks_memory(error):
            raise
        log.warning("'%s' fails on the pictures", path.name, exc_info=True)
        return Graded(path.name, refused=checkpoints.damaged(path, "it fails on the pictures"))


def measured(path: Path, system: str, first: int, count: int) -> Graded:
    """Return what one file is worth on the pictures of the seeds from `first` on."""
    grader = importlib.import_module(f"vision.{system}.grade")
    reader = importlib.import_module(f"vision.{system}.predict")
    model = reader.load(path)
    measure = grader.measure(model, first, count or grader.PICTURES)
    card = model.card
    return Graded(
        path.name, score=measure.whole(), drawn=measure.drawn(DRAWS), measure=measure.name,
        arch=card.arch, data=trained_on(card), steps=card.steps,
        weights=sum(tensor.numel() for tensor in model.module.parameters()),
        bytes=path.stat().st_size, digest=checkpoints.digest_of(path),
        own=sample(model.module.state_dict()))


def trained_on(card: Card) -> tuple[str, ...]:
    """Return the names of the data that a foreign card says its model learnt from."""
    told = card.data.get("train")
    return tuple(cut(str(name)) for name in told[:MOST_DATA]) if isinstance(told, list) else ()


def with_kin(graded: Sequence[Graded], system: str) -> list[Graded]:
    """Return the files with the names of those that hold the same weights."""
    samples = {each.file: each.own for each in graded if each.own is not None}
    return [replace(each, same=(
        *kin(each.own, {name: other for name, other in samples.items() if name != each.file}),
        *(f"{name} (shipped)" for name in kin(each.own, shipped(system)))))
        if each.own is not None else each for each in graded]


def check_files(paths: Sequence[Path], system: str) -> None:
    """Raise unless these files can be ranked together."""
    if system not in GRADED:
        raise UserError("models of '{system}' are not graded", "{known} are accepted",
                        "choose one of them", system=system, known=listed(list(GRADED)))
    if not 1 <= len(paths) <= MOST:
        raise UserError("{count} files were given", "1 to {most} are accepted",
                        "give fewer at once", count=len(paths), most=MOST)


def names_of(paths: Sequence[Path]) -> list[str]:
    """Return the files' names, numbered where several have the same."""
    seen: Counter[str] = Counter()
    found = []
    for path in paths:
        seen[path.name] += 1
        found.append(path.name if seen[path.name] == 1 else f"{path.name} ({seen[path.name]})")
    return found


def grade_all(paths: Sequence[Path], system: str, word: str, count: int = 0
              ) -> Iterator[list[Graded]]:
    """Grade one file after the other; yield what is known so far."""
    check_files(paths, system)
    seed_of(word)
    found: list[Graded] = []
    for path, name in zip(paths, names_of(paths), strict=True):
        found.append(replace(grade(path, system, word, count), file=name))
        yield with_kin(found, system)


def pictures_of(system: str, count: int) -> int:
    """Return how many pictures are looked at."""
    return count or importlib.import_module(f"vision.{system}.grade").PICTURES
