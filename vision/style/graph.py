"""One launch instead of hundreds: a GPU replays the kernels of a step as a captured graph."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import torch

Answer = TypeVar("Answer")
KIND = "cuda"  # of devices that replay graphs
WARM_UPS = 3
TURNS = threading.Lock()  # a process may capture one graph at a time


def captures(device: torch.device) -> bool:
    """Return whether a device replays graphs."""
    return device.type == KIND


def captured(work: Callable[[], Answer], device: torch.device) -> Callable[[], Answer] | None:
    """Return the work as a graph whose answer is always the same memory, or none if it cannot be.

    The work reads tensors that stay where they are, and must not wait for the GPU.
    """
    if not captures(device):
        return None
    try:
        with TURNS:
            _warm_up(work)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                answer = work()
    except RuntimeError:  # a driver or a kernel that cannot be captured
        return None

    def replay() -> Answer:
        graph.replay()
        return answer

    return replay


def _warm_up(work: Callable[[], object]) -> None:
    """Let libraries choose their kernels and take their memory before the capture."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(WARM_UPS):
            work()
    torch.cuda.current_stream().wait_stream(stream)
