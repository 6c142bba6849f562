"""What the families share: sized convolutions, channel selection, and the groups to prune.

Liu et al.: "Learning Efficient Convolutional Networks through Network Slimming", ICCV 2017,
arXiv:1708.06519. Every scale γ of a batch normalisation belongs to one channel (section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn import functional

SIDE = 32
GAMMA = 0.5  # where every scale γ starts (section 4.2)
TINY = 4  # side of a map, up to which one matrix product learns faster than a convolution


class Conv(nn.Conv2d):
    """A convolution that keeps the size, and knows its output's side for pictures of 32×32."""

    def __init__(self, inputs: int, outputs: int, kernel: int, side: int, *, stride: int = 1,
                 bias: bool = False) -> None:
        super().__init__(inputs, outputs, kernel, stride, kernel // 2, bias=bias)
        self.side = side

    def reset_parameters(self) -> None:
        """Draw the weights as He et al. do (arXiv:1502.01852), by the number of outputs."""
        if not self.weight.is_meta:
            nn.init.kaiming_normal_(self.weight, mode="fan_out", nonlinearity="relu")
            _zero(self.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tiny = max(x.shape[-2:]) <= TINY and self.kernel_size == (3, 3) and self.stride == (1, 1)
        if tiny and self.training and not x.is_cuda:
            return matrix_product(x, self.weight, self.bias)
        return super().forward(x)


def matrix_product(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None
                   ) -> torch.Tensor:
    """Return a padded 3×3 convolution as one matrix product, so its gradients are two more.

    A processor's own gradient of the weights adds up 9·C·O numbers once a picture: for maps of
    2×2 that takes ten times as long as the product of (O, N·h·w) and (N·h·w, 9·C).
    """
    height, width = x.shape[-2:]
    padded = functional.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))  # (N, h + 2, w + 2, C)
    seen = torch.cat([padded[:, i:i + height, j:j + width] for i in range(3) for j in range(3)],
                     -1)  # (N, h, w, 9·C)
    rows = weight.permute(0, 2, 3, 1).flatten(1)  # (O, 9·C)
    return functional.linear(seen, rows, bias).permute(0, 3, 1, 2)  # (N, O, h, w)


class Head(nn.Linear):
    """The classifier at a network's end."""

    def reset_parameters(self) -> None:
        """Draw small weights, so that no class is likelier than another."""
        if not self.weight.is_meta:
            nn.init.normal_(self.weight, 0, 0.01)
            _zero(self.bias)


def _zero(bias: torch.Tensor | None) -> None:
    if bias is not None:
        nn.init.zeros_(bias)


class Select(nn.Module):
    """Pass some of the channels on, by index; if all pass, there is no index to keep."""

    def __init__(self, channels: int, kept: int) -> None:
        super().__init__()
        check_widths([kept], [channels])
        self.channels, self.kept = channels, kept
        self.index: torch.Tensor | None
        self.register_buffer("index", None if kept == channels else torch.arange(kept))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.index is None:
            return x
        n, channels, height, width = x.shape
        pixels = x.permute(0, 2, 3, 1).reshape(-1, channels)  # in the order of channels_last
        kept = pixels.index_select(1, self.index)  # (N·h·w, kept)
        return kept.view(n, height, width, self.kept).permute(0, 3, 1, 2)  # (N, kept, h, w)


@dataclass(frozen=True)
class Group:
    """One prunable layer by its modules' names: channels leave and enter these three together.

    `source` makes or selects the channels, `norm` scales them by γ, `consumer` reads them.
    `follower` is the batch normalisation right behind the consumer, if there is one.
    """

    name: str
    source: str
    norm: str
    consumer: str
    follower: str | None = None


class Network(nn.Module):
    """A network that lists its groups and the settings it was built from."""

    arch: str
    config: dict[str, Any]
    groups: tuple[Group, ...]

    @property
    def widths(self) -> list[int]:
        """Return how many channels each group has."""
        return list(self.config["widths"])

    @property
    def gammas(self) -> list[nn.Parameter]:
        """Return the scales γ of each group, (channels,) each."""
        return [self.get_parameter(f"{group.norm}.weight") for group in self.groups]

    def cut_config(self, widths: Sequence[int]) -> dict[str, Any]:
        """Return the settings of this network with other widths, ready to be cut to."""
        biased = {"bias": True} if "bias" in self.config else {}
        return {**self.config, **biased, "widths": list(widths)}


def check_depth(depth: int) -> None:
    """Raise for a number of blocks that no network of this kind has."""
    if type(depth) is not int or not 1 <= depth <= 100:
        raise ValueError(f"a depth of {depth!r} where 1 to 100 can be")


def check_widths(widths: Sequence[int], largest: Sequence[int | None]) -> None:
    """Raise for widths that no network of this family can have."""
    if len(widths) != len(largest):
        raise ValueError(f"{len(widths)} widths for {len(largest)} layers")
    for width, most in zip(widths, largest, strict=True):
        if type(width) is not int or not 1 <= width <= (most or 4096):
            raise ValueError(f"a width of {width!r} where 1 to {most or 4096} can be")


def initialise(module: nn.Module, *, anew: bool = False) -> None:
    """Set every γ to 0.5 and every β to 0; `anew` draws all other weights again as well."""
    for part in module.modules():
        if anew and isinstance(part, (Conv, Head, nn.BatchNorm2d)):
            part.reset_parameters()
        if isinstance(part, nn.BatchNorm2d):
            nn.init.constant_(part.weight, GAMMA)
