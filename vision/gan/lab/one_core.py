"""One core for nets so small that sharing their work among threads costs more than it saves."""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import torch

Answer = TypeVar("Answer")


def on_one_core(work: Callable[..., Answer], *values: Any) -> Answer:
    """Return what `work` returns for the values, computed on one core."""
    return _worker().submit(work, *values).result()


@functools.cache
def _worker() -> ThreadPoolExecutor:
    """Return a worker whose only thread computes on one core; all other threads stay as they are.

    In torch each thread takes over the number that was set last when it first asks for it, and
    keeps it. So the worker asks before it sets its own, and then the number is set back.
    """
    worker = ThreadPoolExecutor(1, "one-core")
    worker.submit(torch.get_num_threads).result()
    worker.submit(torch.set_num_threads, 1).result()
    torch.set_num_threads(torch.get_num_threads())
    return worker
