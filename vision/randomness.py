"""Randomness that a seed and a few numbers decide, whatever happened before."""

from __future__ import annotations

import random

import numpy as np
import torch


def seed_everything(seed: int) -> None:
    """Seed Python, NumPy and torch on every device."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


def generator_for(seed: int, *numbers: int) -> np.random.Generator:
    """Return the random generator that belongs to a seed and, say, a step and a place in it.

    Zeros at the end count for nothing: that of (seed, step, 0) is that of (seed, step), too.
    """
    return np.random.default_rng((seed, *numbers))
