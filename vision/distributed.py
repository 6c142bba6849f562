"""Batch normalisation over several CPU processes, as `nn.SyncBatchNorm` does it on GPUs."""

from __future__ import annotations

import torch
from torch import nn
from torch.distributed.nn.functional import all_reduce


class CrossProcessBatchNorm2d(nn.BatchNorm2d):
    """A `BatchNorm2d` whose training statistics come from the batches of all processes."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return super().forward(x)
        x32 = x.float()  # (N, C, H, W)
        count = x32.new_tensor([x32.numel() / x32.shape[1]])
        local = torch.cat([x32.sum((0, 2, 3)), x32.square().sum((0, 2, 3)), count])
        total = all_reduce(local)  # (2C + 1,)
        number = total[-1]
        mean, square = (total[:-1] / number).chunk(2)  # (C,), (C,)
        variance = (square - mean.square()).clamp_min(0)
        self._remember(mean.detach(), (variance * number / (number - 1)).detach())
        scale = self.weight * torch.rsqrt(variance + self.eps)
        shift = self.bias - mean * scale
        return (x32 * scale[:, None, None] + shift[:, None, None]).to(x.dtype)

    @torch.no_grad()
    def _remember(self, mean: torch.Tensor, variance: torch.Tensor) -> None:
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)


def synchronise_batch_norm(module: nn.Module) -> nn.Module:
    """Turn every `BatchNorm2d` inside the module into one that spans the processes, in place."""
    for part in module.modules():
        if type(part) is nn.BatchNorm2d:
            part.__class__ = CrossProcessBatchNorm2d
    return module
