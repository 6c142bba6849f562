"""Another future of a training: from one of its steps on with another learning rate.

A run is a function of its settings, so this future is a run of its own that turns its rate at that
step. A state of the first run, which has the same steps up to there, only spares it the way.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from vision import checkpoints
from vision.training.config import TrainingConfig
from vision.training.saved_state import copied, name_of, state_folder, states_in, step_of

Config = TypeVar("Config", bound=TrainingConfig)


def forked(config: Config, step: int, factor: float) -> Config:
    """Return a run's settings with a rate so many times as high from a step on."""
    stem = f"{config.output.stem}-from-{step}"
    return replace(config, rate_turn=(step, factor), output=config.output.with_stem(stem))


def keep(config: TrainingConfig, folder: Path) -> int | None:
    """Copy the last state of a run to a folder that the run does not tidy, and return its step."""
    saved = states_in(state_folder(checkpoints.with_target(config)))
    if not saved:
        return None
    return step_of(copied(saved[-1], folder))


def kept(folder: Path) -> list[int]:
    """Return the steps that a folder has states of."""
    return [step_of(state) for state in states_in(folder)]


def prepare(config: TrainingConfig, folder: Path) -> None:
    """Let a fork begin where its rate turns, if a state of that step was kept."""
    ours = state_folder(checkpoints.with_target(config))
    for state in folder.glob(name_of(int(config.rate_turn[0]))):
        copied(state, ours)
