"""The plan of a street: road, side roads, pavements and painted lines, in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

REACH = 170.0  # metres: how far ahead a street is laid out
SIDES = (-1, 1)  # left and right


@dataclass(frozen=True)
class SideRoad:
    """A road that joins from one side."""

    ahead: float
    half: float
    side: int


@dataclass(frozen=True)
class Street:
    """One street; the traffic keeps left, the road's middle is across = 0."""

    half: float  # half the road's width
    walks: tuple[float, float]  # widths of the left and right pavements
    verges: tuple[bool, bool]  # grass between pavement and kerb
    yards: tuple[str, str]  # ground behind the pavements: "paved" or "grass"
    side_roads: tuple[SideRoad, ...]
    end: float  # where the street meets a cross road; infinite if it does not
    zebra: float  # where a zebra crossing is; infinite if nowhere
    lines: str  # "dashed", "solid", "none"
    edge: str  # "yellow", "white", "none"
    cycle_lane: bool

    def walk(self, side: int) -> float:
        """The width of the pavement on a side."""
        return self.walks[0] if side < 0 else self.walks[1]

    def front(self, side: int) -> float:
        """Distance from the road's middle to where buildings may start on a side."""
        return self.half + self.walk(side)

    def is_open(self, side: int, start: float, stop: float) -> bool:
        """Whether a stretch of a side is free of side roads and of the cross road."""
        clear = all(
            stop < road.ahead - road.half - 2 or start > road.ahead + road.half + 2
            for road in self.side_roads
            if road.side == side
        )
        return clear and stop < self.end - 3


def draw_street(rng: np.random.Generator) -> Street:
    """Lay out a street at random."""
    green = rng.random() < 0.35
    side_roads = [
        SideRoad(rng.uniform(14, 90), rng.uniform(2.8, 5), int(rng.choice(SIDES)))
        for _ in range(rng.choice([0, 1, 2], p=[0.4, 0.4, 0.2]))
    ]
    if side_roads and rng.random() < 0.3:
        first = side_roads[0]
        side_roads.append(SideRoad(first.ahead, first.half, -first.side))
    yard = "grass" if green else "paved"
    return Street(
        half=rng.uniform(3.0, 6.2),
        walks=(rng.uniform(1.7, 4.8), rng.uniform(1.7, 5)),
        verges=(bool(green and rng.random() < 0.4), bool(green and rng.random() < 0.4)),
        yards=(yard, yard if rng.random() < 0.8 else "paved"),
        side_roads=tuple(side_roads),
        end=float(rng.uniform(25, 80)) if rng.random() < 0.2 else np.inf,
        zebra=float(rng.uniform(7, 40)) if rng.random() < 0.2 else np.inf,
        lines=str(rng.choice(["dashed", "solid", "none"], p=[0.7, 0.1, 0.2])),
        edge=str(rng.choice(["yellow", "white", "none"], p=[0.35, 0.2, 0.45])),
        cycle_lane=bool(rng.random() < 0.15),
    )


def road_distance(street: Street, across: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Signed metres from each ground position to the nearest kerb, negative on the road."""
    away = np.abs(across) - street.half
    for road in street.side_roads:
        branch = np.maximum(np.abs(ahead - road.ahead) - road.half, -road.side * across)
        away = joined(away, branch, 3.0)
    if np.isfinite(street.end):
        away = np.maximum(away, ahead - street.end - 4)
        away = joined(away, np.abs(ahead - street.end - 4) - 4, 3.0)
    return away


def joined(a: np.ndarray, b: np.ndarray, radius: float) -> np.ndarray:
    """The union of two distance fields with the inner corner rounded off."""
    mix = np.clip(0.5 + 0.5 * (b - a) / radius, 0, 1)
    return b + (a - b) * mix - radius * mix * (1 - mix) * 0.5


def painted_lines(street: Street, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Dark repairs, white and yellow markings on the road as quads N×4×2 of (across, ahead)."""
    white, yellow = [np.zeros((0, 4, 2))], [np.zeros((0, 4, 2))]
    stop = min(REACH, street.end - 3)
    if street.lines != "none":
        period, dash = (3, 3) if street.lines == "solid" else ((6, 3), (4, 2))[rng.integers(2)]
        starts = np.arange(rng.uniform(0, 3), stop, period)
        white.append(bars(0.0, 0.14, starts, dash))
    if street.half > 5.5 and rng.random() < 0.6:
        for lane in (-street.half / 2, street.half / 2):
            white.append(bars(lane, 0.12, np.arange(1, stop, 6), 2))
    for side in SIDES:
        starts = np.array([a for a in np.arange(0, stop, 3) if street.is_open(side, a, a + 3)])
        if street.edge == "yellow":
            for gap in (0.25, 0.5):
                yellow.append(bars(side * (street.half - gap), 0.1, starts, 3))
        elif street.edge == "white":
            white.append(bars(side * (street.half - 0.35), 0.12, starts, 3))
    if street.cycle_lane:
        white.append(bars(-street.half + 1.6, 0.13, np.arange(0, stop, 3), 2))
    white += crossing(street) + give_way(street) + arrows(street, rng)
    return repairs(street, rng), np.concatenate(white), np.concatenate(yellow)


def bars(across: float, width: float, starts: np.ndarray, length: float) -> np.ndarray:
    """Equal bars along the street that start at the given distances, N×4×2."""
    low, high = across - width / 2, across + width / 2
    corners = np.array([[low, 0], [high, 0], [high, length], [low, length]])
    offsets = np.stack([np.zeros(len(starts)), starts], 1)
    return corners + offsets[:, None]


def crossing(street: Street) -> list[np.ndarray]:
    """A zebra crossing with its zigzag approaches."""
    if street.zebra > min(REACH, street.end - 6):
        return []
    stripes = np.arange(-street.half + 0.3, street.half - 0.4, 1.1)
    quads = [bars(a + 0.3, 0.6, np.array([street.zebra]), 3.0) for a in stripes]
    for line in (-street.half * 0.8, 0.0, street.half * 0.8):
        for base in (street.zebra - 17, street.zebra + 4):
            starts = base + 2 * np.arange(7)
            lean = 0.35 * (-1.0) ** np.arange(7)
            zigzag = bars(line, 0.13, starts, 2.0)
            zigzag[:, :2, 0] += lean[:, None]
            zigzag[:, 2:, 0] -= lean[:, None]
            quads.append(zigzag)
    return quads


def give_way(street: Street) -> list[np.ndarray]:
    """Broken lines across the mouths of side roads and before the cross road."""
    quads = []
    for road in street.side_roads:
        starts = np.arange(road.ahead - road.half, road.ahead + road.half, 0.9)
        quads.append(bars(road.side * (street.half + 0.2), 0.2, starts, 0.5))
    if np.isfinite(street.end):
        for a in np.arange(-street.half + 0.3, 0, 0.9):
            quads.append(bars(a, 0.5, np.array([street.end - 1.0]), 0.3))
    return quads


def arrows(street: Street, rng: np.random.Generator) -> list[np.ndarray]:
    """Sometimes direction arrows on our lane."""
    if rng.random() > 0.2:
        return []
    lane, start = -street.half / 2, rng.uniform(5, 14)
    shaft = bars(lane, 0.18, start + 14.0 * np.arange(3), 3.0)
    head = np.array([[-0.5, 3.0], [0.5, 3.0], [0.05, 4.6], [-0.05, 4.6]]) + (lane, 0)
    return [shaft, head + np.array([[[0, start]], [[0, start + 14]], [[0, start + 28]]])]


def repairs(street: Street, rng: np.random.Generator) -> np.ndarray:
    """Patches, trench seams and manhole covers in the road, N×4×2."""
    quads = [np.zeros((0, 4, 2))]
    for _ in range(rng.integers(0, 5)):
        across, start = rng.uniform(-0.8, 0.5) * street.half, rng.uniform(4, 40)
        wide, long = rng.choice([0.06, 0.6, 1.0, 2.0]), rng.uniform(0.7, 9)
        quads.append(bars(across, wide, np.array([start]), long))
    for _ in range(rng.integers(0, 5)):
        across, start = rng.uniform(-0.8, 0.8) * street.half, rng.uniform(4, 30)
        quads.append(bars(across, 0.6, np.array([start]), 0.6))
    for start in rng.uniform(4, 50, rng.integers(0, 3)):
        seam = bars(0, 2 * street.half - 0.1, np.array([start]), 0.07)
        seam[:, 1:3, 1] += rng.uniform(-0.8, 0.8)
        quads.append(seam)
    return np.concatenate(quads)
