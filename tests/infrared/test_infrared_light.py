"""Sun, sky, air and camera of rendered thermograms: what is warm, and what only seems so."""

from __future__ import annotations

import numpy as np
import pytest

from vision.infrared.scenes import Air
from vision.infrared.scenes.camera import Camera, scale
from vision.infrared.scenes.canvas import Canvas
from vision.infrared.scenes.devices.built import cuboid
from vision.infrared.scenes.lathe import Turned
from vision.infrared.scenes.parts import Part
from vision.infrared.scenes.plan import Thing
from vision.infrared.scenes.scene import _paint
from vision.infrared.scenes.scenery import Scenery
from vision.infrared.scenes.surfaces import PAINT, seems
from vision.infrared.scenes.view import View
from vision.infrared.scenes.visible import Pieces
from vision.rotation import looking

NIGHT = Air("night", 15.0, -25.0, 0.0, 0.0, 0.0, 0.0, 0.6)
MORNING = Air("sun", 15.0, -25.0, 0.0, 0.0, 8.0, 1.0, 0.6)  # the sun stands on the right
VIEW = View(120, 120, 300, np.array([0, 0.5, -4]), looking(0, 0, 0))


def painted(part: Part, air: Air) -> tuple[np.ndarray, np.ndarray]:
    """Return the field (H, W), and where the part is in it."""
    canvas = Canvas(np.zeros((120, 120)))
    part.paint(Scenery(canvas, VIEW.place(np.zeros(3)), air), 7)
    return canvas.field, canvas.piece == 7


@pytest.mark.parametrize("ends", [(0.0, 1.0), (1.0, 0.0)], ids=["standing", "hanging"])
def test_the_flank_towards_the_sun_is_warmer(ends: tuple[float, float]) -> None:
    start, end = (np.array([0, height, 0]) for height in ends)
    field, where = painted(Turned(start, end, np.full(60, 0.3), PAINT), MORNING)
    left, right = (field[where & (side > 0)].mean() for side in (
        60 - np.arange(120)[None], np.arange(120)[None] - 59))
    assert right > left + 1


def test_what_looks_up_into_a_clear_sky_at_night_seems_colder() -> None:
    down, aside, up = (float(seems(0.0, np.array(way), PAINT, NIGHT)) for way in (-1.0, 0.0, 1.0))
    assert up < aside < down <= NIGHT.ambient + 1
    closed = Air("overcast", 15.0, -25.0, 0.0, 1.0, 0.0, 0.0, 0.6)
    assert up < float(seems(0.0, np.array(1.0), PAINT, closed))


def test_air_between_takes_away_from_what_is_far() -> None:
    def above(far: float) -> float:
        canvas = Canvas(np.zeros((120, 120)))
        hot = cuboid((0, 0.5, 0), (1, 1, 1), PAINT, (40.0, 40.0))
        _paint(Thing([hot], VIEW.place(np.zeros(3)), far), canvas, Pieces(), NIGHT,
               np.random.default_rng(0))
        return float(canvas.field[60, 60]) - NIGHT.ambient

    assert above(0) > 30 and 0.35 < above(300) / above(0) < 0.5  # exp(−0.9) of the radiation


def test_a_fixed_pattern_is_one_number_for_each_column_and_each_row() -> None:
    seen = Camera(0, 0, 0.5).expose(np.zeros((300, 400), np.float32), np.random.default_rng(0))
    crossed = np.diff(np.diff(seen, axis=0), axis=1)  # nothing is left of columns, rows and shade
    assert np.abs(crossed).max() < 1e-4
    assert np.diff(seen[0]).std() / 2**0.5 == pytest.approx(0.5, rel=0.15)
    assert np.diff(seen[:, 0]).std() / 2**0.5 == pytest.approx(0.3, rel=0.15)


def test_the_air_lies_within_nearly_every_scale() -> None:
    rng = np.random.default_rng(0)
    seen = (15 + rng.normal(0, 6, (60, 80))).astype(np.float32)
    ends = [scale(seen, 15.0, rng) for _ in range(200)]
    assert all(high >= low + 4 for low, high in ends)
    assert np.mean([low <= 15 <= high for low, high in ends]) > 0.95
