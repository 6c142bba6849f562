"""The colour bar in a picture: where it stands, and the numbers at its ends, if they can be read.

A number is read by likeness to the digits of a few usual fonts. What is not plainly alike is not
read at all: then the ends are asked for.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

LEAST_LONG, LEAST_WIDE = 0.3, 4  # of the picture's height, and pixels
RISE = 0.8  # of the palette that a bar goes through
LETTERS = "0123456789"
CELL = (24, 16)  # to which a letter is brought
ALIKE, APART = 0.80, 0.02  # least likeness, and by how much the best must be better
FINER = 4  # times, before letters are looked for
LARGEST, SMALLEST = 30, 6  # pixels of a letter's height
HALF = 120  # brightness of a letter's edge
SIZES = (11, 14, 20)  # of the fonts' letters, px


@dataclass(frozen=True)
class Bar:
    """Where a bar stands: its rows and columns."""

    top: int
    bottom: int
    left: int
    right: int


def ends_of(picture: np.ndarray, grey: np.ndarray) -> tuple[float, float] | None:
    """Return °C at the cold and the hot end of the bar in a picture (H, W, 3), or None.

    `grey` (H, W) is the intensity behind its colours.
    """
    bar = bar_in(grey)
    if bar is None:
        return None
    high, low = (number_in(part) for part in beside(picture, bar))
    if high is None or low is None or not -273 <= low < high <= 3000:
        return None
    return low, high


def bar_in(grey: np.ndarray) -> Bar | None:
    """Return the widest upright bar that goes from bright above to dark below."""
    height = grey.shape[0]
    falls = np.diff(cv2.blur(grey, (1, 3)), axis=0) <= 0.012  # (H − 1, W)
    runs = [run_in(falls[:, column]) for column in range(grey.shape[1])]
    good = [stop - start >= LEAST_LONG * height and grey[start + 1, column] - grey[stop - 1, column]
            >= RISE for column, (start, stop) in enumerate(runs)]
    best: Bar | None = None
    for left, right in spans(good):
        inner = runs[left:right]
        top, bottom = (int(np.median([run[end] for run in inner])) for end in (0, 1))
        if right - left >= LEAST_WIDE and (best is None or right - left > best.right - best.left):
            best = Bar(top, bottom, left, right)
    return best


def run_in(flags: np.ndarray) -> tuple[int, int]:
    """Return start and end of the longest run of true flags (n,)."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.view(np.int8), [0]])))
    if not edges.size:
        return 0, 0
    starts, stops = edges[::2], edges[1::2]
    longest = int((stops - starts).argmax())
    return int(starts[longest]), int(stops[longest])


def spans(flags: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield start and end of every run of true flags."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.array(flags, np.int8), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def beside(picture: np.ndarray, bar: Bar) -> Iterator[np.ndarray]:
    """Yield what stands above the bar's hot end, then what stands below its cold end."""
    left, right = max(bar.left - 50, 0), bar.right + 30
    yield picture[max(bar.top - 26, 0) : max(bar.top - 1, 0), left:right]
    yield picture[bar.bottom + 3 : bar.bottom + 28, left:right]


def number_in(part: np.ndarray) -> float | None:
    """Return the one number in a piece of a picture (h, w, 3), bright or dark, or None."""
    if min(part.shape[:2]) < SMALLEST:
        return None
    white = cv2.resize(part.min(2), None, fx=FINER, fy=FINER, interpolation=cv2.INTER_CUBIC)
    black = cv2.resize(255 - part.max(2), None, fx=FINER, fy=FINER, interpolation=cv2.INTER_CUBIC)
    found = {number for number in map(number_of, (white, black)) if number is not None}
    return found.pop() if len(found) == 1 else None


def number_of(bright: np.ndarray) -> float | None:
    """Return the number that is the brightest thing in a picture (h, w)."""
    middle = (int(bright.max()) + int(np.median(bright))) / 2
    ink = cv2.morphologyEx((bright > max(middle, 110)).astype(np.uint8), cv2.MORPH_CLOSE,
                           np.ones((3, 3), np.uint8))
    _, _, boxes, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    pieces = sorted((tuple(map(int, box)) for box in boxes[1:] if box[4] >= 6),
                    key=lambda box: box[0])
    tall = [box for box in pieces if SMALLEST * FINER <= box[3] <= LARGEST * FINER]
    if not tall or len(tall) > 5:
        return None
    high = float(np.median([box[3] for box in tall]))
    base = float(np.median([box[1] + box[3] for box in tall]))
    text = "".join(letter_of(ink, box, high, base) for box in pieces
                   if box in tall or not any(within(box, other) for other in tall))
    try:
        return float(text) if len(text) <= 6 and "?" not in text else None
    except ValueError:
        return None


def within(box: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Return whether a piece stands inside another one, as JPEG leaves specks in a zero."""
    return other[0] <= box[0] and box[0] + box[2] <= other[0] + other[2]


def letter_of(ink: np.ndarray, box: tuple[int, ...], high: float, base: float) -> str:
    """Return which letter a piece of ink is, "?" if it is none for sure."""
    x, y, wide, tall, _ = box
    if tall < 0.35 * high:
        if wide > 1.3 * tall and base - 0.75 * high < y + tall / 2 < base - 0.2 * high:
            return "-"
        return "." if y + tall / 2 > base - 0.35 * high and wide < 0.5 * high else "?"
    if abs(tall - high) > 0.2 * high or abs(y + tall - base) > 0.2 * high:
        return "?"
    scores = likeness(ink[y : y + tall, x : x + wide], wide / tall)
    order = sorted(scores, key=scores.__getitem__)
    sure = scores[order[-1]] >= ALIKE and scores[order[-1]] - scores[order[-2]] >= APART
    return order[-1] if sure else "?"


def likeness(piece: np.ndarray, shape: float) -> dict[str, float]:
    """Return how alike a piece of ink (h, w) is to each digit, its proportions included."""
    found = normal(piece)
    return {letter: max(float((found * known).sum()) - 0.6 * abs(shape - wide)
                        for known, wide in drawn) for letter, drawn in templates().items()}


def normal(piece: np.ndarray) -> np.ndarray:
    """Return a piece of ink at one size, with mean 0 and length 1."""
    cell = cv2.resize(piece.astype(np.float32), CELL[::-1], interpolation=cv2.INTER_AREA)
    cell = cv2.GaussianBlur(cell, (3, 3), 0)
    cell -= cell.mean()
    return cell / max(float(np.linalg.norm(cell)), 1e-6)


@functools.cache
def templates() -> dict[str, list[tuple[np.ndarray, float]]]:
    """Return each digit as it looks in a few fonts, with its width against its height."""
    found: dict[str, list[tuple[np.ndarray, float]]] = {}
    for letter in LETTERS:
        for picture in (*by_opencv(letter), *by_pillow(letter)):
            ink = cv2.resize(picture, None, fx=FINER, fy=FINER, interpolation=cv2.INTER_CUBIC)
            rows, columns = np.nonzero(ink > HALF)
            part = (ink > HALF)[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
            found.setdefault(letter, []).append((normal(part), part.shape[1] / part.shape[0]))
    return found


def by_opencv(letter: str) -> Iterator[np.ndarray]:
    """Yield a digit in the strokes that many programs draw with."""
    for font in (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX):
        for size in (0.4, 0.5, 0.8):
            drawn = np.zeros((40, 40), np.uint8)
            cv2.putText(drawn, letter, (8, 30), font, size, 255, 1, cv2.LINE_AA)
            yield drawn


def by_pillow(letter: str) -> Iterator[np.ndarray]:
    """Yield a digit in the fonts that come with Pillow and matplotlib."""
    from matplotlib import font_manager

    plain = font_manager.findfont("DejaVu Sans")
    for size in SIZES:
        for font in (ImageFont.load_default(size), ImageFont.truetype(plain, size)):
            image = Image.new("L", (40, 40))
            ImageDraw.Draw(image).text((8, 6), letter, 255, font)
            yield np.asarray(image)
