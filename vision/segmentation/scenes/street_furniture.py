"""Poles, lamps, traffic lights, signs, bollards, railings and low walls."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from vision.segmentation.scenes.camera import Camera
from vision.segmentation.scenes.canvas import BUILDING, FENCE, POLE, SIGN, Canvas
from vision.segmentation.scenes.light import Light
from vision.segmentation.scenes.textures import brick, crop, fractal
from vision.segmentation.scenes.things import Cast, Spot, Thing, paint_quad, rectangle, upright

STEEL = [(140, 144, 146), (104, 108, 110), (52, 56, 54), (176, 176, 172), (60, 74, 62)]
TURN = np.linspace(0, 2 * np.pi, 20, endpoint=False)

MARKS = (
    np.array([[-0.4, 0.13], [0.4, 0.13], [0.4, -0.13], [-0.4, -0.13]]),
    np.array([[-0.13, 0.5], [0.13, 0.5], [0.13, -0.5], [-0.13, -0.5]]),
    np.array([[0, 0.5], [0.42, 0.05], [0.12, 0.05], [0.12, -0.5], [-0.12, -0.5], [-0.12, 0.05],
              [-0.42, 0.05]]),
    np.array([[-0.5, 0], [-0.05, 0.42], [-0.05, 0.12], [0.5, 0.12], [0.5, -0.12], [-0.05, -0.12],
              [-0.05, -0.42]]),
    np.array([[-0.1, 0.5], [0.2, 0.4], [0.05, 0.1], [0.3, -0.5], [0, -0.15], [-0.3, -0.5]]),
)


class Pole(Thing):
    """A post, by default bare; what it carries is painted by `paint_top`."""

    label = POLE

    def __init__(
        self, rng: np.random.Generator, across: float, ahead: float, height: float, width: float
    ) -> None:
        """A post at a ground point."""
        super().__init__(ahead)
        self.across, self.height, self.width = across, height, width
        self.colour = np.array(STEEL[rng.integers(len(STEEL))]) * rng.uniform(0.8, 1.3)
        self.casts = [Cast(rectangle(across, ahead, width, width), 0, height)]

    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the post with a bright and a dark edge, then what it carries."""
        half = self.width / 2
        pixel = camera.scale(np.array([self.across, 1.0, self.ahead]))
        if pixel == 0:
            return
        half = max(half, 0.7 / pixel)
        for left, right, turn in ((-1, 1, 0.0), (-1, -0.1, -0.9), (0.5, 1, 0.9)):
            corners = self.panel(left * half, right * half, 0, self.height)
            colour = light.on(self.colour, (turn, 0, -1 + abs(turn)), self.ahead)
            canvas.fill(camera.outline(corners), colour, self.label)
        self.paint_top(canvas, camera, light)

    def paint_top(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint what the post carries."""

    def panel(self, left: float, right: float, low: float, high: float) -> np.ndarray:
        """The corners 4×3 of a panel that faces the camera, measured from the post."""
        a, b = (self.across + left, self.ahead), (self.across + right, self.ahead)
        return upright(np.array(a), np.array(b), low, high)

    def plate(self, shape: np.ndarray) -> np.ndarray:
        """A flat shape N×2 (across, up) at the post as street points N×3."""
        ahead = np.full(len(shape), self.ahead)
        return np.stack([shape[:, 0] + self.across, shape[:, 1], ahead], 1)


class Lamp(Pole):
    """A street lamp with an arm over the road."""

    def paint_top(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the arm and the lantern."""
        arm = -np.sign(self.across) * min(1.8, 0.2 * self.height)
        joints = np.array([[0, -0.1], [arm * 0.3, 0.35], [arm, 0.5]])
        points = np.stack([joints[:, 0] + self.across, joints[:, 1] + self.height,
                           np.full(3, self.ahead)], 1)
        scale = camera.scale(points[1])
        colour = light.on(self.colour, (0, 0.2, -0.8), self.ahead)
        canvas.stroke(camera.outline(points), max(1.4, 0.09 * scale), colour, POLE)
        end = points[-1] + np.array([[0, 0, 0], [np.sign(arm) * 0.6, 0.05, 0]])
        canvas.stroke(camera.outline(end), max(2, 0.18 * scale), colour * 1.2, POLE)


class TrafficLight(Pole):
    """A signal head with one lamp lit."""

    def __init__(self, rng: np.random.Generator, across: float, ahead: float) -> None:
        """A signal beside the road."""
        super().__init__(rng, across, ahead, 3.3, 0.13)
        self.lit = int(rng.integers(3))

    def paint_top(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the box, its backing board and the three lamps."""
        board = light.on(np.array([34, 36, 38]), (0, 0, -1), self.ahead)
        canvas.fill(camera.outline(self.panel(-0.27, 0.27, 2.35, 3.6)), board, SIGN)
        rim = light.on(np.array([70, 72, 74]), (0, 0, -1), self.ahead)
        canvas.fill(camera.outline(self.panel(-0.16, 0.16, 2.45, 3.5)), rim * 0.5, SIGN)
        colours = ((255, 60, 40), (255, 180, 40), (60, 255, 150))
        for k, colour in enumerate(colours):
            shine = np.array(colour) if k == self.lit else np.array(colour) * 0.12
            disc = np.stack([0.12 * np.cos(TURN), 3.3 - 0.33 * k + 0.12 * np.sin(TURN)], 1)
            canvas.fill(camera.outline(self.plate(disc)), shine, SIGN)


class RoadSign(Pole):
    """A sign board on a post: warning, order, direction or parking."""

    def __init__(self, rng: np.random.Generator, across: float, ahead: float) -> None:
        """Choose a sign."""
        super().__init__(rng, across, ahead, rng.uniform(2.4, 3.2), 0.08)
        self.shape = str(rng.choice(["round", "triangle", "box", "board"]))
        self.size = rng.uniform(0.32, 0.5)
        palette = {
            "round": [((196, 30, 38), (240, 240, 236)), ((30, 84, 170), (30, 84, 170))],
            "triangle": [((200, 32, 38), (240, 240, 236))],
            "box": [((240, 240, 236), (30, 84, 170)), ((240, 240, 236), (226, 180, 40)),
                    ((90, 94, 96), (110, 114, 116))],
            "board": [((240, 240, 236), (26, 100, 70)), ((240, 240, 236), (34, 76, 150)),
                      ((30, 30, 34), (238, 238, 232))],
        }[self.shape]
        self.rim, self.field = (np.array(c) for c in palette[rng.integers(len(palette))])
        self.mark = int(rng.integers(len(MARKS)))

    def outline(self) -> np.ndarray:
        """The sign's shape N×2 around its middle, one unit in radius."""
        if self.shape == "round":
            return np.stack([np.cos(TURN), np.sin(TURN)], 1)
        if self.shape == "triangle":
            return np.array([[0, 1.1], [1.05, -0.75], [-1.05, -0.75]])
        wide, high = (0.8, 1.0) if self.shape == "box" else (1.7, 0.8)
        return np.array([[-wide, high], [wide, high], [wide, -high], [-wide, -high]])

    def paint_top(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint rim, field and a mark on it."""
        middle, shape = np.array([0, self.height - self.size * 0.6]), self.outline() * self.size
        dark = self.field * 0.2 if self.field.mean() > 130 else np.array([236, 236, 232])
        stroke = MARKS[self.mark] * self.size
        for outline, colour in ((shape, self.rim), (shape * 0.82, self.field), (stroke, dark)):
            seen = light.on(colour, (0, 0.1, -1), self.ahead)
            canvas.fill(camera.outline(self.plate(outline + middle)), seen, SIGN)


class Panel(Thing):
    """A railing, board fence or low wall along a stretch of ground."""

    def __init__(
        self,
        rng: np.random.Generator,
        left: Spot,
        right: Spot,
        height: float,
        sort: str,
    ) -> None:
        """A stretch from `left` to `right` as seen from the street."""
        super().__init__(float(max(left[1], right[1])))
        self.left, self.right, self.height = np.asarray(left), np.asarray(right), height
        self.label = BUILDING if sort == "wall" and height > 1.6 else FENCE
        length = float(np.linalg.norm(self.right - self.left))
        self.texture = panel_texture(sort, round(length))
        tint = {"rail": rng.choice([40, 110, 170]), "boards": 125, "wall": 150}[sort]
        warm = (1.0, 1.0, 1.0) if sort == "rail" else (1.05, 0.9, 0.75)
        self.colour = tint * np.array(warm) * rng.uniform(0.7, 1.1)
        self.solid = sort != "rail"
        outline = np.array([self.left, self.right, self.right + 0.1, self.left + 0.1])
        self.casts = [Cast(outline, 0, height)] if self.solid else []

    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the stretch from whichever side is seen."""
        along = (self.right - self.left) / np.linalg.norm(self.right - self.left)
        for a, b, sign in ((self.left, self.right, 1.0), (self.right, self.left, -1.0)):
            corners = upright(a, b, 0, self.height)
            normal = (along[1] * sign, 0, -along[0] * sign)
            paint_quad(
                canvas, camera, light, self.texture, corners, normal, self.label, self.colour,
                np.full(self.texture.shape[:2], 255, np.uint8),
            )


@lru_cache(maxsize=64)
def panel_texture(sort: str, length: int) -> np.ndarray:
    """One stretch of fencing as brightness and opacity 64×W×2, 128 its plain tone."""
    columns = max(1, length) * 48
    grain = crop(fractal(0.5, 14), 64, columns)
    tone, alpha = 128 * (1 + 0.1 * grain), np.full((64, columns), 255.0)
    x, y = np.arange(columns), np.arange(64)
    if sort == "rail":
        bars = (x % 6 < 2)[None] & (y > 5)[:, None] & (y < 56)[:, None]
        rails = ((y < 5) | ((y > 52) & (y < 57)))[:, None] | (x % 96 < 4)[None]
        alpha = (bars | rails) * 255.0
    elif sort == "boards":
        boards = np.random.default_rng(5).normal(1, 0.1, columns // 8 + 1)
        tone *= np.repeat(boards, 8)[:columns] * np.where(x % 8 == 0, 0.5, 1)
    else:
        tone *= crop(brick(), 64, columns)
    return np.dstack([tone, alpha]).clip(0, 255).astype(np.uint8)
