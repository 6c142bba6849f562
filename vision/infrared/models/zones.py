"""The zone head: where the named parts of a device are inside its box, and how large."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from vision.infrared.models import ARCHITECTURES

SIDE = 64  # of a crop, in pixels
CELLS = 16  # of a heat map, along a side


@ARCHITECTURES.register("zones", paper="arXiv:1801.07372", year=2018)
def zones(*, classes: int, slots: int, width: int = 32) -> nn.Module:
    """Return a head that maps crops of devices to the centres and sizes of their zones."""
    return ZoneHead(classes, slots, width)


class ZoneHead(nn.Module):
    """A heat map for each zone of each class; its mean is the centre, so it is differentiable."""

    def __init__(self, classes: int, slots: int, width: int) -> None:
        super().__init__()
        self.classes, self.slots = classes, slots
        self.fine = nn.Sequential(*layer(1, width, 2), *layer(width, 2 * width, 2))
        self.coarse = nn.Sequential(*layer(2 * width, 4 * width, 2), *layer(4 * width, 4 * width),
                                    *layer(4 * width, 4 * width))
        self.both = nn.Sequential(*layer(6 * width, 4 * width))
        self.answer = nn.Conv2d(4 * width, classes * slots * 3, 1)

    def forward(self, crops: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Return x, y, log width, log height (R, slots, 4) in units of crops (R, 1, 64, 64)."""
        fine = self.fine(crops)  # (R, 2w, 16, 16)
        coarse = functional.interpolate(self.coarse(fine), scale_factor=2.0)  # (R, 4w, 16, 16)
        maps = self.answer(self.both(torch.cat([fine, coarse], 1))).float()
        maps = maps.unflatten(1, (self.classes, self.slots, 3))  # (R, classes, slots, 3, 16, 16)
        own = maps[torch.arange(len(labels)), labels].flatten(3)  # (R, slots, 3, 256)
        heat = own[:, :, 0].softmax(-1)  # (R, slots, 256)
        centres = heat @ cell_centres().to(heat)  # (R, slots, 2)
        sizes = (own[:, :, 1:] * heat[:, :, None]).sum(-1)  # (R, slots, 2)
        return torch.cat([centres, sizes], -1)


def layer(inputs: int, outputs: int, stride: int = 1) -> tuple[nn.Module, ...]:
    """Return a normalised 3×3 convolution."""
    return (nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True))


def cell_centres() -> torch.Tensor:
    """Return x and y of each cell of a heat map, (256, 2) in 0…1."""
    line = (torch.arange(CELLS) + 0.5) / CELLS
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([x.flatten(), y.flatten()], 1)
