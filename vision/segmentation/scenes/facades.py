"""Textures of house fronts: walls, window grids, doors and shop fronts."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import cv2
import numpy as np

from vision.segmentation.scenes.textures import crop, fractal, masonry

WALLS = {
    "brick": [(150, 92, 72), (168, 120, 92), (186, 156, 118), (120, 78, 64), (176, 140, 104)],
    "render": [(226, 220, 208), (214, 200, 176), (236, 236, 232), (200, 186, 170), (196, 206, 212)],
    "stone": [(188, 176, 150), (160, 152, 138), (204, 192, 166), (138, 134, 128)],
    "concrete": [(160, 160, 158), (138, 138, 136), (184, 180, 172)],
}
SHOPS = [(30, 60, 120), (150, 30, 34), (26, 84, 60), (40, 40, 44), (230, 226, 214), (226, 180, 40),
         (96, 40, 90), (20, 110, 130), (200, 90, 40)]
FRAMES = [(236, 236, 232), (236, 236, 232), (70, 66, 62), (110, 90, 70)]


@dataclass(frozen=True)
class Style:
    """How a building looks: its wall, its windows and its ground floor."""

    wall: str
    colour: np.ndarray
    frame: tuple[int, int, int]
    storey: float  # metres
    bay: float  # metres between windows
    window: tuple[float, float]  # share of the bay's width and of the storey's height
    panes: tuple[int, int]
    shop: bool
    lintel: np.ndarray


def draw_style(rng: np.random.Generator, shop: bool) -> Style:
    """Choose the look of one building."""
    wall = str(rng.choice(list(WALLS), p=[0.45, 0.27, 0.16, 0.12]))
    colour = np.array(WALLS[wall][rng.integers(len(WALLS[wall]))])
    colour = (0.82 * colour + 0.18 * colour.mean()) * rng.uniform(0.8, 1.25)
    modern = wall == "concrete" or rng.random() < 0.2
    share = (rng.uniform(0.6, 0.97), rng.uniform(0.4, 0.7)) if modern else (
        rng.uniform(0.32, 0.5), rng.uniform(0.48, 0.62))
    panes = (int(rng.integers(1, 4)), int(rng.integers(1, 3)))
    return Style(
        wall=wall, colour=colour, frame=FRAMES[rng.integers(len(FRAMES))],
        storey=rng.uniform(2.7, 3.5), bay=rng.uniform(2.0, 3.6), window=share, panes=panes,
        shop=shop, lintel=np.clip(colour * rng.choice([0.7, 0.9, 1.2, 1.4]), 0, 235),
    )


def wall_texture(
    rng: np.random.Generator, style: Style, width: float, height: float, fine: float
) -> np.ndarray:
    """A bare wall (uint8 H×W×3) of this size in metres at `fine` pixels a metre."""
    rows, columns = max(4, round(height * fine)), max(4, round(width * fine))
    tile = masonry(style.wall == "brick" and fine > 20)
    y, x = rng.integers(0, max(1, len(tile) - max(rows, columns)), 2)
    tone = cv2.merge([tile[y : y + rows, x : x + columns]] * 3)
    levels = np.arange(256)[:, None] / 128 * style.colour
    return cv2.LUT(tone, np.clip(levels, 0, 255).astype(np.uint8)[None])


def facade(
    rng: np.random.Generator, style: Style, width: float, height: float, fine: float
) -> np.ndarray:
    """A whole house front (uint8 H×W×3) at `fine` pixels a metre."""
    wall = wall_texture(rng, style, width, height, fine)
    storeys = max(1, round(height / style.storey))
    ground = 3.4 if style.shop else height / storeys
    floors = storeys - 1 if style.shop else storeys
    top = wall[: max(1, round((height - ground if style.shop else height) * fine))]
    if floors > 0:
        add_windows(rng, style, top, floors, max(1, round(width / style.bay)))
    add_trim(rng, style, wall, storeys, fine)
    ledge = max(1, round(0.25 * fine))
    wall[:ledge] = np.clip(style.colour * rng.uniform(0.7, 1.25), 0, 255)
    wall[ledge : ledge + max(1, ledge // 2)] = wall[ledge : ledge + max(1, ledge // 2)] // 2
    if style.shop:
        add_shops(rng, wall[-round(ground * fine) :], width, fine)
    else:
        add_doors(rng, wall, width, fine)
    return wall


def add_trim(
    rng: np.random.Generator, style: Style, wall: np.ndarray, storeys: int, fine: float
) -> None:
    """Draw string courses between storeys and a rain pipe."""
    rows, columns = wall.shape[:2]
    if rng.random() < 0.4:
        for k in range(1, storeys):
            y, thick = rows * k // storeys, max(1, round(0.15 * fine))
            wall[y : y + thick] = style.lintel
    if rng.random() < 0.5:
        x, thick = int(rng.integers(0, columns)), max(1, round(0.1 * fine))
        wall[:, x : x + thick] = rng.choice([40, 70, 190])


def add_windows(
    rng: np.random.Generator, style: Style, wall: np.ndarray, floors: int, bays: int
) -> None:
    """Draw a grid of windows into a wall."""
    rows, columns = wall.shape[0] // floors, wall.shape[1] // bays
    high, wide = max(3, round(rows * style.window[1])), max(3, round(columns * style.window[0]))
    pane = glass(rng, high, wide, style)
    first = max(1, round(rows * 0.22)), (columns - wide) // 2
    tones = rng.uniform(0.6, 1.25, (floors, bays))
    lit = rng.random((floors, bays)) < 0.08
    for floor in range(floors):
        for bay in range(bays):
            y, x = floor * rows + first[0], bay * columns + first[1]
            spot = wall[y : y + high, x : x + wide]
            view = pane[: spot.shape[0], : spot.shape[1]]
            spot[:] = cv2.convertScaleAbs(view, alpha=tones[floor, bay], beta=60 * lit[floor, bay])
            edge = max(1, high // 14)
            wall[y + high : y + high + edge, x - edge : x + wide + edge] = 190
            wall[max(0, y - 2 * edge) : y, x - edge : x + wide + edge] = style.lintel


def glass(rng: np.random.Generator, high: int, wide: int, style: Style) -> np.ndarray:
    """One window (uint8): frame, bars and panes that reflect the sky, curtains at times."""
    ramp = np.linspace(1.5, 0.7, high)[:, None, None]
    tone = np.array([58, 66, 78]) * rng.uniform(0.5, 1.6)
    view = np.clip(np.repeat(ramp * tone, wide, 1), 0, 255)
    shine = crop(fractal(0.2, 13), high, wide, tuple(rng.integers(0, 512, 2)))
    view = np.clip(view + 16 * shine[..., None], 0, 255)
    if rng.random() < 0.5:
        curtain = max(1, wide // 5)
        view[:, :curtain] = view[:, -curtain:] = np.array([150, 146, 138]) * rng.uniform(0.5, 1.1)
    bar = max(1, wide // 16)
    for k in range(style.panes[0] + 1):
        x = min(round(k * (wide - bar) / style.panes[0]), wide - bar)
        view[:, x : x + bar] = style.frame
    for k in range(style.panes[1] + 1):
        y = min(round(k * (high - bar) / style.panes[1]), high - bar)
        view[y : y + bar] = style.frame
    return view.astype(np.uint8)


def add_shops(rng: np.random.Generator, wall: np.ndarray, width: float, fine: float) -> None:
    """Turn the bottom storey into shop fronts."""
    units = max(1, round(width / rng.uniform(4.5, 7.5)))
    edges = np.linspace(0, wall.shape[1], units + 1).astype(int)
    for left, right in itertools.pairwise(edges):
        colour = np.array(SHOPS[rng.integers(len(SHOPS))]) * rng.uniform(0.7, 1.1)
        shop_front(rng, wall[:, left:right], np.clip(colour, 0, 255), fine)


def shop_front(rng: np.random.Generator, wall: np.ndarray, colour: np.ndarray, fine: float) -> None:
    """One shop: fascia with lettering, window full of goods, door."""
    rows, columns = wall.shape[:2]
    fascia, riser = round(0.75 * fine), max(1, round(0.45 * fine))
    wall[:fascia] = colour
    letters = np.array([240, 236, 220]) if colour.mean() < 150 else np.array([40, 40, 50])
    x, stop = columns // 6, columns * 5 // 6
    while x < stop:
        wide = max(1, round(rng.uniform(0.1, 0.35) * fine))
        wall[fascia // 3 : fascia * 3 // 4, x : x + wide] = letters
        x += wide + max(1, round(0.12 * fine))
    if rng.random() < 0.2:
        stripes = (np.arange(columns) // max(1, round(0.3 * fine))) % 2
        awning = colour + stripes[:, None] * (225 - colour)
        wall[fascia : 2 * fascia] = awning * 0.92
        fascia *= 2
    inside = wall[fascia : rows - riser]
    goods = rng.uniform(12, 90, (6, 14, 1)) * rng.uniform(0.8, 1.2, (6, 14, 3))
    goods *= rng.uniform(0.4, 1.1)
    goods[:2] *= 0.6
    goods[2:] += rng.choice([0, 0, 30, 70], (1, 14, 1)) * rng.uniform(0.6, 1.2, 3)
    view = cv2.resize(goods, (columns, len(inside)), interpolation=cv2.INTER_LINEAR)
    inside[:] = np.clip(view, 0, 255)
    wall[rows - riser :] = np.clip(colour * 0.7, 0, 255)
    for k in np.linspace(0, 1, int(rng.integers(3, 6))):
        bar = max(1, round(0.09 * fine))
        x = round(k * (columns - bar))
        wall[fascia:, x : x + bar] = np.clip(colour * 0.85 + 15, 0, 255)


def add_doors(rng: np.random.Generator, wall: np.ndarray, width: float, fine: float) -> None:
    """Draw front doors along the bottom of a wall."""
    rows = len(wall)
    for x in np.arange(rng.uniform(0.5, 2.5), width - 1.2, rng.uniform(4, 7)):
        left, wide, high = round(x * fine), max(2, round(0.95 * fine)), max(3, round(2.1 * fine))
        edge = max(1, round(0.1 * fine))
        wall[rows - high - edge :, left - edge : left + wide + edge] = 215
        colour = np.array(SHOPS[rng.integers(len(SHOPS))]) * 0.8
        wall[rows - high :, left : left + wide] = colour
        wall[rows - high : rows - high * 5 // 6, left : left + wide] = (60, 66, 74)
