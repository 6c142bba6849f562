"""Y-Net: one encoder, two branches: the tissue in every pixel, and a diagnosis of the whole.

Mehta, Mercan, Bartlett, Weaver, Elmore, Shapiro: "Y-Net: Joint Segmentation and Classification
for Diagnosis of Breast Biopsy Images", MICCAI 2018, arXiv:1806.01313. Figure 2 is `Y`; the
encoder's blocks are the ESP blocks of Mehta et al., arXiv:1803.06815, Figure 1.
"""

from __future__ import annotations

import torch
from torch import nn

from vision.segmentation.models import ARCHITECTURES, Outputs
from vision.segmentation.models.layers import ConvNormReLU, Pooled
from vision.segmentation.models.unet import decoder_of

WIDTHS = {"compact": (32, 64, 128, 192), "paper": (16, 64, 128, 256)}
BLOCKS = {"compact": (1, 2, 3, 3), "paper": (1, 2, 8, 3)}
DILATIONS = (1, 2, 4, 8)


class ESP(nn.Module):
    """Reduce, look at four dilations side by side, add them up one after the other, join."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        width = outputs // len(DILATIONS)
        self.reduce = nn.Conv2d(inputs, width, 3 if stride > 1 else 1, stride, int(stride > 1),
                                bias=False)
        self.pyramid = nn.ModuleList(
            nn.Conv2d(width, width, 3, padding=d, dilation=d, bias=False) for d in DILATIONS)
        self.norm = nn.BatchNorm2d(outputs)
        self.residual = inputs == outputs and stride == 1

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.reduce(x)  # (N, outputs / 4, h, w)
        looks = torch.stack([look(y) for look in self.pyramid]).cumsum(0)  # (4, N, width, h, w)
        y = torch.cat(tuple(looks), dim=1)  # (N, outputs, h, w)
        return torch.relu(self.norm(x + y if self.residual else y))


class YNet(nn.Module):
    """The stem of the Y shared, its two arms: a decoder with skips, and a classifier."""

    def __init__(self, widths: tuple[int, ...], blocks: tuple[int, ...], classes: int,
                 diagnoses: int) -> None:
        super().__init__()
        self.stages = nn.ModuleList([ConvNormReLU(3, widths[0], stride=2)])
        for before, width, count in zip(widths, widths[1:], blocks[1:], strict=False):
            self.stages.append(nn.Sequential(
                ESP(before, width, 2), *(ESP(width, width) for _ in range(count))))
        self.decoder = decoder_of(widths)
        self.head = nn.ConvTranspose2d(widths[0], classes, 2, stride=2)
        self.classifier = nn.Sequential(ESP(widths[-1], widths[-1], 2),
                                        Pooled(widths[-1], widths[-1]), nn.Flatten(),
                                        nn.Linear(widths[-1], diagnoses))

    def forward(self, x: torch.Tensor) -> torch.Tensor | Outputs:
        maps = self.encode(x)
        logits = self.segment(maps)  # (N, classes, H, W)
        return Outputs(logits, diagnosis=self.classifier(maps[-1])) if self.training else logits

    def diagnose(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits of the diagnoses (N, diagnoses)."""
        return self.classifier(self.encode(x)[-1])

    def encode(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return the shared encoder's maps at 1/2, 1/4, 1/8 and 1/16."""
        maps = []
        for stage in self.stages:
            x = stage(x)  # (N, widths[i], H / 2ⁱ⁺¹, W / 2ⁱ⁺¹)
            maps.append(x)
        return maps

    def segment(self, maps: list[torch.Tensor]) -> torch.Tensor:
        """Return logits from the encoder's maps."""
        y = maps[-1]
        for up, skip in zip(self.decoder, maps[-2::-1], strict=True):
            y = up(y, skip)  # (N, widths[i], …) twice as high and wide
        return self.head(y)  # (N, classes, H, W)


@ARCHITECTURES.register("ynet", paper="arXiv:1806.01313", year=2018, after="unet", diagnoses=True,
                        idea="segmentation and a diagnosis from the same encoder")
def ynet(*, classes: int, size: str = "compact", diagnoses: int = 4) -> YNet:
    """Build a Y-Net: `compact` is short and wide, `paper` has ESPNet's depths and widths."""
    return YNet(WIDTHS[size], BLOCKS[size], classes, diagnoses)
