"""A fully connected conditional random field: every pixel talks to every other one.

Krähenbühl, Koltun: "Efficient Inference in Fully Connected CRFs with Gaussian Edge Potentials",
NIPS 2011, arXiv:1210.5644. Equation 3 has the two kernels, Algorithm 1 the mean field. The sums
over all pairs of pixels are Gaussian filters: over the place alone a separable one, over place
and colour one on a five-dimensional grid of which only the cells near pixels exist (Paris,
Durand: "A Fast Approximation of the Bilateral Filter", ECCV 2006).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from scipy import sparse

from vision.errors import UserError
from vision.options import within

Filter = Callable[[np.ndarray], np.ndarray]  # (pixels, channels) to the same
CELLS = (5 / 3) ** 0.5  # of the grid, in one σ
AREA = np.float32((2 * np.pi) ** 2.5 * CELLS**5)  # in cells, below a Gaussian whose peak is 1


@dataclass(frozen=True)
class Settings:
    """Weights and widths of the two kernels (Equation 3), and how often messages are passed."""

    iterations: int = 5
    near_weight: float = 1.0  # w⁽²⁾, the kernel of places: smoothness
    near_sigma: float = 3.0  # θ_γ, in pixels
    alike_weight: float = 2.0  # w⁽¹⁾, the kernel of places and colours: appearance
    alike_sigma: float = 40.0  # θ_α, in pixels
    colour_sigma: float = 13.0  # θ_β, in grey levels


def refine(probabilities: np.ndarray, picture: np.ndarray, settings: Settings | None = None
           ) -> np.ndarray:
    """Return better probabilities (C, H, W) of a picture's (H, W, 3) classes by mean field."""
    settings = settings or Settings()
    _check(probabilities, picture, settings)
    kernels = [(settings.near_weight, near_filter(picture.shape[:2], settings.near_sigma)),
               (settings.alike_weight,
                alike_filter(picture, settings.alike_sigma, settings.colour_sigma))]
    kernels = [(weight, kernel) for weight, kernel in kernels if weight]
    classes = len(probabilities)
    start = np.log(probabilities.reshape(classes, -1).T.clip(1e-8)).astype(np.float32)
    return mean_field(start, kernels, settings.iterations).T.reshape(probabilities.shape)


def mean_field(start: np.ndarray, kernels: list[tuple[float, Filter]], iterations: int
               ) -> np.ndarray:
    """Return Q (pixels, C) after some rounds of Algorithm 1 with the Potts model.

    A message is the sum over the other pixels; each kernel is normalised on both sides, as in the
    authors' program, so that its weight means the same in every picture.
    """
    scaled = [(weight, normalised(kernel, len(start))) for weight, kernel in kernels]
    q = softmax(start)
    for _ in range(iterations):
        q = softmax(start + sum(weight * message(q) for weight, message in scaled))
    return q


def normalised(kernel: Filter, pixels: int) -> Filter:
    """Return q ↦ D^−½ (K − 1) D^−½ q, where D are the sums of the rows of K, from q ↦ (K − 1) q."""
    root = 1 / np.sqrt(1 + kernel(np.ones((pixels, 1), np.float32)).clip(0))  # (pixels, 1)

    def message(q: np.ndarray) -> np.ndarray:
        return root * kernel(root * q)

    return message


def near_filter(size: tuple[int, int], sigma: float) -> Filter:
    """Return the sum over all other pixels with exp(−|p − p′|² / 2σ²)."""
    steps = np.arange(-round(4 * sigma), round(4 * sigma) + 1, dtype=np.float32)
    taps = np.exp(-(steps**2) / (2 * sigma**2))

    def kernel(q: np.ndarray) -> np.ndarray:
        planes = np.ascontiguousarray(q.T).reshape(-1, *size)  # (C, H, W)
        summed = [cv2.sepFilter2D(plane, cv2.CV_32F, taps, taps, borderType=cv2.BORDER_CONSTANT)
                  for plane in planes]
        return np.stack(summed).reshape(len(planes), -1).T - q

    return kernel


def alike_filter(picture: np.ndarray, sigma: float, colour_sigma: float) -> Filter:
    """Return the sum over all other pixels with exp(−|p − p′|² / 2σ² − |I − I′|² / 2σ_c²).

    Pixels are spread over the 32 cells around them, the cells are blurred twice along each of the
    five axes by a mean of three, and the pixels read them again. Spreading and reading with
    triangles has a variance of 1/6 each, a mean of three 2/3: 5/3 in all, so σ is √(5/3) cells.
    """
    places = np.indices(picture.shape[:2], np.float32).reshape(2, -1).T  # (pixels, 2)
    colours = picture.reshape(-1, 3).astype(np.float32)
    features = np.hstack([places / sigma, colours / colour_sigma]) * np.float32(CELLS)
    spread, blurs = _lattice(features)
    read, own = spread.T.tocsr(), _returned(features)

    def kernel(q: np.ndarray) -> np.ndarray:
        values = spread @ q  # (cells, C)
        for blur in blurs:
            values = blur @ (blur @ values)
        return AREA * (read @ values - own * q)  # (pixels, C)

    return kernel


def softmax(x: np.ndarray) -> np.ndarray:
    """Return exp x / Σ exp x of each row."""
    powers = np.exp(x - x.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def _lattice(features: np.ndarray) -> tuple[sparse.csr_matrix, list[sparse.csr_matrix]]:
    """Return the matrix (cells × pixels) that spreads the pixels, and one that blurs each axis.

    The cells are those that pixels are spread over and, as blurs pass through them, their
    neighbours along each axis.
    """
    low = np.floor(features).astype(np.int64)  # (pixels, 5)
    rest = (features - low).astype(np.float32)
    low -= low.min(0) - 2
    strides = _strides(low.max(0) + 5)
    codes, weights = (low @ strides)[:, None], np.ones((len(features), 1), np.float32)
    for axis, stride in enumerate(strides):
        part = rest[:, axis, None]
        codes = np.hstack([codes, codes + stride])  # (pixels, 2, 4, … 32)
        weights = np.hstack([weights * (1 - part), weights * part])
    cells = np.unique(codes)
    cells = np.unique(np.add.outer([0, *strides, *-strides], cells))
    index = np.searchsorted(cells, codes.ravel()).astype(np.int32)
    pixels = np.repeat(np.arange(len(features), dtype=np.int32), codes.shape[1])
    spread = sparse.csr_matrix((weights.ravel(), (index, pixels)), (len(cells), len(features)))
    return spread, [_blur(cells, stride) for stride in strides]


def _blur(cells: np.ndarray, stride: int) -> sparse.csr_matrix:
    """Return the matrix (cells × cells) that averages each cell and its two neighbours."""
    count = np.arange(len(cells))
    place = np.searchsorted(cells, cells + stride).clip(max=len(cells) - 1)
    there = cells[place] == cells + stride
    ahead = sparse.csr_matrix((np.ones(there.sum()), (count[there], place[there])),
                              (len(cells), len(cells)))
    return ((ahead + ahead.T + sparse.identity(len(cells))) / 3).astype(np.float32).tocsr()


def _returned(features: np.ndarray) -> np.ndarray:
    """Return how much of itself each pixel reads back (pixels, 1): the blurs' taps are 3/9, 2/9."""
    rest = features - np.floor(features)
    both = 2 * rest * (1 - rest)
    return ((3 * (1 - both) + 2 * both) / 9).prod(1, keepdims=True).astype(np.float32)


def _strides(sides: np.ndarray) -> np.ndarray:
    """Return the step of each axis in the flat index of a grid."""
    return np.append(np.cumprod(sides[:0:-1])[::-1], 1).astype(np.int64)


def _check(probabilities: np.ndarray, picture: np.ndarray, settings: Settings) -> None:
    """Raise for sizes that do not fit and settings that cannot work."""
    if probabilities.shape[1:] != picture.shape[:2]:
        raise UserError("the probabilities are {pw}×{ph} but the picture is {w}×{h}",
                        "both must have the same size", "resize one of them",
                        ph=probabilities.shape[1], pw=probabilities.shape[2],
                        h=picture.shape[0], w=picture.shape[1])
    within(settings, iterations=(0, 100), near_weight=(0, 1000), near_sigma=(0.5, 100),
           alike_weight=(0, 1000), alike_sigma=(1, 1000), colour_sigma=(1, 255))
