"""The sides of a box, each looked for on its own in a region a little wider than the box.

The box branch says how far a box should move and grow; here each side has a probability for each
of 28 places across the region, and is where their mean is. The features are put together along
each axis (arXiv:1912.04260, §3.1); probabilities and loss are those of arXiv:2006.04388.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional
from torchvision.ops import MultiScaleRoIAlign, generalized_box_iou_loss

from vision.infrared.models.backbone import LEVELS
from vision.infrared.models.masks import block

CELLS = 14  # of a region, along a side
PLACES = 2 * CELLS  # where a side may be
MARGIN = 0.2  # of the box, that the region is wider on each side
WIDTH, DEPTH = 64, 3  # of the convolutions
POINTS = 2  # looked up along a cell's side
DISTANCE = 10.0  # weight of how far the sides are off, in units of the box


class SideBranch(nn.Module):
    """RoIAlign around a box, convolutions, and a line of features along each axis."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.pool = MultiScaleRoIAlign(list(LEVELS), CELLS, sampling_ratio=POINTS)
        self.body = nn.Sequential(nn.Conv2d(width, WIDTH, 1), nn.ReLU(inplace=True),
                                  *(layer for _ in range(DEPTH) for layer in block(WIDTH)))
        self.matter = nn.Conv2d(WIDTH, 2, 1)  # which rows tell of left and right, and so on
        self.lines = nn.ModuleList(line() for _ in range(2))

    def forward(self, features: dict[str, torch.Tensor], around: list[torch.Tensor],
                size: tuple[int, int]) -> torch.Tensor:
        """Return logits of left, top, right and bottom at each place of regions, (R, 4, 28)."""
        x = self.body(self.pool(features, around, [size] * len(around)))  # (R, 64, 14, 14)
        rows, columns = self.matter(x).split(1, 1)  # (R, 1, 14, 14) each
        across, down = (x * rows.softmax(2)).sum(2), (x * columns.softmax(3)).sum(3)  # (R, 64, 14)
        sides = [line(part) for line, part in zip(self.lines, (across, down), strict=True)]
        return torch.stack(sides, 2).flatten(1, 2).float()  # of (R, 2, 2, 28): end, then axis

    def refined(self, features: dict[str, torch.Tensor], boxes: list[torch.Tensor],
                size: tuple[int, int]) -> list[torch.Tensor]:
        """Return each box (K, 4) with its sides where they were found."""
        around = [wider(box) for box in boxes]
        found = between(self(features, around, size), torch.cat(around))
        return list(found.split([len(box) for box in boxes]))


def line() -> nn.Sequential:
    """Return what makes logits of two sides at 28 places from features along a line (R, 64, 14)."""
    return nn.Sequential(nn.Conv1d(WIDTH, WIDTH, 3, padding=1), nn.ReLU(inplace=True),
                         nn.ConvTranspose1d(WIDTH, WIDTH, 2, stride=2), nn.ReLU(inplace=True),
                         nn.Conv1d(WIDTH, 2, 3, padding=1))


def wider(boxes: torch.Tensor) -> torch.Tensor:
    """Return boxes (K, 4) with a margin on each side, at least four pixels large without it."""
    centres, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    half = (0.5 + MARGIN) * sides.clamp_min(4)
    return torch.cat([centres - half, centres + half], 1)


def between(logits: torch.Tensor, around: torch.Tensor) -> torch.Tensor:
    """Return the boxes (R, 4) that logits (R, 4, 28) put into regions (R, 4)."""
    share = (torch.arange(PLACES, device=logits.device) + 0.5) / PLACES  # (28,)
    mean = (logits.softmax(-1) * share).sum(-1)  # (R, 4), Equation 5 of arXiv:2006.04388
    start, sides = around[:, :2], around[:, 2:] - around[:, :2]
    return start.repeat(1, 2) + mean * sides.repeat(1, 2)


def side_losses(logits: torch.Tensor, around: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return each region's loss (R,): its sides' places, how far they are off, and the overlap.
    """
    found = between(logits, around)
    sides = (truth[:, 2:] - truth[:, :2]).clamp_min(4).repeat(1, 2)
    off = functional.smooth_l1_loss(found / sides, truth / sides, beta=0.02, reduction="none")
    overlap = generalized_box_iou_loss(found, truth)
    return place_losses(logits, around, truth) / 2 + DISTANCE * off.sum(1) + overlap


def place_losses(logits: torch.Tensor, around: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy (R,) of places in regions (R, 4) with true boxes (R, 4).

    A side lies between two places, each of which counts by how near it is: Equation 6 of
    arXiv:2006.04388.
    """
    start, sides = around[:, :2].repeat(1, 2), (around[:, 2:] - around[:, :2]).repeat(1, 2)
    place = ((truth - start) / sides * PLACES - 0.5).clamp(0, PLACES - 1)  # (R, 4)
    below = place.floor().long().clamp_max(PLACES - 2)[..., None]  # (R, 4, 1)
    near = torch.cat([below, below + 1], 2)  # (R, 4, 2)
    weights = 1 - (place[..., None] - near).abs()
    return -(weights * logits.log_softmax(-1).gather(2, near)).sum((1, 2))
