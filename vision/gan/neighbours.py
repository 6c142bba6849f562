"""Did it memorise? The training pictures that are nearest to a drawn one."""

from __future__ import annotations

import numpy as np
import torch

from vision.data.image_folders import LabelledPictures

CHUNK = 5000  # training pictures at once; all of them as floats would take most of a gigabyte


def nearest(drawn: np.ndarray, pictures: LabelledPictures, count: int = 1
            ) -> tuple[np.ndarray, np.ndarray]:
    """Return for each drawn picture (N, S, S, …) its nearest ones (N, count, S, S, …) and how far.

    The distance is the root mean square over all numbers of a picture, 0 for an exact copy, in
    levels of 255.
    """
    known = pictures.pixels.movedim(1, -1).reshape(len(pictures), *drawn.shape[1:])
    points = torch.from_numpy(drawn).flatten(1).float()  # (N, D)
    squares = torch.cat([_squares(points, part) for part in known.flatten(1).split(CHUNK)], 1)
    found = known[squares.topk(count, largest=False).indices]  # (N, count, S, S, …)
    apart = found.flatten(2).float() - points[:, None]  # (N, count, D), exact: squares were rounded
    return found.numpy(), apart.square().mean(2).sqrt().numpy()


def _squares(points: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Return the squared distance of each point (N, D) to each of `known` (M, D): (N, M)."""
    known = known.float()
    return points.square().sum(1, keepdim=True) - 2 * points @ known.T + known.square().sum(1)
