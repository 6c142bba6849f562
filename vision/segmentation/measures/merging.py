"""Merge regions whose common border is weak: the last step of W-Net (arXiv:1711.08506, §4.2).

The regions are the connected parts of each group. Again and again the two neighbours with the
weakest border become one, as in Arbeláez et al., "Contour Detection and Hierarchical Image
Segmentation", TPAMI 2011, §4.2; here a border is as strong as the picture's gradient along it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from skimage import color, filters, graph, measure

WEAKEST = 0.03  # a border of mean gradient below this is none; black beside white is about 1


def merge(labels: np.ndarray, picture: np.ndarray, weakest: float = WEAKEST) -> np.ndarray:
    """Return ids (H, W) with weak borders gone: a merged region has its largest part's id."""
    regions = measure.label(labels, background=-1, connectivity=1) - 1  # (H, W), 0 … R − 1
    if not regions.any():
        return labels
    borders = graph.rag_boundary(regions, edges(picture))
    merged = graph.merge_hierarchical(
        regions, borders, weakest, rag_copy=False, in_place_merge=True,
        merge_func=lambda *_: None, weight_func=joined)
    return majority(merged, labels)


def edges(picture: np.ndarray) -> np.ndarray:
    """Return how fast lightness changes at every pixel (H, W) of a picture (H, W, 3)."""
    return filters.sobel(color.rgb2lab(picture)[..., 0] / 100)


def joined(borders: Any, one: int, other: int, neighbour: int) -> dict[str, float]:
    """Return the border to `neighbour` of two regions that become one: the mean of theirs."""
    sides = [borders[region].get(neighbour, {"count": 0, "weight": 0.0}) for region in (one, other)]
    count = sum(side["count"] for side in sides)
    return {"count": count,
            "weight": sum(side["count"] * side["weight"] for side in sides) / count}


def majority(regions: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each pixel (H, W) the id that most pixels of its region have."""
    counts = np.zeros((regions.max() + 1, labels.max() + 1), np.int64)
    np.add.at(counts, (regions.ravel(), labels.ravel()), 1)
    return counts.argmax(1)[regions].astype(labels.dtype)
