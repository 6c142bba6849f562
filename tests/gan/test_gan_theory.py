"""The theory lab against closed forms."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from vision.errors import UserError
from vision.gan.lab import theory
from vision.gan.lab.game import Flat, Line, Settings
from vision.gan.lab.modes import EXTENT, count_modes, drawn, ring
from vision.gan.sketch import to_heights

LOG2 = math.log(2)


def gaussian(mean: float, deviation: float) -> np.ndarray:
    return np.exp(-((theory.X - mean) ** 2) / (2 * deviation**2)) / (
        deviation * math.sqrt(2 * math.pi))


def finely_integrated(mean: float) -> float:
    """JSD of N(0, ½²) and N(mean, ½²) on a grid of its own, wide and fine."""
    x = np.linspace(-12, 12, 200_001)
    p, q = (np.exp(-2 * (x - m) ** 2) * math.sqrt(2 / math.pi) for m in (0.0, mean))
    middle = (p + q) / 2 + 1e-300
    parts = [np.where(f > 0, f * np.log((f + 1e-300) / middle), 0) for f in (p, q)]
    return float(np.trapezoid(parts[0] + parts[1], x) / 2) if hasattr(np, "trapezoid") else float(
        np.trapz(parts[0] + parts[1], x) / 2)


@pytest.mark.parametrize("name", theory.TARGETS)
def test_densities_integrate_to_one_and_are_sampled(name: str) -> None:
    p = theory.target(name)
    assert p.sum() * theory.WIDTH == pytest.approx(1)
    points = theory.sample(p, np.random.default_rng(0).random(200_000))
    found = np.histogram(points, theory.EDGES)[0] / len(points) / theory.WIDTH
    assert theory.jensen_shannon(p, found) < 2e-3


@pytest.mark.parametrize("mean", [0.0, 0.3, 1.0, 2.0])
def test_divergence_against_numerical_integration(mean: float) -> None:
    found = theory.jensen_shannon(gaussian(0, 0.5), gaussian(mean, 0.5))
    assert found == pytest.approx(finely_integrated(mean), abs=2e-4)


def test_divergence_at_its_ends() -> None:
    left, right = (theory.normalised((np.abs(theory.X - c) < 0.5).astype(float)) for c in (-2, 2))
    assert theory.jensen_shannon(left, left) == 0
    assert theory.jensen_shannon(left, right) == pytest.approx(LOG2)


def test_best_discriminator_and_its_value() -> None:
    p, q = gaussian(0, 0.5), gaussian(1, 0.7)
    best = theory.best_discriminator(p, q)
    assert np.allclose(best, p / (p + q))
    top = theory.value(p, q, best)
    assert top == pytest.approx(theory.FLOOR + 2 * theory.jensen_shannon(p, q), abs=1e-3)
    for other in (np.full_like(p, 0.5), best * 0.9, (best + 0.1).clip(0, 1)):
        assert theory.value(p, q, other) < top
    assert theory.value(p, p, np.full_like(p, 0.5)) == pytest.approx(theory.FLOOR, abs=1e-3)


def test_the_generators_density_is_exact_for_a_straight_line() -> None:
    share = (np.arange(600) + 0.5) / 600
    uniform = theory.pushed(3 * share - 1.5)
    inside = np.abs(theory.X) < 1.4
    assert np.allclose(uniform[inside], 1 / 3, rtol=0.01)
    assert uniform.sum() * theory.WIDTH == pytest.approx(1)
    assert theory.pushed(np.full(600, 9.0)).sum() * theory.WIDTH == pytest.approx(1)


def test_a_drawn_density() -> None:
    drawn = theory.drawn_target(np.array([0, 1, 0]))
    assert drawn.sum() * theory.WIDTH == pytest.approx(1) and drawn.argmax() in (127, 128)
    with pytest.raises(UserError, match=r"(?i)drawing is empty"):
        theory.drawn_target(np.zeros(10))


def test_the_line_comes_close_to_its_floor() -> None:
    """It ends as soon as it is close."""
    game = Line(theory.target("gaussian"), Settings(rate_g=1e-3, rate_d=5e-3))
    start = game.view().divergence
    lowest = start
    for _ in range(8):
        game.play(100)
        view = game.view()
        lowest = min(lowest, view.divergence)
        if lowest < 0.06 < start and abs(view.value - theory.FLOOR) < 0.05:
            return
    pytest.fail(f"the divergence went from {start} to {lowest}, and the value is {view.value}")


@pytest.mark.parametrize("seed", [0, 1])
def test_ten_steps_of_g_collapse_and_a_fair_game_cures(seed: int) -> None:
    """It ends as soon as all eight are found; without the cure there are never more than two."""
    def found(rounds: int) -> Iterator[int]:
        for _ in range(rounds // 10):
            game.play(10)
            yield game.view().found

    game = Flat("ring", Settings(rate_d=5e-3, generator_steps=10), seed)
    assert max([*found(80)][2:]) <= 2
    game.players.turn(Settings(rate_d=5e-3, cure="gradient penalty"))
    assert 8 in found(800)


def test_a_drawing_by_hand_becomes_a_density() -> None:
    ink = np.zeros((120, 320), np.uint8)
    ink[30:36, 80:160] = 255
    ink[90:96, 160:240] = 255
    heights = to_heights(ink)
    assert heights.shape == (320,) and heights[:80].max() == 0 == heights[240:].max()
    p = theory.drawn_target(heights)
    assert p.sum() * theory.WIDTH == pytest.approx(1)
    left, right = p[theory.X < 0], p[theory.X > 0]
    assert left.max() == pytest.approx(3 * right.max()) and p[theory.X < -2.05].max() == 0
    with pytest.raises(UserError, match=r"(?i)drawing is empty"):
        theory.drawn_target(to_heights(np.zeros((120, 320), np.uint8)))


def test_games_repeat_by_seed() -> None:
    def after(seed: int) -> np.ndarray:
        game = Line(theory.target("gaussian"), Settings(), seed)
        game.play(3)
        return game.view().images

    assert np.array_equal(after(1), after(1)) and not np.array_equal(after(1), after(2))


@pytest.mark.parametrize("cure", ["none", "packing", "gradient penalty"])
def test_the_plane_counts_modes(cure: str) -> None:
    game = Flat("ring", Settings(cure=cure, batch=64))
    game.play(2)
    view = game.view()
    assert view.surface.shape == (40, 40) and 0 <= view.found <= 8 and 0 <= view.quality <= 1
    assert view.arrows.shape == view.points.shape and np.isfinite(view.arrows).all()


def test_counting_modes() -> None:
    centres = ring().centres.numpy()
    assert count_modes(centres, centres, 0.1).tolist() == [1] * 8
    assert count_modes(centres + 5, centres, 0.1).sum() == 0


def test_settings_of_the_game_are_checked() -> None:
    for wrong in ({"loss": "x"}, {"cure": "x"}, {"k": 0}, {"rate_g": -1.0}):
        with pytest.raises(UserError):
            Settings(**wrong)  # type: ignore[arg-type]


def test_a_plane_is_drawn_by_hand() -> None:
    ink = np.zeros((240, 240), np.uint8)
    ink[20:30, 20:220] = 255  # a bar above
    ink[200:220, 200:220] = 255  # a blot below on the right
    plane = drawn(ink)
    points = plane.sample(2000, torch.Generator().manual_seed(0)).numpy()
    above = points[:, 1] > 0
    assert above.mean() == pytest.approx(2000 / 2400, abs=0.04)
    assert points[above, 1].mean() == pytest.approx(EXTENT * (1 - 50 / 240), abs=0.02)
    assert points[~above].mean(0) == pytest.approx([2.25, -2.25], abs=0.05)
    assert np.abs(plane.centres.numpy()).max() < EXTENT and len(plane.centres) == 12
    assert (plane.centres[:, 1] > 0).sum() == 8, "a bar lies in eight cells, a blot in four"
    assert count_modes(points, plane.centres.numpy(), plane.near).min() > 0
    game = Flat(plane, Settings(batch=64))
    game.play()
    assert game.view().drawing.shape == (2400, 2)
    with pytest.raises(UserError, match=r"(?i)drawing is empty"):
        drawn(np.zeros((240, 240), np.uint8))
