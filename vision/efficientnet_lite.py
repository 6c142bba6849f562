"""EfficientNet-Lite0: the body of a classifier that knows ImageNet, for what begins with it.

Tan, Le: "EfficientNet", ICML 2019, arXiv:1905.11946; *lite* has no squeeze-and-excite, and ReLU6.
Its weights are public (`pretrained.py`). For pictures of one channel the three colours' weights of
the first convolution add up to grey's.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn
from torch.nn import functional

PUBLIC = "efficientnet-lite0"  # its weights, as `pretrained.py` calls them
STEM = 32  # channels
STAGES = ((1, 3, 1, 1, 16), (6, 3, 2, 2, 24), (6, 5, 2, 2, 40), (6, 3, 2, 3, 80),
          (6, 5, 1, 3, 112), (6, 5, 2, 4, 192), (6, 3, 1, 1, 320))
# how many times wider inside, kernel, stride of the first block, blocks, channels
ENDS = (0, 1, 2, 4, 6)  # the last stages at strides 2, 4, 8, 16, 32
WIDTHS = tuple(STAGES[place][4] for place in ENDS)
BRIGHTNESS = 0.5  # deviation of a photograph as the public network saw it; of a grey one here 1


class Same(nn.Conv2d):
    """A convolution that pads as TensorFlow does: at a stride of 2 more behind than before."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the map (N, C, H/s, W/s) of x (N, C, H, W), H and W even.

        A CPU takes ten times as long for the gradients of one channel alone in bfloat16.
        """
        if self.groups == 1 or not self.training or x.device.type != "cpu":
            return self.slide(x)
        with torch.autocast("cpu", enabled=False):
            return self.slide(x.float()).to(x.dtype)

    def slide(self, x: torch.Tensor) -> torch.Tensor:
        """Return the map (N, C, H/s, W/s) in the precision of x (N, C, H, W)."""
        if self.stride == (1, 1):
            return super().forward(x)
        before, after = (self.kernel_size[0] - 2) // 2, (self.kernel_size[0] - 1) // 2
        padded = functional.pad(x, (before, after, before, after))
        return functional.conv2d(padded, self.weight, None, self.stride, 0, 1, self.groups)


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1,
                dilation: int = 1, active: bool = True) -> list[nn.Module]:
    """Return a convolution with its normalisation and, if it is active, ReLU6."""
    layers: list[nn.Module] = [
        Same(inputs, outputs, kernel, stride, kernel // 2 * dilation, dilation, groups, bias=False),
        nn.BatchNorm2d(outputs, eps=1e-3)]
    return [*layers, nn.ReLU6(inplace=True)] if active else layers


class Block(nn.Module):
    """Widen, look around in each channel alone, narrow; what comes in is added where it fits."""

    def __init__(self, inputs: int, outputs: int, wider: int, kernel: int, stride: int,
                 dilation: int) -> None:
        super().__init__()
        inner = inputs * wider
        widen = convolution(inputs, inner, 1) if wider > 1 else []
        self.layers = nn.Sequential(
            *widen, *convolution(inner, inner, kernel, stride, inner, dilation),
            *convolution(inner, outputs, 1, active=False))
        self.adds = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the map of x (N, C, H, W)."""
        return x + self.layers(x) if self.adds else self.layers(x)


class EfficientNetLite(nn.Module):
    """The body of the network: a stem and seven stages; a last stride of 16 dilates instead."""

    def __init__(self, channels: int = 3, stride: int = 32) -> None:
        super().__init__()
        self.stem = nn.Sequential(*convolution(channels, STEM, 3, 2))
        self.stages = nn.ModuleList()
        inputs, reached, dilation = STEM, 2, 1
        for wider, kernel, step, blocks, outputs in STAGES:
            if reached * step > stride:
                step, dilation = 1, 2 * dilation
            self.stages.append(nn.Sequential(*(
                Block(outputs if place else inputs, outputs, wider, kernel, 1 if place else step,
                      dilation)
                for place in range(blocks))))
            inputs, reached = outputs, reached * step

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return features (N, C, H/s, W/s) at s = 2, 4, 8, 16, 32 of x (N, channels, H, W)."""
        x, found = self.stem(x), []
        for place, stage in enumerate(self.stages):
            x = stage(x)
            if place in ENDS:
                found.append(x)
        return found

    @property
    def first(self) -> list[nn.Module]:
        """Return what comes before stride 8: what it knows of edges is good for any picture."""
        return [self.stem, *self.stages[:2]]


def take_public(body: EfficientNetLite, weights: Mapping[str, torch.Tensor]) -> None:
    """Give a body the weights of the public network, whose layers stand in the same order."""
    theirs = [value for name, value in weights.items()
              if not name.startswith(("_conv_head", "_bn1", "_fc"))]
    own = body.state_dict()
    if own["stem.0.weight"].shape[1] == 1:
        theirs[0] = BRIGHTNESS * theirs[0].sum(1, keepdim=True)  # (32, 1, 3, 3)
    body.load_state_dict(dict(zip(own, theirs, strict=True)))
