"""U-Net: an encoder that shrinks, a decoder that grows, and skips that carry detail across.

Ronneberger, Fischer, Brox: "U-Net: Convolutional Networks for Biomedical Image Segmentation",
MICCAI 2015, arXiv:1505.04597. Figure 1 is `forward`. Convolutions are padded and followed by
batch normalisation, so that input and output have the same size.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.models.encoders import ENCODERS, LITE, OWN, Lite
from vision.segmentation.models.layers import grow

WIDTHS = {
    "compact": (16, 32, 64, 128, 160, 192),
    "paper": (64, 128, 256, 512, 1024),
}
BESIDE_LITE = (128, 96, 64, 48)  # of a decoder from stride 16 to 2


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

    def __init__(self, inputs: int, skip: int, outputs: int) -> None:
        super().__init__()
        self.grow = nn.ConvTranspose2d(inputs, outputs, 2, stride=2)
        self.join = DoubleConv(skip + outputs, outputs)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        x = self.grow(x)  # (N, outputs, 2h, 2w)
        return self.join(torch.cat([skip, x], dim=1))  # (N, skip + outputs, …) → (N, outputs, …)


class Shrinking(nn.ModuleList):
    """The published encoder: a stage for each width, the largest of 2×2 between them."""

    def __init__(self, widths: tuple[int, ...], channels: int = 3) -> None:
        super().__init__(map(DoubleConv, (channels, *widths[:-1]), widths))
        self.widths = widths

    def forward(self, x: torch.Tensor, levels: int | None = None) -> list[torch.Tensor]:
        """Return the maps of all levels, or of the first ones only."""
        maps = [self[0](x)]
        for stage in list(self)[1:levels]:  # a slice of a ModuleList would be built anew
            maps.append(stage(functional.max_pool2d(maps[-1], 2)))
        return maps  # (N, widths[i], H / 2ⁱ, W / 2ⁱ)


def encoder_of(size: str, name: str) -> tuple[Shrinking | Lite, tuple[int, ...]]:
    """Return an encoder, and how wide the decoder's stages are that grow back, coarse to fine."""
    if (size, name) == ("compact", LITE):
        return Lite(finest=2), BESIDE_LITE
    widths = {OWN: WIDTHS[size]}[name]
    return Shrinking(widths), widths[-2::-1]


def decoder_of(encoder: tuple[int, ...], widths: tuple[int, ...] = ()) -> nn.ModuleList:
    """Return a stage for each skip, the coarsest first, as wide as the skips if nothing is said."""
    *skips, deepest = encoder
    widths = widths or tuple(skips[::-1])
    return nn.ModuleList(map(Up, (deepest, *widths), skips[::-1], widths))


class UNet(nn.Module):
    """U-Net: but for the deepest stage of the encoder, the decoder has one for each."""

    def __init__(self, encoder: Shrinking | Lite, widths: tuple[int, ...], classes: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder_of(encoder.widths, widths)
        self.head = nn.Conv2d(widths[-1], classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        *skips, y = self.encoder(x)
        for stage in self.decoder:
            y = stage(y, skips.pop())  # (N, widths[i], …) twice as high and wide
        return grow(self.head(y), x)  # (N, classes, H, W)


@ARCHITECTURES.register("unet", paper="arXiv:1505.04597", year=2015, after="fcn32s",
                        inside="skips", encoders=ENCODERS,
                        idea="skip connections carry detail past the bottleneck")
def unet(*, classes: int, size: str = "compact", encoder: str = OWN) -> UNet:
    """Build a U-Net: `compact` is six narrow stages, `paper` the five published ones."""
    return UNet(*encoder_of(size, encoder), classes)
