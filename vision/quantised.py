"""Weights in half the bytes of float16: each row of a matrix as 8-bit integers with a scale.

A row is what makes one output. Rounding moves a weight by at most 1/254 of its row's largest one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn

SCALE = ".scale"


def packed(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return a state with its matrices as 8-bit rows with a scale each, the rest in float16."""
    import torch

    parts = {}
    for name, tensor in in_float16(state, but=2).items():
        if tensor.is_floating_point() and tensor.ndim > 1:
            rows = tensor.float().flatten(1)  # (out, in)
            scale = (rows.abs().amax(1, keepdim=True) / 127).clamp_min(1e-7).half()  # (out, 1)
            parts[name + SCALE] = scale
            tensor = (rows / scale.float()).round().clamp(-127, 127).to(torch.int8).view_as(tensor)
        parts[name] = tensor.contiguous()
    return parts


def unpacked(parts: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Return the state that was packed, its matrices in float32; what was not is as it was."""
    import torch

    state = dict(parts)
    for name in [name for name in parts if name + SCALE in parts]:
        tensor, scale = parts[name], state.pop(name + SCALE)
        if scale.shape != (*tensor.shape[:1], 1) or tensor.dtype != torch.int8 or (
                not scale.is_floating_point()):
            raise ValueError(f"'{name}' has no scale for each row")
        state[name] = (tensor.float().flatten(1) * scale.float()).view_as(tensor)
    return state


def in_float16(state: Mapping[str, torch.Tensor], but: int = 99) -> dict[str, torch.Tensor]:
    """Return a copy of a state on the CPU in float16; tensors of `but` or more sides as they are.
    """
    import torch

    copies = {name: tensor.detach().cpu().clone(memory_format=torch.contiguous_format)
              for name, tensor in state.items()}
    return {name: copy.half() if copy.is_floating_point() and copy.ndim < but else copy
            for name, copy in copies.items()}


def round_rows(module: nn.Module) -> nn.Module:
    """Give a module the weights that it will have after its file is read back, and return it."""
    module.load_state_dict(unpacked(packed(module.state_dict())))
    return module
