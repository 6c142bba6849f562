"""FCN: a classifier made convolutional, its coarse answer refined by finer ones.

Long, Shelhamer, Darrell: "Fully Convolutional Networks for Semantic Segmentation", CVPR 2015,
arXiv:1411.4038. Figure 3 is `forward`: scores at strides 32, 16 and 8, each doubled by a
transposed convolution that starts as bilinear interpolation and added to the next finer one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional

from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.models.encoders import ENCODERS, LITE, OWN, Lite, SmallResNet, vgg_stages
from vision.segmentation.models.layers import ConvNormReLU, grow


class VggMaps(nn.Module):
    """VGG-16 with its fully connected layers as convolutions (§3.1); padded to keep the size."""

    widths = (256, 512, 4096)

    def __init__(self) -> None:
        super().__init__()
        self.stages = vgg_stages()
        self.classifier = nn.Sequential(
            nn.Conv2d(512, 4096, 7, padding=3), nn.ReLU(inplace=True), nn.Dropout(),
            nn.Conv2d(4096, 4096, 1), nn.ReLU(inplace=True), nn.Dropout(),
        )  # fc6, fc7

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        maps = []
        for stage in self.stages:
            x = functional.max_pool2d(stage(x), 2)  # pool1 … pool5: H / 2 … H / 32
            maps.append(x)
        return [maps[2], maps[3], self.classifier(x)]


class WiderLast(nn.Module):
    """An encoder's maps at strides 8, 16 and 32, the last one through a wider layer."""

    widths: tuple[int, ...]

    def __init__(self) -> None:
        super().__init__()
        _, eighth, sixteenth, last = self.widths
        self.widths = (eighth, sixteenth, 256)
        self.classifier = ConvNormReLU(last, 256)

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        _, eighth, sixteenth, last = super().forward(x)
        return [eighth, sixteenth, self.classifier(last)]


class SmallMaps(WiderLast, SmallResNet):
    """Those of the small encoder."""


class LiteMaps(WiderLast, Lite):  # type: ignore[misc]  # it is always asked for all its levels
    """Those of EfficientNet-Lite0."""


Maps = VggMaps | SmallMaps | LiteMaps
MAPS: dict[tuple[str, str], Callable[[], Maps]] = {
    ("compact", OWN): SmallMaps, ("compact", LITE): LiteMaps, ("paper", OWN): VggMaps}


class Doubling(nn.ConvTranspose2d):
    """A learnt upsampling ×2 for each class, initialised to bilinear interpolation (§3.3)."""

    def __init__(self, classes: int) -> None:
        super().__init__(classes, classes, 4, stride=2, padding=1, groups=classes, bias=False)
        with torch.no_grad():
            slope = torch.tensor([0.25, 0.75, 0.75, 0.25])
            self.weight.copy_(slope[:, None] * slope)


class FCN(nn.Module):
    """The net of Figure 3 down to one stride: 32 fuses nothing, 16 one skip, 8 two."""

    def __init__(self, encoder: Maps, stride: int, classes: int) -> None:
        super().__init__()
        self.encoder = encoder
        count = {32: 1, 16: 2, 8: 3}[stride]
        self.scores = nn.ModuleList(nn.Conv2d(width, classes, 1)
                                    for width in encoder.widths[::-1][:count])
        self.doublings = nn.ModuleList(Doubling(classes) for _ in range(count - 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        coarse, *finer = self.encoder(x)[::-1]
        y = self.scores[0](coarse)  # (N, classes, H / 32, W / 32)
        for double, score, skip in zip(self.doublings, self.scores[1:], finer, strict=False):
            y = double(y) + score(skip)  # (N, classes, H / 16 …)
        return grow(y, x)  # (N, classes, H, W)


def _builder(stride: int, idea: str, **facts: Any) -> Callable[..., FCN]:
    """Register and return the builder of one stride."""
    def build(*, classes: int, size: str = "compact", encoder: str = OWN) -> FCN:
        return FCN(MAPS[size, encoder](), stride, classes)

    build.__doc__ = f"Build FCN-{stride}s: `compact` on the small encoder, `paper` on VGG-16."
    register = ARCHITECTURES.register(f"fcn{stride}s", paper="arXiv:1411.4038", year=2015,
                                      idea=idea, **facts)
    return register(build)


fcn32s = _builder(32, "a classifier made convolutional; its answer simply enlarged")
fcn16s = _builder(16, "one skip: the answer at stride 16 is added to the coarse one",
                  after="fcn32s")
fcn8s = _builder(8, "two skips: answers at strides 32, 16 and 8 added up", after="fcn16s",
                encoders=ENCODERS)
