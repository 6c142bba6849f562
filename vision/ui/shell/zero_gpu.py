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

from vision.errors import UserError

ZERO = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "true")
Work = Callable[..., Any]

if ZERO:
    import spaces  # before torch

    os.environ["VISION_DEVICE"] = "cpu"


def on_gpu(seconds: int) -> Callable[[Work], Work]:
    """Return a decorator for functions of a module that need a GPU for at most so long."""

    def decorate(work: Work) -> Work:
        if not ZERO:
            return work
        return _here(work, spaces.GPU(duration=seconds)(_in_fork(work)))

    return decorate


def _in_fork(work: Work) -> Work:
    """Let a function see the fork's GPU; a user's mistake becomes a value, as only values cross."""
    if inspect.isgeneratorfunction(work):

        @functools.wraps(work)
        def stream(*values: Any) -> Iterator[Any]:
            os.environ.pop("VISION_DEVICE", None)
            try:
                yield from work(*values)
            except UserError as mistake:
                yield mistake

        return stream

    @functools.wraps(work)
    def call(*values: Any) -> Any:
        os.environ.pop("VISION_DEVICE", None)
        try:
            return work(*values)
        except UserError as mistake:
            return mistake

    return call


def _here(work: Work, forking: Work) -> Work:
    """Return a function that calls the forking one and raises the mistake that it hands over."""
    if inspect.isgeneratorfunction(work):

        @functools.wraps(work)
        def stream(*values: Any) -> Iterator[Any]:
            yield from map(_whole, forking(*values))

        return stream

    @functools.wraps(work)
    def call(*values: Any) -> Any:
        return _whole(forking(*values))

    return call


def _whole(value: Any) -> Any:
    """Return a value, or raise it if it is a user's mistake."""
    if isinstance(value, UserError):
        raise value
    return value
