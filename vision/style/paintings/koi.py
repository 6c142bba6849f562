"""Two carp: a mosaic whose rows of stone follow the form.

Rows run along the lines of equal distance from an outline, as in Hausner: "Simulating decorative
mosaics", SIGGRAPH 2001, and as in the opus vermiculatum of Roman floors.
"""

from __future__ import annotations

import cv2
import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree
from skimage.measure import find_contours

from vision.style.paintings import PAINTINGS
from vision.style.paintings.brushes import relief
from vision.style.paintings.colour import blend, palette, ramp, to_bytes, vary
from vision.style.paintings.fields import Random, Size, apart, grid, look_up, noise

FINE = 2
STONE = 0.0145  # side of a stone
WATER = palette("0a2348 0f4a80 1a83a6 52b6b4 c4e6c9")
GROUT = palette("26282c")
LILY = palette("f6c33c fbe08a fff0ea f7a8b8 d9557a")
LEAF = palette("1d5a3c 3f8f4a 8fbf5a c9dc84")
EYE = palette("0c0f14")
CARP = palette("9c1b10 e34a1c f6862a fbc067 fff0cf")
PALE = palette("c9481f fbe9cf fffaf0 f4d3a0 e2652b")
BODIES = (((0.80, 0.20), (0.60, 0.20), (0.38, 0.30), (0.25, 0.50), (0.27, 0.72), (0.38, 0.90)),
          ((0.70, 0.80), (0.90, 0.80), (1.12, 0.70), (1.25, 0.50), (1.23, 0.28), (1.12, 0.10)))
PADS = ((0.08, 0.13, 0.12), (1.41, 0.88, 0.13), (1.45, 0.62, 0.06), (0.27, 0.06, 0.06),
        (0.06, 0.86, 0.07), (0.83, 0.58, 0.055))
FINS = ((0.24, 1), (0.24, -1), (0.55, 1), (0.55, -1))  # place along the body, and side


@PAINTINGS.register("koi", paper="doi:10.1145/383259.383327", year=2001, title="Two carp")
def paint(seed: int, size: Size) -> np.ndarray:
    """Paint two carp that circle each other, in stones."""
    random = np.random.default_rng((seed, 5))
    x, y = grid(size)
    plan = _pond(random, x, y)
    forms = [_lily(x - 0.75, y - 0.5)] + [_pad(x - px, y - py, r) for px, py, r in PADS]
    forms += [_carp(random, x, y, np.array(line), tints)
              for line, tints in zip(BODIES, (CARP, PALE), strict=True)]
    inside = np.zeros(size, bool)
    for form, colours in forms:
        plan = blend(plan, colours, form)
        inside |= form
    outline = np.where(inside, distance_transform_edt(inside), distance_transform_edt(~inside))
    rows = cv2.GaussianBlur((outline / size[0]).astype(np.float32), (0, 0), 0.004 * size[0])
    return _lay(random, plan, rows)


def _pond(random: Random, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return water in rings that widen from between the fish."""
    far = np.hypot((x - 0.75) * 0.85, y - 0.5) + 0.02 * noise(random, x.shape, 3, 2)
    tone = 0.62 + 0.22 * np.sin(far * 34) - 0.62 * far + 0.08 * noise(random, x.shape, 5, 2)
    return ramp(WATER, tone + 0.06)


def _lily(dx: np.ndarray, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where a water lily is, and its colours: pointed petals around a golden heart."""
    far, turn = np.hypot(dx, dy), np.arctan2(dy, dx)
    petals = far < 0.085 * (0.55 + 0.45 * np.abs(np.cos(4 * turn)) ** 0.7)
    return petals, ramp(LILY, far / 0.08 + 0.12 * np.cos(8 * turn))


def _pad(dx: np.ndarray, dy: np.ndarray, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Return where a lily pad is, with its notch, and its veined green."""
    far, turn = np.hypot(dx, dy) / radius, np.arctan2(dy, dx)
    leaf = (far < 1) & ((np.abs(turn - 1.2) > 0.22) | (far < 0.15))
    return leaf, ramp(LEAF, 0.35 + 0.45 * far + 0.2 * np.cos(9 * turn))


def _carp(random: Random, x: np.ndarray, y: np.ndarray, line: np.ndarray,
          tints: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where a carp is whose spine follows a line from head to tail, and its colours."""
    spine = make_interp_spline(np.linspace(0, 1, len(line)), line)(np.linspace(0, 1, 240))
    ahead = np.gradient(spine, axis=0)
    pixels = np.stack([x, y], -1).reshape(-1, 2)
    near = cKDTree(spine).query(pixels)[1]
    away = pixels - spine[near]
    side = (ahead[near, 0] * away[:, 1] - ahead[near, 1] * away[:, 0])
    across = (np.sign(side) * np.hypot(*away.T)).reshape(x.shape)
    place = (near / 239).reshape(x.shape)
    notch = np.abs(across) < 0.75 * (place - 0.9)
    body = (np.abs(across) < _half_width(place)) & ~notch & (place < 1)
    fins = _fins(spine, ahead, x, y)
    patches = noise(random, x.shape, 5, 3)
    scales = 0.1 * np.sin(place * 110) * np.sin(across * 190)
    tone = 0.4 + 0.3 * patches + scales + 1.8 * np.abs(across)
    colours = ramp(tints, np.where(body, tone, 0.72 + 0.2 * np.sin(60 * (across + place))))
    eyes = np.hypot(place - 0.085, np.abs(across) - 0.036) < 0.014
    return body | fins, blend(colours, EYE, eyes)


def _half_width(place: np.ndarray) -> np.ndarray:
    """Return half the width of a carp at a place from head (0) to the end of the tail (1)."""
    return np.interp(place, [0, 0.03, 0.1, 0.3, 0.5, 0.7, 0.8, 0.88, 1],
                     [0.02, 0.042, 0.062, 0.09, 0.08, 0.046, 0.026, 0.055, 0.12])


def _fins(spine: np.ndarray, ahead: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return where the fins are: leaves that point backwards from the flanks."""
    fins = np.zeros(x.shape, bool)
    for place, side in FINS:
        at = int(place * 239)
        turn = np.arctan2(ahead[at, 1], ahead[at, 0]) + side * 0.95
        root = 0.07 * np.array([np.cos(turn), np.sin(turn)]) + spine[at]
        dx, dy = x - root[0], y - root[1]
        long = np.cos(turn) * dx + np.sin(turn) * dy
        wide = np.cos(turn) * dy - np.sin(turn) * dx
        length = 0.125 - 0.06 * place
        fins |= (long / length) ** 2 + (wide / (0.42 * length)) ** 2 < 1
    return fins


def _lay(random: Random, plan: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the mosaic: whole stones along the rows, then chips where a gap is left."""
    size = plan.shape[:2]
    floor = np.empty((size[0] * FINE, size[1] * FINE, 4), np.uint8)
    grain = noise(random, floor.shape[:2], 150, 2)
    floor[..., :3] = to_bytes(GROUT + 0.04 * grain[..., None])
    floor[..., 3] = 0
    soft = cv2.GaussianBlur(plan, (0, 0), 0.2 * STONE * size[0])
    angle = np.arctan2(cv2.Sobel(rows, cv2.CV_32F, 1, 0), -cv2.Sobel(rows, cv2.CV_32F, 0, 1))
    places = np.concatenate([_along_rows(rows, STONE), random.permutation(apart(
        random, size, 0.5 * STONE * size[0]))])
    sides = np.full(len(places), STONE * size[0])
    tones = vary(random, look_up(soft, places), 0.045, 0.012)
    for place, turn, side, tone in zip(places, look_up(angle, places), sides, tones, strict=True):
        _stone(random, floor, place, turn, side, tone)
    height = floor[..., 3] / np.float32(255) + 0.02 * grain
    lit = relief(floor[..., :3] / np.float32(255), height, 0.35, 0.12)
    return to_bytes(cv2.resize(lit, size[::-1], interpolation=cv2.INTER_AREA))


def _along_rows(rows: np.ndarray, side: float) -> np.ndarray:
    """Return places (N×2, pixels) one stone apart on the middle line of every row."""
    places = []
    for level in np.arange(0.5 * side, rows.max(), side):
        for line in find_contours(rows, level):
            steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
            walked = np.concatenate([[0], np.cumsum(steps)])
            stops = np.arange(0, walked[-1], 1.03 * side * len(rows))
            places.append(np.stack([np.interp(stops, walked, line[:, 1]),
                                    np.interp(stops, walked, line[:, 0])], -1))
    return np.concatenate(places)


def _stone(random: Random, floor: np.ndarray, place: np.ndarray, turn: float, side: float,
           tone: np.ndarray) -> None:
    """Set a stone, or the largest chip of it that has room; leave the gap if none has."""
    if look_up(floor, place * FINE)[3]:
        return
    colour = [*(255 * tone).tolist(), int(random.integers(150, 250))]
    for part in (0.94, 0.66, 0.46):
        corners = _corners(random, place, turn, part * side)
        low = np.clip(corners.min(0), 0, None)
        patch = floor[low[1] : corners[:, 1].max() + 2, low[0] : corners[:, 0].max() + 2]
        if not patch.size:
            return
        shape = cv2.fillConvexPoly(np.zeros(patch.shape[:2], np.uint8), corners - low, 1)
        if (patch[..., 3][shape > 0] > 0).mean() < 0.06:
            cv2.fillConvexPoly(patch, corners - low, colour)
            return


def _corners(random: Random, place: np.ndarray, turn: float, side: float) -> np.ndarray:
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * side / 2
    square = square + random.uniform(-0.07, 0.07, (4, 2)) * side
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.round((place + square @ spin) * FINE).astype(np.int32)
