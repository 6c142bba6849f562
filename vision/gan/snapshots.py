"""The memory of a training: curves, and small states of the generator through time.

In the file matrices are 8-bit rows (`vision.quantised`): half the bytes of float16, and what is
drawn moves by less than one grey value of 255 in the mean.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from vision.checkpoints import damaged, digest, write
from vision.quantised import in_float16, packed, unpacked

FOLDER = "snapshots"
LARGEST = 7 * 2**18  # bytes of one file


@dataclass
class History:
    """The curves and snapshots so far; a resumed run goes on with both."""

    curves: dict[str, list[float]] = field(default_factory=dict)
    states: dict[int, dict[str, torch.Tensor]] = field(default_factory=dict)
    _sums: dict[str, float] = field(default_factory=dict)
    _count: int = 0

    def record(self, step: int, values: Mapping[str, float], every: int) -> None:
        """Add a step's values; each `every` steps their means become one point of the curves."""
        self._count += 1
        for name, value in values.items():
            self._sums[name] = self._sums.get(name, 0.0) + value
        if step % every == 0:
            means = {"step": float(step)}
            means |= {name: total / self._count for name, total in self._sums.items()}
            for name, value in means.items():
                self.curves.setdefault(name, []).append(round(value, 5))
            self._sums, self._count = {}, 0

    def keep(self, step: int, generator: nn.Module) -> None:
        """Keep the generator's weights as they are now, in float16."""
        self.states[step] = in_float16(generator.state_dict())

    def state_dict(self) -> dict[str, Any]:
        """Return what a resumed run needs."""
        return {"curves": self.curves, "states": self.states, "sums": self._sums,
                "count": self._count}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go back to a saved state."""
        self.curves, self.states = state["curves"], state["states"]
        self._sums, self._count = state["sums"], state["count"]


def moments(steps: int, count: int) -> list[int]:
    """Return after which steps a state is kept: the start, then ever rarer, never the very end."""
    shares = [(index / count) ** 2 for index in range(count)]
    found = {max(index, round(share * steps)) for index, share in enumerate(shares)}
    return sorted(step for step in found if step < steps)


def fitting(states: dict[int, dict[str, torch.Tensor]]) -> dict[int, dict[str, torch.Tensor]]:
    """Return as many of the states as one file may hold, evenly chosen, the first one always."""
    steps = sorted(states)
    size = sum(tensor.nbytes for tensor in packed(states[steps[0]]).values())
    most = max(min(len(steps), (LARGEST - 2**16) // size), 1)
    chosen = {round(index * (len(steps) - 1) / max(most - 1, 1)) for index in range(most)}
    return {steps[index]: states[steps[index]] for index in sorted(chosen)}


def place(checkpoint: Path) -> Path:
    """Return where the snapshots of a checkpoint lie."""
    return checkpoint.parent / FOLDER / checkpoint.name


def save(checkpoint: Path, history: History) -> Path:
    """Write the snapshots of a checkpoint beside it, in one safetensors file."""
    states = fitting(history.states)
    tensors = {f"{step}/{name}": part for step, state in states.items()
               for name, part in packed(state).items()}
    return write(place(checkpoint), json.dumps({"steps": sorted(states)}), tensors)


def load(checkpoint: Path) -> dict[int, dict[str, torch.Tensor]]:
    """Return the generator's states by step, none if the checkpoint came without them."""
    path = place(checkpoint)
    if not path.is_file():
        return {}
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            header = file.metadata()
        if digest(header["card"], tensors) != header["digest"]:
            raise ValueError("digest")
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(path, "its snapshots are cut short or changed") from error
    states: dict[int, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        step, name = key.split("/")
        states.setdefault(int(step), {})[name] = tensor
    return {step: in_float16(unpacked(states[step])) for step in sorted(states)}
