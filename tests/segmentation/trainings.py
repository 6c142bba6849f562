"""Trainings in processes of their own: some are killed, some share the work.

`python trainings.py FOLDER` tries every place of PLACES: one process trains and dies there by
SIGKILL, the next one takes over; they tell on disk. `shared` trains with all processes of a launch
and compares batch normalisation over them with torch's own.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import accelerate.checkpointing
import torch
import torch._dynamo  # optimizers import it; once here is faster than once in each process
from safetensors.torch import load_file

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from vision.segmentation import predict
from vision.segmentation.train import Config, train
from vision.training.distributed import synchronise_batch_norm, whole
from vision.training.progress import Step

TINY = Config(data=("camvid",), steps=8, batch=2, crop=(64, 96), short_side=64, save_every=3,
              precision="fp32", balance=0.4)
KILLED = replace(TINY, steps=5, save_every=2)

predict.bf16_is_faster = lambda kind: False  # measuring it takes longer than these trainings


def die() -> None:
    """End this process as the kernel ends one that used too much memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def at_step(number: int) -> Callable[[Step], None]:
    """Die when step `number` is told."""
    return lambda step: die() if step.number == number else None


def dying(function: Callable[..., Any], calls: int, *, after: bool = False) -> Callable[..., Any]:
    """Return the function, deadly at its call number `calls`: before it, or after it."""
    count = 0

    def call(*arguments: Any, **settings: Any) -> Any:
        nonlocal count
        count += 1
        if count == calls and not after:
            die()
        answer = function(*arguments, **settings)
        if count == calls:
            die()
        return answer

    return call


def patch(target: Any, name: str, calls: int, *, after: bool = False) -> None:
    setattr(target, name, dying(getattr(target, name), calls, after=after))


PLACES: dict[str, tuple[Callable[[], Any], int]] = {
    "before any state": (lambda: at_step(1), 1),
    "after a state": (lambda: at_step(5), 5),
    "while writing a state": (lambda: patch(accelerate.checkpointing, "save", 5), 3),
    "before the state is renamed": (lambda: patch(os, "replace", 1), 1),
    "after the state is renamed": (lambda: patch(os, "replace", 2, after=True), 5),
    "while the old state is deleted": (lambda: patch(shutil, "rmtree", 5), 5),
    "after the checkpoint is written": (lambda: patch(os, "replace", 4, after=True), 5),
}
"""Where a training dies, and the number of the first step that the next process should take."""


def told(config: Config, on_step: Callable[[Step], Any] | None = None) -> dict[str, Any]:
    """Train and return every step's loss and a digest of the weights."""
    losses: dict[int, float] = {}

    def note(step: Step) -> None:
        losses[step.number] = step.values["loss"]
        if on_step:
            on_step(step)

    path = train(config, note)
    total = hashlib.sha256()
    for name, tensor in sorted(load_file(path).items()):
        total.update(name.encode() + tensor.numpy().tobytes())
    return {"losses": losses, "digest": total.hexdigest(), "left": sorted(
        str(rest.relative_to(path.parent)) for rest in path.parent.rglob("*") if rest != path)}


def in_child(work: Callable[[], Any]) -> int:
    """Do the work in a forked process and return the signal or exit code that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(folder: Path) -> None:
    """Train once in peace, then die at every place and resume; write what happened."""
    def write(name: str, config: Config) -> None:
        (folder / f"{name}.json").write_text(json.dumps(told(config)))

    gc.freeze()  # so that no child looks through what they share for litter
    in_child(lambda: write("in peace", replace(KILLED, output=folder / "peace" / "x.safetensors")))
    for name, (prepare, _) in PLACES.items():
        config = replace(KILLED, output=folder / name.replace(" ", "-") / "x.safetensors")
        end = in_child(lambda prepare=prepare, config=config: told(config, prepare()))
        (folder / f"{name}.end").write_text(str(end))
        in_child(lambda name=name, config=config: write(name, config))


def shared(folder: Path) -> dict[str, Any]:
    """Train with all processes of this launch and return what happened."""
    answer = told(replace(TINY, batch=4, loss="cross_entropy+dice",
                          output=folder / "shared" / "x.safetensors"))
    state = accelerate.PartialState()
    return answer | {"processes": state.num_processes, "batch_norm": batch_norm_differences(state)}


def batch_norm_differences(state: accelerate.PartialState) -> dict[str, float]:
    """Return the largest differences to `nn.BatchNorm2d` on the whole batch."""
    torch.manual_seed(0)
    x = 50 + 3 * torch.randn(4, 5, 6, 7)
    factor = torch.randn(4, 5, 6, 7)
    alone, together = torch.nn.BatchNorm2d(5), synchronise_batch_norm(torch.nn.BatchNorm2d(5))
    share = slice(state.process_index * 4 // state.num_processes,
                  (state.process_index + 1) * 4 // state.num_processes)
    joined = x.clone().requires_grad_()
    part = x[share].clone().requires_grad_()
    wanted, found = alone(joined), together(part)
    (wanted * factor).sum().backward()
    (found * factor[share]).sum().backward()
    pairs = {
        "output": (wanted[share], found), "gradient": (joined.grad[share], part.grad),
        "weight": (alone.weight.grad, whole(together.weight.grad)),
        "bias": (alone.bias.grad, whole(together.bias.grad)),
        "mean": (alone.running_mean, together.running_mean),
        "variance": (alone.running_var, together.running_var),
        "count": (alone.num_batches_tracked, together.num_batches_tracked),
        "evaluation": (alone.eval()(x), together.eval()(x)),
    }
    return {name: float((a - b).detach().abs().max()) for name, (a, b) in pairs.items()}


if __name__ == "__main__":
    killed(Path(sys.argv[1]))
