"""Cars, vans, lorries and buses built from flat faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .camera import Camera
from .canvas import CAR, Canvas
from .light import Light
from .things import Cast, Thing, faces_us, rectangle

PAINTS = [(196, 198, 202), (150, 154, 160), (30, 32, 36), (46, 50, 58), (226, 228, 228),
          (150, 24, 28), (32, 62, 130), (24, 44, 84), (70, 76, 84), (36, 80, 60), (170, 150, 110),
          (96, 20, 30), (110, 160, 180)]  # fmt: skip
TURN = np.linspace(0, 2 * np.pi, 18, endpoint=False)


@dataclass(frozen=True)
class Body:
    """A body type: side profile (along, up) of hull and cabin in shares of length and metres."""

    length: float
    width: float
    hull: tuple  # from the front bumper over the top to the rear bumper
    cabin: tuple  # front foot, front top, rear top, rear foot
    wheel: float
    pillars: tuple  # where the side windows are divided, shares of the cabin
    axles: tuple = (0.3, -0.3)


BODIES = {
    "hatch": Body(3.9, 1.68, ((0.5, 0.3), (0.5, 0.66), (0.46, 0.78), (0.26, 0.95), (-0.47, 0.98),
                  (-0.5, 0.8), (-0.5, 0.32)), ((0.29, 0.94), (0.1, 1.43), (-0.4, 1.43),
                  (-0.48, 0.97)), 0.3, (0.45,)),
    "saloon": Body(4.5, 1.76, ((0.5, 0.28), (0.5, 0.62), (0.47, 0.74), (0.2, 0.92), (-0.28, 0.98),
                   (-0.47, 0.98), (-0.5, 0.85), (-0.5, 0.3)), ((0.22, 0.91), (0.05, 1.4),
                   (-0.22, 1.4), (-0.36, 0.98)), 0.31, (0.5,)),
    "estate": Body(4.5, 1.76, ((0.5, 0.28), (0.5, 0.64), (0.47, 0.76), (0.22, 0.94), (-0.48, 0.98),
                   (-0.5, 0.85), (-0.5, 0.3)), ((0.24, 0.93), (0.08, 1.43), (-0.44, 1.45),
                   (-0.49, 0.97)), 0.31, (0.36, 0.7)),
    "suv": Body(4.4, 1.85, ((0.5, 0.36), (0.5, 0.8), (0.47, 0.95), (0.24, 1.08), (-0.48, 1.1),
                (-0.5, 0.9), (-0.5, 0.4)), ((0.26, 1.07), (0.13, 1.7), (-0.44, 1.72),
                (-0.49, 1.09)), 0.37, (0.38, 0.7)),
    "van": Body(4.9, 1.95, ((0.5, 0.32), (0.5, 0.75), (0.46, 0.95), (0.34, 1.12), (-0.5, 1.12),
                (-0.5, 0.35)), ((0.35, 1.1), (0.22, 2.05), (-0.49, 2.1), (-0.5, 1.1)), 0.33,
                (0.3,)),
    "lorry": Body(7.5, 2.4, ((0.5, 0.45), (0.5, 1.2), (-0.5, 1.2), (-0.5, 0.5)), ((0.5, 1.15),
                  (0.48, 3.1), (-0.5, 3.2), (-0.5, 1.15)), 0.46, (0.22,)),
    "bus": Body(10.5, 2.5, ((0.5, 0.35), (0.5, 1.15), (-0.5, 1.15), (-0.5, 0.4)), ((0.5, 1.1),
                (0.49, 3.0), (-0.5, 3.05), (-0.5, 1.1)), 0.48, tuple(np.arange(1, 7) / 7)),
    "decker": Body(10.8, 2.5, ((0.5, 0.35), (0.5, 1.15), (-0.5, 1.15), (-0.5, 0.4)), ((0.5, 1.1),
                   (0.49, 4.3), (-0.5, 4.35), (-0.5, 1.1)), 0.48, tuple(np.arange(1, 7) / 7)),
}  # fmt: skip
ODDS = {"hatch": 0.33, "saloon": 0.18, "estate": 0.16, "suv": 0.12, "van": 0.12, "lorry": 0.03,
        "bus": 0.03, "decker": 0.03}  # fmt: skip


class Vehicle(Thing):
    """A vehicle on the ground, heading 0 is away from the camera, π towards it."""

    def __init__(
        self,
        rng: np.random.Generator,
        across: float,
        ahead: float,
        heading: float,
        sort: str | None = None,
    ) -> None:
        """Choose a body and a paint."""
        super().__init__(ahead)
        self.sort = sort or str(rng.choice(list(ODDS), p=list(ODDS.values())))
        self.body = BODIES[self.sort]
        self.paint_colour = np.array(PAINTS[rng.integers(len(PAINTS))]) * rng.uniform(0.85, 1.1)
        if self.sort in ("van", "lorry") and rng.random() < 0.6:
            self.paint_colour = np.array([226.0, 228, 228])
        self.at = np.array([across, 0.0, ahead])
        c, s = np.cos(heading), np.sin(heading)
        self.turn = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        self.lamps = bool(rng.random() < 0.4)
        self.plate = np.array([[230, 230, 226], [226, 200, 60]][int(rng.random() < 0.5)])
        wide = self.body.width, self.body.length
        corners = rectangle(0, 0, *wide)
        flat = np.stack([corners[:, 0], np.zeros(4), corners[:, 1]], 1) @ self.turn.T
        outline = flat[:, [0, 2]] + (across, ahead)
        top = self.body.cabin[1][1]
        inner = (outline - (across, ahead)) * 0.8 + (across, ahead)
        self.casts = [Cast(outline, 0, 0.9), Cast(inner, 0.5, top)]

    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint underside, wheels, hull, cabin, windows and lamps."""
        self.canvas, self.camera, self.light = canvas, camera, light
        middle = camera.outline(self.at[None] + (0, 0.7, 0))
        scale = camera.scale(self.at)
        if len(middle) and canvas.misses(np.concatenate([middle - 7 * scale, middle + 7 * scale])):
            return
        self.fine = scale > 12
        half = self.body.width / 2
        self._underside(half)
        self._hull(half)
        self._cabin(half)
        if self.fine:
            self._ends(half)

    def _face(self, local: np.ndarray, colour: np.ndarray, gloss: float = 0.0) -> bool:
        """Paint one face N×3 (across, up, along), clockwise from outside, if it is seen."""
        points = self.camera.outline(np.asarray(local, float) @ self.turn.T + self.at)
        if not faces_us(points):
            return False
        if gloss and self.fine:
            self.canvas.shade(points, colour * (1 + gloss), colour * (1 - gloss), CAR)
        else:
            self.canvas.fill(points, colour, CAR)
        return True

    def _lit(self, colour: np.ndarray, normal: tuple) -> np.ndarray:
        """A colour on a face with this normal in the car's own axes."""
        return self.light.on(colour, tuple(self.turn @ np.array(normal)), self.at[2])

    def _underside(self, half: float) -> None:
        """Paint the dark body between the wheels down to the ground."""
        dark = self.light.seen(np.array([14, 14, 16]), self.at[2])
        long, high = self.body.length * 0.46, 0.45
        for side in (-1, 1):
            self._face(wall(side * half * 0.94, long, -long, 0.06, high, side), dark)
        for end in (-1, 1):
            self._face(bulkhead(end * long, half * 0.9, 0.1, high, end), dark)
        for side in (-1, 1):
            for axle in self.body.axles:
                self._wheel(side * half, axle * self.body.length, side)

    def _wheel(self, x: float, along: float, side: int) -> None:
        """Paint one tyre and its hub on the car's side."""
        radius = self.body.wheel
        turn = TURN if side > 0 else TURN[::-1]
        ring = np.stack([np.full(18, x), radius + radius * np.sin(turn),
                         along - radius * np.cos(turn)], 1)  # fmt: skip
        tyre, hub = np.array([22, 22, 24]), np.array([128, 130, 134])
        inner = (ring - (x, radius, along)) * 0.62 + (x, radius, along)
        self._face(ring, self._lit(tyre, (side, 0.3, 0)))
        self._face(inner, self._lit(hub, (side, 0.3, 0)))

    def _hull(self, half: float) -> None:
        """Paint the lower body: strips over its profile, then the sides and wheels."""
        profile = np.array(self.body.hull) * (self.body.length, 1)
        for (z0, y0), (z1, y1) in zip(profile, profile[1:]):
            normal = np.array([0, z0 - z1, y1 - y0])
            normal = normal / max(np.linalg.norm(normal), 1e-6)
            strip = [[half, y0, z0], [-half, y0, z0], [-half, y1, z1], [half, y1, z1]]
            self._face(strip[::-1], self._lit(self.paint_colour, normal), 0.1)
        for side in (-1, 1):
            shape = np.column_stack([np.full(len(profile), side * half), profile[:, ::-1]])
            shape = shape[::-1] if side > 0 else shape
            if self._face(shape, self._lit(self.paint_colour, (side, 0.25, 0)), 0.28) and self.fine:
                self._side(side, half)

    def _side(self, side: int, half: float) -> None:
        """Paint wheel arches, wheels, door lines and the sill on a seen side."""
        length, x = self.body.length, side * half * 1.005
        dark = self.light.seen(np.array([12, 12, 14]), self.at[2])
        for axle in self.body.axles:
            reach = self.body.wheel * 1.22
            turn = TURN if side > 0 else TURN[::-1]
            arch = np.stack([np.full(18, x), self.body.wheel + reach * np.sin(turn),
                             axle * length - reach * np.cos(turn)], 1)  # fmt: skip
            arch[:, 1] = np.maximum(arch[:, 1], 0.2)
            self._face(arch, dark)
            self._wheel(x, axle * length, side)
        belt = self.body.cabin[0][1]
        for share in (0.16, -0.06, -0.25):
            z = share * length
            line = self._lit(self.paint_colour * 0.45, (side, 0, 0))
            self._face(wall(x, z + 0.012, z - 0.012, 0.35, belt, side), line)

    def _cabin(self, half: float) -> None:
        """Paint the upper body with its windows."""
        (f0, y0), (f1, y1), (r1, y2), (r0, y3) = self.body.cabin
        z = np.array([f0, f1, r1, r0]) * self.body.length
        top = half * (0.78 if y1 < 1.8 else 0.94)
        low = half * 0.97
        front = np.array([[low, y0, z[0]], [-low, y0, z[0]], [-top, y1, z[1]], [top, y1, z[1]]])
        rear = np.array([[-low, y3, z[3]], [low, y3, z[3]], [top, y2, z[2]], [-top, y2, z[2]]])
        roof = np.array([[-top, y1, z[1]], [-top, y2, z[2]], [top, y2, z[2]], [top, y1, z[1]]])
        right = np.array([front[0], front[3], rear[2], rear[1]])
        left = np.array([front[2], front[1], rear[0], rear[3]])
        paint = self.paint_colour
        self._face(roof[::-1], self._lit(paint, (0, 1, 0)))
        for shape, normal in ((front[::-1], (0, 0.5, 0.85)), (rear[::-1], (0, 0.3, -0.95))):
            if self._face(shape, self._lit(paint, normal), 0.05):
                self._pane(shape, normal, 0.08, 0.92, 0.14, 0.9)
        for shape, normal in ((right[[2, 1, 0, 3]], (1, 0.3, 0)), (left[[0, 3, 2, 1]], (-1, 0.3, 0))):
            if self._face(shape, self._lit(paint, normal), 0.05):
                self._side_windows(shape, normal)

    def _side_windows(self, shape: np.ndarray, normal: tuple) -> None:
        """Paint the side windows between the pillars."""
        edges = [0.03, *self.body.pillars, 0.97]
        last = 1 if self.sort in ("van", "lorry") else len(edges) - 1
        for start, stop in list(zip(edges, edges[1:]))[:last]:
            if normal[0] > 0:
                start, stop = 1 - stop, 1 - start
            rows = ((0.1, 0.32), (0.55, 0.85)) if self.sort == "decker" else ((0.1, 0.86),)
            for low, high in rows:
                self._pane(shape, normal, start + 0.015, stop - 0.015, low, high)

    def _pane(
        self,
        shape: np.ndarray,
        normal: tuple,
        start: float,
        stop: float,
        low: float,
        high: float,
    ) -> None:
        """Paint glass on the part of a four-cornered face between shares of its two sides."""
        a, b, c, d = shape
        share = [(start, low), (stop, low), (stop, high), (start, high)]
        corners = [(a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v for u, v in share]
        sky = self.light.horizon * 0.3 * (0.4 + 0.6 * max(normal[1], 0.2))
        glass = self.light.seen(np.array([18, 22, 26]) + sky * 0.55, self.at[2])
        self._face(np.array(corners), glass, 0.35)

    def _ends(self, half: float) -> None:
        """Paint lamps, grille and number plates at the front and the rear."""
        (zf, low), (_, high) = np.array(self.body.hull[:2]) * (self.body.length, 1)
        zr = self.body.hull[-1][0] * self.body.length
        mid = (low + high) / 2
        for end, z in ((1, zf + 0.01), (-1, zr - 0.01)):
            lamp = np.array([235, 236, 228]) if end > 0 else np.array([150, 22, 24])
            glow = self._lit(lamp, (0, 0, end)) if not self.lamps else lamp * 1.1
            for x in (-0.78, 0.78):
                self._face(bulkhead(z, 0.17 * half, mid + 0.02, high, end, x * half), glow)
            dark = self._lit(np.array([34, 34, 36]), (0, 0, end))
            self._face(bulkhead(z, half * 0.5, low + 0.02, mid - 0.06, end), dark)
            self._face(bulkhead(z + end * 0.01, 0.26, mid - 0.1, mid + 0.02, end),
                       self._lit(self.plate if end < 0 else np.array([228, 228, 224]), (0, 0, end)))


def wall(x: float, front: float, rear: float, low: float, high: float, side: int) -> np.ndarray:
    """An upright side face 4×3, clockwise from outside on that side."""
    shape = np.array([[x, high, front], [x, low, front], [x, low, rear], [x, high, rear]])
    return shape if side > 0 else shape[::-1]


def bulkhead(
    z: float, half: float, low: float, high: float, end: int, x: float = 0.0
) -> np.ndarray:
    """An upright end face 4×3 around `x`, clockwise from outside at that end."""
    shape = np.array([[x - half, high, z], [x - half, low, z], [x + half, low, z],
                      [x + half, high, z]])  # fmt: skip
    return shape if end > 0 else shape[::-1]
