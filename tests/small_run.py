"""A training of a few milliseconds, with all that a real one has: schedule, state, and a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file

from vision.training.config import TrainingConfig
from vision.training.progress import OnStep
from vision.training.run import Run


@dataclass(frozen=True, kw_only=True)
class Config(TrainingConfig):
    steps: int = 8
    batch: int = 1
    precision: str = "fp32"
    learning_rate: float = 0.4
    save_every: int = 2
    output: Path = Path("x.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train one layer, and write its weights."""
    config.check()
    run = Run(config, on_step)
    module = torch.nn.Linear(4, 1)
    optimizer = torch.optim.SGD(module.parameters(), config.learning_rate, momentum=0.9)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, config.learning_rate, total_steps=config.steps + 1, pct_start=0.1)
    module, optimizer, schedule = run.prepare(module, optimizer, schedule)
    for _, x in run.steps(lambda n: torch.randn(8, 4, generator=torch.Generator().manual_seed(n))):
        loss = (module(x) - x.sum(1, keepdim=True)).square().mean()
        optimizer.zero_grad()
        run.accelerator.backward(loss)
        optimizer.step()
        schedule.step()
        run.report(loss=loss.detach())
    save_file(run.accelerator.unwrap_model(module).state_dict(), config.output)
    run.finish()
    return config.output
