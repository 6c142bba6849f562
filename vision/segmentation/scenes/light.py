"""Daylight, haze and the sky."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import cv2
import numpy as np

from vision.segmentation.scenes.camera import Camera
from vision.segmentation.scenes.textures import fractal, sample

SKY_STEP = 3  # the sky is painted this many times coarser than the picture


class Weather(NamedTuple):
    """One kind of daylight; colours 0-255, light as factors."""

    chance: float
    height: tuple[float, float]  # of the sun, degrees
    direct: tuple[float, float, float]
    ambient: tuple[float, float, float]
    density: float
    zenith: tuple[int, int, int]
    horizon: tuple[int, int, int]
    cloud: float


WEATHERS = {
    "sun": Weather(0.42, (14, 55), (1.15, 1.05, 0.9), (0.5, 0.53, 0.6), 0.0006,
                   (112, 168, 230), (248, 250, 252), 250),
    "hazy": Weather(0.22, (14, 55), (0.6, 0.55, 0.48), (0.5, 0.52, 0.55), 0.002,
                    (238, 241, 244), (250, 250, 249), 250),
    "overcast": Weather(0.22, (40, 70), (0.0, 0.0, 0.0), (0.66, 0.68, 0.71), 0.002,
                        (232, 236, 240), (250, 251, 252), 228),
    "dusk": Weather(0.08, (3, 12), (0.7, 0.48, 0.3), (0.42, 0.43, 0.5), 0.002,
                    (112, 135, 178), (246, 208, 164), 165),
    "rain": Weather(0.06, (40, 70), (0.0, 0.0, 0.0), (0.6, 0.63, 0.67), 0.0025,
                    (212, 217, 223), (232, 235, 238), 200),
}


@dataclass(frozen=True)
class Light:
    """The light of one scene; colours are factors on a surface's own colour."""

    sun: np.ndarray  # unit vector towards the sun (across, up, ahead)
    direct: np.ndarray  # the sun's own light, zero when overcast
    ambient: np.ndarray
    haze: np.ndarray  # colour 0-255 that distance fades to
    density: float  # 1/metres
    zenith: np.ndarray  # sky colours 0-255
    horizon: np.ndarray
    clouds: float  # 0 none to 1 closed
    cloud: np.ndarray  # colour of the clouds
    wet: float  # 0 dry to 1 mirror

    @property
    def strength(self) -> float:
        """How much of the full light the sun gives: the depth of a cast shadow."""
        direct = self.direct.mean() * max(self.sun[1], 0)
        return float(direct / (direct + self.ambient.mean()))

    @property
    def glare(self) -> float:
        """How much a low sun ahead veils the whole view, 0 to about 0.3."""
        towards = max(float(self.sun[2]), 0.0) ** 4 * (1 - min(float(self.sun[1]) * 1.5, 1))
        return 0.3 * towards * min(float(self.direct.mean()), 1)

    def in_shade(self) -> Light:
        """The light that is left where something hides the sun."""
        return replace(self, direct=self.direct * 0.1)

    def shade(self, normal: tuple[float, float, float]) -> np.ndarray:
        """The light (3) on a face with this outward normal."""
        x, y, z = self.sun
        facing = max(normal[0] * x + normal[1] * y + normal[2] * z, 0.0)
        return self.ambient * (0.78 + 0.22 * normal[1]) + self.direct * facing

    def shades(self, normals: np.ndarray) -> np.ndarray:
        """The light on faces with outward normals N×3, as N×3."""
        facing = np.maximum(normals @ self.sun, 0)[:, None]
        return self.ambient * (0.78 + 0.22 * normals[:, 1:2]) + self.direct * facing

    def seen(self, colour: np.ndarray, distance: float) -> np.ndarray:
        """A colour (or picture H×W×3) after the haze of some distance."""
        veil = 1 - np.exp(-self.density * max(distance, 0))
        return colour + (self.haze - colour) * veil

    def on(self, colour: np.ndarray, normal: tuple, distance: float) -> np.ndarray:
        """A surface colour lit by its normal and seen through haze."""
        return self.seen(np.asarray(colour) * self.shade(normal), distance)

    def table(self, colour: np.ndarray | None, normal: tuple, distance: float) -> np.ndarray:
        """What a texture's levels look like on a lit face, 1×256×3 uint8.

        With a colour the texture is its brightness, plain at 128; without, it is in colour.
        """
        levels = np.repeat(np.arange(256.0)[:, None], 3, 1)
        if colour is not None:
            levels = levels / 128 * colour
        return np.clip(self.on(levels, normal, distance), 0, 255).astype(np.uint8)[None]


def draw_light(rng: np.random.Generator) -> Light:
    """Choose a time of day and weather."""
    kind = str(rng.choice(list(WEATHERS), p=[weather.chance for weather in WEATHERS.values()]))
    weather = WEATHERS[kind]
    turn, up = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(*weather.height))
    sun = np.array([np.cos(up) * np.sin(turn), np.sin(up), np.cos(up) * np.cos(turn)])
    horizon, zenith = np.array(weather.horizon, float), np.array(weather.zenith, float)
    pale = rng.uniform(0, 1) if kind == "sun" else 0.0
    cloud = weather.cloud + np.array([0.0, 1, 4]) + rng.uniform(-25, 5)
    wet = rng.uniform(0.4, 0.9) if kind == "rain" else rng.choice([0, rng.uniform(0, 0.4)])
    return Light(
        sun=sun,
        direct=np.array(weather.direct) * rng.uniform(0.7, 1.2),
        ambient=np.array(weather.ambient),
        haze=(horizon + cloud) * 0.46,
        density=weather.density * rng.uniform(0.5, 2),
        zenith=zenith + (horizon - zenith) * pale,
        horizon=horizon,
        clouds=rng.uniform(0, 0.6) if kind == "sun" else rng.uniform(0.35, 0.65),
        cloud=cloud,
        wet=float(wet),
    )


def paint_sky(camera: Camera, light: Light, drift: float) -> np.ndarray:
    """The sky H×W×3 (float32) behind everything, clouds and the sun's glow included."""
    coarse = camera.scaled(1 / SKY_STEP).rays()
    sky = sky_colour(coarse, light, drift)
    return cv2.resize(sky, (camera.width, camera.height), interpolation=cv2.INTER_CUBIC)


def sky_colour(rays: np.ndarray, light: Light, drift: float) -> np.ndarray:
    """The colour H×W×3 (float32) of the sky in each direction."""
    rays = rays / np.sqrt((rays * rays).sum(-1, keepdims=True))
    up = np.clip(rays[..., 1], 0, 1)
    high = np.sqrt(np.clip(up * 1.6, 0, 1))[..., None]
    sky = light.horizon + (light.zenith - light.horizon) * high
    spread = 1 / (up + 0.12)
    x, y = rays[..., 0] * spread + drift, rays[..., 2] * spread
    billow = sample(fractal(0.12, 5), x, y, 70) + 0.5 * sample(fractal(0.3, 6), x, y, 90)
    veil = np.clip((billow * 0.6 - 1.2 + 2.4 * light.clouds) * 0.8, 0, 1) * np.clip(up * 8, 0, 1)
    lit = light.cloud * (1 - 0.13 * np.clip(billow, -1, 2)[..., None])
    sky += (lit - sky) * (veil * 0.9)[..., None]
    near_sun = np.clip((rays * light.sun.astype(np.float32)).sum(-1), 0, 1)
    glow = (near_sun**12 * 60 + near_sun**90 * 140)[..., None] * light.direct
    return (sky + glow).astype(np.float32)


def mirror(picture: np.ndarray, road: np.ndarray, horizon: float, wet: float) -> np.ndarray:
    """The picture H×W×3 with what stands above the horizon row reflected in the wet road."""
    rows = np.arange(len(picture))
    source = np.clip(np.round(2 * horizon - rows), 0, len(picture) - 1).astype(int)
    above = cv2.blur(picture[source], (3, max(3, len(picture) // 12)))
    weight = (road * wet * 0.4)[..., None].astype(np.float32)
    return (picture + (above * 0.85 - picture) * weight).astype(np.float32)
