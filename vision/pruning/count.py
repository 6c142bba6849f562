"""What a network costs: parameters, multiply-adds and bytes counted, milliseconds measured."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from vision.errors import UserError
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import SIDE, Conv, Network

PRECISIONS = {"fp32": torch.float32, "bf16": torch.bfloat16}
WHOLE = 8  # bytes of an index on disk
HALF = 2  # bytes of a weight on disk


@dataclass(frozen=True)
class Size:
    """What a network costs by its shape alone."""

    parameters: int
    multiply_adds: int  # of one picture; the paper's FLOPs are twice that
    file_bytes: int  # of the tensors of its checkpoint

    def as_json(self) -> dict[str, Any]:
        """Return the three numbers by name."""
        return {"parameters": self.parameters, "multiply_adds": self.multiply_adds,
                "file_bytes": self.file_bytes}


def count(module: Network) -> Size:
    """Return what a network costs; it may lie on the meta device."""
    parameters = sum(tensor.numel() for tensor in module.parameters())
    tensors = module.state_dict().values()
    size = sum(tensor.numel() * (HALF if tensor.is_floating_point() else WHOLE)
               for tensor in tensors)
    return Size(parameters, sum(map(multiply_adds, module.modules())), size)


def count_config(arch: str, config: dict[str, Any]) -> Size:
    """Return what a network of these settings would cost, without making its weights."""
    with torch.device("meta"):
        return count(ARCHITECTURES.build(arch, **config))


def multiply_adds(layer: nn.Module) -> int:
    """Return outputs · inputs · k² · height · width of a convolution or linear layer, else 0."""
    if isinstance(layer, Conv):
        return layer.weight.numel() * layer.side**2
    return layer.weight.numel() if isinstance(layer, nn.Linear) else 0


@torch.inference_mode()
def layer_times(module: Network, runs: int = 7) -> dict[str, float]:
    """Return the median milliseconds that each layer takes of one picture, by its name.

    The clock is read before and after each layer, on the CPU, so the layers run one by one as
    they do anyway; on a GPU each one is waited for.
    """
    module = copy.deepcopy(module).eval().to(memory_format=torch.channels_last)
    device = next(module.parameters()).device
    found: dict[str, list[float]] = {}
    started: dict[str, float] = {}

    def now() -> float:
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return 1000 * time.perf_counter()

    for name, part in module.named_modules():
        if next(part.children(), None) is None:
            part.register_forward_pre_hook(
                lambda *_, name=name: started.update({name: now()}))
            part.register_forward_hook(lambda *_, name=name: found.setdefault(name, []).append(
                now() - started[name]))
    picture = torch.zeros(1, 3, SIDE, SIDE, device=device).to(memory_format=torch.channels_last)
    for _ in range(runs + 1):
        module(picture)
    return {name: per_run(times, runs) for name, times in found.items()}


def per_run(times: list[float], runs: int) -> float:
    """Return the median of what a layer takes in a run, the first run left out.

    A layer that is used several times in a run, such as a pooling, is summed up.
    """
    uses = len(times) // (runs + 1)
    sums = [sum(times[uses * run : uses * (run + 1)]) for run in range(1, runs + 1)]
    return sorted(sums)[runs // 2]


@torch.inference_mode()
def latency(module: Network, batch: int = 1, precision: str = "fp32", seconds: float = 1.0,
            least: int = 3) -> float:
    """Return the median milliseconds of a batch on the module's device, of `least` runs or more."""
    if precision not in PRECISIONS:
        raise UserError("there is no precision '{wanted}'", "known are {known}",
                        "choose one of them", wanted=precision, known=", ".join(PRECISIONS))
    dtype = PRECISIONS[precision]
    module = copy.deepcopy(module).eval().to(dtype)
    module = module.to(memory_format=torch.channels_last)
    device = next(module.parameters()).device
    pictures = torch.zeros(batch, 3, SIDE, SIDE, dtype=dtype, device=device)
    pictures = pictures.to(memory_format=torch.channels_last)
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) <= least or time.perf_counter() < end:
        start = time.perf_counter()
        module(pictures).sum().item()  # asking for a number waits for the device
        times.append(1000 * (time.perf_counter() - start))
    return sorted(times[1:])[len(times[1:]) // 2]
