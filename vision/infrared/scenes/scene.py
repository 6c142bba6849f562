"""One thermogram from a seed: plan it, paint it from far to near, read off the truth, expose it."""

from __future__ import annotations

import cv2
import numpy as np

from vision.infrared.classes import CLASSES, FAULTS
from vision.infrared.scenes.camera import draw_camera, scale, signal
from vision.infrared.scenes.canvas import SURROUNDINGS, Canvas
from vision.infrared.scenes.faults import add_fault, draw_rise
from vision.infrared.scenes.making import ANY, DEFAULT, SCALE, Making
from vision.infrared.scenes.overlay import draw_overlay
from vision.infrared.scenes.parts import BARE
from vision.infrared.scenes.plan import Thing, draw_plan
from vision.infrared.scenes.scenery import Scenery
from vision.infrared.scenes.sky import background, billow, draw_air
from vision.infrared.scenes.truth import Air, Device, Scene
from vision.infrared.scenes.visible import Pieces, visible_devices
from vision.infrared.thermogram.palettes import PALETTES, paint

ROUGH = 0.3  # K by which dirt and weather vary a surface
HAZE = 0.003  # share of the radiation that a metre of air swallows
FINE = 2  # the field is painted this many times larger, then averaged down
LIKELY = {"iron": 0.7, "rainbow": 0.08, "white-hot": 0.08, "grey": 0.08, "inverted": 0.06}


def make_scene(seed: int, size: tuple[int, int] = (288, 384), settings: Making = DEFAULT
               ) -> Scene:
    """Return the thermogram of a seed; every choice has random numbers of its own."""
    plans, chances, weather, skies, lens = (
        np.random.default_rng(part) for part in np.random.SeedSequence(seed).spawn(5))
    air = draw_air(weather, settings.weather)
    large = (size[0] * FINE, size[1] * FINE)
    plan = draw_plan(plans, chances, settings, air, large)
    canvas = Canvas(background(plan.view, air, skies))
    pieces = Pieces()
    for thing in plan.things:
        _paint(thing, canvas, pieces, air, chances)
    field = cv2.resize(canvas.field, size[::-1], interpolation=cv2.INTER_AREA)
    dirt = billow(size, 0.2, skies) * (canvas.piece[::FINE, ::FINE] > 0)
    field = cv2.addWeighted(field, 1, dirt, ROUGH, 0)
    devices = visible_devices(canvas.piece, pieces, size)
    return _exposed(seed, field, devices, air, settings, lens)


def _paint(thing: Thing, canvas: Canvas, pieces: Pieces, air: Air, chances: np.random.Generator
           ) -> None:
    """Paint a thing's parts from far to near, then its fault."""
    scenery = Scenery(canvas, thing.place, air, float(np.exp(-HAZE * thing.far)))
    own = pieces.begin(thing)
    for part in sorted(thing.parts, key=lambda part: -thing.place.distance(part.middle)):
        bare = thing.label < 0 or part.zone is BARE
        part.paint(scenery, SURROUNDINGS if bare else own[part.zone or ""])
    pieces.end(thing, own, canvas.piece)
    if thing.fault:
        zone = own[FAULTS[CLASSES[thing.label]][thing.fault]]
        span = range(min(own.values()), max(own.values()) + 1)
        add_fault(canvas, thing.fault, span, zone, thing.place, draw_rise(thing.fault, chances))


def _exposed(seed: int, field: np.ndarray, devices: tuple[Device, ...], air: Air,
             settings: Making, rng: np.random.Generator) -> Scene:
    """Return what a camera makes of the field."""
    drawn = str(rng.choice(PALETTES, p=[LIKELY[name] for name in PALETTES]))
    palette = drawn if settings.palette == ANY else settings.palette
    seen = draw_camera(rng, settings.camera).expose(field, rng)
    low, high = scale(seen, air.ambient, rng)
    grey = signal(seen, low, high)
    picture = paint(grey, palette)
    if settings.overlay == SCALE or (settings.overlay == ANY and rng.random() < 0.12):
        draw_overlay(picture, palette, low, high)
    return Scene(field, picture, grey, low, high, palette, devices, seed, air)
