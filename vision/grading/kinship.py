"""Which files hold the same weights, whatever their cards say."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch

from vision import checkpoints

SAMPLED = 4096  # weights of a model that are compared
NEAR = 0.01  # of their size, by which two samples differ that are nearly the same
Shapes = tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, eq=False)
class Sample:
    """Some weights of a model, always from the same places."""

    shapes: Shapes
    weights: np.ndarray  # float32 (SAMPLED,)

    def near(self, other: Sample) -> bool:
        """Return whether two models are one, or one with next to nothing changed."""
        if self.shapes != other.shapes:
            return False
        apart = np.linalg.norm(self.weights - other.weights)
        return bool(apart <= NEAR * np.linalg.norm(self.weights))


def sample(tensors: Mapping[str, torch.Tensor]) -> Sample:
    """Return the sample of a model's weights."""
    shapes = tuple((name, tuple(tensors[name].shape)) for name in sorted(tensors))
    flat = [tensors[name].reshape(-1) for name, _ in shapes if tensors[name].is_floating_point()]
    sizes = np.array([len(part) for part in flat])
    places = np.linspace(0, sizes.sum() - 1, SAMPLED).round().astype(np.int64)
    starts = sizes.cumsum() - sizes
    owner = np.searchsorted(starts, places, side="right") - 1
    weights = np.concatenate([
        flat[part][torch.from_numpy(places[owner == part] - starts[part])].float().cpu().numpy()
        for part in np.unique(owner)])
    return Sample(shapes, weights)


@functools.lru_cache(maxsize=4)
def shipped(system: str) -> dict[str, Sample]:
    """Return the samples of all models of a system that ship, by their names."""
    reader = importlib.import_module(f"vision.{system}.predict")
    return {path.stem: sample(reader.load(path).module.state_dict())
            for path in checkpoints.readable(system)}


def kin(own: Sample, others: Mapping[str, Sample]) -> list[str]:
    """Return the names of the models that are this one, or nearly."""
    return [name for name, other in others.items() if own.near(other)]
