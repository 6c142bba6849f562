"""Body types of road vehicles and the meshes made from their outlines."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache

import numpy as np

from vision.segmentation.scenes.mesh import Mesh

PAINT, SEAM, GLASS, DARK, TYRE, HUB, FRONT_LAMP, REAR_LAMP, FRONT_PLATE, REAR_PLATE = range(10)
TURN = np.linspace(0, 2 * np.pi, 16, endpoint=False)


@dataclass(frozen=True)
class Body:
    """A body: profiles as (along in lengths, up in metres), the front at +0.5."""

    length: float
    width: float
    hull: tuple  # from the front bumper over the top to the rear bumper
    cabin: tuple  # front foot, front top, rear top, rear foot
    wheel: float
    pillars: tuple  # where the side windows are divided, shares from the front
    glazed: int = 99  # how many side windows are glass
    storeys: tuple = ((0.12, 0.86),)  # bands of the cabin's side that have windows
    axles: tuple = (0.3, -0.29)


BODIES = {
    "hatch": Body(3.95, 1.7, ((0.5, 0.26), (0.5, 0.6), (0.47, 0.74), (0.24, 0.93), (-0.46, 0.98),
                  (-0.5, 0.78), (-0.5, 0.3)), ((0.29, 0.9), (0.08, 1.42), (-0.38, 1.42),
                  (-0.475, 0.97)), 0.3, (0.42, 0.8)),
    "saloon": Body(4.55, 1.78, ((0.5, 0.24), (0.5, 0.58), (0.47, 0.7), (0.2, 0.9), (-0.3, 0.98),
                   (-0.47, 0.97), (-0.5, 0.82), (-0.5, 0.28)), ((0.24, 0.87), (0.05, 1.4),
                   (-0.2, 1.4), (-0.37, 0.97)), 0.31, (0.46, 0.86)),
    "estate": Body(4.55, 1.78, ((0.5, 0.24), (0.5, 0.6), (0.47, 0.72), (0.22, 0.92), (-0.48, 0.98),
                   (-0.5, 0.82), (-0.5, 0.28)), ((0.25, 0.89), (0.07, 1.43), (-0.42, 1.45),
                   (-0.485, 0.97)), 0.31, (0.36, 0.68)),
    "suv": Body(4.45, 1.86, ((0.5, 0.34), (0.5, 0.78), (0.47, 0.92), (0.24, 1.06), (-0.48, 1.1),
                (-0.5, 0.9), (-0.5, 0.38)), ((0.27, 1.04), (0.12, 1.7), (-0.43, 1.72),
                (-0.485, 1.09)), 0.37, (0.36, 0.68)),
    "van": Body(4.9, 1.95, ((0.5, 0.3), (0.5, 0.72), (0.46, 0.92), (0.34, 1.12), (-0.5, 1.12),
                (-0.5, 0.33)), ((0.36, 1.08), (0.22, 2.02), (-0.49, 2.1), (-0.5, 1.1)), 0.33,
                (0.26,), 1),
    "lorry": Body(7.5, 2.4, ((0.5, 0.45), (0.5, 1.2), (-0.5, 1.2), (-0.5, 0.5)), ((0.5, 1.15),
                  (0.485, 3.1), (-0.5, 3.2), (-0.5, 1.15)), 0.46, (0.2,), 1, ((0.3, 0.75),)),
    "bus": Body(10.5, 2.5, ((0.5, 0.35), (0.5, 1.15), (-0.5, 1.15), (-0.5, 0.4)), ((0.5, 1.1),
                (0.49, 3.0), (-0.5, 3.05), (-0.5, 1.1)), 0.48, tuple(np.arange(1, 7) / 7)),
    "decker": Body(10.8, 2.5, ((0.5, 0.35), (0.5, 1.15), (-0.5, 1.15), (-0.5, 0.4)), ((0.5, 1.1),
                   (0.49, 4.3), (-0.5, 4.35), (-0.5, 1.1)), 0.48, tuple(np.arange(1, 7) / 7),
                   99, ((0.12, 0.36), (0.6, 0.9))),
}


@cache
def body_mesh(sort: str, fine: bool) -> Mesh:
    """A body type's faces in painting order; without `fine`, only what shows from afar."""
    body = BODIES[sort]
    faces = underside(body) + hull(body, fine)
    if fine:
        faces += doors(body)
    faces += [face for side in (-1, 1) for axle in body.axles for face in wheel(body, side, axle)]
    return Mesh.build(faces + cabin(body) + ends(body, fine))


def half_width(body: Body, along: np.ndarray) -> np.ndarray:
    """Half the hull's width at shares of its length: rounded in towards both ends."""
    past = np.clip((np.abs(along) - 0.4) / 0.1, 0, 1)
    return body.width / 2 * (1 - (0.1 if body.length < 5 else 0.03) * past**2)


def rounded(profile: np.ndarray) -> np.ndarray:
    """A profile N×2 with every inner corner cut off, ends kept."""
    early, late = profile[:-1] * 0.8 + profile[1:] * 0.2, profile[:-1] * 0.2 + profile[1:] * 0.8
    inner = np.stack([early, late], 1).reshape(-1, 2)
    return np.concatenate([profile[:1], inner[1:-1], profile[-1:]])


def underside(body: Body) -> list[tuple]:
    """The dark inside between the wheels, down to the road."""
    long, half = body.length * 0.45, body.width * 0.45
    faces: list[tuple] = []
    for way in (-1, 1):
        faces.append((panel(way * half, long, -long, 0.2, 0.5, way), (way, 0, 0), DARK, 0))
        faces.append((bulkhead(way * long, half, 0.2, 0.45, way), (0, 0, way), DARK, 0))
    for end, axle in zip((1, -1), body.axles, strict=True):
        z = axle * body.length + end * body.wheel * 0.75
        for x in (-1, 1):
            tread = bulkhead(z, 0.11, 0, body.wheel * 1.5, end, x * (half - 0.08))
            faces.append((tread, (0, 0.2, end), TYRE, 0))
    return faces


def hull(body: Body, fine: bool) -> list[tuple]:
    """The lower body: strips over its profile, then both sides."""
    profile = np.array(body.hull)
    profile = rounded(profile) if fine and body.length < 5 else profile
    half, z, y = half_width(body, profile[:, 0]), profile[:, 0] * body.length, profile[:, 1]
    faces = []
    for i in range(len(z) - 1):
        j = i + 1
        strip = [[half[j], y[j], z[j]], [-half[j], y[j], z[j]],
                 [-half[i], y[i], z[i]], [half[i], y[i], z[i]]]
        faces.append((strip, (0, z[i] - z[j], y[j] - y[i]), PAINT, 0.08))
    right = np.stack([half, y, z], 1)[::-1]
    left = np.stack([-half, y, z], 1)
    return faces + [(right, (1, 0.25, 0), PAINT, 0.3), (left, (-1, 0.25, 0), PAINT, 0.3)]


def doors(body: Body) -> list[tuple]:
    """Door lines, sill and wheel arches on both sides."""
    faces = []
    belt = body.cabin[0][1]
    for side in (-1, 1):
        x = side * body.width / 2 * 1.003
        for share in (0.17, -0.05, -0.24):
            z = share * body.length
            line = panel(x, z + 0.012, z - 0.012, 0.36, belt, side)
            faces.append((line, (side, 0, 0), SEAM, 0))
        sill = panel(x, body.length * 0.4, -body.length * 0.4, 0.24, 0.34, side)
        faces.append((sill, (side, 0, 0), SEAM, 0))
        for axle in body.axles:
            arch = disc(x, body.wheel, axle * body.length, body.wheel * 1.2, side)
            arch[:, 1] = np.maximum(arch[:, 1], 0.22)
            faces.append((arch, (side, 0, 0), DARK, 0))
    return faces


def wheel(body: Body, side: int, axle: float) -> list[tuple]:
    """A tyre and its hub on one side."""
    x, along = side * body.width / 2 * 1.006, axle * body.length
    rim = disc(x, body.wheel, along, body.wheel * 0.66, side)
    tyre = disc(x, body.wheel, along, body.wheel, side)
    return [(tyre, (side, 0.3, 0), TYRE, 0), (rim, (side, 0.3, 0), HUB, 0.2)]


def cabin(body: Body) -> list[tuple]:
    """The upper body with its windows; each face from its top left corner."""
    (f0, y0), (f1, y1), (r1, y2), (r0, y3) = body.cabin
    z0, z1, z2, z3 = np.array([f0, f1, r1, r0]) * body.length
    top = body.width / 2 * (0.76 if body.length < 4.8 else 0.93)
    low = body.width / 2 * 0.96
    front = np.array([[top, y1, z1], [-top, y1, z1], [-low, y0, z0], [low, y0, z0]])
    rear = np.array([[-top, y2, z2], [top, y2, z2], [low, y3, z3], [-low, y3, z3]])
    roof = np.array([[top, y1, z1], [top, y2, z2], [-top, y2, z2], [-top, y1, z1]])
    right = np.array([rear[1], front[0], front[3], rear[2]])
    left = np.array([front[1], rear[0], rear[3], front[2]])
    faces: list[tuple] = [(roof, (0, 1, 0), PAINT, 0.0)]
    for shape, normal in ((front, (0, 0.5, 0.85)), (rear, (0, 0.3, -0.95))):
        faces.append((shape, normal, PAINT, 0.05))
        bands = body.storeys if body.length > 7 and normal[2] > 0 else ((0.1, 0.9),)
        if body.glazed > 1 or normal[2] > 0:
            faces += [(part(shape, 0.07, 0.93, *band), normal, GLASS, 0.4) for band in bands]
    edges = [0.04, *body.pillars, 0.96]
    for shape, normal in ((right, (1, 0.3, 0)), (left, (-1, 0.3, 0))):
        faces.append((shape, normal, PAINT, 0.06))
        for start, stop in list(itertools.pairwise(edges))[: body.glazed]:
            span = (1 - stop, 1 - start) if normal[0] > 0 else (start, stop)
            for band in body.storeys:
                pane = part(shape, span[0] + 0.012, span[1] - 0.012, *band)
                faces.append((pane, normal, GLASS, 0.45))
    return faces


def ends(body: Body, fine: bool) -> list[tuple]:
    """Lamps at both ends and, close to, grille, bumpers and number plates."""
    (nose, low), (_, high) = np.array(body.hull[:2]) * (body.length, 1)
    tail = body.hull[-1][0] * body.length - 0.01
    half, mid, tall = body.width / 2 * 0.86, (low + high) / 2, 0.12 + 0.08 * (body.length > 5)
    faces = []
    for end, z, lamp, plate in ((1, nose + 0.01, FRONT_LAMP, FRONT_PLATE),
                                (-1, tail, REAR_LAMP, REAR_PLATE)):
        normal, base = (0, 0, end), high - tall + 0.16 * (end < 0)
        for x in (-0.78, 0.78):
            shape = bulkhead(z, 0.2 * half, base, base + tall, end, x * half)
            faces.append((shape, normal, lamp, 0.25))
        if fine:
            bumper = bulkhead(z, half, low, low + 0.09, end)
            join = bulkhead(z + end * 0.002, half * 0.97, mid + 0.05, mid + 0.065, end)
            grille = bulkhead(z, half * 0.5, mid - 0.02, high - 0.03, end)
            faces += [(bumper, normal, SEAM, 0), (join, normal, SEAM, 0)]
            faces += [(grille, normal, DARK, 0)] * (end > 0)
            tag = bulkhead(z + end * 0.01, 0.26, mid - 0.08, mid + 0.04, end)
            faces.append((tag, normal, plate, 0))
    return faces


def part(shape: np.ndarray, left: float, right: float, top: float, low: float) -> np.ndarray:
    """The part of a quad 4×3 (from the top left corner) between shares of its sides."""
    a, b, c, d = shape
    share = np.array([[left, top], [right, top], [right, low], [left, low]])
    u, v = share[:, :1], share[:, 1:]
    return (a * (1 - u) + b * u) * (1 - v) + (d * (1 - u) + c * u) * v


def disc(x: float, up: float, along: float, radius: float, side: int) -> np.ndarray:
    """A disc 16×3 in a side plane, clockwise from outside on that side."""
    turn = TURN if side > 0 else TURN[::-1]
    return np.stack([np.full(16, x), up + radius * np.sin(turn), along - radius * np.cos(turn)], 1)


def panel(x: float, front: float, rear: float, low: float, high: float, side: int) -> np.ndarray:
    """An upright side face 4×3, clockwise from outside on that side."""
    shape = np.array([[x, high, front], [x, low, front], [x, low, rear], [x, high, rear]])
    return shape if side > 0 else shape[::-1]


def bulkhead(
    z: float, half: float, low: float, high: float, end: int, x: float = 0.0
) -> np.ndarray:
    """An upright end face 4×3 around `x`, clockwise from outside at that end."""
    shape = np.array([[x - half, high, z], [x - half, low, z], [x + half, low, z],
                      [x + half, high, z]])
    return shape if end > 0 else shape[::-1]
