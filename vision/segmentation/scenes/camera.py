"""A pinhole camera that stands in a street and looks along it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

NEAR = 0.35  # metres: nothing closer than this is drawn


@dataclass(frozen=True)
class Camera:
    """Projects street points (across, up, ahead) in metres to pixels; across grows to the right."""

    width: int
    height: int
    focal: float  # pixels
    across: float  # where the eye stands, metres from the middle of the road
    eye: float  # metres above the road
    rotation: np.ndarray  # 3×3, street axes to camera axes (right, down, forward)
    bend: float  # 1/metres: the street swings right as bend·ahead²/2
    hill: float  # 1/metres: the street rises as hill·ahead²/2

    def scaled(self, factor: float) -> Camera:
        """The same view on a picture `factor` times as large."""
        return replace(
            self,
            width=round(self.width * factor),
            height=round(self.height * factor),
            focal=self.focal * factor,
        )

    def view(self, points: np.ndarray) -> np.ndarray:
        """Street points N×3 in camera axes N×3."""
        straight = np.array(points, np.float64)
        swing = straight[:, 2] * straight[:, 2] * 0.5
        straight[:, 0] += self.bend * swing - self.across
        straight[:, 1] += self.hill * swing - self.eye
        return straight @ self.rotation.T

    def pixels(self, seen: np.ndarray) -> np.ndarray:
        """Camera points N×3 in pixels N×2."""
        flat = seen[:, :2] * (self.focal / np.maximum(seen[:, 2:], 1e-3))
        flat += (self.width / 2, self.height / 2)
        return flat

    def outline(self, points: np.ndarray) -> np.ndarray:
        """A street polygon N×3 as pixels M×2, cut off at the near plane; M is 0 if none is left."""
        return self.pixels(cut_near(self.view(points)))

    def scale(self, point: np.ndarray) -> float:
        """Pixels per metre at one street point; 0 behind the camera."""
        ahead = self.view(np.asarray(point, np.float64)[None])[0, 2]
        return self.focal / ahead if ahead > NEAR else 0.0

    def plane(self, corner: np.ndarray, right: np.ndarray, below: np.ndarray) -> np.ndarray:
        """The 3×3 map to pixels of the unit square with these three corners (top left first)."""
        origin, along, down = self.view(np.array([corner, right, below], np.float64))
        axes = np.stack([along - origin, down - origin, origin], 1)
        centre = (self.width / 2, self.height / 2)
        lens = np.array([[self.focal, 0, centre[0]], [0, self.focal, centre[1]], [0, 0, 1]])
        return lens @ axes

    def rays(self, top: int = 0) -> np.ndarray:
        """The street direction H×W×3 (float32) that each pixel from row `top` on looks in."""
        x = (np.arange(self.width, dtype=np.float32) + 0.5 - self.width / 2) / self.focal
        y = (np.arange(top, self.height, dtype=np.float32) + 0.5 - self.height / 2) / self.focal
        right, down, forward = self.rotation.astype(np.float32)
        return x[None, :, None] * right + y[:, None, None] * down + forward

    def ground(self, rays: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where each ray meets the street's surface: (across, ahead), ahead infinite if nowhere."""
        rise, forward = rays[..., 1], np.maximum(rays[..., 2], 1e-3)
        inside = rise * rise + 2 * self.hill * self.eye * forward * forward
        root = np.sqrt(np.maximum(inside, 0)) - rise
        hit = (inside >= 0) & (root > 1e-4)
        reach = np.where(hit, 2 * self.eye / np.maximum(root, 1e-4), np.float32(1e6))
        ahead = reach * forward
        across = self.across + reach * rays[..., 0] - self.bend * ahead * ahead / 2
        return across, np.where(hit, ahead, np.inf)

    def ground_row(self, reach: float) -> int:
        """The first picture row that shows ground nearer than `reach` metres."""
        far = np.array([[across, 0.0, reach] for across in (-reach, 0.0, reach)])
        far[:, 0] += self.across - self.bend * reach * reach / 2
        rows = self.pixels(self.view(far))[:, 1]
        return int(np.clip(rows.min() - 2, 0, self.height - 1))


def cut_near(seen: np.ndarray) -> np.ndarray:
    """A camera-space polygon N×3 without what lies nearer than the near plane."""
    if seen[:, 2].min() >= NEAR:
        return seen
    inside = seen[:, 2] >= NEAR
    kept = []
    for i, a in enumerate(seen):
        b = seen[i - len(seen) + 1]
        if inside[i]:
            kept.append(a)
        if inside[i] != inside[i - len(seen) + 1]:
            kept.append(a + (b - a) * ((NEAR - a[2]) / (b[2] - a[2])))
    return np.array(kept).reshape(-1, 3)
