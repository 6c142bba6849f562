"""Pictures that go down their losses, a step at a time."""

from __future__ import annotations

from collections.abc import Callable

import torch

from vision.style.graph import captured, captures
from vision.style.objectives.whole import Objective

Slope = Callable[[], torch.Tensor]


class Adam:
    """Kingma, Ba: "Adam", arXiv:1412.6980, algorithm 1, as torch has it, for one tensor."""

    def __init__(self, values: torch.Tensor, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        self.values, self.betas, self.count = values, betas, 0
        self.mean, self.square = torch.zeros_like(values), torch.zeros_like(values)

    def step(self, slope: Slope, rate: float) -> None:
        """Go one step down the slope at the present values."""
        first, second = self.betas
        found = slope()
        self.count += 1
        self.mean.lerp_(found, 1 - first)
        self.square.mul_(second).addcmul_(found, found, value=1 - second)
        spread = (self.square / (1 - second**self.count)).sqrt_().add_(1e-8)
        self.values.addcdiv_(self.mean, spread, value=-rate / (1 - first**self.count))


class LBFGS:
    """torch's L-BFGS with one evaluation a step, which remembers the last twenty."""

    def __init__(self, values: torch.Tensor) -> None:
        self.values = values
        self.optimizer = torch.optim.LBFGS([values], max_iter=1, history_size=20)

    def step(self, slope: Slope, rate: float) -> None:
        """Go one step down the slope at the present values."""
        def closure() -> float:
            self.values.grad = slope()
            return 0.0  # only a line search would ask for the loss

        self.optimizer.param_groups[0]["lr"] = rate
        self.optimizer.step(closure)


OPTIMIZERS: dict[str, Callable[[torch.Tensor], Adam | LBFGS]] = {"adam": Adam, "lbfgs": LBFGS}


class Descent:
    """Pictures (N, 3, H, W) on their way down losses that are weighed by (3, 1) or (3, N)."""

    def __init__(self, objective: Objective, pictures: torch.Tensor, weights: torch.Tensor,
                 optimizer: str, rate: float, decay_every: int) -> None:
        self.objective, self.weights = objective, weights.clone()
        self.values = pictures.clone(memory_format=torch.contiguous_format)
        self.judged = self.values.clone()  # those whose losses were found last
        self.optimizer = OPTIMIZERS[optimizer](self.values)
        self.rate, self.decay_every, self.count = rate, decay_every, 0
        self._graph = captured(self._losses_and_slope, pictures.device)

    @property
    def pictures(self) -> torch.Tensor:
        """Return the pictures as they are now."""
        return self.objective.region(self.values)

    @property
    def uncaptured(self) -> bool:
        """Return whether the device would replay a graph, but could not capture this one."""
        return self._graph is None and captures(self.values.device)

    def step(self) -> torch.Tensor:
        """Go one step and return the unweighted losses before it, (3, N)."""
        self.judged.copy_(self.values)
        self.optimizer.step(self._slope, self.rate * 0.1 ** (self.count // self.decay_every))
        self.count += 1
        return self.losses

    def _slope(self) -> torch.Tensor:
        losses, slope = (self._graph or self._losses_and_slope)()
        self.losses = losses.clone()  # (3, N)
        return slope

    def _losses_and_slope(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the losses, and the gradient of their weighted sum, (N, 3, H, W)."""
        return self.objective.slope(self.values, self.weights)
