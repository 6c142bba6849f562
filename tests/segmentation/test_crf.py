"""The fully connected CRF against all pairs of pixels, one by one."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from vision.errors import UserError
from vision.segmentation.crf import Settings, alike_filter, near_filter, refine, softmax
from vision.segmentation.scenes import render

SIZE = (40, 48)
STRONG = Settings(near_weight=3.0, alike_weight=5.0)


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    return render(2000005, SIZE)[0]


def noisy(labels: np.ndarray, classes: int, seed: int = 0) -> np.ndarray:
    """Probabilities (C, H, W) that favour the labels, with noise."""
    noise = np.random.default_rng(seed).normal(size=(classes, *labels.shape))
    return softmax((noise + 1.5 * (np.arange(classes)[:, None, None] == labels))
                   .reshape(classes, -1).T).T.reshape(classes, *labels.shape)


def pairs(features: np.ndarray) -> np.ndarray:
    """exp(−|f − f′|² / 2) of every pair of rows."""
    return np.exp(-((features[:, None] - features[None]) ** 2).sum(-1) / 2)


def kernels(picture: np.ndarray, settings: Settings) -> list[tuple[float, np.ndarray]]:
    places = np.indices(picture.shape[:2]).reshape(2, -1).T
    colours = picture.reshape(-1, 3) / settings.colour_sigma
    return [(settings.near_weight, pairs(places / settings.near_sigma)),
            (settings.alike_weight, pairs(np.hstack([places / settings.alike_sigma, colours])))]


def by_pairs(probabilities: np.ndarray, picture: np.ndarray, settings: Settings) -> np.ndarray:
    """Algorithm 1 with sums over all pairs."""
    start = np.log(probabilities.reshape(len(probabilities), -1).T)
    q = softmax(start)
    for _ in range(settings.iterations):
        total = start.copy()
        for weight, kernel in kernels(picture, settings):
            root = kernel.sum(1) ** -0.5
            total += weight * ((kernel - np.eye(len(q))) * root[:, None] * root) @ q
        q = softmax(total)
    return q.T.reshape(probabilities.shape)


@pytest.mark.parametrize("changes", [
    {}, {"near_weight": 0.0}, {"alike_weight": 0.0}, {"alike_sigma": 12.0, "colour_sigma": 30.0},
    {"colour_sigma": 6.0}, {"iterations": 1}, {"near_sigma": 1.0},
])  # fmt: skip
def test_it_agrees_with_the_sums_over_all_pairs(picture: np.ndarray, changes: dict[str, float]
                                                ) -> None:
    settings = replace(STRONG, **changes)
    before = noisy(render(2000005, SIZE)[1] % 4, 4)
    found, wanted = refine(before, picture, settings), by_pairs(before, picture, settings)
    assert np.abs(found - wanted).mean() < 0.012 < 0.1 < np.abs(before - wanted).mean()
    assert (found.argmax(0) == wanted.argmax(0)).mean() > 0.97
    assert np.allclose(found.sum(0), 1, atol=1e-4)


def test_the_kernel_of_places_is_exact(picture: np.ndarray) -> None:
    q = np.random.default_rng(0).random((picture[..., 0].size, 3)).astype(np.float32)
    kernel = pairs(np.indices(SIZE).reshape(2, -1).T / 3.0) - np.eye(len(q))
    assert np.allclose(near_filter(SIZE, 3.0)(q), kernel @ q, rtol=1e-3)


def test_the_kernel_of_colours_is_close(picture: np.ndarray) -> None:
    q = np.random.default_rng(0).random((picture[..., 0].size, 3)).astype(np.float32)
    (_, _), (_, kernel) = kernels(picture, Settings())
    wanted = (kernel - np.eye(len(q))) @ q
    found = alike_filter(picture, Settings.alike_sigma, Settings.colour_sigma)(q)
    assert np.abs(found - wanted).sum() < 0.2 * wanted.sum()
    assert np.corrcoef(found.ravel(), wanted.ravel())[0, 1] > 0.99


def test_an_edge_of_colour_stops_the_messages() -> None:
    picture = np.zeros((32, 32, 3), np.uint8)
    picture[:, 16:] = 200
    labels = (np.arange(32) >= 16)[None].repeat(32, 0).astype(int)
    before = noisy(labels, 2)
    after = refine(before, picture, STRONG)
    assert (before.argmax(0) == labels).mean() < 0.95
    assert (after.argmax(0) == labels).mean() > 0.99


def test_no_iterations_change_nothing(picture: np.ndarray) -> None:
    before = noisy(np.zeros(SIZE, int), 3)
    assert np.allclose(refine(before, picture, Settings(iterations=0)), before, atol=1e-6)


def test_it_is_fast_enough_for_the_page() -> None:
    picture, labels = render(2000005, (180, 240))
    before = noisy(labels, 11)
    start = time.process_time()
    refine(before, picture)
    assert time.process_time() - start < 1.5


def test_what_cannot_work_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(UserError, match="8×9 but the picture is 48×40"):
        refine(np.ones((2, 9, 8)) / 2, picture)
    with pytest.raises(UserError, match="'colour-sigma' is 0"):
        refine(noisy(np.zeros(SIZE, int), 2), picture, Settings(colour_sigma=0))
