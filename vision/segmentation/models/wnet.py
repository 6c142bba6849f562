"""W-Net: one U-Net groups the pixels, a second one must paint the picture back from the groups.

Xia, Kulis: "W-Net: A Deep Model for Fully Unsupervised Image Segmentation", arXiv:1711.08506.
Figure 2 is `forward`. No labels: the first U-Net learns from the soft normalised cut of its
groups, both from the reconstruction (Algorithm 1; the losses are in `criterion.py`).
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from vision.segmentation.models import ARCHITECTURES, Outputs
from vision.segmentation.models.layers import SeparableConv
from vision.segmentation.models.unet import DoubleConv

WIDTHS = {"compact": (16, 32, 64, 128, 256), "paper": (64, 128, 256, 512, 1024)}


class SeparablePair(nn.Sequential):
    """Two depthwise separable convolutions."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(SeparableConv(inputs, outputs), SeparableConv(outputs, outputs))


class SeparableUNet(nn.Module):
    """U-Net whose modules are separable, but for the first and the last one (§3)."""

    def __init__(self, widths: tuple[int, ...], inputs: int, outputs: int) -> None:
        super().__init__()
        self.encoder = nn.ModuleList([DoubleConv(inputs, widths[0]),
                                      *(SeparablePair(a, b) for a, b in pairwise(widths))])
        self.grow = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, stride=2)
                                  for a, b in zip(widths[:0:-1], widths[-2::-1], strict=True))
        self.decoder = nn.ModuleList([*(SeparablePair(2 * width, width)
                                        for width in widths[-2:0:-1]),
                                      DoubleConv(2 * widths[0], widths[0])])
        self.head = nn.Conv2d(widths[0], outputs, 1)
        self.shrink = nn.MaxPool2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = [self.encoder[0](x)]
        for stage in self.encoder[1:]:
            skips.append(stage(self.shrink(skips[-1])))  # (N, widths[i], H / 2ⁱ, W / 2ⁱ)
        y = skips.pop()
        for grow, join in zip(self.grow, self.decoder, strict=True):
            y = join(torch.cat([skips.pop(), grow(y)], dim=1))  # (N, widths[i], …) twice as large
        return self.head(y)  # (N, outputs, H, W)


class WNet(nn.Module):
    """U_Enc from the picture to `classes` groups, U_Dec from the groups to the picture."""

    def __init__(self, widths: tuple[int, ...], classes: int) -> None:
        super().__init__()
        self.encoder = SeparableUNet(widths, 3, classes)
        self.decoder = SeparableUNet(widths, classes, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor | Outputs:
        logits = self.encoder(x)  # (N, classes, H, W)
        if not self.training:
            return logits
        return Outputs(logits, reconstruction=self.decoder(logits.softmax(1)))


@ARCHITECTURES.register("wnet", paper="arXiv:1711.08506", year=2017, after="unet",
                        supervised=False, crf=True, merging=True,
                        idea="no labels: a soft normalised cut, and a second U-Net paints it back")
def wnet(*, classes: int, size: str = "compact") -> WNet:
    """Build a W-Net: `compact` is two narrow U-Nets, `paper` two of the published widths."""
    return WNet(WIDTHS[size], classes)
