"""The ground seen through every pixel: road, kerbs, pavements, grass, lines and shadows."""

from __future__ import annotations

import cv2
import numpy as np

from .camera import NEAR, Camera
from .canvas import PAVEMENT, ROAD, SKY, TREE
from .light import Light
from .street import Street, road_distance
from .textures import fractal, sample, slabs

KERB = 0.16  # metres
LINE_COLOURS = ([52, 52, 54], [218, 220, 216], [205, 172, 70])  # repairs, white, yellow
OVERCAST = 0.45  # how dark the ground is under things when there is no sun
HORIZON = 200.0  # metres: the ground ends here, behind the backdrop


class Ground:
    """The ground of one scene with its own choice of materials."""

    def __init__(self, street: Street, rng: np.random.Generator) -> None:
        """Choose how the surfaces look."""
        self.street = street
        grey = rng.uniform(84, 138)
        self.road = grey * np.array([0.98, 1.0, 1.03]) + rng.normal(0, 2, 3)
        walk = rng.uniform(105, 165)
        warm = rng.uniform(0.9, 1.04)
        self.walk = walk * np.array([1.0, 0.98, 0.94 * warm]) + rng.normal(0, 3, 3)
        self.kerb = np.array([1.0, 0.99, 0.96]) * rng.uniform(125, 190)
        self.grass = np.array([rng.uniform(78, 120), rng.uniform(105, 135), rng.uniform(45, 70)])
        self.worn = rng.uniform(0.25, 0.75)
        self.drift = rng.uniform(0, 50, 2)
        self.slab = rng.uniform(0.45, 0.9)
        self.rough = rng.uniform(0.5, 1.3)

    def paint(
        self,
        camera: Camera,
        sky: np.ndarray,
        light: Light,
        lines: tuple[np.ndarray, ...],
        shadows: list[np.ndarray],
    ) -> tuple[np.ndarray, np.ndarray]:
        """The picture H×W×3 (float32) of sky and ground, and its labels H×W."""
        labels = np.full(sky.shape[:2], SKY, np.uint8)
        top = camera.ground_row(HORIZON)
        across, ahead = camera.ground(camera.rays(top))
        hit = ahead < HORIZON
        ahead = np.minimum(ahead, HORIZON)
        colour, kinds = self._surface(across, ahead, camera.focal)
        kinds[~hit] = SKY
        colour = self._lines(colour, camera, lines, top)
        lit = light.shade((0, 1, 0)).astype(np.float32)
        colour *= lit * self._shadow(camera, shadows, light, top)[..., None]
        veil = (1 - np.exp(-light.density * ahead))[..., None].astype(np.float32)
        colour += (light.haze.astype(np.float32) - colour) * veil
        cv2.copyTo(colour, hit.astype(np.uint8), sky[top:])
        labels[top:] = kinds
        return sky, labels

    def _surface(
        self, across: np.ndarray, ahead: np.ndarray, focal: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Unlit colours H×W×3 (float32) and labels H×W of the bare ground."""
        away = road_distance(self.street, across, ahead)
        pixel = np.maximum(ahead / focal, 0.004)  # metres a pixel spans across
        fine = np.clip(0.03 / pixel, 0.15, 1)
        grain = sample(fractal(0.75, 7), across + self.drift[0], ahead + self.drift[1], 38)
        patch = sample(fractal(0.25, 8), across + self.drift[0], ahead * 0.35 + self.drift[1], 22)
        tracks = np.cos((np.abs(across) - self.street.half / 2) * 3.6)
        road = 1 + self.rough * (0.07 * grain * fine + 0.04 * patch) + 0.03 * tracks
        paving = sample(slabs(), across + self.drift[1], ahead + self.drift[0], 32 / self.slab)
        walk = 1 + (paving - 1) * fine + 0.05 * patch + 0.05 * grain * fine
        outside = np.clip(away / pixel + 0.5, 0, 1)[..., None]
        past_kerb = np.clip((away - KERB) / pixel + 0.5, 0, 1)[..., None]
        tarmac = self._lane(across, road) * self.road.astype(np.float32)
        pavement = walk[..., None] * self.walk.astype(np.float32)
        kerb = self.kerb.astype(np.float32)
        edge = kerb + (pavement - kerb) * past_kerb
        colour = tarmac + (edge - tarmac) * outside
        gutter = np.maximum(1 - np.abs(away + 0.15) / (0.15 + pixel), 0)
        colour *= (1 - 0.25 * gutter)[..., None]
        labels = np.where(away < 0, ROAD, PAVEMENT).astype(np.uint8)
        green = self._is_grass(across, away)
        if green.any():
            blades = 1 + 0.22 * grain[green] * np.sqrt(fine[green]) + 0.12 * patch[green]
            colour[green] = blades[:, None] * self.grass
            labels[green] = TREE
        return colour, labels

    def _lane(self, across: np.ndarray, road: np.ndarray) -> np.ndarray:
        """The road's brightness H×W×3, reddish where a cycle lane runs."""
        tarmac = np.repeat(road[..., None], 3, 2).astype(np.float32)
        if self.street.cycle_lane:
            lane = (across < -self.street.half + 1.55) & (across > -self.street.half)
            tarmac[lane] *= np.array([1.2, 0.82, 0.78], np.float32)
        return tarmac

    def _is_grass(self, across: np.ndarray, away: np.ndarray) -> np.ndarray:
        """Where grass grows: in verges and in green yards."""
        green = np.zeros(across.shape, bool)
        for side, verge, yard in zip((-1, 1), self.street.verges, self.street.yards):
            here = across * side > 0
            walk = self.street.walk(side)
            if verge:
                green |= here & (away > KERB) & (away < walk * 0.5)
            if yard == "grass":
                green |= here & (away > walk)
        return green

    def _lines(self, colour: np.ndarray, camera: Camera, lines: tuple, top: int) -> np.ndarray:
        """The ground with its painted lines, worn in places."""
        paint = fractal(0.5, 9)[: len(colour), :]
        for quads, tint, keep in zip(lines, LINE_COLOURS, (0.55, 0.95, 0.95)):
            mask = ground_mask(camera, quads, colour.shape[:2], top)
            wear = np.resize(paint, mask.shape) * 0.12 + keep - self.worn * 0.5
            weight = (mask * np.clip(wear, 0, 1))[..., None]
            colour += (np.array(tint, np.float32) - colour) * weight
        return colour

    def _shadow(self, camera: Camera, shadows: list, light: Light, top: int) -> np.ndarray:
        """How much light is left at each pixel, H×W."""
        mask = np.zeros((camera.height - top, camera.width), np.float32)
        for outline in shadows:
            flat = np.stack([outline[:, 0], np.zeros(len(outline)), outline[:, 1]], 1)
            points = camera.outline(flat)
            if len(points) > 2:
                corners = np.clip((points - (0, top)) * 8, -2e5, 2e5).astype(np.int32)
                cv2.fillPoly(mask, [corners], 1.0, cv2.LINE_8, 3)
        return 1 - max(light.strength * 0.92, OVERCAST) * cv2.blur(mask, (3, 2))


def ground_mask(camera: Camera, quads: np.ndarray, shape: tuple, top: int) -> np.ndarray:
    """How much of each pixel (0 to 1, float32) is under ground quads N×4×2."""
    mask = np.zeros((shape[0] * 2, shape[1] * 2), np.uint8)
    flat = np.zeros((len(quads) * 4, 3))
    flat[:, [0, 2]] = quads.reshape(-1, 2)
    seen = camera.view(flat)
    visible = (seen[:, 2] > NEAR).reshape(-1, 4).all(1)
    points = (camera.pixels(seen) - (0, top)).reshape(-1, 4, 2)[visible]
    corners = np.clip(points * 16, -2e5, 2e5).astype(np.int32)
    cv2.fillPoly(mask, list(corners), 255, shift=3)
    small = cv2.resize(mask, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / 255

