"""SegNet: the decoder puts every value back where the encoder's max pooling took it from.

Badrinarayanan, Kendall, Cipolla: "SegNet: A Deep Convolutional Encoder-Decoder Architecture for
Image Segmentation", TPAMI 2017, arXiv:1511.00561. Figure 2 is `forward`, Figure 3 the unpooling.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.models.encoders import VGG16, vgg_stages
from vision.segmentation.models.layers import ConvNormReLU, grow, stem

STAGES = {
    "compact": ((32, 2), (64, 2), (128, 2), (192, 2)),
    "paper": VGG16,
}


class SegNet(nn.Module):
    """Encoder stages with max pooling; decoder stages, their mirror, with max unpooling."""

    def __init__(self, size: str, classes: int) -> None:
        super().__init__()
        stages = STAGES[size]
        self.stem, channels = stem(size)
        widths = [width for width, _ in stages]
        self.encoder = vgg_stages(stages, channels)
        outputs = [widths[0], *widths[:-1]]
        self.decoder = nn.ModuleList(
            nn.Sequential(*(ConvNormReLU(width, width) for _ in range(count - 1)),
                          ConvNormReLU(width, output))
            for (width, count), output in zip(stages[::-1], outputs[::-1], strict=True))
        self.head = nn.Conv2d(widths[0], classes, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        places: list[torch.Tensor] = []
        y = self.stem(x)
        for stage in self.encoder:
            y, place = functional.max_pool2d(stage(y), 2, return_indices=True)
            places.append(place)  # (N, widths[i], h / 2ⁱ⁺¹, w / 2ⁱ⁺¹)
        for stage in self.decoder:
            y = stage(unpooled(y, places.pop()))  # twice as high and wide
        return grow(self.head(y), x)  # (N, classes, H, W)


def unpooled(x: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """Return each number (N, C, h, w) where it came from, and 0 elsewhere (N, C, 2h, 2w)."""
    if not torch.onnx.is_in_onnx_export():
        return functional.max_unpool2d(x, places, (2, 2))
    n, c, h, w = x.shape  # ONNX has no such operation: it is spelt out
    plane = x.new_zeros(n, c, 4 * h * w).scatter(2, places.flatten(2), x.flatten(2))
    return plane.view(n, c, 2 * h, 2 * w)


@ARCHITECTURES.register("segnet", paper="arXiv:1511.00561", year=2015, after="fcn32s",
                        idea="unpooling with the encoder's max indices keeps edges in place")
def segnet(*, classes: int, size: str = "compact") -> SegNet:
    """Build a SegNet: `compact` has four narrow stages, `paper` VGG-16 and its mirror."""
    return SegNet(size, classes)
