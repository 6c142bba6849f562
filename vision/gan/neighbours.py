"""Did it memorise? The training pictures that are nearest to a drawn one."""

from __future__ import annotations

import numpy as np
import torch

from vision.image_folders import LabelledPictures


def nearest(drawn: np.ndarray, pictures: LabelledPictures, count: int = 1
            ) -> tuple[np.ndarray, np.ndarray]:
    """Return for each drawn picture (N, 28, 28) its nearest ones (N, count, 28, 28) and how far.

    The distance is the root mean square over the pixels, 0 for an exact copy, in grey levels.
    """
    points = torch.from_numpy(drawn).flatten(1).float()  # (N, 784)
    known = pictures.pixels.flatten(1).float()  # (M, 784)
    squares = points.square().sum(1, keepdim=True) - 2 * points @ known.T + known.square().sum(1)
    distance, index = squares.clamp_min(0).topk(count, largest=False)  # (N, count)
    return (pictures.pixels[index, 0].numpy(), (distance / known.shape[1]).sqrt().numpy())
