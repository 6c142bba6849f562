"""Who judges label fidelity: two classifiers trained apart, each over several seeds of noise.

One judge may share a blind spot with the generator, and one seed may be lucky. Both classifiers saw
real pictures only, have another shape and began with another seed.
"""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vision import checkpoints
from vision.checkpoints import Model
from vision.gan.predict import Drawer, conditional, load, read

NAMES = ("classifier-{data}", "classifier-{data}-second")
SEEDS, EACH = 5, 1000  # how many seeds, and pictures of each


@dataclass(frozen=True)
class Verdict:
    """How often one judge reads what was asked: mean and standard deviation over the seeds."""

    judge: str
    arch: str
    accuracy: float | None  # of the judge itself, on the real test pictures
    mean: float
    deviation: float
    seeds: int = SEEDS
    each: int = EACH

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return asdict(self)

    def __str__(self) -> str:
        return (f"label fidelity by {self.judge}: {self.mean:.4f} ± {self.deviation:.4f} "
                f"({self.seeds} seeds × {self.each} pictures)")


def judges_of(data: str) -> dict[str, Model]:
    """Return by name the classifiers of a data set that ship, the one that is shown first."""
    names = (name.format(data=data) for name in NAMES)
    paths = ((name, checkpoints.FOLDER / "gan" / f"{name}.safetensors") for name in names)
    return {name: load(path) for name, path in paths if path.is_file()}


def verdicts(model: Model, data: str, first: int = 1, seeds: int = SEEDS, each: int = EACH
             ) -> tuple[Verdict, ...]:
    """Return what each judge says of the same drawings, labels in turn; none without labels."""
    judges = judges_of(data) if conditional(model) else {}
    asked = np.arange(each) % len(model.card.classes)
    shares: dict[str, list[float]] = {name: [] for name in judges}
    for seed in range(first, first + seeds if judges else first):
        drawn = Drawer.of(model).floats(asked, seed)  # (each, C, S, S)
        for name, judge in judges.items():
            reading = read(judge, drawn).argmax(1).numpy()
            shares[name].append(float((reading == asked).mean()))
    return tuple(Verdict(name, judge.card.arch, judge.card.metrics.get("accuracy"),
                         statistics.mean(shares[name]), statistics.stdev(shares[name]), seeds, each)
                 for name, judge in judges.items())
