"""Sun, shadow, haze and rain of rendered streets, and on which side their traffic drives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vision.segmentation.scenes.buildings import Building
from vision.segmentation.scenes.light import Light, draw_light, mirror
from vision.segmentation.scenes.plan import traffic
from vision.segmentation.scenes.scene import shaded
from vision.segmentation.scenes.street import draw_street
from vision.segmentation.scenes.street_furniture import Pole
from vision.segmentation.scenes.things import Cast, rectangle
from vision.segmentation.scenes.vegetation import Tree
from vision.segmentation.scenes.vehicles import Vehicle

HALF_HIGH = np.array([1, 1, 0]) / 2**0.5  # a sun to the right, half way up


def light(sun: np.ndarray = HALF_HIGH) -> Light:
    drawn = draw_light(np.random.default_rng(0))
    return replace(drawn, sun=sun, direct=np.ones(3), ambient=np.full(3, 0.5), density=0.01)


def test_a_shadow_lies_away_from_the_sun_and_ends_somewhere_even_at_dusk() -> None:
    cast = Cast(rectangle(0, 10, 1, 1), 0, 2)
    (left, near), (right, far) = (edge(cast.shadow(HALF_HIGH), axis=0) for edge in (np.min, np.max))
    assert (left, right, near, far) == pytest.approx((-2.5, 0.5, 9.5, 10.5))
    low = cast.shadow(np.array([0.0, 0.001, -1.0]))
    assert 30 < low[:, 1].max() - 10 <= 45.5 and low[:, 1].min() == pytest.approx(9.5)


def test_what_stands_low_in_a_buildings_shadow_is_dark() -> None:
    rng = np.random.default_rng(1)
    house = Building(rng, (4, 30), (4, 10), 9, 10, False)  # on the right, 10 m high
    spots = [(0.0, 20.0), (-20.0, 20.0), (0.0, 60.0)]
    poles = [Pole(rng, *spot, 2.0, 0.1) for spot in spots]
    tree = Tree(rng, 0, 20, 8, "leafy")
    assert shaded([house, *poles, tree], light()) == [False, True, False, False, False]
    other_side = light(HALF_HIGH * (-1, 1, 1))
    assert not any(shaded([house, *poles, tree], other_side))


def test_faces_towards_the_sun_are_brighter_and_those_that_look_up() -> None:
    seen = light()
    right, left, up, down = (seen.shade(normal).mean() for normal in (
        (1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)))
    assert right > 2 * left and up > 2 * down
    faces = np.array([(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0)], float)
    assert seen.shades(faces).mean(1) == pytest.approx([right, left, up, down])


def test_haze_leaves_37_percent_after_its_length() -> None:
    seen, black = light(), np.zeros(3)
    assert np.array_equal(seen.seen(black, 0), black)
    assert seen.seen(black, 100) == pytest.approx(seen.haze * (1 - np.exp(-1)))
    assert seen.seen(black, 1e5) == pytest.approx(seen.haze)


def test_a_wet_road_mirrors_what_is_as_far_above_the_horizon() -> None:
    picture = np.zeros((24, 8, 3), np.float32)
    picture[7] = 200
    road = np.zeros((24, 8), bool)
    road[12:, :4] = True
    wet = mirror(picture, road, 12.0, 1.0)
    change = (wet - picture)[..., 0]
    assert np.flatnonzero(change[:, 1]).tolist() == [16, 17, 18]  # 17 = 2 · 12 − 7, and blurred
    assert not change[:, 6].any() and change.min() == 0


def test_traffic_keeps_left() -> None:
    found = 0
    for seed in range(8):
        street = draw_street(np.random.default_rng(seed))
        for car in traffic(np.random.default_rng(seed), street):
            assert isinstance(car, Vehicle)
            if abs(car.turn[0, 0]) > 0.9:  # along the street: away from the camera, or towards it
                assert np.sign(car.at[0]) == -np.sign(car.turn[0, 0])
                found += 1
    assert found > 15
