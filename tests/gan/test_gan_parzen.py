"""The Parzen window against known Gaussians."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from vision.gan import parzen


def test_parzen_of_one_sample_is_a_gaussian() -> None:
    points = torch.randn(50, 6, dtype=torch.float64)
    found = parzen.log_likelihood(torch.zeros(1, 6, dtype=torch.float64), points, 0.7)
    truth = torch.distributions.Normal(0, 0.7).log_prob(points).sum(1)
    assert torch.allclose(found, truth)


def test_parzen_of_a_known_gaussian() -> None:
    torch.manual_seed(0)
    samples, validation, test = (0.8 * torch.randn(n, 2) for n in (5000, 300, 1500))
    found = parzen.score(samples, validation, test, (0.05, 0.1, 0.2, 0.4))
    truth = -2 * (0.5 + math.log(0.8 * math.sqrt(2 * math.pi)))
    assert found.mean == pytest.approx(truth, abs=0.06)
    assert found.error == pytest.approx(1 / math.sqrt(1500), rel=0.1)
    assert found.sigma in (0.1, 0.2) and len(found.curve) == 4
    direct = float(parzen.log_likelihood(samples, validation, 0.4).mean())
    assert dict(found.curve)[0.4] == pytest.approx(direct, abs=1e-4)


def test_parzen_far_away_is_finite() -> None:
    assert torch.isfinite(parzen.log_likelihood(torch.zeros(3, 784), torch.ones(2, 784), 0.1)).all()


def test_parzen_is_the_mean_of_the_gaussians_on_the_samples() -> None:
    """log of the mean density over three samples, point by point, in more than one chunk."""
    random = torch.Generator().manual_seed(0)
    samples = torch.randn(3, 4, generator=random, dtype=torch.float64)
    points = torch.randn(parzen.CHUNK + 7, 4, generator=random, dtype=torch.float64)
    density = sum(torch.distributions.Normal(sample, 0.6).log_prob(points).sum(1).exp()
                  for sample in samples) / 3
    found = parzen.log_likelihood(samples, points, 0.6)
    assert found.shape == (parzen.CHUNK + 7,) and torch.allclose(found, density.log())
    curve = parzen.curve(samples, points, (0.3, 0.6))
    assert curve[1] == (0.6, pytest.approx(float(found.mean())))
    assert curve[0][0] == 0.3 and len(curve) == 2
    assert all(isinstance(value, float) for pair in curve for value in pair)  # JSON takes no more


def test_many_equal_points_score_as_one_does_to_the_last_digit() -> None:
    """Sums of float32 would round 733 times; means are what the papers compare."""
    samples, point = torch.zeros(1, 3), torch.tensor([[0.1, 0.2, 0.3]])
    one = float(parzen.log_likelihood(samples, point, 0.7))
    points = point.repeat(733, 1)
    assert dict(parzen.curve(samples, points, (0.7,)))[0.7] == pytest.approx(one, rel=1e-12)
    found = parzen.score(samples, points, points, (0.7,))
    assert found.mean == pytest.approx(one, rel=1e-12) and found.error < 1e-12


def test_sigma_is_chosen_on_the_validation_points_and_the_score_is_that_of_the_test_points(
        ) -> None:
    samples = torch.zeros(1, 1)
    near, far = torch.full((4, 1), 0.1), torch.tensor([[1.0], [3.0], [2.0], [2.0]])
    found = parzen.score(samples, near, far, (0.1, 2.0))
    assert found.sigma == 0.1 and (found.samples, found.points) == (1, 4)
    values = torch.distributions.Normal(0, 0.1).log_prob(far).squeeze(1).double()
    assert found.mean == pytest.approx(float(values.mean()))
    assert found.error == pytest.approx(float(values.std()) / 2)
    told = found.as_json()
    assert told["mean"] == found.mean and told["curve"] == [list(pair) for pair in found.curve]
    assert "at σ = 0.100, 1 samples, 4 test pictures" in str(found)


def test_a_generator_is_scored_with_its_labels_evenly_spread(monkeypatch: pytest.MonkeyPatch
                                                             ) -> None:
    asked: list[Any] = []

    def floats(labels: np.ndarray, seed: int) -> torch.Tensor:
        asked.append((labels.tolist(), seed))
        return torch.zeros(len(labels), 1, 2, 2)

    def opened(name: str, split: str) -> Any:
        asked.append((name, split))
        pictures = torch.full((1200, 1, 2, 2), 0.1) if split == "val" else torch.ones(9, 1, 2, 2)
        return SimpleNamespace(batch=lambda part: (pictures[part], None))

    seen = []
    monkeypatch.setattr(parzen, "open_pictures", opened)
    monkeypatch.setattr(parzen, "score", lambda *sets: seen.extend(map(np.shape, sets)))
    parzen.of_drawer(SimpleNamespace(floats=floats, classes=("a", "b", "c")), "shapes", 5, seed=4)
    assert asked == [([0, 1, 2, 0, 1], 4), ("shapes", "val"), ("shapes", "test")]
    assert seen == [(5, 4), (1000, 4), (9, 4)]
    parzen.of_drawer(SimpleNamespace(floats=floats, classes=("a",)), "shapes")
    assert len(asked[3][0]) == 10_000 and asked[3][1] == 1
