"""Pictures that go down their losses, a step at a time."""

from __future__ import annotations

import torch

from vision.style.objective import Objective


class Descent:
    """Pictures (N, 3, H, W) as the parameter of an optimizer, weighed by (3, 1) or (3, N)."""

    def __init__(self, objective: Objective, pictures: torch.Tensor, optimizer: str, rate: float,
                 decay_every: int, weights: torch.Tensor) -> None:
        self.objective = objective
        self.values = pictures.clone(memory_format=torch.contiguous_format).requires_grad_()
        self.judged = self.values.detach().clone()  # those whose losses were found last
        self.weights = weights.clone()
        self.found = weights.new_zeros(3, len(pictures))
        self.optimizer = _optimizer(optimizer, self.values, rate)
        self.schedule = torch.optim.lr_scheduler.StepLR(self.optimizer, decay_every, 0.1)

    @property
    def pictures(self) -> torch.Tensor:
        """Return the pictures as they are now."""
        return self.objective.region(self.values)

    def step(self) -> torch.Tensor:
        """Go one step and return the unweighted losses before it, (3, N)."""
        self.optimizer.step(self._slope)  # type: ignore[arg-type]
        self.schedule.step()
        return self.found.clone()

    def _slope(self) -> torch.Tensor:
        """Set the gradient of the weighted losses and return their sum."""
        losses = self.objective.losses(self.pictures)
        total = (self.weights * losses).sum()
        (slope,) = torch.autograd.grad(total, self.values)
        self.values.grad = slope.contiguous()
        self.found = losses.detach()
        self.judged.copy_(self.values.detach())
        return total.detach()


def _optimizer(name: str, values: torch.Tensor, rate: float) -> torch.optim.Optimizer:
    if name == "lbfgs":  # one evaluation a step, as Gatys et al. did
        return torch.optim.LBFGS([values], rate, max_iter=1, history_size=20)
    return torch.optim.Adam([values], rate, fused=True)
