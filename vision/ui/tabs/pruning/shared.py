"""What the parts of the pruning tab share: which networks there are, their plans, their tests."""

from __future__ import annotations

import functools
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from vision import checkpoints
from vision.data import datasets
from vision.errors import UserError
from vision.ui.components.model_choice import ModelShelf

if TYPE_CHECKING:
    import numpy as np

    from vision.checkpoints import Card
    from vision.pruning.evaluate import Report
    from vision.pruning.plan import Plan

PHOTOGRAPHS = ("vgg16", "resnet164", "densenet40")  # networks whose pictures are not brought along
DRAWINGS = ("vgg16-drawings-hard", "vgg16-drawings")
CRITERIA = ("gamma", "gamma-by-layer", "l1", "random", "gamma-read", "taylor", "fpgm")
TESTED = 1000  # pictures at most in a measurement on the page
AUTO = "auto"  # the choice of data that follows the network
HARDEST = ("cifar100", "cifar10", "drawings-hard", "drawings")


def usual() -> tuple[str, ...]:
    """Return the networks to begin with, the first that ships: one that a cut costs something here.

    Where its photographs are missing, easy drawings stand in, and of those it names all rightly.
    """
    here = datasets.present("cifar10")
    return (*PHOTOGRAPHS, *DRAWINGS) if here else (*DRAWINGS, *PHOTOGRAPHS)


MODELS = ModelShelf("pruning", usual(), kept=6)


@functools.lru_cache(maxsize=32)
def scores_at(path: Path, changed: float, criterion: str) -> dict[str, np.ndarray]:
    """Return what a criterion thinks of each channel, computed once."""
    from vision.pruning.prune import scores_of

    return scores_of(MODELS.at(path), criterion)


def path_scores(path: Path, criterion: str) -> dict[str, np.ndarray]:
    """Return what a criterion thinks of each channel of the network of a file as it is now."""
    return scores_at(path, checkpoints.version(path), criterion)


@functools.lru_cache(maxsize=6)
def report_at(path: Path, changed: float, data: str, count: int) -> Report:
    """Return the measures of an uncut network, taken once."""
    from vision.pruning.data import open_pictures
    from vision.pruning.evaluate import measure

    return measure(MODELS.at(path), open_pictures(data, "test").first(count))


@functools.lru_cache(maxsize=64)
def report_of_cut_at(path: Path, changed: float, ratio: float, criterion: str,
                     protected: tuple[str, ...], data: str, count: int) -> Report:
    """Return the measures of a network after a cut, taken once: a class often makes the same one.
    """
    from vision.checkpoints import Model
    from vision.pruning.data import open_pictures
    from vision.pruning.evaluate import measure
    from vision.pruning.predict import network_of
    from vision.pruning.surgery import prune

    whole = MODELS.at(path)
    plan = plan_at(path, changed, ratio, criterion, protected)
    small = Model(prune(network_of(whole), plan), whole.card)
    return measure(small, open_pictures(data, "test").first(count))


def plan_at(path: Path, changed: float, ratio: float, criterion: str,
            protected: tuple[str, ...], multiple: int = 1) -> Plan:
    """Return the plan of a checkpoint's network at a ratio."""
    from vision.pruning.plan import make_plan
    from vision.pruning.predict import network_of

    return make_plan(network_of(MODELS.at(path)), ratio, criterion, protected,
                     scores_at(path, changed, criterion), multiple)


def ratio_for(name: str, threshold: float, criterion: str, protected: str, own: str | None
              ) -> float:
    """Return the ratio at which a plan has a threshold."""
    from vision.pruning.plan import ratio_at
    from vision.pruning.predict import network_of

    scores = path_scores(MODELS.path_of(name, own), criterion)
    return ratio_at(network_of(MODELS.open(name, own)), threshold, criterion, layers_in(protected),
                    scores)


def plan_for(name: str, ratio: float, criterion: str, protected: str, own: str | None,
             multiple: int = 1) -> Plan:
    """Return the plan of a network at a ratio; protected layers are named with commas between.

    The widths of the layers that it cuts are multiples of a number.
    """
    path = MODELS.path_of(name, own)
    return plan_at(path, checkpoints.version(path), ratio, criterion, layers_in(protected),
                   multiple)


def layers_in(protected: str | None) -> tuple[str, ...]:
    """Return the layers of a list with commas between them."""
    return tuple(name.strip() for name in (protected or "").split(",") if name.strip())


def measured_on(card: Card, data: str = AUTO) -> str | None:
    """Return the data that a network is measured on; None if none of its classes is here.

    By itself it is the hardest that the network learnt and that is here, else the drawings.
    """
    if data and data != AUTO:
        return data
    here = choices_here(card)
    known = [name for name in here if name in card.data.get("train", [])]
    return known[-1] if known else next(iter(here), None)


def choices_here(card: Card) -> list[str]:
    """Return the data sets on this machine that have the classes of a network; easy ones first."""
    from vision.pruning.data import available, fitting

    here = available()
    return [name for name in reversed(HARDEST) if name in here and name in fitting(card.classes)]


def sets_here(card: Card) -> tuple[str, ...]:
    """Return the data sets of a network that are on this machine, or else the drawings."""
    here = choices_here(card)
    if not here:
        raise nothing_here(card)
    return tuple(name for name in card.data.get("train", []) if name in here) or (here[0],)


def nothing_here(card: Card) -> UserError:
    """Return the mistake of measuring a network whose pictures are not on this machine."""
    from vision.pruning.data import fitting

    first = next(iter(fitting(card.classes)), "cifar10")
    return UserError("no pictures of the network's {count} classes are on this machine",
                     "the data set '{name}' below VISION_DATA is accepted",
                     "run 'python -m vision data download {name}', or choose another network",
                     count=len(card.classes), name=first)


def this_minute() -> str:
    """Return what is told of when a clock was read."""
    return f"{datetime.now(timezone.utc):%Y-%m-%d %H:%M} UTC"


def learnt(card: Card) -> str:
    """Return the data that a network learnt from."""
    return (card.data.get("train") or ["drawings"])[0]


def report_of(name: str, own: str | None, data: str = AUTO, count: int | None = None) -> Report:
    """Return the measures of a network as it is."""
    path = MODELS.path_of(name, own)
    return report_at(path, checkpoints.version(path), tested(path, data), count or TESTED)


def report_of_cut(name: str, ratio: float, criterion: str, protected: str, own: str | None,
                  data: str = AUTO, count: int | None = None) -> Report:
    """Return the measures of a network after a cut."""
    path = MODELS.path_of(name, own)
    return report_of_cut_at(path, checkpoints.version(path), ratio, criterion,
                            layers_in(protected), tested(path, data), count or TESTED)


def tested(path: Path, data: str) -> str:
    """Return the data that the network of a file is measured on, or raise if there is none."""
    card = checkpoints.read_card(path)
    found = measured_on(card, data)
    if found is None:
        raise nothing_here(card)
    return found


def on_curve(card: Card, ratio: float, criterion: str) -> tuple[float, float | None] | None:
    """Return the accuracy that the card's curve predicts at a ratio, cut and fine-tuned."""
    import numpy as np

    curve = card.metrics.get("curve")
    if not curve or curve["criterion"] != criterion or len(curve["points"]) < 2:
        return None
    points = sorted(curve["points"], key=lambda point: point["ratio"])
    ratios = [point["ratio"] for point in points]
    cut, tuned = ([point[name] for point in points] for name in ("accuracy", "accuracy_tuned"))
    if ratio > ratios[-1]:
        return None
    complete = None not in tuned
    return (float(np.interp(ratio, ratios, cut)),
            float(np.interp(ratio, ratios, tuned)) if complete else None)
