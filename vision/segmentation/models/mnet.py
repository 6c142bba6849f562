"""M-Net: a U-Net with two more legs, one of shrunken inputs and one of enlarged outputs.

Mehta, Sivaswamy: "M-net: A Convolutional Neural Network for Deep Brain Structure Segmentation",
ISBI 2017. The left leg hands the max-pooled picture to every encoder level; the right leg enlarges
every decoder level and joins all of them before the head (Figure 1). Every level also gives an
answer of its own, as in Fu et al., arXiv:1801.00926, §III-A.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from vision.segmentation.models import ARCHITECTURES, Outputs
from vision.segmentation.models.layers import grow
from vision.segmentation.models.unet import WIDTHS, DoubleConv, decoder_of


class MNet(nn.Module):
    """The U in the middle, the left leg before it, the right leg behind it."""

    def __init__(self, size: str, classes: int) -> None:
        super().__init__()
        widths = WIDTHS[size]
        inputs = (3, *(width + 3 for width in widths[:-1]))
        self.encoder = nn.ModuleList(map(DoubleConv, inputs, widths))
        self.decoder = decoder_of(widths)
        self.sides = nn.ModuleList(nn.Conv2d(width, classes, 1) for width in widths[-2::-1])
        self.leg = nn.ModuleList(nn.Conv2d(width, widths[0], 1) for width in widths[-2::-1])
        self.head = nn.Conv2d(widths[0] * len(self.leg), classes, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor | Outputs:
        levels = self.levels(x)  # (N, widths[i], h / 2ⁱ, w / 2ⁱ), coarse to fine
        right = [grow(join(y), levels[-1]) for join, y in zip(self.leg, levels, strict=True)]
        logits = self.head(torch.relu(torch.cat(right, dim=1)))  # (N, classes, H, W)
        if not self.training:
            return logits
        return Outputs(logits, tuple(side(y) for side, y in zip(self.sides, levels, strict=True)))

    def levels(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return the output of every decoder level."""
        skips, y = [self.encoder[0](x)], x
        for stage in self.encoder[1:]:
            y = functional.max_pool2d(y, 2)  # (N, 3, h / 2ⁱ, w / 2ⁱ), the left leg
            skips.append(stage(torch.cat([functional.max_pool2d(skips[-1], 2), y], dim=1)))
        levels = [skips.pop()]
        for up in self.decoder:
            levels.append(up(levels[-1], skips.pop()))
        return levels[1:]


@ARCHITECTURES.register("mnet", paper="doi:10.1109/ISBI.2017.7950555", year=2017, after="unet",
                        idea="a left leg of pooled inputs and a right leg of enlarged outputs")
def mnet(*, classes: int, size: str = "compact") -> MNet:
    """Build an M-Net: its widths are the U-Net's."""
    return MNet(size, classes)
