"""One launch instead of hundreds: a GPU replays the kernels of a step as a captured graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

Answer = TypeVar("Answer")
WARM_UPS = 3


def captured(work: Callable[[], Answer], device: torch.device) -> Callable[[], Answer]:
    """Return the work as a graph whose answer is always the same memory; elsewhere as it is.

    The work reads tensors that stay where they are, and must not wait for the GPU.
    """
    if device.type != "cuda":
        return work
    try:
        _warm_up(work)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            answer = work()
    except RuntimeError:  # a driver or a kernel that cannot be captured
        return work

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
