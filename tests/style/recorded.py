"""CUDA graphs as a CPU can act them out: every operation is recorded, and replayed in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from vision.style import graph

WAITS = (torch.ops.aten._local_scalar_dense.default, torch.ops.aten.lift_fresh.default)


class Graph(TorchDispatchMode):
    """The operations of a capture with the tensors they read and wrote.

    As on a GPU it forgets Python: a tensor that was replaced instead of changed is not seen, and
    what would wait for the GPU, or copy a Python number to it, is refused.
    """

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[tuple[Callable[..., Any], Any, Any, Any]] = []
        self.replays = 0

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None
                           ) -> Any:
        if operation in WAITS:
            raise RuntimeError(f"{operation} is not permitted while a stream is captured")
        result = operation(*args, **(kwargs or {}))
        self.operations.append((operation, args, kwargs or {}, result))
        return result

    @torch.no_grad()
    def replay(self) -> None:
        self.replays += 1
        for operation, args, kwargs, recorded in self.operations:
            for new, old in zip(tree_leaves(operation(*args, **kwargs)), tree_leaves(recorded),
                                strict=True):
                if isinstance(old, torch.Tensor) and new.data_ptr() != old.data_ptr():
                    old.copy_(new)


@contextmanager
def capture(into: Graph, capture_error_mode: str) -> Iterator[None]:
    assert capture_error_mode == "thread_local"  # others may use the GPU meanwhile
    with into:
        yield


def act_out(monkeypatch: pytest.MonkeyPatch, how: Any = capture) -> list[Graph]:
    """Let the CPU capture graphs, and return them as they are made."""
    made: list[Graph] = []

    def new() -> Graph:
        made.append(Graph())
        return made[-1]

    monkeypatch.setattr(graph, "KIND", "cpu")
    monkeypatch.setattr(graph, "_warm_up", lambda work: work())
    monkeypatch.setattr(torch.cuda, "CUDAGraph", new)
    monkeypatch.setattr(torch.cuda, "graph", how)
    return made
