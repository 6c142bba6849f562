"""One thing about a street changed, and nothing else: its sun, its fog, its crowd, its camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from vision.segmentation.scenes.light import WEATHERS
from vision.segmentation.scenes.plan import crowd, traffic
from vision.segmentation.scenes.scene import Scene


@dataclass(frozen=True)
class Factor:
    """What can be changed: the values to try, which of them a training draws, and how."""

    values: tuple[float, ...]
    trained: tuple[float, float]  # between these two lies what `draw_scene` draws
    change: Callable[[Scene, float], Scene]


def sun_height(scene: Scene, degrees: float) -> Scene:
    """Return a street under a clear sun at a height; where it stands on the compass stays."""
    across, _, ahead = scene.light.sun
    turn, up = np.arctan2(across, ahead), np.radians(degrees)
    sun = np.array([np.cos(up) * np.sin(turn), np.sin(up), np.cos(up) * np.cos(turn)])
    clear = np.array(WEATHERS["sun"].direct)  # or an overcast street would not change at all
    return replace(scene, light=replace(scene.light, sun=sun, direct=clear))


def fog(scene: Scene, density: float) -> Scene:
    """Return a street in haze of a density, per metre: after 1 / density metres 37% is left."""
    return replace(scene, light=replace(scene.light, density=density))


def clutter(scene: Scene, rounds: float) -> Scene:
    """Return a street with its traffic and its crowd drawn so many times more."""
    things = list(scene.things)
    for number in range(round(rounds)):
        rng = np.random.default_rng((scene.seed, number + 1))  # with 0 it would be the street's own
        things += traffic(rng, scene.street) + crowd(rng, scene.street)
    return replace(scene, things=sorted(things, key=lambda thing: -thing.ahead))


def camera_height(scene: Scene, metres: float) -> Scene:
    """Return a street seen from a height above the road."""
    return replace(scene, camera=replace(scene.camera, eye=metres))


def colour_cast(scene: Scene, warmth: float) -> Scene:
    """Return a street whose red is brighter and whose blue is darker, or the other way round."""
    return replace(scene, lens=replace(scene.lens, cast=np.array([1 + warmth, 1, 1 - warmth])))


FACTORS = {
    "sun": Factor((3, 10, 20, 40, 65), (3, 70), sun_height),
    "fog": Factor((0.0005, 0.005, 0.015, 0.03, 0.06), (0.0003, 0.005), fog),
    "clutter": Factor((0, 1, 2, 4, 6), (0, 0), clutter),
    "camera": Factor((0.6, 1.0, 1.5, 2.5, 4.0), (1.2, 1.75), camera_height),
    "cast": Factor((-0.4, -0.2, 0, 0.2, 0.4), (-0.03, 0.03), colour_cast),
}
