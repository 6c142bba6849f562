"""A picture in tiles that overlap, so that a network sees around what it is asked about."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

LARGE = 1_200_000  # pixels from which on a picture is seen in tiles
CORE = 640  # pixels of a tile's side at most, without its edge
EDGE = 64  # pixels around; VGG-19 sees 70 beyond a place of conv5_1, the last six hardly count
STEP = 16  # of the tiles' places: what halves four times still fits together
POOLINGS = (4, 9, 18, 27)  # layers of VGG-19 that halve


@dataclass(frozen=True)
class Tile:
    """A part of a picture with an edge around, and where its core lies in it, in pixels."""

    rows: slice
    columns: slice
    core_rows: slice  # within the tile; no end where the picture ends
    core_columns: slice

    def of(self, x: torch.Tensor) -> torch.Tensor:
        """Return the tile with its edge of a picture (N, C, H, W)."""
        return x[:, :, self.rows, self.columns]

    def core(self, features: torch.Tensor, stride: int) -> torch.Tensor:
        """Return the core of what was seen in the tile, a pixel of which stands for `stride`."""
        return features[:, :, shrunk(self.core_rows, stride), shrunk(self.core_columns, stride)]


def stride_of(layer: int) -> int:
    """Return how many pixels of the picture one place of a layer stands for, along a side."""
    return int(2 ** sum(pooling < layer for pooling in POOLINGS))


def shrunk(span: slice, stride: int) -> slice:
    """Return a span of pixels in places of a layer."""
    return slice(span.start // stride, None if span.stop is None else span.stop // stride)


def cut_tiles(height: int, width: int) -> list[Tile]:
    """Return the tiles of a picture, one if it can be seen at once."""
    if height * width < LARGE:
        whole = slice(0, None)
        return [Tile(whole, whole, whole, whole)]
    return [Tile(rows, columns, core_rows, core_columns)
            for rows, core_rows in spans(height) for columns, core_columns in spans(width)]


def spans(length: int) -> list[tuple[slice, slice]]:
    """Return along one side each tile, and its core in it."""
    side = STEP * math.ceil(length / math.ceil(length / CORE) / STEP)
    found = []
    for first in range(0, length, side):
        begin, last = max(first - EDGE, 0), first + side >= length
        found.append((slice(begin, min(first + side + EDGE, length)),
                      slice(first - begin, None if last else first + side - begin)))
    return found
