"""Cars, vans, lorries and buses in the street."""

from __future__ import annotations

import numpy as np

from vision.rotation import about_up
from vision.segmentation.scenes.bodies import BODIES, body_mesh
from vision.segmentation.scenes.camera import Camera
from vision.segmentation.scenes.canvas import CAR, Canvas
from vision.segmentation.scenes.light import Light
from vision.segmentation.scenes.mesh import Coat, paint_mesh
from vision.segmentation.scenes.things import Cast, Thing, rectangle

PAINTS = [(196, 198, 202), (150, 154, 160), (30, 32, 36), (46, 50, 58), (226, 228, 228),
          (150, 24, 28), (32, 62, 130), (24, 44, 84), (70, 76, 84), (36, 80, 60), (170, 150, 110),
          (96, 20, 30), (110, 160, 180)]
ODDS = {"hatch": 0.34, "saloon": 0.18, "estate": 0.17, "suv": 0.12, "van": 0.13, "lorry": 0.025,
        "bus": 0.015, "decker": 0.02}
SHINES = np.array([False, False, True, True, False, False, False, False, False, False])


class Vehicle(Thing):
    """A vehicle on the ground; heading 0 drives away from the camera, π towards it."""

    def __init__(
        self, rng: np.random.Generator, across: float, ahead: float, heading: float
    ) -> None:
        """Choose a body and a paint."""
        super().__init__(ahead)
        self.sort = str(rng.choice(list(ODDS), p=list(ODDS.values())))
        self.body = BODIES[self.sort]
        self.paint_colour = np.array(PAINTS[rng.integers(len(PAINTS))]) * rng.uniform(0.85, 1.1)
        if self.sort in ("van", "lorry") and rng.random() < 0.6:
            self.paint_colour = np.array([226.0, 228, 228])
        self.at, self.turn = np.array([across, 0.0, ahead]), about_up(heading)
        self.lamps_on = bool(rng.random() < 0.35)
        self.plate = ((222, 222, 216), (214, 188, 60))[int(rng.random() < 0.5)]
        self.casts = self._shadows()

    def _shadows(self) -> list[Cast]:
        """The shadow's outline at the ground and at the roof."""
        corners = rectangle(0, 0, self.body.width, self.body.length)
        flat = np.stack([corners[:, 0], np.zeros(4), corners[:, 1]], 1) @ self.turn.T
        outline = flat[:, [0, 2]]
        middle = self.at[[0, 2]]
        top = self.body.cabin[1][1]
        return [Cast(outline * 1.04 + middle, 0, 0.9), Cast(outline * 0.8 + middle, 0.5, top)]

    def paint(self, canvas: Canvas, camera: Camera, light: Light) -> None:
        """Paint the body from its mesh, coarser from afar."""
        reach = self.body.length * 0.6
        ahead = camera.view(self.at[None])[0, 2]
        if ahead + reach < 0.5:
            return
        fine = camera.focal / max(ahead, 1) > 0.05 * camera.width
        mesh = body_mesh(self.sort, fine)
        paint_mesh(canvas, camera, light, mesh, self._coat(light), self.turn, self.at, CAR)

    def _coat(self, light: Light) -> Coat:
        """The colours of the body's materials in their order."""
        glass = np.array([14, 18, 21]) + light.horizon * 0.16
        front, rear = (235, 236, 228), (150, 22, 24)
        shines = SHINES.copy()
        shines[6:8] = self.lamps_on
        colours = [self.paint_colour, self.paint_colour * 0.4, glass, (13, 13, 15), (24, 24, 26),
                   (130, 132, 136), front, rear, (222, 222, 216), self.plate]
        return Coat(np.array(colours, float), shines)
