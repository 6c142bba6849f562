"""Temperatures and verdicts: against worked examples, the forward model and brute force."""

from __future__ import annotations

import numpy as np
import pytest

from tests.infrared.hand import CONSERVATOR, FUSE, Handmade
from vision.errors import UserError
from vision.infrared.classes import CLASSES, FAULTS, JOINT
from vision.infrared.inspection.detections import Detections
from vision.infrared.inspection.inspect import (
    other_zones,
    readings_of,
    regions,
    verdicts_of,
)
from vision.infrared.inspection.result import Result
from vision.infrared.inspection.thermal import (
    LEVELS,
    LIMITS,
    TANKS,
    WITHOUT_LOAD,
    Reading,
    Verdict,
    by_difference,
    by_share,
    by_spot,
    coolest_surface,
    histogram,
    judge,
    profile,
    read,
    relative_difference,
)
from vision.infrared.scenes import Zone
from vision.infrared.thermogram.radiometry import apparent
from vision.infrared.thermogram.thermogram import Thermogram, of_picture, of_scene


def reading(highest: float, p95: float = 30.0) -> Reading:
    return Reading(highest, 30.0, p95, 20.0, (0, 0))


def test_a_reading_is_what_a_loop_over_the_mask_finds() -> None:
    random = np.random.default_rng(0)
    celsius, mask = random.normal(30, 5, (20, 30)), random.random((20, 30)) < 0.3
    pixels = [(celsius[y, x], (x, y)) for y in range(20) for x in range(30) if mask[y, x]]
    values = sorted(value for value, _ in pixels)
    said = read(celsius, mask)
    assert said.highest == values[-1] and said.lowest == values[0]
    assert said.mean == pytest.approx(sum(values) / len(values))
    assert said.hottest == max(pixels)[1]
    place = 0.95 * (len(values) - 1)
    low = int(place)
    assert said.p95 == pytest.approx(values[low] + (place - low) * (values[low + 1] - values[low]))
    with pytest.raises(ValueError, match="empty"):
        read(celsius, np.zeros((20, 30), bool))


def test_the_relative_difference_of_a_worked_example() -> None:
    assert relative_difference(hot=70, normal=40, air=20) == pytest.approx(60.0)
    assert relative_difference(hot=15, normal=40, air=20) is None
    assert relative_difference(hot=40, normal=19, air=20) is None  # and not 105 %
    assert judge("fuse", reading(40.0), None, 19.0, 20.0).level == "normal"


@pytest.mark.parametrize(("name", "hot", "sister", "level", "cause"), [
    ("fuse", 40.0, 39.0, "normal", "none"),
    ("fuse", 41.0, 30.0, "attention", "relative difference"),  # 11/21 = 52 %
    ("fuse", 48.0, 22.0, "serious", "relative difference"),  # 26/28 = 93 %
    ("fuse", 48.0, 21.0, "critical", "relative difference"),  # 27/28 = 96 %
    ("fuse", 56.0, 55.0, "serious", "hottest spot"),
    ("fuse", 81.0, 80.0, "critical", "hottest spot"),
    ("disconnector", 81.0, 80.0, "normal", "none"),
    ("disconnector", 95.0, 94.0, "serious", "hottest spot")])
def test_verdicts_follow_the_table(name: str, hot: float, sister: float, level: str, cause: str
                                   ) -> None:
    said = judge(name, reading(hot), reading(sister), None, air=20.0)
    assert (said.level, said.cause) == (level, cause)
    assert said.level == "normal" or said.value >= said.limit


def verdict(name: str, hot: float, sister: float | None = None, p95: tuple[float, float] = (30, 30)
            ) -> tuple[str, str]:
    """The level and the cause, in air of 20 °C."""
    other = None if sister is None else reading(sister, p95[1])
    said = judge(name, reading(hot, p95[0]), other, None, 20.0)
    return said.level, said.cause


NORM = {  # °C of the hottest spot that is serious and critical, K between sisters
    (55, 80, None): "circuit breaker, dc breaker, fuse",
    (55, 80, 3): "gis bushing, neutral bushing, bushing, current transformer, "
                 "high-voltage bushing, power capacitor",
    (80, 110, None): "coupling filter, reactor",
    (80, 110, 1): "neutral arrester, power cable, surge arrester",
    (80, 110, 3): "voltage transformer, coupling capacitor",
    (85, 105, None): "main transformer body, conservator",
    (90, 130, None): "disconnector",
}


@pytest.mark.parametrize(("limits", "names"), NORM.items())
def test_each_class_is_judged_at_the_limits_of_its_kind(
        limits: tuple[float, float, float | None], names: str) -> None:
    serious, critical, difference = limits
    for name in names.split(", "):
        assert verdict(name, serious - 0.1) == ("normal", "none")
        assert verdict(name, serious) == verdict(name, critical - 0.1) == ("serious",
                                                                         "hottest spot")
        assert verdict(name, critical) == ("critical", "hottest spot")
        for kelvin in (0.9, 1.0, 2.9, 3.0, 40.0):
            warmer = difference is not None and kelvin >= difference
            assert verdict(name, 30, 30, (30 + kelvin, 30)) == (
                ("serious", "difference") if warmer else ("normal", "none"))


def test_the_relative_difference_is_judged_at_35_80_and_95_percent() -> None:
    """In air of 20 °C a reactor at 40 °C whose sister has 40 − δ/5: twenty kelvin are 100 %."""
    for share, level in ((34.9, "normal"), (35.1, "attention"), (79.9, "attention"),
                         (80.1, "serious"), (94.9, "serious"), (95.1, "critical")):
        assert verdict("reactor", 40, 40 - share / 5)[0] == level, share
    assert verdict("reactor", 24.9, 20)[0] == "normal"  # less than 5 K is noise
    assert verdict("reactor", 25.0, 20)[0] == "critical"


@pytest.mark.parametrize(("hot", "sister", "p95", "reason"), [
    (60.0, None, 30.0, "the hottest spot has 60.0 °C"),
    (40.0, 24.0, 30.0, "the relative difference δ is 80%"),
    (30.0, 30.0, 33.5, "it is 3.5 K warmer than its sister"),
    (30.0, None, 30.0, "every limit is kept"),
])
def test_a_verdict_says_its_rule_with_the_value_and_the_limit(
        hot: float, sister: float | None, p95: float, reason: str) -> None:
    other = None if sister is None else reading(sister)
    said = judge("bushing", reading(hot, p95), other, None, 20.0)
    assert reason.lower() in said.reason.sentence().lower()
    limits = {"hottest spot": 55, "relative difference": 80, "difference": 3, "none": 55}
    assert said.limit == limits[said.cause]
    with pytest.raises(ValueError, match="level 'fine'"):
        Verdict("fine", "none", 0.0, 0.0)


def test_what_was_judged_is_told_also_where_every_limit_is_kept() -> None:
    assert by_spot(LIMITS["bushing"], 50.0) == Verdict("normal", "none", 50.0, 55)
    assert by_share(30.0, 29.0, 20.0) == Verdict("normal", "none", 10.0, 35.0)
    assert by_share(30.0, 10.0, 20.0) == Verdict("normal", "none", 0.0, 35.0)
    assert by_difference(LIMITS["bushing"], 1.0) == Verdict("normal", "none", 1.0, 3)
    assert by_difference(LIMITS["reactor"], 9.0) == Verdict("normal", "none", 9.0, 0.0)
    assert relative_difference(20.0, 20.0, 20.0) is None
    assert relative_difference(30.0, 20.0, 20.0) == 100


def test_the_coolest_mean_stands_in_for_the_air() -> None:
    readings = [Reading(50, mean, 40, 10, (0, 0)) for mean in (31.0, 22.5, 40.0)]
    assert coolest_surface(readings) == 22.5


def test_insulation_is_judged_by_a_few_kelvin_and_joints_are_not() -> None:
    warm, cool = reading(31.0, 29.0), reading(30.5, 25.5)
    assert judge("bushing", warm, cool, None, 20.0).cause == "difference"
    assert judge("reactor", warm, cool, None, 20.0).level == "normal"


def test_a_small_rise_is_noise_whatever_its_share() -> None:
    assert judge("fuse", reading(24.0), reading(20.1), None, 20.0).level == "normal"


def test_without_a_sister_the_other_zones_stand_in() -> None:
    alone = judge("fuse", reading(50.0), None, None, 20.0)
    with_zones = judge("fuse", reading(50.0), None, 25.0, 20.0)
    assert alone.level == "normal" and with_zones.cause == "relative difference"
    for tank in ("main transformer body", "conservator"):  # oil is warmer at the top
        assert judge(tank, reading(50.0), None, 25.0, 20.0).level == "normal"
        assert judge(tank, reading(50.0), reading(25.0), 25.0, 20.0).level == "serious"
    celsius = np.zeros((40, 40))
    celsius[10, 10], celsius[30, 30] = 50, 25
    zones = (Zone("hot", (10, 10), (6, 6)), Zone("cool", (30, 30), (6, 6)))
    mask, hot = np.ones((40, 40), bool), Reading(50, 30, 45, 20, (11, 9))
    assert other_zones(celsius, mask, zones, hot) == 25
    assert other_zones(celsius, mask, zones[:1], hot) is None
    mask[30, 30] = False  # the sky beside the device tells nothing of it
    assert other_zones(celsius, mask, zones, hot) is None


def test_what_only_voltage_heats_has_no_relative_difference() -> None:
    """δ is about joints under load; a joint can run hot where one is, never in an arrester."""
    hot, cool = reading(48.0), reading(22.0)
    for name in WITHOUT_LOAD:
        assert judge(name, hot, cool, 22.0, 20.0).level == "normal"
        assert judge(name, reading(48.0, 34.0), cool, None, 20.0).cause == "difference"
        assert JOINT not in FAULTS[name] and LIMITS[name].difference is not None
    assert judge("bushing", hot, cool, None, 20.0).cause == "relative difference"
    assert {name for name in CLASSES if JOINT not in FAULTS[name]} - {*WITHOUT_LOAD} == {
        *TANKS, "dc breaker"}


def test_every_class_has_limits_in_order() -> None:
    assert set(LIMITS) == set(CLASSES) and LEVELS[0] == "normal"
    assert all(limits.serious < limits.critical for limits in LIMITS.values())


@pytest.mark.parametrize("emissivity", [0.4, 0.85, 1.0])
def test_emissivity_and_reflection_are_taken_out_again(emissivity: float) -> None:
    true = np.linspace(-10, 150, 600).reshape(20, 30)
    seen = apparent(true, emissivity, -25.0).astype(np.float32)
    picture = np.zeros((20, 30, 3), np.uint8)
    thermogram = Thermogram(picture, np.zeros((20, 30), np.float32), seen, "grey")
    found = thermogram.corrected(emissivity, -25.0).celsius
    assert found is not None and np.abs(found - true).max() < 0.02
    by_hand = 5.67e-8 * (emissivity * (100 + 273.15) ** 4 + (1 - emissivity) * 248.15**4)
    assert float(apparent(100.0, emissivity, -25.0)) == pytest.approx(
        (by_hand / 5.67e-8) ** 0.25 - 273.15)


def test_impossible_emissivities_and_scales_are_refused() -> None:
    thermogram = of_scene(Handmade(1).scene(0))
    with pytest.raises(UserError, match=r"emissivity is 1\.2"):
        thermogram.corrected(1.2, 20)
    for reflected, word in ((None, "needs a reflected temperature"), (-500, "is -500 °C"),
                            (np.nan, "is nan °C"), (10_000, "from −273 to 3000")):
        with pytest.raises(UserError, match=word):
            thermogram.corrected(0.9, reflected)
    for low, high, word in ((50, 20, "from 50 to 20"), (20, None, "Only one end"),
                            (-400, 20, "from -400")):
        with pytest.raises(UserError, match=word):
            of_picture(thermogram.picture, low, high)


def test_what_would_be_colder_than_absolute_zero_is_told() -> None:
    """At ε = 0.1 what is mirrored alone radiates more than a surface at 0 °C sends out."""
    celsius = np.full((4, 5), 40, np.float32)
    celsius[0, 0] = 0
    thermogram = Thermogram(np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5), np.float32), celsius,
                            "grey")
    assert thermogram.impossible == 0
    wrong = thermogram.corrected(0.1, 20)
    assert wrong.impossible == pytest.approx(1 / 20)
    said = Result(wrong, (), 0.5, None, None, 0.0).remarks()
    assert any("5.0% of the picture would be colder" in each.sentence() for each in said)


def test_temperatures_come_back_from_the_colours_and_the_scales_ends() -> None:
    scene = Handmade(1).scene(0)
    thermogram = of_picture(scene.picture, scene.low, scene.high)
    assert thermogram.palette == "iron" and not thermogram.visible_light
    assert thermogram.celsius is not None
    assert np.abs(thermogram.celsius - scene.temperature).max() < 0.5  # 50 K in 256 steps
    assert of_picture(scene.picture).celsius is None


def test_a_profile_reads_the_field_along_the_line() -> None:
    y, x = np.mgrid[0:30, 0:40].astype(float)
    distance, values = profile(2 * x + 3 * y, (5, 4), (35, 24), 61)
    share = np.linspace(0, 1, 61)
    assert np.allclose(values, 2 * (5 + 30 * share) + 3 * (4 + 20 * share))
    assert distance[-1] == pytest.approx(np.hypot(30, 20))
    for outside in ((40, 0), (-0.1, 0), (39.1, 0), (0, 30), (0, -0.1), (0, 29.1)):
        with pytest.raises(UserError, match="outside the picture"):
            profile(x, (0, 0), outside)
        with pytest.raises(UserError, match="outside the picture"):
            profile(x, outside, (39, 29))
    assert profile(x, (39, 29), (0, 0))[1][0] == 39 and len(profile(x, (0, 0), (5, 0))[0]) == 200


def test_a_histogram_counts_every_pixel_of_the_mask_once() -> None:
    celsius, mask = np.arange(100.0).reshape(10, 10), np.zeros((10, 10), bool)
    mask[2:5, 3:9] = True
    counts, edges = histogram(celsius, mask, 7)
    assert counts.sum() == 18 and edges[0] == 23 and edges[-1] == 48 and len(counts) == 7
    assert len(histogram(celsius, mask)[0]) == 40


def test_devices_of_one_class_are_compared_and_masks_beat_boxes() -> None:
    scene = Handmade(1).scene(0)
    fuse = next(device for device in scene.devices if device.label == FUSE)
    other = np.roll(fuse.mask, 30, 1)
    celsius = scene.temperature.copy()
    celsius[other] = 30
    thermogram = Thermogram(scene.picture, scene.grey, celsius, "iron")
    x0, y0, x1, y1 = fuse.box
    boxes = np.array([fuse.box, (x0 + 30, y0, x1 + 30, y1), (x0 - 4, y0, x1 + 4, y1)], np.float32)
    labels = np.array([FUSE, FUSE, CONSERVATOR])
    found = Detections(boxes, labels, np.ones(3, np.float32),
                       np.stack([fuse.mask, other, fuse.mask]))
    readings = readings_of(thermogram, found)
    verdicts = verdicts_of(thermogram, found, [()] * 3, readings, 20.0)
    assert verdicts[0] is not None and verdicts[0].level in ("serious", "attention")
    assert verdicts[1] is not None and verdicts[1].level == "normal"
    only_boxes = Detections(boxes, labels, np.ones(3, np.float32), None)
    whole = regions(only_boxes, celsius.shape)
    assert whole[0].sum() == fuse.mask.sum() and whole[2].sum() > fuse.mask.sum()
    by_box = readings_of(thermogram, only_boxes)[2]
    assert readings[2] is not None and by_box is not None and by_box.mean < readings[2].mean - 5
