"""Accelerate, which several trainings of one process share without disturbing each other."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from accelerate import Accelerator

ACCELERATE = threading.Lock()  # who makes an accelerator changes a state that all share


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
