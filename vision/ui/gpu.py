"""Hugging Face's ZeroGPU: a GPU for the length of one call, in a fork of this process.

Elsewhere nothing here has an effect. There, this process has no GPU of its own, so everything
that is not decorated runs on the CPU.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from typing import Any

ZERO = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true")

if ZERO:
    import spaces  # before torch

    os.environ["VISION_DEVICE"] = "cpu"


def on_gpu(seconds: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator for functions of a module that need a GPU for at most so long."""

    def decorate(work: Callable[..., Any]) -> Callable[..., Any]:
        if not ZERO:
            return work
        return spaces.GPU(duration=seconds)(_in_fork(work))

    return decorate


def _in_fork(work: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function see the fork's GPU."""
    if inspect.isgeneratorfunction(work):

        @functools.wraps(work)
        def stream(*values: Any) -> Iterator[Any]:
            os.environ.pop("VISION_DEVICE", None)
            yield from work(*values)

        return stream

    @functools.wraps(work)
    def call(*values: Any) -> Any:
        os.environ.pop("VISION_DEVICE", None)
        return work(*values)

    return call
