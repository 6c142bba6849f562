"""The fully connected CRF against all pairs of pixels, one by one."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from vision.errors import UserError
from vision.segmentation.crf import (
    Settings,
    alike_filter,
    near_filter,
    refine,
    softmax,
)

SIZE = (20, 24)
STRONG = Settings(near_weight=3.0, alike_weight=5.0)
CENTRES = ((4, 5), (5, 19), (15, 8), (14, 20))  # y, x of four regions, each with a colour


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    """The nearest of four centres at each pixel."""
    places = np.indices(SIZE).reshape(2, 1, -1)
    apart = np.linalg.norm(places - np.array(CENTRES).T[:, :, None], axis=0)  # (4, pixels)
    return apart.argmin(0).reshape(SIZE)


@pytest.fixture(scope="module")
def picture(labels: np.ndarray) -> np.ndarray:
    """The regions in colours that are near each other, with noise."""
    colours = np.array([[90, 120, 60], [120, 110, 90], [100, 70, 130], [60, 90, 110]])
    noise = np.random.default_rng(1).normal(0, 8, (*SIZE, 3))
    return (colours[labels] + noise).clip(0, 255).astype(np.uint8)


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
])
def test_it_agrees_with_the_sums_over_all_pairs(
        picture: np.ndarray, labels: np.ndarray, changes: dict[str, float]) -> None:
    settings = replace(STRONG, **changes)
    before = noisy(labels, 4)
    found, wanted = refine(before, picture, settings), by_pairs(before, picture, settings)
    assert np.abs(found - wanted).mean() < 0.012 < 0.1 < np.abs(before - wanted).mean()
    assert (found.argmax(0) == wanted.argmax(0)).mean() > 0.97
    assert np.allclose(found.sum(0), 1, atol=1e-4)


@pytest.mark.parametrize("sigma", [0.5, 1.0])
def test_messages_of_few_neighbours_are_exact(picture: np.ndarray, labels: np.ndarray, sigma: float
                                              ) -> None:
    """Where the sums of a kernel are below 1 it counts that the pixel itself is one of them."""
    settings = Settings(near_weight=4.0, near_sigma=sigma, alike_weight=0.0)
    before = noisy(labels, 4)
    found, wanted = refine(before, picture, settings), by_pairs(before, picture, settings)
    assert np.allclose(found, wanted, atol=2e-3)


def test_a_certain_mistake_can_be_corrected(picture: np.ndarray) -> None:
    """A network's 0 is a rounded small number: log 0 could never be outvoted."""
    before = np.zeros((2, *SIZE))
    before[0], before[:, 9, 9] = 1, (0, 1)
    found = refine(before, picture, Settings(near_weight=100.0, alike_weight=0.0))
    assert np.isfinite(found).all() and (found.argmax(0) == 0).all()


def test_who_names_no_settings_always_gets_the_same(picture: np.ndarray, labels: np.ndarray
                                                    ) -> None:
    """Class links and lessons leave them out, so these numbers must not change unseen."""
    before = noisy(labels, 4)
    named = Settings(iterations=5, near_weight=1.0, near_sigma=3.0, alike_weight=2.0,
                     alike_sigma=40.0, colour_sigma=13.0)
    assert np.array_equal(refine(before, picture), refine(before, picture, named))


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
    assert np.corrcoef(found.ravel(), wanted.ravel())[0, 1] > 0.96


def on_a_grid(picture: np.ndarray, sigma: float, colour_sigma: float) -> np.ndarray:
    """What each pixel reads of each other one (pixels, pixels), on a grid that is really there.

    The cells are spread over, blurred and read in five dimensions; those that neither hold a part
    of a pixel nor stand beside one that does along one axis are kept at 0.
    """
    cell = np.sqrt(3 / 5)  # in σ
    places = np.indices(picture.shape[:2]).reshape(2, -1).T / (sigma * cell)
    features = np.hstack([places, picture.reshape(-1, 3) / (colour_sigma * cell)])
    low = np.floor(features).astype(int)
    grid = np.zeros((*(low.max(0) + 4), len(features)))  # a frame of one cell around all
    corners = np.zeros((len(features), *grid.shape[:5]))
    for pixel, (base, rest) in enumerate(zip(low, features - low, strict=True)):
        for corner in itertools.product((0, 1), repeat=5):
            corners[(pixel, *(base + corner + 1))] = np.prod(
                [part if up else 1 - part for up, part in zip(corner, rest, strict=True)])
    values = np.moveaxis(corners, 0, -1).copy()  # (five axes, pixels)
    held = np.zeros(grid.shape[:5], bool)
    for base in low:
        held[tuple(slice(start + 1, start + 3) for start in base)] = True
    there = held.copy()
    for axis in range(5):
        there |= np.roll(held, 1, axis) | np.roll(held, -1, axis)
    for axis in range(5):
        for _ in range(2):
            values = (values + np.roll(values, 1, axis) + np.roll(values, -1, axis)) / 3
            values *= there[..., None]
    return corners.reshape(len(features), -1) @ values.reshape(-1, len(features))


@pytest.mark.parametrize(("sigma", "colour_sigma"), [(2.0, 40.0), (40.0, 13.0), (1.0, 100.0)])
def test_the_kernel_of_colours_is_what_a_dense_grid_gives(sigma: float, colour_sigma: float
                                                          ) -> None:
    picture = np.random.default_rng(2).integers(90, 150, (3, 4, 3)).astype(np.uint8)
    weights = on_a_grid(picture, sigma, colour_sigma)
    np.fill_diagonal(weights, 0)  # a pixel sends itself nothing
    area = (np.sqrt(2 * np.pi) * np.sqrt(5 / 3)) ** 5
    q = np.random.default_rng(3).random((12, 2)).astype(np.float32)
    assert np.allclose(alike_filter(picture, sigma, colour_sigma)(q), area * weights @ q,
                       rtol=1e-4, atol=1e-4)


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


def test_what_cannot_work_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(UserError, match="8×9 but the picture is 24×20"):
        refine(np.ones((2, 9, 8)) / 2, picture)
    with pytest.raises(UserError, match="'colour-sigma' is 0"):
        refine(noisy(np.zeros(SIZE, int), 2), picture, Settings(colour_sigma=0))


@pytest.mark.parametrize(("name", "low", "high"), [
    ("iterations", 0, 100), ("near_weight", 0, 1000), ("near_sigma", 0.5, 100),
    ("alike_weight", 0, 1000), ("alike_sigma", 1, 1000), ("colour_sigma", 1, 255)])
def test_settings_have_their_ranges(name: str, low: float, high: float) -> None:
    picture, probabilities = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 2), 0.5)
    for value in (low, high):
        found = refine(probabilities, picture, replace(Settings(), **{name: value}))
        assert np.allclose(found, 0.5, atol=1e-6)
    for value in (low - 0.5, high + 0.5):
        with pytest.raises(UserError, match=f"'{name.replace('_', '-')}' is"):
            refine(probabilities, picture, replace(Settings(), **{name: value}))
