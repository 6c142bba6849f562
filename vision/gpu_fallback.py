"""When a GPU's memory is full: the same work on the CPU, and a word about it."""

from __future__ import annotations

import copy
import functools
import inspect
import logging
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from vision.errors import UserError

if TYPE_CHECKING:
    from torch import nn

NOTICE = "the GPU's memory is full, so this is computed on the CPU"
SIGNS = ("out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED")
Work = TypeVar("Work", bound=Callable[..., Any])
log = logging.getLogger(__name__)


def is_full(error: BaseException) -> bool:
    """Return whether an error is what a GPU without free memory raises."""
    return isinstance(error, RuntimeError) and (
        type(error).__name__ == "OutOfMemoryError" or any(sign in str(error) for sign in SIGNS))


def lacks_memory(error: BaseException) -> bool:
    """Return whether an error is what too little memory raises, of the GPU or of the machine."""
    return (is_full(error) or isinstance(error, MemoryError)
            or "can't allocate memory" in str(error))


def too_little_memory() -> UserError:
    """Return what is said where there is no other way."""
    return UserError("there is not enough memory for this",
                     "smaller pictures and batches need less",
                     "make them smaller, or wait until others have finished, and start again")


def give_notice() -> None:
    """Say that the CPU does what the GPU could not, and give memory back that is not in use."""
    import torch

    log.warning(NOTICE)
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()


def or_on_cpu(work: Work) -> Work:
    """Return work that is done again on the CPU if the GPU's memory is full.

    Its models are copied there, and a setting called `device` becomes the CPU.
    """
    called = _stream if inspect.isgeneratorfunction(work) else _call

    @functools.wraps(work)
    def call(*values: Any, **named: Any) -> Any:
        return called(work, values, named)

    return call  # type: ignore[return-value]


def on_best_device(module: nn.Module) -> nn.Module:
    """Return a module on the best device, or on the CPU if that is full."""
    from vision.devices import best_device

    try:
        return module.to(best_device())
    except RuntimeError as error:
        if not is_full(error):
            raise
    give_notice()
    return module.cpu()


def on_cpu(value: Any) -> Any:
    """Return a tensor, a module or what holds one on the CPU; others may go on with the original.
    """
    import torch
    from torch import nn

    if isinstance(value, nn.Module):
        return _copied_to_cpu(value)
    if isinstance(value, torch.Tensor):
        return value.cpu()
    if not is_dataclass(value) or isinstance(value, type):
        return value
    parts = {part.name: getattr(value, part.name) for part in fields(value)}
    held = {name: _copied_to_cpu(part) for name, part in parts.items()
            if isinstance(part, nn.Module)}
    return replace(value, **held) if held else value


def _call(work: Callable[..., Any], values: tuple[Any, ...], named: dict[str, Any]) -> Any:
    try:
        return work(*values, **named)
    except RuntimeError as error:
        if not is_full(error):
            raise
    give_notice()  # here, where the error no longer holds on to the GPU's memory
    return work(*map(on_cpu, values), **_named(work, named))


def _stream(work: Callable[..., Any], values: tuple[Any, ...], named: dict[str, Any]
            ) -> Iterator[Any]:
    try:
        yield from work(*values, **named)
        return
    except RuntimeError as error:
        if not is_full(error):
            raise
    give_notice()
    yield from work(*map(on_cpu, values), **_named(work, named))


def _named(work: Callable[..., Any], named: dict[str, Any]) -> dict[str, Any]:
    import torch

    chosen = {"device": torch.device("cpu")} if "device" in inspect.signature(
        work).parameters else {}
    return {name: on_cpu(value) for name, value in named.items()} | chosen


def _copied_to_cpu(module: nn.Module) -> nn.Module:
    """Return a copy of a module on the CPU, made without any memory of the GPU."""
    from torch import nn

    memo: dict[int, Any] = {id(each): nn.Parameter(each.detach().cpu(), each.requires_grad)
                            for each in module.parameters()}
    memo |= {id(each): each.cpu() for each in module.buffers()}
    return copy.deepcopy(module, memo)
