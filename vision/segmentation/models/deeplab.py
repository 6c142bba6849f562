"""DeepLab v1 to v3+: atrous convolutions see far without losing resolution.

v1: Chen et al., "Semantic Image Segmentation with Deep Convolutional Nets and Fully Connected
CRFs", ICLR 2015, arXiv:1412.7062. v2: "DeepLab", TPAMI 2018, arXiv:1606.00915. v3: "Rethinking
Atrous Convolution", arXiv:1706.05587. v3+: "Encoder-Decoder with Atrous Separable Convolution",
ECCV 2018, arXiv:1802.02611. The fully connected CRF of v1 and v2 is `crf.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.models.encoders import ENCODERS, OWN, Encoder, residual, vgg_stages
from vision.segmentation.models.layers import ConvNormReLU, Pooled, SeparableConv, grow

RATES = (6, 12, 18)  # v3, Figure 5, at stride 16
DECODERS = {"compact": (96, 32), "paper": (256, 48)}  # widths of v3+: all, and of the finest map
Conv = Callable[..., nn.Module]


class LargeFOV(nn.Sequential):
    """fc6 as a 3×3 convolution of rate 12, fc7 as 1×1, then scores (v1, §3.1)."""

    def __init__(self, inputs: int, width: int, classes: int) -> None:
        super().__init__(
            nn.Conv2d(inputs, width, 3, padding=12, dilation=12), nn.ReLU(inplace=True),
            nn.Dropout(), nn.Conv2d(width, width, 1), nn.ReLU(inplace=True), nn.Dropout(),
            nn.Conv2d(width, classes, 1),
        )


class SummedASPP(nn.Module):
    """One convolution of every rate straight to the classes, added up (v2, Figure 4)."""

    def __init__(self, inputs: int, classes: int) -> None:
        super().__init__()
        self.branches = nn.ModuleList(nn.Conv2d(inputs, classes, 3, padding=rate, dilation=rate)
                                      for rate in (6, 12, 18, 24))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.stack([branch(x) for branch in self.branches]).sum(0)  # (N, classes, h, w)


class ASPP(nn.Module):
    """A 1×1 and three atrous convolutions, and the picture's mean, side by side (v3, Figure 5)."""

    def __init__(self, inputs: int, width: int, conv: Conv = ConvNormReLU) -> None:
        super().__init__()
        self.branches = nn.ModuleList([
            ConvNormReLU(inputs, width, 1),
            *(conv(inputs, width, dilation=rate) for rate in RATES),
            Pooled(inputs, width),
        ])
        self.project = nn.Sequential(ConvNormReLU(5 * width, width, 1), nn.Dropout(0.1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        looks = [grow(branch(x), x) for branch in self.branches]
        return self.project(torch.cat(looks, dim=1))  # (N, 5·width, h, w) → (N, width, h, w)


class AtrousVgg(nn.Module):
    """VGG-16 whose last two poolings keep the size, then atrous convolutions (v1, §3.1)."""

    widths = (512,)

    def __init__(self) -> None:
        super().__init__()
        self.stages = vgg_stages(last_dilation=2)

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        for stage, stride in zip(self.stages, (2, 2, 2, 1, 1), strict=True):
            x = functional.max_pool2d(stage(x), 3, stride, padding=1)
        return [x]  # (N, 512, H / 8, W / 8)


class DeepLab(nn.Module):
    """An atrous encoder, a head on its last map, and bilinear interpolation to full size."""

    def __init__(self, encoder: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.encoder, self.head = encoder, head

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return grow(self.head(self.encoder(x)[-1]), x)  # (N, classes, H, W)


class FineDecoder(nn.Module):
    """ASPP at stride 16, then a decoder that joins the map at stride 4 (v3+, Figure 2)."""

    def add_decoder(self, encoder: Encoder, width: int, low: int, outputs: int) -> None:
        """Add the layers that make so many outputs from an encoder's maps."""
        self.aspp = ASPP(encoder.widths[-1], width, SeparableConv)
        self.low = ConvNormReLU(encoder.widths[0], low, 1)
        self.decoder = nn.Sequential(SeparableConv(width + low, width),
                                     SeparableConv(width, width), nn.Conv2d(width, outputs, 1))

    def decode(self, maps: list[torch.Tensor]) -> torch.Tensor:
        """Return (N, outputs, H / 4, W / 4) from the encoder's maps."""
        fine = self.low(maps[0])  # (N, low, H / 4, W / 4)
        y = torch.cat([grow(self.aspp(maps[-1]), fine), fine], dim=1)  # (N, width + low, …)
        return self.decoder(y)


class DeepLabV3Plus(FineDecoder):
    """An encoder and its decoder, then bilinear interpolation to full size."""

    def __init__(self, encoder: Encoder, width: int, low: int, classes: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.add_decoder(encoder, width, low, classes)

    def forward(self, x: torch.Tensor) -> Any:
        return grow(self.decode(self.encoder(x)), x)  # (N, classes, H, W)


@ARCHITECTURES.register("deeplab_v1", paper="arXiv:1412.7062", year=2014, after="fcn32s", crf=True,
                        idea="atrous convolution, a large field of view, and a CRF afterwards")
def deeplab_v1(*, classes: int, size: str = "compact") -> DeepLab:
    """Build DeepLab-LargeFOV: `compact` on the small encoder, `paper` on VGG-16."""
    if size == "compact":
        return DeepLab(residual("compact", 8), LargeFOV(192, 160, classes))
    return DeepLab({"paper": AtrousVgg}[size](), LargeFOV(512, 1024, classes))


@ARCHITECTURES.register("deeplab_v2", paper="arXiv:1606.00915", year=2016, after="deeplab_v1",
                        crf=True, inside="branches",
                        idea="ASPP: several atrous rates at once, and a CRF afterwards")
def deeplab_v2(*, classes: int, size: str = "compact") -> DeepLab:
    """Build DeepLab v2: `compact` on the small encoder, `paper` on ResNet-101."""
    encoder = residual(size, 8)
    return DeepLab(encoder, SummedASPP(encoder.widths[-1], classes))


@ARCHITECTURES.register("deeplab_v3", paper="arXiv:1706.05587", year=2017, after="deeplab_v2",
                        inside="branches", encoders=ENCODERS,
                        idea="ASPP with batch normalisation and the mean of the whole picture")
def deeplab_v3(*, classes: int, size: str = "compact", encoder: str = OWN) -> DeepLab:
    """Build DeepLab v3 at stride 16: `compact` on the small encoder, `paper` on ResNet-101."""
    body = residual(size, 16, encoder)
    width = {"compact": 64, "paper": 256}[size]
    return DeepLab(body, nn.Sequential(ASPP(body.widths[-1], width), ConvNormReLU(width, width, 1),
                                       nn.Conv2d(width, classes, 1)))


@ARCHITECTURES.register("deeplab_v3plus", paper="arXiv:1802.02611", year=2018, after="deeplab_v3",
                        inside="branches", encoders=ENCODERS,
                        idea="a decoder brings edges back; all wide convolutions are separable")
def deeplab_v3plus(*, classes: int, size: str = "compact", encoder: str = OWN
                   ) -> DeepLabV3Plus:
    """Build DeepLab v3+: `compact` on the small encoder, `paper` on ResNet-101 (§4.1)."""
    return DeepLabV3Plus(residual(size, 16, encoder), *DECODERS[size], classes)
