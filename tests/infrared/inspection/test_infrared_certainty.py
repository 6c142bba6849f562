"""Verdicts with error bars: the draws follow the rules, and say what decides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vision.infrared.classes import CLASSES
from vision.infrared.inspection.certainty import (
    DRAWS,
    FACTORS,
    certainties,
    draw,
    judged,
    levels_of,
    moved,
    sister_of,
    spots_of,
)
from vision.infrared.inspection.detections import Detections
from vision.infrared.inspection.inspect import air_of, readings_of, rejudged, verdicts_of
from vision.infrared.inspection.result import Instance, Result
from vision.infrared.inspection.thermal import LEVELS, Reading, judge
from vision.infrared.scenes import Zone
from vision.infrared.thermogram.files import of_values
from vision.infrared.thermogram.thermogram import Patch, Thermogram

SIZE = (80, 120)
ARRESTER, FUSE, TANK = (CLASSES.index(name) for name in (
    "surge arrester", "fuse", "main transformer body"))


def thermogram(*warm: tuple[int, int, float]) -> Thermogram:
    """Return a field at 10 °C with bars of 12×60 pixels at a column, a little warmer at one place.
    """
    celsius = np.full(SIZE, 10.0) + np.random.default_rng(0).normal(0, 0.05, SIZE)
    for column, _, degrees in warm:
        celsius[10:70, column : column + 12] = degrees
        celsius[20, column + 5] = degrees + 0.1
    return of_values(celsius, "celsius")


def result_of(picture: Thermogram, *devices: tuple[int, int, float], air: float | None = 10.0
              ) -> Result:
    """Return a result in which the bars are devices of these classes."""
    masks = np.zeros((len(devices), *SIZE), bool)
    for mask, (column, _, _) in zip(masks, devices, strict=True):
        mask[10:70, column : column + 12] = True
    boxes = np.array([[column, 10, column + 12, 70] for column, _, _ in devices], np.float32)
    found = Detections(boxes, np.array([label for _, label, _ in devices]),
                       np.ones(len(devices), np.float32), masks)
    readings = readings_of(picture, found)
    zones = [(Zone("terminal", (column + 6.0, 20.0), (8.0, 6.0)),
              Zone("base", (column + 6.0, 60.0), (8.0, 6.0))) for column, _, _ in devices]
    known = air_of(air, readings)
    verdicts = verdicts_of(picture, found, zones, readings, known)
    instances = tuple(Instance(label, 1.0, (*box.tolist(),), mask, zone, reading, verdict)
                      for (_, label, _), box, mask, zone, reading, verdict in zip(
                          devices, boxes, masks, zones, readings, verdicts, strict=True))
    return Result(picture, instances, 0.5, None, known, 0.0)


def case(*devices: tuple[int, int, float], emissivity: float = 0.9) -> Result:
    picture = thermogram(*devices).corrected(emissivity, 10.0)
    return result_of(picture, *devices)


def test_without_any_doubt_the_draws_say_what_the_rules_say() -> None:
    devices = [(5, FUSE, 60.0), (25, FUSE, 40.0), (45, ARRESTER, 22.0), (65, ARRESTER, 20.0),
               (85, TANK, 90.0)]
    result = case(*devices)
    none = {name: np.zeros(1) for name in FACTORS}
    levels = levels_of(result, spots_of(result.thermogram, result.instances), none,
                       result.thermogram.band)[0]
    said = [each.verdict.level if each.verdict else "" for each in result.instances]
    assert [LEVELS[place] for place in levels] == said and len(set(said)) > 1


def test_the_rules_of_a_draw_are_those_of_a_verdict() -> None:
    random = np.random.default_rng(3)
    for name in CLASSES:
        count = 60
        hottest, cooler, rest, air = (random.uniform(low, high, count) for low, high in (
            (10, 130), (5, 100), (5, 100), (-5, 40)))
        high, high2 = hottest - 1, cooler - 1
        for sister in (None, (cooler, high2)):
            levels = judged(name, hottest, high, rest, sister, air)
            for place in range(count):
                mine = Reading(hottest[place], 0, high[place], 0, (0, 0))
                other = Reading(cooler[place], 0, high2[place], 0, (0, 0)) if sister else None
                right = judge(name, mine, other, float(rest[place]), float(air[place]))
                assert LEVELS[levels[place]] == right.level, (name, place)


def test_the_sister_is_the_coolest_of_a_draw() -> None:
    hottest = np.array([[50, 30, 40], [50, 45, 35], [50, np.nan, 41]])
    found = sister_of(hottest, hottest / 10, np.array([False, True, True]))
    assert found is not None
    assert found[0].tolist() == [30, 35, 41] and found[1].tolist() == [3, 3.5, 4.1]
    assert sister_of(hottest, hottest, np.zeros(3, bool)) is None


def test_far_from_every_limit_a_verdict_is_sure_and_near_one_it_is_not() -> None:
    far, near = case((5, FUSE, 200.0)), case((5, FUSE, 55.0 - 2.2))
    sure, unsure = (certainties(each)[0] for each in (far, near))
    assert sure is not None and sure.sure and sure.decides == ""
    assert unsure is not None and not unsure.sure
    assert sum(unsure.shares.values()) == pytest.approx(1) and unsure.decides


def test_what_decides_is_what_overturns_it_alone() -> None:
    """At ε 0.5 the emissivity moves a hot spot by far more than the camera's two kelvin."""
    dull = certainties(case((5, FUSE, 35.0), emissivity=0.5))[0]
    bright = certainties(case((5, FUSE, 54.0), emissivity=1.0))[0]
    assert dull is not None and dull.decides == "emissivity", dull
    assert bright is not None and bright.decides == "camera", bright
    sisters = certainties(case((5, ARRESTER, 22.1), (45, ARRESTER, 21.2)))[0]
    assert sisters is not None and sisters.alone["camera"] < 0.02  # the same for both


def test_draws_are_the_same_each_time_and_reach_both_ends() -> None:
    first, second = draw(DRAWS, 7), draw(DRAWS, 7)
    assert all(np.array_equal(first[name], second[name]) for name in FACTORS)
    assert 0.045 < first["emissivity"].max() <= 0.05 and -5 <= first["reflected"].min() < -4.8
    assert not np.array_equal(first["air"], draw(DRAWS, 8)["air"])


def test_outlines_move_shrink_and_grow_and_are_never_empty() -> None:
    instance = case((5, FUSE, 60.0)).instances[0]
    sizes = {outline: int(moved(instance, outline)[0].sum())
             for outline in ((0, 0, 0), (0, 0, -1), (0, 0, 1))}
    assert sizes[0, 0, -1] < sizes[0, 0, 0] == instance.mask.sum() < sizes[0, 0, 1]
    thin = replace(instance, mask=np.zeros(SIZE, bool))
    thin.mask[10:70, 8] = True
    assert moved(thin, (0, 0, -1))[0].any()


def test_a_patch_changes_its_own_pixels_and_the_verdict_on_them() -> None:
    devices = (5, FUSE, 40.0), (45, FUSE, 40.0)
    picture = thermogram(*devices)
    result = result_of(picture.corrected(1, 10.0), *devices)
    patch = Patch(result.instances[0].mask, 0.4, 10.0)
    again = rejudged(result, picture.corrected(1, 10.0, [patch]), 10.0)
    first, second = (each.reading for each in again.instances)
    assert first and second and first.highest > 70 and second.highest == pytest.approx(40.1)
    levels = [each.verdict.level if each.verdict else "" for each in again.instances]
    assert LEVELS.index(levels[0]) > LEVELS.index(levels[1])
    fine = rejudged(again, picture.corrected(1, 10.0), 10.0)
    assert [each.verdict for each in fine.instances] == [each.verdict for each in result.instances]
