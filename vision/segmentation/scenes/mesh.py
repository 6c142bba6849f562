"""Solid shapes of flat faces, projected and lit all at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vision.segmentation.scenes.camera import NEAR, Camera, cut_near
from vision.segmentation.scenes.canvas import Canvas
from vision.segmentation.scenes.light import Light


@dataclass(frozen=True)
class Mesh:
    """Faces in painting order; each is clockwise when looked at from outside."""

    points: np.ndarray  # N×3, all faces' corners (sideways, up, forward) one after the other
    starts: np.ndarray  # F, where each face's corners begin
    following: np.ndarray  # N, the index of each corner's next corner within its face
    normals: np.ndarray  # F×3
    materials: np.ndarray  # F, index into the colours given when painting
    gloss: np.ndarray  # F, how much brighter than its bottom a face's top is

    @staticmethod
    def build(faces: list[tuple]) -> Mesh:
        """A mesh from (corners K×3, normal, material, gloss) tuples."""
        counts = np.array([len(corners) for corners, *_ in faces])
        starts = np.cumsum(counts) - counts
        following = np.arange(counts.sum()) + 1
        following[starts + counts - 1] = starts
        normals = np.array([face[1] for face in faces], float)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        return Mesh(
            points=np.concatenate([np.asarray(face[0], float) for face in faces]),
            starts=starts, following=following, normals=normals,
            materials=np.array([face[2] for face in faces]),
            gloss=np.array([face[3] for face in faces], float),
        )


@dataclass(frozen=True)
class Coat:
    """The colours of a mesh: those that light falls on, and those that shine by themselves."""

    colours: np.ndarray  # M×3
    shines: np.ndarray  # M, bool


def paint_mesh(
    canvas: Canvas,
    camera: Camera,
    light: Light,
    mesh: Mesh,
    coat: Coat,
    turn: np.ndarray,
    at: np.ndarray,
    label: int,
) -> None:
    """Paint the faces of a turned and placed mesh that look towards the camera."""
    seen = camera.view(mesh.points @ turn.T + at)
    pixels = camera.pixels(seen)
    ends = np.append(mesh.starts[1:], len(seen))
    near = seen[:, 2].min() < NEAR
    shown = range(len(mesh.starts)) if near else fronts(mesh, pixels)
    plain = coat.colours[mesh.materials]
    shines = coat.shines[mesh.materials, None]
    lit = plain * np.where(shines, 1, light.shades(mesh.normals @ turn.T))
    colours = light.seen(lit, at[2])
    glossy = pixels[:, 1].max() - pixels[:, 1].min() > 40
    for face in shown:
        span = slice(mesh.starts[face], ends[face])
        outline = camera.pixels(cut_near(seen[span])) if near else pixels[span]
        if near and not clockwise(outline):
            continue
        gloss = mesh.gloss[face]
        if gloss and glossy:
            canvas.shade(outline, colours[face] * (1 + gloss), colours[face] * (1 - gloss), label)
        else:
            canvas.fill(outline, colours[face], label)


def fronts(mesh: Mesh, pixels: np.ndarray) -> np.ndarray:
    """The indices of the faces whose outlines N×2 run clockwise."""
    after = pixels[mesh.following]
    cross = pixels[:, 0] * after[:, 1] - pixels[:, 1] * after[:, 0]
    return np.flatnonzero(np.add.reduceat(cross, mesh.starts) > 0)


def clockwise(outline: np.ndarray) -> bool:
    """Whether one projected outline N×2 runs clockwise on the picture."""
    if len(outline) < 3:
        return False
    x, y = outline[:, 0], outline[:, 1]
    around = float(x[:-1] @ y[1:] - y[:-1] @ x[1:])
    return around + float(x[-1] * y[0] - y[-1] * x[0]) > 0
