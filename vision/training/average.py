"""A steadier copy of the weights that are learnt."""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import nn


class Average:
    """An exponential moving average of a module's weights: steadier than the last step's."""

    def __init__(self, module: nn.Module, decay: float = 0.999) -> None:
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay, self.updates = decay, 0

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        """Move the average a little towards the module; in the first steps much further."""
        self.updates += 1
        decay = min(self.decay, self.updates / (self.updates + 10))
        state = module.state_dict()
        for name, mean in self.module.state_dict().items():
            if mean.is_floating_point():
                mean.lerp_(state[name], 1 - decay)
            else:
                mean.copy_(state[name])

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run needs."""
        return {"module": self.module.state_dict(), "updates": self.updates}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to a saved state."""
        self.module.load_state_dict(state["module"])
        self.updates = state["updates"]
