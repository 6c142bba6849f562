"""Objects by centres and offsets: the truth that a net learns, and how its answer is read.

Cheng et al.: "Panoptic-DeepLab", CVPR 2020, arXiv:1911.10194, §3.1 for the truth, §3.3 for reading.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch.nn import functional

from vision.checkpoints import Model
from vision.devices import bf16_is_faster
from vision.gpu_fallback import or_on_cpu
from vision.images import resize_labels
from vision.segmentation.panoptic.segments import SMALLEST, Panoptic, grouped
from vision.segmentation.predict import FINEST, at_most, enlarged, model_input

SIGMA = 8.0  # pixels of the hill around a centre
MOST, NEAR = 200, 7  # peaks in a picture; how wide around one no other may be (§3.3)
LEAST = 0.3  # of a peak: on streets of the training, 0.1 as in the paper finds too many
UNKNOWN = -1.0  # heat of a picture whose objects nobody has counted


def targets(numbers: np.ndarray) -> np.ndarray:
    """Return heat, offsets down and right, and whether it is an object's: float32 (4, H, W).

    `numbers` (H, W) names the object of each pixel, 0 for none. What is tiny is no object.
    """
    sizes = np.bincount(numbers.ravel())
    sizes[0] = 0
    places = np.indices(numbers.shape)  # (2, H, W): row and column
    sums = np.stack([np.bincount(numbers.ravel(), place.ravel()) for place in places])
    centres = sums / np.maximum(sizes, 1)  # (2, objects)
    there = sizes[numbers] >= SMALLEST  # (H, W)
    ways = np.where(there, centres[:, numbers] - places, 0)
    heat = np.zeros(numbers.shape)
    for number in np.flatnonzero(sizes >= SMALLEST):
        add_hill(heat, centres[:, number])
    return np.concatenate([heat[None], ways, there[None]]).astype(np.float32)


def add_hill(heat: np.ndarray, centre: np.ndarray) -> None:
    """Raise the heat (H, W) around a centre to a Gaussian, where it is not higher already."""
    reach = int(3 * SIGMA)
    top, left = (max(int(place) - reach, 0) for place in centre)
    patch = heat[top:int(centre[0]) + reach + 1, left:int(centre[1]) + reach + 1]
    rows, columns = np.indices(patch.shape)
    away = (rows + top - centre[0])**2 + (columns + left - centre[1])**2
    np.maximum(patch, np.exp(-away / (2 * SIGMA**2)), out=patch)


def nobody_counted(size: tuple[int, ...]) -> np.ndarray:
    """Return the targets (4, H, W) of a picture whose objects are not known."""
    found = np.zeros((4, *size), np.float32)
    found[0] = UNKNOWN
    return found


def peaks(heat: torch.Tensor) -> np.ndarray:
    """Return where heat (h, w) is highest around and high enough, as (row, column), (n, 2)."""
    highest = functional.max_pool2d(heat[None, None], NEAR, 1, NEAR // 2)[0, 0]
    rows, columns = torch.nonzero((heat == highest) & (heat > LEAST), as_tuple=True)
    best = heat[rows, columns].argsort(descending=True)[:MOST]
    return torch.stack([rows[best], columns[best]], 1).cpu().numpy()


@or_on_cpu
@torch.inference_mode()
def find(model: Model, picture: np.ndarray) -> Panoptic:
    """Return class and object of every pixel of a picture, as a net says that finds centres."""
    module: Any = model.module
    x = model_input(model, picture)
    with torch.autocast(x.device.type, torch.bfloat16, enabled=bf16_is_faster(x.device.type)):
        logits, said = module.find(x)
    size = (picture.shape[0], picture.shape[1])
    fine = at_most(size, FINEST)
    labels = enlarged(logits.float(), fine, fine)
    said = said.float()
    middles = (peaks(said[0, 0]) + 0.5) * np.divide(fine, said.shape[-2:]) - 0.5  # (n, 2)
    ways = functional.interpolate(said[:, 1:], fine, mode="bilinear", align_corners=False)
    moved = ways[0].permute(1, 2, 0).cpu().numpy() * np.divide(fine, x.shape[-2:])  # (H, W, 2)
    found = grouped(labels, middles, moved)
    if fine == size:
        return found
    instances = resize_labels(found.instances.astype(np.uint16), size)
    return Panoptic(resize_labels(found.classes, size), instances.astype(np.int32))
