"""Which channels go at a ratio: one threshold over all scores, and a guard for every layer.

Liu et al., arXiv:1708.06519, section 3: "we prune channels with a global threshold across all
layers, which is defined as a certain percentile of all the scaling factor values."
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from vision.data.image_folders import LabelledPictures
from vision.errors import UserError, unknown
from vision.pruning.criteria import CRITERIA, Parts, pulls
from vision.pruning.data import open_pictures
from vision.pruning.models.parts import Network

MOST = 0.99
SEEN = 256  # pictures that Taylor's criterion looks at


@dataclass(frozen=True, eq=False)
class Plan:
    """Which channels of each layer stay, and why."""

    criterion: str
    ratio: float
    threshold: float
    scores: dict[str, np.ndarray]
    masks: dict[str, np.ndarray]  # True stays
    guarded: tuple[str, ...]  # layers in which only the guard keeps a channel
    protected: tuple[str, ...]

    def __post_init__(self) -> None:
        for name, mask in self.masks.items():
            if mask.dtype != bool or mask.shape != self.scores[name].shape:
                raise ValueError(f"a mask of {mask.dtype} {mask.shape} for '{name}'")
            if not mask.any():
                raise ValueError(f"nothing of '{name}' stays")

    @property
    def widths(self) -> list[int]:
        """Return how many channels of each layer stay."""
        return [int(mask.sum()) for mask in self.masks.values()]

    @property
    def total(self) -> int:
        """Return how many channels there were."""
        return sum(map(len, self.masks.values()))

    @property
    def cut(self) -> int:
        """Return how many channels go; the guard may save some of what the ratio asks for."""
        return self.total - sum(self.widths)

    def as_json(self) -> dict[str, Any]:
        """Return everything but the single scores in plain types."""
        return {"criterion": self.criterion, "ratio": self.ratio, "threshold": self.threshold,
                "channels": self.total, "cut": self.cut, "guarded": list(self.guarded),
                "protected": list(self.protected), "widths": dict(zip(self.masks, self.widths,
                                                                      strict=True))}


def make_plan(module: Network, ratio: float, criterion: str = "gamma",
              protected: Sequence[str] = (), scores: dict[str, np.ndarray] | None = None,
              multiple: int = 1) -> Plan:
    """Return the plan that cuts the share `ratio` of all channels, those with the lowest scores.

    Equal scores go in the order of the layers, so that the share is met exactly. Protected layers
    stay whole, and of every other layer at least the best channel stays. Whoever asks for many
    ratios may hand in what `score` gave. Widths of layers that lose channels become multiples of
    `multiple`, the nearest, by keeping or cutting the next best.
    """
    check_ratio(ratio)
    scores = score(module, criterion) if scores is None else scores
    for name in protected:
        if name not in scores:
            raise unknown("layer", name, list(scores))
    free = [name for name in scores if name not in protected]
    count = int(round(ratio * sum(map(len, scores.values())), 6))
    check_reach(ratio, count, scores, free, protected)
    threshold, masks = cut_lowest(scores, free, count)
    guarded = tuple(name for name, mask in masks.items() if not mask.any())
    for name in guarded:
        masks[name][scores[name].argmax()] = True
    masks = {name: rounded(name, mask, scores[name], multiple) for name, mask in masks.items()}
    return Plan(criterion, ratio, threshold, scores, masks, guarded, tuple(protected))


@torch.no_grad()
def score(module: Network, criterion: str, pictures: LabelledPictures | None = None
          ) -> dict[str, np.ndarray]:
    """Return the scores of each layer's channels by the layer's name.

    Only Taylor looks at pictures; if none are handed in, at the drawings to learn from.
    """
    if criterion not in CRITERIA:
        raise unknown("criterion", criterion, list(CRITERIA))
    rate, slopes = CRITERIA[criterion], {}
    if criterion == "taylor":
        slopes = pulls(module, pictures or seen(module.config["classes"]))
    return {group.name: rate(Parts.of(module, group, slopes.get(group.name))).float().cpu().numpy()
            for group in module.groups}


def seen(classes: int) -> LabelledPictures:
    """Return pictures for networks of so many classes that are always here."""
    drawn = open_pictures("drawings", "train").first(SEEN)
    if classes != len(drawn.classes):
        raise UserError("the criterion 'taylor' needs pictures of the network's {count} classes",
                        "the data set '{name}' below VISION_DATA is accepted",
                        "choose another criterion, or fetch that", count=classes, name="cifar100")
    return drawn


def cut_lowest(scores: dict[str, np.ndarray], free: list[str], count: int
               ) -> tuple[float, dict[str, np.ndarray]]:
    """Return the threshold, the highest score that goes, and masks without the lowest `count`."""
    masks = {name: np.ones(len(part), bool) for name, part in scores.items()}
    if not count:
        return 0.0, masks
    together = np.concatenate([scores[name] for name in free])
    order = np.argsort(together, kind="stable")
    stays = np.ones(len(together), bool)
    stays[order[:count]] = False
    ends = np.cumsum([len(scores[name]) for name in free])[:-1]
    masks |= dict(zip(free, np.split(stays, ends), strict=True))
    return float(together[order[count - 1]]), masks


def rounded(name: str, mask: np.ndarray, scores: np.ndarray, multiple: int) -> np.ndarray:
    """Return a mask that keeps the nearest multiple of channels, the best; whole layers stay so."""
    if multiple < 2 or mask.all():
        return mask
    kept = int(mask.sum())
    width = min(int(kept / multiple + 0.5) * multiple, len(mask))
    if not width:
        raise UserError("the layer '{name}' keeps {kept} channels, which rounds to 0 in steps of "
                        "{multiple}", "layers that keep {least} or more are accepted",
                        "lower the ratio, protect the layer, or round to less", name=name,
                        kept=kept, multiple=multiple, least=-(-multiple // 2))
    best = np.lexsort((-scores, ~mask))[:width]  # those that stay first, then by score
    stays = np.zeros_like(mask)
    stays[best] = True
    return stays


def ratio_at(module: Network, threshold: float, criterion: str = "gamma",
             protected: Sequence[str] = (), scores: dict[str, np.ndarray] | None = None) -> float:
    """Return the ratio that cuts every channel whose score is not above the threshold."""
    scores = score(module, criterion) if scores is None else scores
    cut = sum(int((part <= threshold).sum()) for name, part in scores.items()
              if name not in protected)
    return min(cut / sum(map(len, scores.values())), MOST)


def check_ratio(ratio: float) -> None:
    """Raise for a ratio that is no share, or that would leave nothing."""
    if not 0 <= ratio <= MOST:
        raise UserError("the ratio is {ratio}", "numbers from 0 to {most} are accepted",
                        "choose how large a share of the channels goes", ratio=ratio, most=MOST)


def check_reach(ratio: float, count: int, scores: dict[str, np.ndarray], free: list[str],
                protected: Sequence[str]) -> None:
    """Raise for a ratio that could be reached only by cutting protected layers."""
    reach = sum(len(scores[name]) for name in free) - len(free)
    if protected and count > reach:
        raise UserError("a ratio of {ratio} would empty the protected layers {names}",
                        "ratios up to {most} are accepted with these layers protected",
                        "lower the ratio or protect fewer layers", ratio=ratio,
                        names=", ".join(protected), most=highest(scores, protected))


def highest(scores: dict[str, np.ndarray], protected: Sequence[str]) -> float:
    """Return the highest ratio that protected layers allow, to two places."""
    if not protected:
        return MOST
    reach = sum(len(part) - 1 for name, part in scores.items() if name not in protected)
    return min(int(100 * reach / sum(map(len, scores.values()))) / 100, MOST)
