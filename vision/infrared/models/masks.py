"""The mask branch: from a region's features to the outline of the device in it (§3, "Mask")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torchvision.ops import MultiScaleRoIAlign, roi_align

from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.backbone import LEVELS
from vision.infrared.models.weight_transfer import SOURCES, masks_from

SIDE = 28  # of a mask, in cells of its box
DEPTH = 4  # convolutions
POINTS = 1  # looked up along a cell's side; how many matters little (§3, "RoIAlign")


@ARCHITECTURES.register("mask_branch", paper="arXiv:1711.10370", year=2018)
def mask_branch(*, source: str, classes: int, detection: int, width: int) -> nn.Module:
    """Return the mask branch of a detector as a model of its own."""
    return MaskBranch(source, classes, detection, width)


class MaskBranch(nn.Module):
    """RoIAlign, four convolutions, one step up, and each class's own sum of the features."""

    def __init__(self, source: str, classes: int, detection: int, width: int) -> None:
        super().__init__()
        if source not in SOURCES:
            raise TypeError(f"masks '{source}', known are {', '.join(SOURCES)}")
        self.config: dict[str, Any] = {"source": source, "classes": classes,
                                       "detection": detection, "width": width}
        self.pool = MultiScaleRoIAlign(list(LEVELS), SIDE // 2, sampling_ratio=POINTS)
        self.body = nn.Sequential(*(layer for _ in range(DEPTH) for layer in block(width)))
        self.up = nn.ConvTranspose2d(width, width, 2, stride=2)
        self.source = SOURCES[source](classes, detection, width)

    def forward(self, features: dict[str, torch.Tensor], boxes: list[torch.Tensor],
                size: tuple[int, int], labels: torch.Tensor, detection: torch.Tensor
                ) -> torch.Tensor:
        """Return mask logits (R, 28, 28) of all boxes; labels (R,), detection (classes, B)."""
        x = self.pool(features, boxes, [size] * len(boxes))  # (R, width, 14, 14)
        x = functional.relu(self.up(self.body(x)))  # (R, width, 28, 28)
        return masks_from(x.float(), self.source(detection).float(), labels)


def block(width: int) -> tuple[nn.Module, ...]:
    """Return a 3×3 convolution, normalised for each region alone: there may be few of them."""
    return (nn.Conv2d(width, width, 3, padding=1, bias=False), nn.GroupNorm(width // 8, width),
            nn.ReLU(inplace=True))


def mask_losses(logits: torch.Tensor, truth: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Return each box's mean cross-entropy of logits with truth where it is known, as (R,).

    All are (R, 28, 28).
    """
    losses = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
    return (losses * known).sum((1, 2)) / known.sum((1, 2)).clamp_min(1)


def cells_inside(boxes: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Return which cells of boxes (R, 4) have their centre in one of other boxes, (R, 28, 28)."""
    share = (torch.arange(SIDE, device=boxes.device) + 0.5) / SIDE  # (28,)
    x0, y0, x1, y1 = boxes.T[:, :, None]  # (R, 1) each
    left, top, right, bottom = others.T[:, None, :, None]  # (1, U, 1) each
    x = (x0 + share * (x1 - x0))[:, None]  # (R, 1, 28)
    y = (y0 + share * (y1 - y0))[:, None]  # (R, 1, 28)
    columns, rows = (left <= x) & (x < right), (top <= y) & (y < bottom)  # (R, U, 28) each
    return (rows[..., None] & columns[:, :, None]).any(1)


def cut_out(masks: torch.Tensor, boxes: torch.Tensor, which: torch.Tensor, size: tuple[int, int]
            ) -> torch.Tensor:
    """Return the part (R, 28, 28) of a picture's masks (K, h, w) in boxes; `which` (R,) names it.

    The boxes are those of the picture at a size (H, W), which need not be that of the masks.
    """
    places = boxes * stretch(size, masks.shape[1:]).to(boxes)
    regions = torch.cat([which[:, None].to(boxes), places], 1)  # (R, 5)
    return roi_align(masks[:, None].to(boxes), regions, SIDE, aligned=True)[:, 0]


def stretch(size: Sequence[int], to: Sequence[int]) -> torch.Tensor:
    """Return what x0, y0, x1, y1 are multiplied by when a picture (H, W) gets another size, (4,).
    """
    return torch.tensor([to[1] / size[1], to[0] / size[0]]).repeat(2)


def paste(masks: torch.Tensor, boxes: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """Return masks (K, 28, 28) stretched into their boxes on a picture of a size, (K, H, W).

    Pixel centres are looked up between the mask's cell centres; beyond the box there is nothing.
    """
    left, top, right, bottom = boxes.T[:, :, None]  # (K, 1) each
    rows = torch.arange(size[0], device=boxes.device) + 0.5  # (H,)
    columns = torch.arange(size[1], device=boxes.device) + 0.5  # (W,)
    y = (rows - top) / (bottom - top).clamp_min(1) * 2 - 1  # (K, H)
    x = (columns - left) / (right - left).clamp_min(1) * 2 - 1  # (K, W)
    grid = torch.stack(torch.broadcast_tensors(x[:, None, :], y[:, :, None]), -1)  # (K, H, W, 2)
    return functional.grid_sample(masks[:, None].float(), grid, align_corners=False)[:, 0]
