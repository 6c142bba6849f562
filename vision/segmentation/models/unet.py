"""U-Net: an encoder that shrinks, a decoder that grows, and skips that carry detail across.

Ronneberger, Fischer, Brox: "U-Net: Convolutional Networks for Biomedical Image Segmentation",
MICCAI 2015, arXiv:1505.04597. Figure 1 is `forward`. Convolutions are padded and followed by
batch normalisation, so that input and output have the same size.
"""

from __future__ import annotations

import torch
from torch import nn

from vision.segmentation.models import ARCHITECTURES

WIDTHS = {
    "compact": (16, 32, 64, 128, 160, 192),
    "paper": (64, 128, 256, 512, 1024),
}


class DoubleConv(nn.Sequential):
    """Two times: 3×3 convolution, batch normalisation, ReLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class Up(nn.Module):
    """Double the size, join the skip of that size, and convolve both together."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.grow = nn.ConvTranspose2d(inputs, outputs, 2, stride=2)
        self.join = DoubleConv(2 * outputs, outputs)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        x = self.grow(x)  # (N, outputs, 2h, 2w)
        return self.join(torch.cat([skip, x], dim=1))  # (N, 2·outputs, 2h, 2w) → (N, outputs, …)


class UNet(nn.Module):
    """U-Net with one encoder stage, and but for the deepest one decoder stage, for each width."""

    def __init__(self, widths: tuple[int, ...], classes: int, channels: int = 3) -> None:
        super().__init__()
        below = (channels, *widths[:-1])
        self.encoder = nn.ModuleList(map(DoubleConv, below, widths))
        self.decoder = nn.ModuleList(map(Up, widths[:0:-1], widths[-2::-1]))
        self.head = nn.Conv2d(widths[0], classes, 1)
        self.shrink = nn.MaxPool2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips: list[torch.Tensor] = []
        for stage in self.encoder:
            x = stage(x if not skips else self.shrink(x))  # (N, widths[i], H / 2ⁱ, W / 2ⁱ)
            skips.append(x)
        skips.pop()
        for stage in self.decoder:
            x = stage(x, skips.pop())
        return self.head(x)  # (N, classes, H, W)


@ARCHITECTURES.register("unet", paper="arXiv:1505.04597", year=2015, after="fcn32s",
                        inside="skips",
                        idea="skip connections carry detail past the bottleneck")
def unet(*, classes: int, size: str = "compact") -> UNet:
    """Build a U-Net: `compact` is six narrow stages, `paper` the five published ones."""
    return UNet(WIDTHS[size], classes)
