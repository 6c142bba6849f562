"""A convolution whose weights never change: 3×3, stride 1, with the ReLU after it.

Such a convolution is its own kind backwards: the slope at its input is the slope at its output,
convolved with the filters turned round and with inputs and outputs exchanged. So on a CPU both
ways run through oneDNN's forward convolution, with weights that are laid out for it once.

Beyond its edges a picture goes on as zeros or mirrored. Where it is mirrored, a pixel inside also
stands outside, so backwards the slope found outside is folded in again.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import nn
from torch.nn import functional

ONES = [1, 1]  # stride and dilation
MIRROR = (1, 1, 1, 1)  # pixels beyond each edge


class Convolution:
    """A layer with its ReLU as a function, from pictures (N, in, H, W) to (N, out, H, W)."""

    def __init__(self, layer: nn.Conv2d, rectified: bool) -> None:
        self.bias, self.rectified = layer.bias, rectified
        self.mirrored = layer.padding_mode == "reflect"
        self.edge = 0 if self.mirrored else 1  # of zeros
        self.packed = layer.weight.device.type == "cpu" and can_pack(layer.weight.dtype)
        if self.packed:
            turned = layer.weight.flip(2, 3).transpose(0, 1).contiguous()  # (in, out, 3, 3)
            self.ahead, self.back = _packed(layer.weight), _packed(turned)
        else:
            self.weight = layer.weight

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        if self.packed:
            return _Packed.apply(x, self)
        y = functional.conv2d(self.widened(x), self.weight, self.bias, padding=self.edge)
        return y.relu_() if self.rectified else y

    def widened(self, x: torch.Tensor) -> torch.Tensor:
        """Return pictures with a mirrored pixel beyond each edge, if that is how they go on."""
        return functional.pad(x, MIRROR, "reflect") if self.mirrored else x


@functools.cache
def can_pack(dtype: torch.dtype) -> bool:
    """Return whether oneDNN is here and convolves numbers of this kind, tried once."""
    if not torch.backends.mkldnn.is_available():
        return False
    x, weight = torch.ones(1, 1, 3, 3, dtype=dtype), torch.ones(1, 1, 3, 3, dtype=dtype)
    try:
        return float(_convolved(x, _packed(weight), None, "none", 0)[0, 0, 0, 0]) == 9
    except (RuntimeError, AttributeError):  # a chip or a torch that cannot
        return False


def _packed(weight: torch.Tensor) -> torch.Tensor:
    """Return weights as oneDNN wants them."""
    return torch.ops.mkldnn._reorder_convolution_weight(weight, ONES, ONES, ONES, 1)


def _convolved(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, after: str,
               edge: int) -> torch.Tensor:
    return torch.ops.mkldnn._convolution_pointwise(x, weight, bias, [edge, edge], ONES, ONES, 1,
                                                   after, [], "")


def folded(slope: torch.Tensor) -> torch.Tensor:
    """Return the slope at pictures (N, C, H, W) from that at mirrored ones, (N, C, H+2, W+2)."""
    for outside, inside in ((0, 2), (-1, -3)):
        slope[..., inside] += slope[..., outside]
        slope[:, :, inside] += slope[:, :, outside]
    return slope[:, :, 1:-1, 1:-1].contiguous(memory_format=torch.channels_last)


class _Packed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, layer: Convolution) -> torch.Tensor:
        y = _convolved(layer.widened(x), layer.ahead, layer.bias,
                       "relu" if layer.rectified else "none", layer.edge)
        ctx.layer = layer
        ctx.save_for_backward(*[y] * layer.rectified)
        return y

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[torch.Tensor, None]:
        for y in ctx.saved_tensors:
            slope = torch.ops.aten.threshold_backward(slope, y, 0)
        slope = slope.contiguous(memory_format=torch.channels_last)
        slope = _convolved(slope, ctx.layer.back, None, "none", 2 - ctx.layer.edge)
        return folded(slope) if ctx.layer.mirrored else slope, None
