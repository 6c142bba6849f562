"""Several processes as one: sums that carry gradients, and batch normalisation built on them."""

from __future__ import annotations

import gc
from typing import Any

import torch
from torch import distributed, nn


class _Sum(torch.autograd.Function):
    """The sum over all processes; every process's result depends on every process's part."""

    @staticmethod
    def forward(_: Any, part: torch.Tensor) -> torch.Tensor:
        total = part.contiguous().clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(_: Any, gradient: torch.Tensor) -> torch.Tensor:
        return _Sum.forward(_, gradient)


def several() -> bool:
    """Return whether this is one of several processes that are connected."""
    return distributed.is_available() and distributed.is_initialized()


def whole(part: torch.Tensor) -> torch.Tensor:
    """Return the sum of a tensor over all processes, with gradients; alone, the tensor itself."""
    return _Sum.apply(part) if several() else part


def joined(part: torch.Tensor) -> torch.Tensor:
    """Return the equally large tensors of all processes stacked in front, with gradients."""
    if not several():
        return part[None]
    own, world = distributed.get_rank(), distributed.get_world_size()
    return whole(torch.stack([part if rank == own else torch.zeros_like(part)
                              for rank in range(world)]))


def leave() -> None:
    """Leave the other processes; their connections' threads must not outlive the interpreter."""
    if several():
        gc.collect()  # what still holds on to the group holds its threads too
        distributed.destroy_process_group()


class _CrossProcess(nn.modules.batchnorm._BatchNorm):
    """`nn.SyncBatchNorm` for CPUs: the training statistics come from all processes' batches."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return super().forward(x)
        x32 = x.float()  # (N, C, …)
        others = [axis for axis in range(x32.ndim) if axis != 1]
        wide = (-1, *[1] * (x32.ndim - 2))  # spreads (C,) over what follows C
        count = x32.new_tensor([x32.numel() / x32.shape[1]])
        total = whole(torch.cat([x32.sum(others), count]))  # (C + 1,)
        number = total[-1].detach()
        mean = total[:-1] / number  # (C,)
        centred = x32 - mean.view(wide)
        variance = whole(centred.square().sum(others)) / number  # (C,)
        self._remember(mean.detach(), (variance * number / (number - 1)).detach())
        scale = self.weight * torch.rsqrt(variance + self.eps)
        return (centred * scale.view(wide) + self.bias.view(wide)).to(x.dtype)

    @torch.no_grad()
    def _remember(self, mean: torch.Tensor, variance: torch.Tensor) -> None:
        """Move the running statistics towards these, as `nn.BatchNorm2d` does."""
        if self.running_mean is None or self.running_var is None or self.momentum is None:
            return
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)


class CrossProcessBatchNorm1d(_CrossProcess, nn.BatchNorm1d):
    """`nn.BatchNorm1d` over all processes."""


class CrossProcessBatchNorm2d(_CrossProcess, nn.BatchNorm2d):
    """`nn.BatchNorm2d` over all processes."""


class CrossProcessBatchNorm3d(_CrossProcess, nn.BatchNorm3d):
    """`nn.BatchNorm3d` over all processes."""


SPANNING: dict[type[nn.Module], type[nn.Module]] = {
    nn.BatchNorm1d: CrossProcessBatchNorm1d, nn.BatchNorm2d: CrossProcessBatchNorm2d,
    nn.BatchNorm3d: CrossProcessBatchNorm3d}


def synchronise_batch_norm(module: nn.Module) -> nn.Module:
    """Turn each batch normalisation inside the module into one over all processes, in place."""
    for part in module.modules():
        part.__class__ = SPANNING.get(type(part), type(part))
    return module
