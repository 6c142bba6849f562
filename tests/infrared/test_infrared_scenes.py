"""Rendered thermograms: exact masks, boxes, zones, faults where they are said to be, physics."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from vision.errors import UserError
from vision.infrared.classes import CLASSES, FAULTS, JOINT, OIL, SECTION, SIDE, ZONES
from vision.infrared.scenes import Air, Making, Scene, make_scene
from vision.infrared.scenes.camera import QUALITIES, Camera
from vision.infrared.scenes.canvas import SURROUNDINGS, Canvas
from vision.infrared.scenes.devices import BUILDERS
from vision.infrared.scenes.devices.built import cuboid
from vision.infrared.scenes.lathe import Turned
from vision.infrared.scenes.parts import Part
from vision.infrared.scenes.plan import draw_plan
from vision.infrared.scenes.scene import FINE
from vision.infrared.scenes.scenery import Scenery
from vision.infrared.scenes.sky import draw_air
from vision.infrared.scenes.surfaces import PAINT
from vision.infrared.scenes.view import View
from vision.infrared.scenes.visible import LEAST, Pieces, visible_devices
from vision.infrared.thermogram.radiometry import apparent, surface
from vision.rotation import looking

SIZE = (144, 192)
NIGHT = Air("night", 15.0, -25.0, 0.0, 0.1, 0.0, 0.0, 0.6)


@cache
def scene(seed: int, **settings: object) -> Scene:
    return make_scene(seed, SIZE, Making(**settings))  # type: ignore[arg-type]


def test_shapes_and_types() -> None:
    made = scene(1)
    assert made.temperature.shape == made.grey.shape == SIZE
    assert made.temperature.dtype == made.grey.dtype == np.float32
    assert made.picture.shape == (*SIZE, 3) and made.picture.dtype == np.uint8
    assert 0 <= made.grey.min() < made.grey.max() <= 1 and made.low < made.high


def test_a_seed_gives_one_scene_and_another_gives_another() -> None:
    again = make_scene(3, SIZE)
    for name in ("temperature", "grey", "picture"):
        assert np.array_equal(getattr(scene(3), name), getattr(again, name))
        assert not np.array_equal(getattr(scene(3), name), getattr(scene(4), name))
    assert [d.box for d in scene(3).devices] == [d.box for d in again.devices]


def test_masks_are_apart_and_boxes_are_tight() -> None:
    for seed in range(15):
        devices = scene(seed).devices
        assert sum((d.mask.astype(int) for d in devices), np.zeros(SIZE, int)).max() <= 1
        for device in devices:
            rows, columns = np.nonzero(device.mask)
            assert device.box == (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)


def test_zones_are_named_and_lie_inside_their_boxes() -> None:
    count = 0
    for seed in range(15):
        for device in scene(seed).devices:
            x0, y0, x1, y1 = device.box
            assert len({zone.name for zone in device.zones}) == len(device.zones)
            for zone in device.zones:
                (x, y), (w, h) = zone.centre, zone.size
                assert zone.name in ZONES[CLASSES[device.label]]
                assert x0 <= x - w / 2 and x + w / 2 <= x1 and y0 <= y - h / 2 and y + h / 2 <= y1
                count += 1
    assert count > 60


def test_a_zone_is_where_it_would_be_if_nothing_stood_before_it() -> None:
    checked = hidden = 0
    for seed in range(16):
        rng, chance = np.random.default_rng(seed), np.random.default_rng(0)
        size = (SIZE[0] * FINE, SIZE[1] * FINE)
        plan = draw_plan(rng, chance, Making(fault="none"), NIGHT, size)
        together, pieces, alone = Canvas(np.zeros(size)), Pieces(), []
        for thing in plan.things:
            own = pieces.begin(thing)
            single = Canvas(np.zeros(size))
            for part in sorted(thing.parts, key=lambda p: -thing.place.distance(p.middle)):
                piece = own[part.zone] if own and part.zone is not None else SURROUNDINGS
                part.paint(Scenery(single, thing.place, NIGHT), piece)
                part.paint(Scenery(together, thing.place, NIGHT), piece)
            pieces.end(thing, own, together.piece)
            alone += [(own, single.piece)] if own else []
        for device in visible_devices(together.piece, pieces, SIZE):
            fine = device.mask.repeat(FINE, 0).repeat(FINE, 1)
            own, piece = max(alone, key=lambda one: np.count_nonzero(
                np.isin(one[1], list(one[0].values())) & fine))
            for zone in device.zones:
                rows, columns = np.nonzero(piece == own[zone.name])
                whole = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1])
                box = np.array(device.box)
                whole = np.concatenate([np.maximum(whole / FINE, box)[:2],
                                        np.minimum(whole / FINE, box)[2:]])
                half = np.array(zone.size) / 2
                assert np.allclose([*(zone.centre - half), *(zone.centre + half)], whole)
                shown = np.count_nonzero(together.piece == own[zone.name]) / len(rows)
                assert shown >= LEAST
                hidden += shown < 1
                checked += 1
    assert checked > 60 and hidden > 10


@pytest.mark.parametrize("seed", [3, 8])
def test_a_mask_is_the_device_alone_less_what_stands_before_it(seed: int) -> None:
    rng, chance = np.random.default_rng(seed), np.random.default_rng(0)
    size = (SIZE[0] * FINE, SIZE[1] * FINE)
    plan = draw_plan(rng, chance, Making(fault="none"), NIGHT, size)
    together, pieces, owners = Canvas(np.zeros(size)), Pieces(), []
    outlines = []
    for thing in plan.things:
        own = pieces.begin(thing)
        owners.append(set(own.values()))
        alone = Canvas(np.zeros(size))
        for part in sorted(thing.parts, key=lambda p: -thing.place.distance(p.middle)):
            piece = own[part.zone] if own and part.zone is not None else SURROUNDINGS
            part.paint(Scenery(alone, thing.place, NIGHT), piece)
            part.paint(Scenery(together, thing.place, NIGHT), piece)
        outlines.append(alone.piece)
    checked = 0
    for place, own_pieces in enumerate(owners):
        mine = np.isin(outlines[place], list(own_pieces))
        before = np.any([other > 0 for other in outlines[place + 1 :]] or [np.zeros(size)], axis=0)
        visible = np.isin(together.piece, list(own_pieces))
        assert np.array_equal(visible, mine & ~before)
        checked += visible.any()
    assert checked


def painted(part: Part, eye: tuple[float, float, float], pitch: float, focal: float = 600
            ) -> tuple[np.ndarray, View]:
    view = View(200, 200, focal, np.array(eye), looking(0, pitch, 0.2))
    canvas = Canvas(np.zeros((200, 200)))
    part.paint(Scenery(canvas, view.place(np.zeros(3)), NIGHT), 7)
    return canvas.piece == 7, view


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


def rays(view: View) -> np.ndarray:
    """The direction in the yard that each pixel looks in, (H, W, 3)."""
    x, y = np.meshgrid(np.arange(view.width) - view.width / 2, np.arange(view.height)
                       - view.height / 2)
    seen = np.stack([x / view.focal, y / view.focal, np.ones_like(x)], -1)
    return seen @ view.rotation


@pytest.mark.parametrize("height, pitch", [(-1.5, 0.42), (0.5, 0.0), (2.5, -0.35)])
def test_a_turned_part_is_where_rays_meet_the_cylinder(height: float, pitch: float) -> None:
    low, high, radius = 0.0, 1.0, 0.25
    part = Turned(np.array([0, low, 0]), np.array([0, high, 0]), np.full(60, radius), PAINT)
    mask, view = painted(part, (0, height, -4), pitch)
    way, eye = rays(view), view.eye
    a = way[..., 0] ** 2 + way[..., 2] ** 2
    b = way[..., 2] * eye[2]
    inside = b * b - a * (eye[2] ** 2 - radius**2)
    near = (-b - np.sqrt(np.maximum(inside, 0))) / a
    level = eye[1] + near * way[..., 1]
    hit = (inside > 0) & (level >= low) & (level <= high)
    for end in (low, high):  # its two lids
        reach = (end - eye[1]) / np.where(way[..., 1] == 0, 1e-9, way[..., 1])
        spot = eye + reach[..., None] * way
        hit |= (reach > 0) & (spot[..., 0] ** 2 + spot[..., 2] ** 2 <= radius**2)
    assert overlap(mask, hit) > 0.95


def test_a_block_covers_the_hull_of_its_corners() -> None:
    block = cuboid((0, 0.4, 0), (1.0, 0.8, 0.6))
    mask, view = painted(block, (0.8, 1.6, -4), -0.25)
    ends = np.stack([block.low, block.high])
    corners = np.array([(ends[i, 0], ends[j, 1], ends[k, 2])
                        for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    place = view.place(np.zeros(3))
    hull = cv2.convexHull(place.pixels(place.seen(corners)).round().astype(np.int32))
    wanted = cv2.fillConvexPoly(np.zeros((200, 200), np.uint8), hull, 1).astype(bool)
    assert overlap(mask, wanted) > 0.97


def test_every_class_can_be_built_and_shows_all_its_zones() -> None:
    assert set(BUILDERS) == set(CLASSES) == set(ZONES) == set(FAULTS)
    for name, build in BUILDERS.items():
        built = build(np.random.default_rng(2), 0.5)
        assert {part.zone for part in built.parts} - {"", None} == set(ZONES[name]), name
        assert all(zone in ZONES[name] for zone in FAULTS[name].values())


@pytest.mark.parametrize("name", CLASSES)
def test_the_chosen_class_is_in_the_scene(name: str) -> None:
    found = [device.label for seed in range(3)
             for device in scene(seed, classes=(name,), clutter=0.3).devices]
    assert CLASSES.index(name) in found


CASES = [(name, fault) for name in ("bushing", "circuit breaker", "voltage transformer",
                                    "reactor", "surge arrester") for fault in FAULTS[name]]


@pytest.mark.parametrize("name, fault", CASES)
def test_a_fault_warms_its_zone_and_nothing_else(name: str, fault: str) -> None:
    index, checked = CLASSES.index(name), 0
    for seed in range(3):
        well = scene(seed, classes=(name,), fault="none", clutter=0.0)
        ill = scene(seed, classes=(name,), fault=fault, clutter=0.0)
        rise = ill.temperature - well.temperature
        around = np.zeros(SIZE, bool)
        for device in ill.devices:
            around |= device.fault == fault and device.mask
            if device.label != index:
                continue
            zone = next((z for z in device.zones if z.name == FAULTS[name][fault]), None)
            if zone is None or min(zone.size) < 5:
                continue
            assert device.fault == fault
            (x, y), (w, h) = zone.centre, zone.size
            part = rise[int(y - h / 2) : int(y + h / 2) + 1, int(x - w / 2) : int(x + w / 2) + 1]
            assert part.max() > 1.5 and rise[device.mask].max() <= part.max() + 0.01
            checked += 1
        assert rise.min() > -0.01
        assert [d.box for d in well.devices] == [d.box for d in ill.devices]
        if ill.devices and all(device.fault == fault for device in ill.devices):
            far = cv2.dilate(around.astype(np.uint8), np.ones((5, 5))) == 0
            assert rise[far].max(initial=0) < 0.01
    assert checked >= 2


def test_each_fault_has_its_own_pattern() -> None:
    def rise(name: str, fault: str) -> np.ndarray:
        for seed in range(9):
            settings = {"classes": (name,), "clutter": 0.0}
            well, ill = (scene(seed, fault=kind, **settings) for kind in ("none", fault))
            zones = [(d, z) for d in ill.devices for z in d.zones
                     if z.name == FAULTS[name].get(fault) and min(z.size) > 8]
            if zones:
                (x, y), (w, h) = zones[0][1].centre, zones[0][1].size
                box = (slice(round(y - h / 2), round(y + h / 2)),
                       slice(round(x - w / 2), round(x + w / 2)))
                return (ill.temperature - well.temperature)[box]
        raise AssertionError

    side = rise("reactor", SIDE)
    third = side.shape[1] // 3
    assert side[:, -third:].mean() > 2 * side[:, :third].mean()
    oil = rise("voltage transformer", OIL)
    quarter = max(len(oil) // 4, 1)
    assert oil[-quarter:].max() > 2 and oil[:quarter].max() < 0.2
    section, joint = rise("surge arrester", SECTION), rise("circuit breaker", JOINT)
    assert section.max() > 3 * section[:2].max() and joint.mean() > 4


def test_the_sky_is_cold_and_what_stands_before_it_is_not() -> None:
    for seed in range(6):
        made = scene(seed, weather="night", fault="none")
        assert 20 <= made.air.ambient - made.air.zenith <= 45 and made.air.sun == 0
        for device in made.devices:
            assert abs(np.median(made.temperature[device.mask]) - made.air.ambient) < 30
            assert made.temperature[device.mask].mean() > made.air.zenith + 10


def test_what_the_camera_shows_is_the_field_within_its_noise() -> None:
    for seed in range(6):
        made = scene(seed, camera="good")
        inside = (made.grey > 0.02) & (made.grey < 0.98)
        smooth = cv2.morphologyEx(made.temperature, cv2.MORPH_GRADIENT, np.ones((5, 5))) < 1.5
        read = made.low + (made.high - made.low) * made.grey
        error = (read - made.temperature)[inside & smooth]
        assert error.size > 200 and abs(error.mean()) < 0.2
        assert np.percentile(np.abs(error), 95) < 4 * QUALITIES["good"][1][1] + 0.15


def test_noise_and_blur_are_what_the_camera_says() -> None:
    flat, rng = np.full((200, 200), 20, np.float32), np.random.default_rng(0)
    assert Camera(0, 0.1, 0).expose(flat, rng).std() == pytest.approx(0.1, rel=0.03)
    point = np.zeros((61, 61), np.float32)
    point[30, 30] = 1
    spread = Camera(2.0, 0, 0).expose(point, rng)
    x = np.arange(61) - 30
    assert np.sqrt((spread.sum(0) * x**2).sum()) == pytest.approx(2.0, rel=0.03)


@pytest.mark.parametrize("true, emissivity, reflected, through", [
    (60.0, 0.9, 20.0, 1.0), (25.0, 0.3, -40.0, 1.0), (80.0, 0.95, 10.0, 0.9)])
def test_radiometry_against_a_search_in_watts(
        true: float, emissivity: float, reflected: float, through: float) -> None:
    sigma = 5.670374419e-8

    def watts(celsius: float) -> float:
        return sigma * (celsius + 273.15) ** 4

    arriving = through * (emissivity * watts(true) + (1 - emissivity) * watts(reflected))
    arriving += (1 - through) * watts(15)
    low, high = -200.0, 300.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if watts(middle) < arriving else (low, middle)
    seen = apparent(true, emissivity, reflected, through, 15)
    assert seen == pytest.approx(low, abs=1e-6)
    assert surface(seen, emissivity, reflected, through, 15) == pytest.approx(true, abs=1e-6)


@pytest.mark.parametrize("settings, word", [
    ({"classes": ("toaster",)}, "toaster"), ({"fault": "rust"}, "rust"),
    ({"weather": "hail"}, "hail"), ({"camera": "toy"}, "toy"), ({"palette": "mud"}, "mud"),
    ({"overlay": "frame"}, "frame"), ({"clutter": 9.0}, "clutter")])
def test_unknown_settings_are_named(settings: dict[str, object], word: str) -> None:
    with pytest.raises(UserError, match=word):
        scene(0, **settings)


def test_weather_is_as_named() -> None:
    for kind in ("night", "overcast", "sun", "dusk"):
        air = draw_air(np.random.default_rng(1), kind)
        assert air.kind == kind and air.zenith < air.horizon <= air.ambient
