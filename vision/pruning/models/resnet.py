"""ResNet-164 for 32×32: pre-activation bottlenecks around an uncut stream of channels.

He et al.: "Identity Mappings in Deep Residual Networks", ECCV 2016, arXiv:1603.05027, figure 4e.
Each block selects channels of the stream before its first batch normalisation. That normalises
channel by channel, so selecting before it gives what selecting after it gives, for less work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import (
    SIDE,
    Conv,
    Group,
    Head,
    Network,
    Select,
    check_depth,
    check_widths,
    initialise,
)

STAGES = (16, 32, 64)
EXPANSION = 4
BLOCKS = {"paper": 18, "compact": 2}  # of each stage: 164 layers, or 20


class Bottleneck(nn.Module):
    """Select, then three times batch normalisation, ReLU and convolution: 1×1, 3×3, 1×1."""

    def __init__(self, inputs: int, outputs: int, widths: Sequence[int], side: int, stride: int,
                 bias: bool) -> None:
        super().__init__()
        first, second, third = widths
        self.select = Select(inputs, first)
        self.norm1 = nn.BatchNorm2d(first)
        self.conv1 = Conv(first, second, 1, side * stride)
        self.norm2 = nn.BatchNorm2d(second)
        self.conv2 = Conv(second, third, 3, side, stride=stride)
        self.norm3 = nn.BatchNorm2d(third)
        self.conv3 = Conv(third, outputs, 1, side, bias=bias)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = (nn.Identity() if inputs == outputs
                         else Conv(inputs, outputs, 1, side, stride=stride))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv1(self.relu(self.norm1(self.select(x))))  # (N, second, h, w)
        y = self.conv2(self.relu(self.norm2(y)))  # (N, third, h / stride, w / stride)
        y = self.conv3(self.relu(self.norm3(y)))  # (N, outputs, h / stride, w / stride)
        return self.shortcut(x) + y


class ResNet(Network):
    """Three stages of bottlenecks, all reading and writing one stream."""

    def __init__(self, classes: int, widths: Sequence[int], blocks: int, bias: bool) -> None:
        super().__init__()
        self.arch = "resnet164"
        self.config: dict[str, Any] = {"classes": classes, "blocks": blocks, "bias": bias,
                                       "widths": list(widths)}
        check_widths(widths, full_widths(blocks))
        self.stem = Conv(3, STAGES[0], 3, SIDE)
        self.blocks = nn.ModuleList()
        channels = STAGES[0]
        for i in range(len(STAGES) * blocks):
            stage, place = divmod(i, blocks)
            outputs = EXPANSION * STAGES[stage]
            self.blocks.append(Bottleneck(channels, outputs, widths[3 * i : 3 * i + 3],
                                          SIDE >> stage, 2 if stage and not place else 1, bias))
            channels = outputs
        self.select = Select(channels, widths[-1])
        self.norm = nn.BatchNorm2d(widths[-1])
        self.relu = nn.ReLU(inplace=True)
        self.head = Head(widths[-1], classes)
        self.groups = tuple(group for i in range(len(self.blocks)) for group in _groups(i, blocks))
        self.groups += (Group("last", "select", "norm", "head"),)
        initialise(self)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.stem(x)  # (N, 16, 32, 32)
        for block in self.blocks:
            x = block(x)  # (N, 64, 32, 32) … (N, 256, 8, 8)
        x = self.relu(self.norm(self.select(x)))  # (N, widths[-1], 8, 8)
        return self.head(x.mean((2, 3)))  # (N, classes)


def full_widths(blocks: int) -> list[int]:
    """Return the uncut widths: stream, narrow, narrow for each block, and the stream's end."""
    widths, stream = [], STAGES[0]
    for narrow in STAGES:
        for _ in range(blocks):
            widths += [stream, narrow, narrow]
            stream = EXPANSION * narrow
    return [*widths, stream]


def _groups(i: int, blocks: int) -> tuple[Group, Group, Group]:
    path = f"blocks.{i}"
    name = f"stage {i // blocks + 1} block {i % blocks + 1}"
    return (
        Group(f"{name} a", f"{path}.select", f"{path}.norm1", f"{path}.conv1", f"{path}.norm2"),
        Group(f"{name} b", f"{path}.conv1", f"{path}.norm2", f"{path}.conv2", f"{path}.norm3"),
        Group(f"{name} c", f"{path}.conv2", f"{path}.norm3", f"{path}.conv3"),
    )


@ARCHITECTURES.register("resnet164", paper="arXiv:1603.05027", year=2016,
                        published="ResNet-164",
                        idea="blocks add to a stream that nothing normalises")
def resnet164(*, classes: int, size: str = "paper", widths: Sequence[int] | None = None,
              blocks: int | None = None, bias: bool = False) -> ResNet:
    """Build a ResNet-164; `compact` has two blocks a stage, `bias` is what cutting leaves."""
    blocks = blocks or BLOCKS[size]
    check_depth(blocks)
    return ResNet(classes, full_widths(blocks) if widths is None else widths, blocks, bias)
