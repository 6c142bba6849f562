"""U-Net++: the gap between encoder and decoder filled with a nest of dense skips.

Zhou, Siddiquee, Tajbakhsh, Liang: "UNet++: A Nested U-Net Architecture for Medical Image
Segmentation", DLMIA 2018, arXiv:1807.10165. Node (i, j) is Equation 1: level i, j-th in its row.
Deep supervision (§3.2): every node of the top row is an answer, so a trained net can be cut down
to any depth L1 … L4 at inference.
"""

from __future__ import annotations

import torch
from torch import nn

from vision.segmentation.models import ARCHITECTURES, Outputs
from vision.segmentation.models.encoders import ENCODERS, LITE, OWN, Lite
from vision.segmentation.models.layers import grow, stem
from vision.segmentation.models.unet import DoubleConv, Shrinking

WIDTHS = {"compact": (16, 32, 64, 128, 192), "paper": (32, 64, 128, 256, 512)}


class Node(nn.Module):
    """Join all earlier nodes of the row with the doubled one from below, then convolve."""

    def __init__(self, below: int, width: int, earlier: int) -> None:
        super().__init__()
        self.grow = nn.ConvTranspose2d(below, width, 2, stride=2)
        self.join = DoubleConv((earlier + 1) * width, width)

    def forward(self, row: list[torch.Tensor], below: torch.Tensor) -> torch.Tensor:
        return self.join(torch.cat([*row, self.grow(below)], dim=1))  # (N, width, h, w)


class UNetPlusPlus(nn.Module):
    """A nest of five levels; evaluation takes the mean of its answers, or the one of a depth."""

    def __init__(self, stem: nn.Module, encoder: Shrinking | Lite, classes: int) -> None:
        super().__init__()
        widths = encoder.widths
        self.stem, self.encoder = stem, encoder
        self.nest = nn.ModuleList(
            nn.ModuleList(Node(widths[level + 1], width, place)
                          for place in range(1, len(widths) - level))
            for level, width in enumerate(widths[:-1]))
        self.heads = nn.ModuleList(nn.Conv2d(widths[0], classes, 1) for _ in widths[1:])

    def forward(self, x: torch.Tensor, depth: int | None = None) -> torch.Tensor | Outputs:
        answers = self.answers(x, depth or len(self.heads))  # each (N, classes, h, w)
        if depth:
            return grow(answers[-1], x)  # fast mode
        logits = grow(torch.stack(answers).mean(0), x)  # accurate mode, (N, classes, H, W)
        return Outputs(logits, tuple(answers)) if self.training else logits

    def answers(self, x: torch.Tensor, depth: int) -> list[torch.Tensor]:
        """Return the answers L1 … L`depth`; nodes that only deeper ones need are not computed."""
        rows: list[list[torch.Tensor]] = []
        for level, features in enumerate(self.encoder(self.stem(x), depth + 1)):
            rows.append([features])
            for above in range(level - 1, -1, -1):  # one diagonal of the nest, upwards
                place = len(rows[above]) - 1
                node = self.nest[above][place]  # type: ignore[index]
                rows[above].append(node(rows[above], rows[above + 1][-1]))
        return [head(y) for head, y in zip(self.heads, rows[0][1:], strict=False)]


@ARCHITECTURES.register("unetpp", paper="arXiv:1807.10165", year=2018, after="unet",
                        inside="depth", encoders=ENCODERS,
                        idea="nested dense skips; deep supervision lets the nest be cut down")
def unetpp(*, classes: int, size: str = "compact", encoder: str = OWN) -> UNetPlusPlus:
    """Build a U-Net++: `compact` has narrow levels, `paper` the published widths."""
    if (size, encoder) == ("compact", LITE):
        return UNetPlusPlus(nn.Identity(), Lite(finest=2), classes)
    before, channels = stem(size)
    return UNetPlusPlus(before, Shrinking({OWN: WIDTHS[size]}[encoder], channels), classes)
