"""A convolution whose weights never change: 3×3, stride 1, with the ReLU after it.

Such a convolution is its own kind backwards: the slope at its input is the slope at its output,
convolved with the filters turned round and with inputs and outputs exchanged. So on a CPU both
ways run through oneDNN's forward convolution, with weights that are laid out for it once.
"""

from __future__ import annotations

import functools
from typing import Any

import torch
from torch import nn
from torch.nn import functional

ONES = [1, 1]  # padding, stride and dilation


class Convolution:
    """A layer with its ReLU as a function, from pictures (N, in, H, W) to (N, out, H, W)."""

    def __init__(self, layer: nn.Conv2d, rectified: bool) -> None:
        self.weight, self.bias, self.rectified = layer.weight, layer.bias, rectified
        self.packed = layer.weight.device.type == "cpu" and can_pack(layer.weight.dtype)
        if self.packed:
            turned = layer.weight.flip(2, 3).transpose(0, 1).contiguous()  # (in, out, 3, 3)
            self.ahead, self.back = _packed(layer.weight), _packed(turned)

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        if self.packed:
            return _Packed.apply(x, self)
        y = functional.conv2d(x, self.weight, self.bias, padding=1)
        return y.relu_() if self.rectified else y


@functools.cache
def can_pack(dtype: torch.dtype) -> bool:
    """Return whether oneDNN is here and convolves numbers of this kind, tried once."""
    if not torch.backends.mkldnn.is_available():
        return False
    x, weight = torch.ones(1, 1, 3, 3, dtype=dtype), torch.ones(1, 1, 3, 3, dtype=dtype)
    try:
        return float(_convolved(x, _packed(weight), None, "none")[0, 0, 1, 1]) == 9
    except (RuntimeError, AttributeError):  # a chip or a torch that cannot
        return False


def _packed(weight: torch.Tensor) -> torch.Tensor:
    """Return weights as oneDNN wants them."""
    return torch.ops.mkldnn._reorder_convolution_weight(weight, ONES, ONES, ONES, 1)


def _convolved(x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None, after: str
               ) -> torch.Tensor:
    return torch.ops.mkldnn._convolution_pointwise(x, weight, bias, ONES, ONES, ONES, 1, after,
                                                   [], "")


class _Packed(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: torch.Tensor, layer: Convolution) -> torch.Tensor:
        y = _convolved(x, layer.ahead, layer.bias, "relu" if layer.rectified else "none")
        ctx.layer = layer
        ctx.save_for_backward(*[y] * layer.rectified)
        return y

    @staticmethod
    def backward(ctx: Any, slope: torch.Tensor) -> tuple[torch.Tensor, None]:
        for y in ctx.saved_tensors:
            slope = torch.ops.aten.threshold_backward(slope, y, 0)
        slope = slope.contiguous(memory_format=torch.channels_last)
        return _convolved(slope, ctx.layer.back, None, "none"), None
