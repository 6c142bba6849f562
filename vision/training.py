"""What every training shares: seed, device, precision, progress, resume, stop.

The batch of step n is a function of the seed and n alone, so a run that was killed and resumed
sees the same data, draws the same noise and ends with the same weights as one that was not.
"""

from __future__ import annotations

import copy
import functools
import hashlib
import json
import logging
import os
import random
import shutil
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
import torch
from torch import nn
from torch.nn.utils import convert_conv2d_weight_memory_format as for_channels_last

from vision.checkpoints import Card
from vision.errors import UserError
from vision.files.atomic_files import saving
from vision.files.locks import MakerLock, TrainingSlot
from vision.options import REQUIRED, command, option, within

if TYPE_CHECKING:
    from accelerate import Accelerator

Batch = TypeVar("Batch")
Paced = (torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler)
Limits = dict[str, tuple[float, float]]
PRECISIONS = ("auto", "bf16", "fp32")
RATES = ("lr", "initial_lr", "max_lr", "min_lr")  # what optimizers and schedules keep of a rate
ACCELERATE = threading.Lock()  # who makes an accelerator changes a state that all share
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Step:
    """What a training says after one step."""

    number: int
    total: int
    values: dict[str, float]
    seconds: float = 0.0
    sample: Any = field(default=None, compare=False)

    @property
    def seconds_left(self) -> float:
        """Return how long the rest takes at the speed so far."""
        return self.seconds / max(self.number, 1) * (self.total - self.number)


OnStep = Callable[[Step], "bool | None"]
"""Called after each step; returning True asks the training to stop there and keep its model."""


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """The settings that every training has; what each begins with, it says itself."""

    LIMITS: ClassVar[Limits] = {"seed": (0, 2**63 - 1), "steps": (1, 10**9),
                                "save_every": (1, 10**9)}

    seed: int = option(0, "seed of weights, order and augmentation")
    steps: int = option(REQUIRED, "how many steps to train")
    batch: int | tuple[int, ...] = option(REQUIRED, "pictures a step, over all processes")
    precision: str = option("auto", "auto, bf16 or fp32", lambda: list(PRECISIONS))
    save_every: int = option(200, "save the state of the run every so many steps")
    rate_turn: tuple[float, ...] = option((), "a step, and how many times as high the learning "
                                              "rate is from there on")
    output: Path = option(REQUIRED, "the checkpoint to write")

    def check(self, **own: tuple[float, float]) -> None:
        """Raise for a setting outside its limits: those that all have, and some of one's own."""
        within(self, **self.LIMITS | own)
        if self.rate_turn and not (len(self.rate_turn) == 2 and 1 <= self.rate_turn[0] == int(
                self.rate_turn[0]) and 0 < self.rate_turn[1] <= 1000):
            raise UserError("the rate turns at {turn}", "a step and a factor up to 1000 are "
                            "accepted", "try --rate-turn 100 0.5", turn=self.rate_turn)


@dataclass(frozen=True, kw_only=True)
class ValidatingConfig(TrainingConfig):
    """The settings of a training that can be measured on its way, not only at its end."""

    LIMITS: ClassVar[Limits] = {**TrainingConfig.LIMITS, "val_every": (0, 10**9)}

    val_every: int = option(0, "measure on the val split every so many steps; 0 is at the end only")


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and torch on every device."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def generator_for(seed: int, *numbers: int) -> np.random.Generator:
    """Return the random generator that belongs to a seed and, say, a step and a place in it."""
    return np.random.default_rng((seed, *numbers))


def best_device() -> torch.device:
    """Return the fastest device present: CUDA, then MPS, then the CPU; or VISION_DEVICE."""
    if chosen := os.environ.get("VISION_DEVICE"):
        return torch.device(chosen)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def has_bf16(kind: str) -> bool:
    """Return whether a kind of device computes in bfloat16 itself, which nothing else does fast."""
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return kind == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported()


@functools.cache
def bf16_is_faster(kind: str) -> bool:
    """Return whether a convolution runs clearly faster in bfloat16 here, measured once."""
    if kind != "cpu" or not has_bf16(kind):
        return has_bf16(kind)
    layer = nn.Conv2d(64, 64, 3, padding=1).to(memory_format=torch.channels_last)
    picture = torch.zeros(1, 64, 48, 48).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        full = _fastest(layer, picture)
        return 1.1 * _fastest(layer.bfloat16(), picture.bfloat16()) < full


def _fastest(layer: nn.Module, picture: torch.Tensor, times: int = 5) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        layer(picture)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def precision_for(device: torch.device, wanted: str = "auto") -> str:
    """Return 'bf16' or 'no' in Accelerate's words for 'auto', 'bf16' or 'fp32'."""
    if wanted not in PRECISIONS:
        raise UserError("there is no precision '{wanted}'", "known are auto, bf16, fp32",
                        "choose one of them", wanted=wanted)
    if wanted == "bf16" and not has_bf16(device.type):
        log.warning("this device has no bfloat16, so it computes in float32")
        return "no"
    faster = wanted == "bf16" or (wanted == "auto" and bf16_is_faster(device.type))
    return "bf16" if faster else "no"


def on_terminal(step: Step) -> None:
    """Show a step as a progress bar on a terminal, and every hundredth as a line in a log."""
    numbers = "  ".join(f"{name} {value:.4f}" for name, value in step.values.items())
    line = f"step {step.number}/{step.total}  {numbers}  {step.seconds_left:.0f} s left"
    if sys.stderr.isatty():
        end = "\n" if step.number == step.total else ""
        print(f"\r\033[K{line}", end=end, file=sys.stderr, flush=True)
    elif step.number % 100 == 0 or step.number in (1, step.total) or len(step.values) > 1:
        print(line, file=sys.stderr, flush=True)


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


def accelerator(precision: str, *, cpu: bool) -> Accelerator:
    """Return an accelerator of this precision, made while no other thread makes one.

    All of a process share Accelerate's state, which belongs to the newest precision. Its own
    settings for gradients are not asked: to see which differ, it empties the environment.
    """
    from accelerate import Accelerator
    from accelerate.state import AcceleratorState
    from accelerate.utils import GradientAccumulationPlugin

    class EachStep(GradientAccumulationPlugin):
        def to_kwargs(self) -> dict[str, Any]:
            return {}

    with ACCELERATE:
        if AcceleratorState._shared_state.get("_mixed_precision") != precision:
            AcceleratorState._reset_state()
        return Accelerator(mixed_precision=precision, cpu=cpu,
                           gradient_accumulation_plugin=EachStep())


class Run:
    """One training, resumable at any step: devices by Accelerate, state in a folder of its own."""

    def __init__(self, config: TrainingConfig, on_step: OnStep | None = None) -> None:
        from accelerate.state import PartialState
        from accelerate.utils import broadcast_object_list

        self.config, self.on_step = config, on_step
        self.folder = state_folder(config)
        self.number, self.seconds, self.asked_to_stop = 0, 0.0, False
        self._paced: list[Any] = []
        self._clock = time.perf_counter()
        device = best_device()
        state = PartialState(cpu=device.type == "cpu")
        self._lock = MakerLock(config.output) if state.is_main_process else None
        self._slot = TrainingSlot(self)
        chosen = [self._noted().get("precision")
                  or precision_for(device, config.precision)]
        self.precision = broadcast_object_list(chosen)[0]  # measured, so one must decide
        self.accelerator = accelerator(self.precision, cpu=device.type == "cpu")
        seed_everything(config.seed)

    @property
    def device(self) -> str:
        """Return device and precision in words, for the model card."""
        kind = self.accelerator.device.type
        name = torch.cuda.get_device_name() if kind == "cuda" else kind
        precision = "bf16" if self.precision == "bf16" else "fp32"
        return f"{name}, {precision}, {self.accelerator.num_processes} process(es)"

    @property
    def is_to_validate(self) -> bool:
        """Return whether the step that is under way ends with a measurement."""
        every = self.config.val_every if isinstance(self.config, ValidatingConfig) else 0
        return every > 0 and (self.number + 1) % every == 0

    def card(self, system: str, arch: str, config: dict[str, Any], *, verb: str = "train",
             **about: Any) -> Card:
        """Return the model card of what has been trained so far: the run fills in how."""
        return Card(system, arch, config, **about, command=command(system, verb, self.config),
                    seed=self.config.seed, steps=self.number, device=self.device)

    def prepare(self, *objects: Any) -> list[Any]:
        """Hand models, optimizers and schedules to Accelerate, then go back to the saved state.

        Of several processes each counts the schedule's steps once, so schedules stay as they are.
        """
        prepared: list[Any] = []
        for thing in objects:
            if isinstance(thing, Average):
                for_channels_last(thing.module.to(self.accelerator.device), torch.channels_last)
            if isinstance(thing, (torch.optim.lr_scheduler.LRScheduler, Average)):
                self.accelerator.register_for_checkpointing(thing)
                prepared.append(thing)
            elif isinstance(thing, nn.Module):
                thing = for_channels_last(thing, torch.channels_last)
                prepared.append(self.accelerator.prepare(self._synchronised(thing)))
            else:
                prepared.append(self.accelerator.prepare(thing))
        self._paced += [thing for thing in prepared if isinstance(thing, Paced)]
        self._resume()
        return prepared

    def steps(self, make_batch: Callable[[int], Batch], ahead: int = 2
              ) -> Iterator[tuple[int, Batch]]:
        """Yield each step's number and batch until the end, or until asked to stop."""
        try:
            yield from self._batches(make_batch, ahead)
        except BaseException:  # also of the loop over these steps
            self._release()
            raise

    def _batches(self, make_batch: Callable[[int], Batch], ahead: int
                 ) -> Iterator[tuple[int, Batch]]:
        """Yield the steps, their batches made ahead by threads."""
        with ThreadPoolExecutor(max_workers=ahead) as pool:
            waiting: deque[Future[Batch]] = deque()
            following = self.number
            self._clock = time.perf_counter()
            while self.number < self.config.steps and not self.asked_to_stop:
                while len(waiting) < ahead and following < self.config.steps:
                    waiting.append(pool.submit(make_batch, following))
                    following += 1
                if self.config.rate_turn and self.number == self.config.rate_turn[0]:
                    turn(self._paced, self.config.rate_turn[1])
                yield self.number, waiting.popleft().result()
            for future in waiting:
                future.cancel()

    def share(self, size: int) -> slice:
        """Return which part of a batch of `size` samples is this process's own."""
        world = self.accelerator.num_processes
        if size % world:
            raise UserError("a batch of {size} cannot be shared by {world} processes",
                            "a multiple of {world} is accepted", "change --batch",
                            size=size, world=world)
        part = size // world
        return slice(self.accelerator.process_index * part,
                     (self.accelerator.process_index + 1) * part)

    def report(self, sample: Any = None, **values: float | torch.Tensor) -> None:
        """End a step: count it, tell `on_step`, save now and then, and notice a wish to stop."""
        self.number += 1
        now = time.perf_counter()
        self.seconds, self._clock = self.seconds + now - self._clock, now
        numbers = self.means(values)
        stop = False
        if self.on_step and self.accelerator.is_main_process:
            step = Step(self.number, self.config.steps, numbers, self.seconds, sample)
            stop = bool(self.on_step(step))
        self.asked_to_stop = self._mean(float(stop)) > 0  # any process may ask
        if self.asked_to_stop:
            self._save_before_the_end()
        elif self.number % self.config.save_every == 0:
            self._save()

    def means(self, values: Mapping[str, float | torch.Tensor]) -> dict[str, float]:
        """Return values of a step as their means over all processes."""
        return {name: self._mean(value) for name, value in values.items()}

    def finish(self) -> None:
        """Remove the saved state of a run whose checkpoint is written; a stopped one keeps it."""
        self.accelerator.wait_for_everyone()
        if not self.asked_to_stop and self.accelerator.is_main_process:
            for saved in self._saved():
                self._discard(saved)
            shutil.rmtree(self.folder, ignore_errors=True)
        self._release()
        self.accelerator.free_memory()

    def _release(self) -> None:
        """Let others train and make this file."""
        self._slot.release()
        if self._lock:
            self._lock.release()

    def _mean(self, value: float | torch.Tensor) -> float:
        """Return the mean over all processes."""
        if self.accelerator.num_processes == 1:
            return float(value)
        tensor = torch.as_tensor(value, device=self.accelerator.device, dtype=torch.float32)
        return float(self.accelerator.reduce(tensor.detach().clone(), "mean"))

    def _synchronised(self, module: nn.Module) -> nn.Module:
        """Let batch normalisation see the whole batch when several processes share it."""
        if self.accelerator.num_processes == 1:
            return module
        if self.accelerator.device.type == "cuda":
            return nn.SyncBatchNorm.convert_sync_batchnorm(module)
        from vision.distributed import synchronise_batch_norm

        return synchronise_batch_norm(module)

    def _save_before_the_end(self) -> None:
        """Save the state of a run that is to stop, whose model counts for more than its state."""
        try:
            self._save()
        except UserError as error:
            log.warning("%s", error)

    def _save(self) -> None:
        """Save the state, or raise and leave the last one as it is, with nothing beside it."""
        try:
            with saving(self.config.output):
                self._write()
        except UserError:
            shutil.rmtree(self.folder / "unfinished", ignore_errors=True)
            if not self.asked_to_stop:
                self._release()
            raise

    def _write(self) -> None:
        """Write the state beside the last one, then make it the valid one by a single rename."""
        new, final = self.folder / "unfinished", self.folder / f"step-{self.number:08d}"
        if self.accelerator.is_main_process:
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(parents=True)
        self.accelerator.wait_for_everyone()
        self.accelerator.save_state(str(new))
        self.accelerator.wait_for_everyone()
        if self.accelerator.is_main_process:
            notes = {"seconds": self.seconds, "precision": self.precision}
            (new / "run.json").write_text(json.dumps(notes))
            os.replace(new, final)
            for old in self._saved():
                if old != final:
                    self._discard(old)
        self.accelerator.wait_for_everyone()

    def _discard(self, saved: Path) -> None:
        """Delete a state; its name goes first, so that half of one is never taken for a whole."""
        rest = self.folder / "discarded"
        shutil.rmtree(rest, ignore_errors=True)
        os.replace(saved, rest)
        shutil.rmtree(rest)

    def _saved(self) -> list[Path]:
        return sorted(self.folder.glob("step-*"))

    def _resume(self) -> None:
        if saved := self._saved():
            self.accelerator.load_state(str(saved[-1]))
            self.number = int(saved[-1].name.removeprefix("step-"))
            self.seconds = self._noted()["seconds"]

    def _noted(self) -> dict[str, Any]:
        """Return what the last state says about its run, or nothing if there is no state."""
        saved = self._saved()
        return json.loads((saved[-1] / "run.json").read_text()) if saved else {}


def turn(paced: list[Any], factor: float) -> None:
    """Let learning rates be so many times as high from now on, wherever they are kept."""
    for thing in paced:
        if isinstance(thing, torch.optim.lr_scheduler.LRScheduler):
            thing.base_lrs = [factor * rate for rate in thing.base_lrs]
        else:
            for group in thing.param_groups:
                group.update({name: factor * group[name] for name in RATES if name in group})


def state_folder(config: TrainingConfig) -> Path:
    """Return where the state of a run with these settings lies."""
    return config.output.parent / f"{_fingerprint(config)}.state"


def _fingerprint(config: TrainingConfig) -> str:
    """Return a short name of the settings, so that only an equal run resumes a state."""
    given = asdict(config)
    if not config.rate_turn:
        del given["rate_turn"]  # which runs that are older than this setting have not
    text = json.dumps(given, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]
