"""One training: its seed, device, precision, progress, resume and stop.

The batch of step n is a function of the seed and n alone, so a run that was killed and resumed
sees the same data, draws the same noise and ends with the same weights as one that was not.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import torch
from torch import nn
from torch.nn.utils import convert_conv2d_weight_memory_format as for_channels_last

from vision.checkpoints import Card
from vision.devices import best_device, precision_for
from vision.errors import UserError
from vision.files.atomic_files import saving
from vision.files.locks import MakerLock, TrainingSlot
from vision.options import command
from vision.randomness import seed_everything
from vision.training.accelerators import accelerator
from vision.training.average import Average
from vision.training.config import TrainingConfig, ValidatingConfig
from vision.training.distributed import synchronise_batch_norm
from vision.training.progress import OnStep, Step
from vision.training.saved_state import SavedState, state_folder

Batch = TypeVar("Batch")
Paced = (torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler)
RATES = ("lr", "initial_lr", "max_lr", "min_lr")  # what optimizers and schedules keep of a rate
log = logging.getLogger(__name__)


class Run:
    """One training, resumable at any step: devices by Accelerate, state in a folder of its own."""

    def __init__(self, config: TrainingConfig, on_step: OnStep | None = None) -> None:
        from accelerate.state import PartialState
        from accelerate.utils import broadcast_object_list

        self.config, self.on_step = config, on_step
        self.state = SavedState(state_folder(config))
        self.number, self.seconds, self.asked_to_stop = 0, 0.0, False
        self._paced: list[Any] = []
        self._clock = time.perf_counter()
        device = best_device()
        process = PartialState(cpu=device.type == "cpu")
        self._lock = MakerLock(config.output) if process.is_main_process else None
        self._slot = TrainingSlot(self)
        chosen = self.state.notes().get("precision") or precision_for(device, config.precision)
        self.precision = broadcast_object_list([chosen])[0]  # measured, so one must decide
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
        self.number = self.state.load(self.accelerator)
        self.seconds = self.state.notes().get("seconds", 0.0)
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
            self.state.delete()
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
        return synchronise_batch_norm(module)

    def _save_before_the_end(self) -> None:
        """Save the state of a run that is to stop, whose model counts for more than its state."""
        try:
            self._save()
        except UserError as error:
            log.warning("%s", error)

    def _save(self) -> None:
        """Save the state, or raise and leave the last one as it is, with nothing beside it."""
        notes = {"seconds": self.seconds, "precision": self.precision}
        try:
            with saving(self.config.output):
                self.state.write(self.accelerator, self.number, notes)
        except UserError:
            self.state.drop_unfinished()
            if not self.asked_to_stop:
                self._release()
            raise


def turn(paced: list[Any], factor: float) -> None:
    """Let learning rates be so many times as high from now on, wherever they are kept."""
    for thing in paced:
        if isinstance(thing, torch.optim.lr_scheduler.LRScheduler):
            thing.base_lrs = [factor * rate for rate in thing.base_lrs]
        else:
            for group in thing.param_groups:
                group.update({name: factor * group[name] for name in RATES if name in group})
