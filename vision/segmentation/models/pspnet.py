"""PSPNet: every pixel also sees the mean of 1, 4, 9 and 36 regions of the picture.

Zhao, Shi, Qi, Wang, Jia: "Pyramid Scene Parsing Network", CVPR 2017, arXiv:1612.01105. Figure 3 is
`forward`; the auxiliary head after the third stage is §4, Figure 4.
"""

from __future__ import annotations

import torch
from torch import nn

from vision.segmentation.models import ARCHITECTURES, Outputs
from vision.segmentation.models.encoders import ENCODERS, OWN, Encoder, residual
from vision.segmentation.models.layers import ConvNormReLU, Pooled, grow

BINS = (1, 2, 3, 6)


class PyramidPooling(nn.Module):
    """The map itself beside its means over 1×1, 2×2, 3×3 and 6×6 regions."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(Pooled(inputs, width, bins) for bins in BINS)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        means = [grow(branch(x), x) for branch in self.branches]  # each (N, width, h, w)
        return torch.cat([x, *means], dim=1)  # (N, inputs + 4·width, h, w)


class PSPNet(nn.Module):
    """A dilated encoder, pyramid pooling, and an auxiliary answer while it trains."""

    def __init__(self, encoder: Encoder, width: int, classes: int) -> None:
        super().__init__()
        self.encoder = encoder
        *_, third, last = encoder.widths
        self.pyramid = PyramidPooling(last, width)
        self.head = self._head(last + 4 * width, width, classes)
        self.side = self._head(third, width, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor | Outputs:
        *_, third, last = self.encoder(x)
        logits = grow(self.head(self.pyramid(last)), x)  # (N, classes, H, W)
        return Outputs(logits, (self.side(third),)) if self.training else logits

    @staticmethod
    def _head(inputs: int, width: int, classes: int) -> nn.Sequential:
        return nn.Sequential(ConvNormReLU(inputs, width), nn.Dropout(0.1),
                             nn.Conv2d(width, classes, 1))


@ARCHITECTURES.register("pspnet", paper="arXiv:1612.01105", year=2016, after="deeplab_v1",
                        inside="branches", encoders=ENCODERS,
                        idea="pyramid pooling: the context of regions of four sizes")
def pspnet(*, classes: int, size: str = "compact", encoder: str = OWN) -> PSPNet:
    """Build a PSPNet: `compact` on the small encoder, `paper` on ResNet-101 at stride 8."""
    width, stride = {"compact": (64, 16), "paper": (512, 8)}[size]
    return PSPNet(residual(size, stride, encoder), width, classes)
