"""The ground seen through every pixel: road, kerbs, pavements, grass, lines and shadows."""

from __future__ import annotations

import cv2
import numpy as np

from vision.segmentation.scenes.camera import NEAR, Camera
from vision.segmentation.scenes.canvas import PAVEMENT, ROAD, SKY, TREE
from vision.segmentation.scenes.light import Light
from vision.segmentation.scenes.street import Street, road_distance
from vision.segmentation.scenes.textures import SIDE, fractal, sample, slabs

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
        self.rough = rng.uniform(0.4, 1.2)

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
        parts, kinds = self._surface(across, ahead, camera.focal)
        parts = self._lines(parts, camera, lines, top)
        clear = np.exp(-light.density * ahead)
        shade = clear * self._shadow(camera, shadows, light, top)
        parts = [(part * shade).astype(np.float32) for part in parts] + [1 - clear]
        palette = np.concatenate([self.palette() * light.shade((0, 1, 0)), light.haze[None]])
        colour = cv2.merge([weighted(parts, palette[:, channel]) for channel in range(3)])
        cv2.copyTo(colour, hit.astype(np.uint8), sky[top:])
        labels[top:] = np.where(hit, kinds, SKY)
        return sky, labels

    def palette(self) -> np.ndarray:
        """The colours M×3 of all materials in the order of their shares."""
        red = self.road * (1.2, 0.82, 0.78)
        return np.array([self.road, red, self.kerb, self.walk, self.grass, *LINE_COLOURS])

    def _surface(
        self, across: np.ndarray, ahead: np.ndarray, focal: float
    ) -> tuple[list[np.ndarray], np.ndarray]:
        """The shares of road, cycle lane, kerb, pavement and grass, each H×W, and labels H×W."""
        away = road_distance(self.street, across, ahead)
        pixel = np.maximum(ahead / focal, 0.004)  # metres a pixel spans across
        fine = np.clip(0.03 / pixel, 0.15, 1)
        x, y = across + self.drift[0], ahead + self.drift[1]
        grain = sample(fractal(0.75, 7), x, y, 75) * fine
        patch = sample(fractal(0.25, 8), x, y * 0.35, 22)
        paving = sample(slabs(), x, y, 32 / self.slab)
        road = 1 + self.rough * (0.07 * grain + 0.04 * patch)
        road += 0.03 * np.cos((np.abs(across) - self.street.half / 2) * 3.6)
        walk = 1 + (paving - 1) * fine + 0.05 * (patch + grain)
        gutter = 1 - 0.25 * np.maximum(1 - np.abs(away + 0.15) / (0.15 + pixel), 0)
        outside = np.clip(away / pixel + 0.5, 0, 1)
        past_kerb = np.clip((away - KERB) / pixel + 0.5, 0, 1)
        tarmac, kerb, walk = (1 - outside) * road * gutter, outside - past_kerb, past_kerb * walk
        red = self._cycle_lane(across)
        green = self._is_grass(across, away)
        kinds = np.where(away < 0, ROAD, np.where(green, TREE, PAVEMENT)).astype(np.uint8)
        grass = green * (1 + 0.22 * grain + 0.12 * patch)
        return [tarmac * (1 - red), tarmac * red, kerb * ~green, walk * ~green, grass], kinds

    def _cycle_lane(self, across: np.ndarray) -> np.ndarray:
        """Where a reddish cycle lane runs, H×W of 0 and 1."""
        lane = (across < -self.street.half + 1.55) & (across > -self.street.half)
        return (lane & self.street.cycle_lane).astype(np.float32)

    def _is_grass(self, across: np.ndarray, away: np.ndarray) -> np.ndarray:
        """Where grass grows: in verges and in green yards."""
        green = np.zeros(across.shape, bool)
        for side, verge, yard in zip((-1, 1), self.street.verges, self.street.yards, strict=True):
            here = across * side > 0
            walk = self.street.walk(side)
            if verge:
                green |= here & (away > KERB) & (away < walk * 0.5)
            if yard == "grass":
                green |= here & (away > walk)
        return green

    def _lines(
        self, parts: list[np.ndarray], camera: Camera, lines: tuple, top: int
    ) -> list[np.ndarray]:
        """The shares of the bare ground and, after them, of its painted lines, worn in places."""
        rows = np.arange(camera.height - top) % SIDE
        columns = np.arange(camera.width) % SIDE
        wear = fractal(0.5, 9)[rows[:, None], columns] * 0.12 - self.worn * 0.5
        for quads, keep in zip(lines, (0.55, 0.95, 0.95), strict=True):
            mask = ground_mask(camera, quads, wear.shape, top) * np.clip(wear + keep, 0, 1)
            parts = [part * (1 - mask) for part in parts] + [mask]
        return parts

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


def weighted(parts: list[np.ndarray], weights: np.ndarray) -> np.ndarray:
    """The weighted sum H×W of several maps H×W."""
    total = parts[0] * np.float32(weights[0])
    for part, weight in zip(parts[1:], weights[1:], strict=True):
        cv2.scaleAdd(part, float(weight), total, total)
    return total


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
