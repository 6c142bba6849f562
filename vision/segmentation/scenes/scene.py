"""One street scene from a seed: plan it, light it, paint it from far to near, develop it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from vision.rotation import looking
from vision.segmentation.scenes.buildings import Building
from vision.segmentation.scenes.camera import Camera
from vision.segmentation.scenes.canvas import KINDS, ROAD, Canvas
from vision.segmentation.scenes.ground import Ground
from vision.segmentation.scenes.lens import Lens, draw_lens
from vision.segmentation.scenes.light import Light, draw_light, mirror, paint_sky
from vision.segmentation.scenes.plan import fill_street
from vision.segmentation.scenes.street import Street, draw_street, painted_lines
from vision.segmentation.scenes.things import Thing

FINE = 2  # objects are painted this many times larger, then averaged down


@dataclass(frozen=True)
class Scene:
    """All that was drawn for one street; painting it asks for no more chance."""

    seed: int
    street: Street
    camera: Camera
    light: Light
    lens: Lens
    ground: Ground
    lines: tuple[np.ndarray, ...]
    things: list[Thing]  # from far to near
    drift: float  # of the clouds
    flipped: bool


class Truth(NamedTuple):
    """A picture with what every pixel is: its class, and which of the things."""

    picture: np.ndarray  # uint8 (H, W, 3)
    labels: np.ndarray  # uint8 (H, W), ids 0 to 10
    numbers: np.ndarray  # uint16 (H, W): 0 is the background, then the things from far to near


def render(seed: int, size: tuple[int, int] = (360, 480)) -> tuple[np.ndarray, np.ndarray]:
    """A street scene: picture H×W×3 (uint8 RGB) and its labels H×W (uint8, ids 0 to 10)."""
    picture, labels, _ = paint(draw_scene(seed, size))
    return picture, labels


def draw_scene(seed: int, size: tuple[int, int] = (360, 480)) -> Scene:
    """Everything about a street scene that chance decides."""
    rng = np.random.default_rng(seed)
    street = draw_street(rng)
    camera, light, lens = draw_camera(rng, street, size), draw_light(rng), draw_lens(rng)
    ground, lines = Ground(street, rng), painted_lines(street, rng)
    things = sorted(fill_street(rng, street), key=lambda thing: -thing.ahead)
    drift, flipped = rng.uniform(0, 9), rng.random() < 0.35
    return Scene(seed, street, camera, light, lens, ground, lines, things, drift, bool(flipped))


def paint(scene: Scene) -> Truth:
    """Paint a scene from far to near and develop it."""
    camera, light = scene.camera, scene.light
    sky = paint_sky(camera, light, scene.drift)
    shadows = [shadow for thing in scene.things for shadow in thing.shadows(light)]
    canvas = enlarged(*scene.ground.paint(camera, sky, light, scene.lines, shadows))
    close, dim, covered = camera.scaled(FINE), light.in_shade(), shaded(scene.things, light)
    for number, (thing, dark) in enumerate(zip(scene.things, covered, strict=True), 1):
        canvas.number = number
        thing.paint(canvas, close, dim if dark else light)
    picture, labels, numbers = reduced(canvas)
    if light.wet > 0:
        horizon = float(camera.pixels(camera.rotation[:, 2][None])[0, 1])
        picture = np.clip(mirror(picture, labels == ROAD, horizon, light.wet), 0, 255)
    veiled = picture + (light.haze - picture) * light.glare if light.glare > 0.02 else picture
    parts = scene.lens.develop(veiled.astype(np.uint8)), labels, numbers
    return Truth(*(np.ascontiguousarray(part[:, ::-1] if scene.flipped else part)
                   for part in parts))


def draw_camera(rng: np.random.Generator, street: Street, size: tuple[int, int]) -> Camera:
    """Choose where the camera stands and how it looks down the street."""
    height, width = size
    sway = rng.uniform(-0.15, 0.15)
    return Camera(
        width=width, height=height, focal=rng.uniform(0.85, 1.2) * width,
        across=-street.half * 0.45 + rng.uniform(-0.6, 0.6), eye=rng.uniform(1.2, 1.75),
        rotation=looking(rng.normal(0, 0.06) + sway * 0.3, rng.normal(-0.01, 0.025),
                         rng.normal(0, 0.008)),
        bend=float(rng.choice([0, sway * 0.02, sway * 0.08], p=[0.35, 0.4, 0.25])),
        hill=rng.normal(0.0001, 0.0002),
    )


def shaded(things: list[Thing], light: Light) -> list[bool]:
    """Whether each thing stands in the shadow of a building, looked up on a ground map."""
    ground = np.zeros((440, 240), np.uint8)  # half-metre squares, 60 m either side
    for thing in things:
        for outline in thing.shadows(light) if isinstance(thing, Building) else ():
            cv2.fillConvexPoly(ground, np.round(outline * 2 + (120, 40)).astype(np.int32), 1)
    spots = [thing.casts[0].outline.mean(0) if thing.casts else (999, 0) for thing in things]
    places = np.round(np.array(spots) * 2 + (120, 40)).astype(int)
    inside = (places >= 0).all(1) & (places < (240, 440)).all(1)
    column, row = np.clip(places, 0, (239, 439)).T
    hidden = inside & (ground[row, column] > 0)
    return [bool(hide) and thing.low for hide, thing in zip(hidden, things, strict=True)]


def enlarged(picture: np.ndarray, labels: np.ndarray) -> Canvas:
    """A canvas FINE times as large with the background already on it."""
    height, width = labels.shape
    size = (width * FINE, height * FINE)
    bytes_ = np.clip(picture, 0, 255).astype(np.uint8)
    return Canvas(
        cv2.resize(bytes_, size, interpolation=cv2.INTER_LINEAR),
        cv2.resize(labels, size, interpolation=cv2.INTER_NEAREST),
    )


def reduced(canvas: Canvas) -> Truth:
    """The canvas at its final size: the picture averaged, the marks picked."""
    height, width = canvas.marks.shape
    size = (width // FINE, height // FINE)
    picture = cv2.resize(canvas.picture, size, interpolation=cv2.INTER_AREA)
    numbers, labels = np.divmod(canvas.marks[::FINE, ::FINE], KINDS)
    return Truth(picture, labels.astype(np.uint8), numbers)
