"""One pixel under a microscope: what each class gets there, what it costs, and what it depends on.

Effective receptive field: Luo, Li, Urtasun, Zemel, NIPS 2016, arXiv:1701.04128, §2: how strongly
each pixel of the picture moves one pixel of the answer, by one backward pass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from vision.checkpoints import Model
from vision.gpu_fallback import or_on_cpu
from vision.images import resize, resize_labels, working_size
from vision.segmentation.certainty.pixels import losses, tempered
from vision.segmentation.labels import VOID
from vision.segmentation.predict import at_most, logits, to_tensor

MOST = 2_000_000  # numbers that are kept of an answer: probabilities of 11 classes at 480×360


@dataclass(frozen=True, eq=False)
class Sight:
    """A picture with what a model thinks of every pixel, no finer than can be kept."""

    picture: np.ndarray  # uint8 (h, w, 3)
    seen: np.ndarray  # uint8 (H, W, 3): the same at the size at which the model works
    log_p: np.ndarray  # float16 (C, h, w)
    truth: np.ndarray | None  # uint8 (h, w)
    classes: tuple[str, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Return height and width."""
        return self.log_p.shape[1], self.log_p.shape[2]


@dataclass(frozen=True, eq=False)
class Pixel:
    """What a model says of one pixel, and what that costs where the truth is known."""

    row: int
    column: int
    probabilities: np.ndarray  # (C,)
    truth: int | None
    loss: float | None  # −log p of the true class
    share: float | None  # of the loss of the whole picture
    times: float | None  # the loss of so many average pixels


@or_on_cpu
@torch.inference_mode()
def look(model: Model, picture: np.ndarray, truth: np.ndarray | None = None) -> Sight:
    """Return what a model thinks of each pixel of a picture (uint8 H×W×3), before any CRF."""
    classes = model.card.classes
    size = at_most((picture.shape[0], picture.shape[1]), MOST // len(classes))
    log_p = functional.log_softmax(logits(model, picture, size)[0], 0)  # (C, h, w)
    seen = resize(picture, working_size(picture.shape[:2], model.card.preprocess["short_side"]))
    return Sight(resize(picture, size), seen, log_p.half().cpu().numpy(),
                 None if truth is None else resize_labels(truth, size), classes)


def pixel(sight: Sight, row: int, column: int, temperature: float = 1.0) -> Pixel:
    """Return what is known of one pixel."""
    said = tempered(sight.log_p[:, row, column], temperature)
    if sight.truth is None or sight.truth[row, column] == VOID:
        return Pixel(row, column, said, None, None, None, None)
    all_losses = losses(tempered(sight.log_p, temperature), sight.truth)
    own, whole = float(all_losses[row, column]), float(all_losses.sum())
    known = int((sight.truth != VOID).sum())
    share = own / whole if whole else 0.0
    return Pixel(row, column, said, int(sight.truth[row, column]), own, share, share * known)


@or_on_cpu
def receptive_field(model: Model, seen: np.ndarray, down: float, right: float) -> np.ndarray:
    """Return how much each pixel (float H×W, sum 1) moves the best class's score at one place.

    The picture (uint8 H×W×3) has the size at which the model works; the place is given in shares
    of height and width.
    """
    device = next(model.module.parameters()).device
    x = to_tensor(seen).to(device).requires_grad_()  # (1, 3, H, W)
    with torch.enable_grad():
        said = model.module(x)[0]  # (C, H, W)
        row, column = (min(int(share * side), side - 1)
                       for share, side in zip((down, right), said.shape[1:], strict=True))
        (slope,) = torch.autograd.grad(said[:, row, column].max(), x)
    moved = slope[0].abs().sum(0).float().cpu().numpy()  # (H, W)
    return moved / max(float(moved.sum()), 1e-30)


def radius(field: np.ndarray, down: float, right: float, share: float) -> float:
    """Return the radius around a place, in pixels of the field, that holds a share of it."""
    height, width = field.shape
    rows, columns = np.indices(field.shape)
    away = np.hypot(rows - int(down * height), columns - int(right * width)).ravel()
    order = away.argsort()
    inside = field.ravel()[order].cumsum()
    return float(away[order][min(np.searchsorted(inside, share), len(away) - 1)])
