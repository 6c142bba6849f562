"""Turns of things and of cameras, in spaces whose axes are right, up and ahead."""

from __future__ import annotations

import numpy as np


def about_up(angle: float) -> np.ndarray:
    """Return the turn (3, 3) about the axis that points up; positive faces to the right."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def about_ahead(angle: float) -> np.ndarray:
    """Return the turn (3, 3) about the axis that points ahead; positive leans to the right."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])


def looking(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Return the map (3, 3) to right, down and forward of a camera turned right, up, clockwise."""
    cy, sy, cp, sp = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch)
    level = np.array([[cy, 0, -sy], [0, -1, 0], [sy, 0, cy]])
    tilt = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    return about_ahead(roll) @ tilt @ level
