"""The Parzen-window log-likelihood of the papers, computed in chunks and in log space.

A Gaussian of width σ is put on each of S drawn pictures; the score is the mean over the test
pictures of log p(x) = log 1/S Σₛ N(x; drawnₛ, σ²I), with σ chosen on held-out pictures
(Breuleux, Bengio, Vincent 2011; Goodfellow et al. 2014, arXiv:1406.2661, section 5). Theis, van
den Oord, Bethge (arXiv:1511.01844) show why the number is fragile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vision import checkpoints
from vision.gan.data import open_pictures
from vision.gan.predict import Drawer, load
from vision.options import LARGEST_SEED, Verb, option, within

SIGMAS = tuple(np.geomspace(0.08, 0.5, 16).round(4).tolist())
CHUNK = 500
VALIDATION = 1000


@dataclass(frozen=True)
class Score:
    """A Parzen-window score in nats with all that it depends on."""

    mean: float
    error: float
    sigma: float
    curve: tuple[tuple[float, float], ...]
    samples: int
    points: int

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {"mean": self.mean, "error": self.error, "sigma": self.sigma,
                "samples": self.samples, "points": self.points,
                "curve": [list(pair) for pair in self.curve]}

    def __str__(self) -> str:
        return (f"Parzen window: {self.mean:.1f} ± {self.error:.1f} nats at σ = {self.sigma:.3f}, "
                f"{self.samples} samples, {self.points} test pictures")


def log_likelihood(samples: torch.Tensor, points: torch.Tensor, sigma: float) -> torch.Tensor:
    """Return log p of each point (P, D) under Gaussians of width σ on the samples (S, D)."""
    return torch.cat([chunk[0] for chunk in _chunks(samples, points, (sigma,))])


def curve(samples: torch.Tensor, points: torch.Tensor, sigmas: tuple[float, ...] = SIGMAS
          ) -> tuple[tuple[float, float], ...]:
    """Return (σ, mean log p) for each σ; the distances are computed once for all."""
    total = torch.zeros(len(sigmas), dtype=torch.float64)
    for chunk in _chunks(samples, points, sigmas):
        total += chunk.double().sum(1)
    return tuple(zip(sigmas, (total / len(points)).tolist(), strict=True))


def score(samples: torch.Tensor, validation: torch.Tensor, test: torch.Tensor,
          sigmas: tuple[float, ...] = SIGMAS) -> Score:
    """Return mean ± standard error on the test points, with σ chosen on the validation points."""
    by_sigma = curve(samples, validation, sigmas)
    sigma = max(by_sigma, key=lambda pair: pair[1])[0]
    values = log_likelihood(samples, test, sigma).double()
    return Score(float(values.mean()), float(values.std() / math.sqrt(len(values))), sigma,
                 by_sigma, len(samples), len(test))


def of_drawer(drawer: Drawer, data: str, count: int = 10_000, seed: int = 1) -> Score:
    """Return the score of a generator on a data set, its labels evenly spread."""
    samples = drawer.floats(np.arange(count) % len(drawer.classes), seed=seed).flatten(1)
    validation = open_pictures(data, "val").batch(slice(VALIDATION))[0].flatten(1)
    test = open_pictures(data, "test").batch(slice(None))[0].flatten(1)
    return score(samples, validation, test)


def _chunks(samples: torch.Tensor, points: torch.Tensor, sigmas: tuple[float, ...]
            ) -> list[torch.Tensor]:
    """Return log p (len(sigmas), c) for each chunk of c points."""
    squares = samples.square().sum(1)  # (S,)
    found = []
    for part in points.split(CHUNK):
        distance = squares - 2 * part @ samples.T + part.square().sum(1, keepdim=True)  # (c, S)
        found.append(torch.stack([_log_mean(distance, sigma, points.shape[1])
                                  for sigma in sigmas]))
    return found


def _log_mean(distance: torch.Tensor, sigma: float, dimensions: int) -> torch.Tensor:
    """Return log 1/S Σₛ exp(−d²/2σ²) − D/2 · log 2πσ² for each row of squared distances."""
    inside = torch.logsumexp(distance / (-2 * sigma**2), 1)  # (c,)
    constant = dimensions / 2 * math.log(2 * math.pi * sigma**2) + math.log(distance.shape[1])
    return inside - constant


@dataclass(frozen=True)
class Config:
    """Settings of `parzen`."""

    checkpoint: Path = option(checkpoints.FOLDER / "gan" / "gan-mnist.safetensors",
                              "the checkpoint to measure")
    count: int = option(10_000, "how many pictures to draw")
    seed: int = option(1, "seed of their noise")


def run(config: Config) -> Score:
    """Measure a checkpoint on the data it was trained on."""
    within(config, count=(1, 10**6), seed=(0, LARGEST_SEED))
    model = load(config.checkpoint)
    return of_drawer(Drawer.of(model), model.card.data["train"][0], config.count, config.seed)


VERB = Verb(Config, run, "Measure a generator's Parzen-window log-likelihood.")
