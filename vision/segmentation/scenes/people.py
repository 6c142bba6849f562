"""People on foot and on bicycles, drawn limb by limb."""

from __future__ import annotations

import numpy as np

from vision.segmentation.scenes.camera import Camera
from vision.segmentation.scenes.canvas import BICYCLIST, PEDESTRIAN, Canvas
from vision.segmentation.scenes.light import Light
from vision.segmentation.scenes.things import Cast, Thing, rectangle

CLOTHES = [(30, 32, 38), (44, 48, 60), (24, 34, 64), (90, 30, 34), (120, 110, 96), (60, 70, 56),
           (200, 196, 186), (170, 50, 44), (50, 90, 140), (26, 26, 28), (150, 140, 60)]
TROUSERS = [(28, 30, 36), (36, 46, 72), (60, 74, 104), (24, 24, 26), (70, 68, 66), (126, 112, 92)]
SKINS = [(222, 180, 152), (198, 150, 120), (150, 104, 78), (96, 64, 50)]
HAIRS = [(36, 28, 24), (70, 48, 32), (130, 100, 62), (110, 106, 104), (24, 24, 26)]
HELMETS = [(220, 220, 216), (40, 40, 44), (190, 40, 36), (40, 80, 170), (210, 220, 60)]
TURN = np.linspace(0, 2 * np.pi, 22)


class Person(Thing):
    """Someone on foot; heading 0 walks away from the camera."""

    label = PEDESTRIAN

    def __init__(
        self, rng: np.random.Generator, across: float, ahead: float, heading: float
    ) -> None:
        """Choose height, clothes and pose."""
        super().__init__(ahead)
        self.at = np.array([across, 0.0, ahead])
        self.heading = heading
        self.tall = rng.uniform(1.55, 1.88) * (0.7 if rng.random() < 0.07 else 1)
        self.stride = rng.uniform(0.05, 0.4) * rng.choice([-1, 1])
        self.coat, self.legs = pick(rng, CLOTHES), pick(rng, TROUSERS)
        self.skin, self.hair, self.bag = pick(rng, SKINS), pick(rng, HAIRS), pick(rng, CLOTHES)
        self.stout = rng.uniform(0.85, 1.2)
        self.long_coat, self.has_bag = bool(rng.random() < 0.35), bool(rng.random() < 0.35)
        self.casts = [Cast(rectangle(across, ahead, 0.4, 0.3), 0, self.tall)]

    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the limbs from the far side to the near side."""
        scale = camera.scale(self.at)
        if not 0 < scale < 900:
            return
        limbs = self.limbs()
        joints = [np.array(limb[0], float) for limb in limbs]
        points = camera.pixels(camera.view(self._placed(np.concatenate(joints))))
        if canvas.misses(points):
            return
        own = np.array([limb[2] for limb in limbs])
        tones = [light.on(own * tone, (0, up, -0.6), self.ahead)
                 for tone, up in ((0.84, 0.1), (0.95, 0.25), (1.06, 0.45))]
        ends = np.cumsum([len(joint) for joint in joints])
        for i, limb in enumerate(limbs):
            line, width = points[ends[i] - len(joints[i]) : ends[i]], limb[1] * scale
            canvas.stroke(line, max(width, 1), tones[0][i], self.label)
            side = np.sign(light.sun[0]) * width * 0.1
            for k in (1, 2) if width > 5 else ():
                lit = line + (side * k, -abs(side) * k * 0.5)
                canvas.stroke(lit, width * (1 - 0.28 * k), tones[k][i], None)

    def _placed(self, local: np.ndarray) -> np.ndarray:
        """Joints N×3 (sideways, up, forward) as street points."""
        c, s = np.cos(self.heading), np.sin(self.heading)
        x, z = local[:, 0] * c + local[:, 2] * s, local[:, 2] * c - local[:, 0] * s
        return np.stack([x, local[:, 1], z], 1) + self.at

    def limbs(self) -> list[tuple]:
        """The body as (joints, width in metres, colour), the far limbs first."""
        t, w = self.tall, self.stout
        near = 1 if np.sin(self.heading) > 0 else -1
        neck = [([[0, 0.86 * t, 0.01], [0, 0.84 * t, 0.01]], 0.11, self.skin * 0.8)]
        hair = [([[0, 0.94 * t, -0.015], [0, 0.925 * t, -0.015]], 0.2, self.hair)]
        face = [([[0, 0.92 * t, 0.05], [0, 0.9 * t, 0.05]], 0.15, self.skin)]
        head = neck + (face + hair if np.cos(self.heading) > 0.3 else hair + face)
        bag = [([[0.27, 0.45 * t, 0], [0.27, 0.36 * t, 0]], 0.22, self.bag)] if self.has_bag else []
        legs = self._leg(-near) + self._leg(near)
        trunk = self._trunk(0.5 * t, 0.83 * t, w)
        return self._arm(-near) + legs + trunk + self._arm(near) + head + bag

    def _leg(self, side: int) -> list[tuple]:
        """One leg with its shoe, swung with the stride."""
        t, swing = self.tall, self.stride * side
        leg = [[0.09 * side, 0.5 * t, 0], [0.09 * side, 0.27 * t, swing * 0.5 + 0.04],
               [0.09 * side, 0.05 * t, swing]]
        shoe = [[0.09 * side, 0.03 * t, swing - 0.03], [0.09 * side, 0.025 * t, swing + 0.16]]
        return [(leg, 0.15 * self.stout, self.legs), (shoe, 0.08, np.array([24, 22, 22]))]

    def _arm(self, side: int) -> list[tuple]:
        """One arm with its hand, swung against the stride."""
        t, w, swing = self.tall, self.stout, -self.stride * side
        elbow = [0.24 * w * side, 0.62 * t, swing * 0.35]
        hand = [0.22 * w * side, 0.48 * t, swing * 0.6 + 0.08]
        sleeve = [[0.2 * w * side, 0.79 * t, 0], elbow, hand]
        return [([hand, hand], 0.08, self.skin), (sleeve, 0.11 * w, self.coat * 0.92)]

    def _trunk(self, hip: float, neck: float, w: float) -> list[tuple]:
        """Shoulders, chest and waist, down to the knee in a long coat."""
        low = hip * (0.72 if self.long_coat else 0.98)
        chest = [[0.1 * w, hip * 1.45, 0], [0.08 * w, low, 0]]
        other = [[-0.1 * w, hip * 1.45, 0], [-0.08 * w, low, 0]]
        shoulders = [[-0.12 * w, neck - 0.09, 0], [0.12 * w, neck - 0.09, 0]]
        middle = [[0, neck - 0.06, 0], [0, low, 0]]
        return [(chest, 0.24, self.coat), (other, 0.24, self.coat), (shoulders, 0.17, self.coat),
                (middle, 0.24, self.coat)]


class Cyclist(Person):
    """A bicycle, ridden or parked; the wheels' discs count as part of it."""

    label = BICYCLIST

    def __init__(
        self,
        rng: np.random.Generator,
        across: float,
        ahead: float,
        heading: float,
        ridden: bool = True,
    ) -> None:
        """Choose the rider and the frame's colour."""
        super().__init__(rng, across, ahead, heading)
        if rng.random() < 0.5:
            self.hair = np.array(HELMETS[rng.integers(len(HELMETS))], float)
        self.ridden, self.pedal = ridden, rng.uniform(0, 2 * np.pi)
        frames = [(30, 30, 34), (140, 30, 30), (40, 60, 120), (170, 170, 170), (40, 90, 60)]
        self.frame = np.array(frames[rng.integers(5)], float)
        if not ridden:
            self.casts = []

    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the wheels' discs as labels, then bicycle and rider."""
        scale = camera.scale(self.at)
        if not 0 < scale < 900:
            return
        tyre = light.seen(np.array([20, 20, 22]), self.ahead)
        for z in (-0.52, 0.52):
            ring = np.stack([np.zeros(22), 0.34 + 0.33 * np.sin(TURN), z + 0.33 * np.cos(TURN)], 1)
            points = camera.outline(self._placed(ring))
            if len(points) == 22:
                canvas.veil(points, BICYCLIST)
                canvas.stroke(points, max(1, 0.045 * scale), tyre, BICYCLIST)
        super().paint(canvas, camera, light)

    def limbs(self) -> list[tuple]:
        """The frame, then the rider."""
        rear, front, crank = [0, 0.34, -0.52], [0, 0.34, 0.52], [0, 0.3, -0.05]
        seat, head = [0, 0.9, -0.22], [0, 0.85, 0.36]
        bars = [[-0.27, 1.02, 0.33], [0, 1.0, 0.42], [0.27, 1.02, 0.33]]
        tubes = [[rear, crank, head, seat, crank], [rear, seat], [front, head, [0, 1.0, 0.38]]]
        bike = [(tube, 0.04, self.frame) for tube in tubes]
        bike += [(bars, 0.035, np.array([30, 30, 32])),
                 ([[0, 0.95, -0.32], [0, 0.96, -0.12]], 0.08, np.array([24, 24, 26]))]
        return bike + self._rider() if self.ridden else bike

    def _rider(self) -> list[tuple]:
        """Legs on the pedals, back bent forward, hands on the bars."""
        parts, near = [], 1 if np.sin(self.heading) > 0 else -1
        for side in (-near, near):
            turn = self.pedal + (np.pi if side > 0 else 0)
            foot = np.array([0.1 * side, 0.3 + 0.17 * np.sin(turn), -0.02 + 0.17 * np.cos(turn)])
            knee = np.array([0.11 * side, 0.68 + 0.08 * np.sin(turn), 0.22])
            leg = [[0.09 * side, 0.98, -0.2], knee, foot]
            arm = [[0.19 * side, 1.42, 0.08], [0.27 * side, 1.2, 0.14], [0.26 * side, 1.05, 0.34]]
            shoe = [foot, foot + (0, -0.02, 0.14)]
            parts += [(leg, 0.15, self.legs), (shoe, 0.08, np.array([22, 22, 24])),
                      (arm, 0.1, self.coat * 0.9)]
        back = [[0, 1.0, -0.2], [0, 1.42, 0.06]]
        shoulders = [[-0.13, 1.4, 0.06], [0.13, 1.4, 0.06]]
        head = [([[0, 1.62, 0.16], [0, 1.6, 0.16]], 0.18, self.skin),
                ([[0, 1.69, 0.13], [0, 1.67, 0.13]], 0.2, self.hair)]
        return parts + [(back, 0.34, self.coat), (shoulders, 0.18, self.coat)] + head


def pick(rng: np.random.Generator, colours: list[tuple]) -> np.ndarray:
    """One of several colours, lighter or darker."""
    return np.array(colours[rng.integers(len(colours))]) * rng.uniform(0.7, 1.2)
