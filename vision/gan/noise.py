"""The noise that generators draw from, and ways through it."""

from __future__ import annotations

import numpy as np
import torch

from vision.errors import UserError


def draw_noise(count: int, size: int, seed: int, truncation: float = 4.0) -> torch.Tensor:
    """Return normal noise (count, size) cut off at ±truncation; the first rows never change.

    Each value is F⁻¹ of a uniform number, F being the normal distribution between the cuts, so a
    smaller truncation pulls the same noise smoothly towards the typical.
    """
    if not 0 < truncation <= 10:
        raise UserError("the truncation is {value}", "numbers above 0 and up to 10 are accepted",
                        "choose another", value=truncation)
    uniform = torch.from_numpy(np.random.default_rng((seed, 28)).random((count, size)))
    low, high = torch.special.ndtr(torch.tensor([-truncation, truncation], dtype=torch.float64))
    return torch.special.ndtri(low + uniform * (high - low)).float()


def walk(start: torch.Tensor, end: torch.Tensor, steps: int) -> torch.Tensor:
    """Return noise (steps, size) along the great arc from one noise (size,) to another.

    A straight line would pass near 0, where hardly any normal noise of many dimensions lies.
    """
    cosine = torch.nn.functional.cosine_similarity(start, end, 0).clamp(-1, 1)
    angle = torch.acos(cosine)
    at = torch.linspace(0, 1, steps).unsqueeze(1)  # (steps, 1)
    if angle < 1e-3:
        return torch.lerp(start, end, at)
    return (torch.sin((1 - at) * angle) * start + torch.sin(at * angle) * end) / torch.sin(angle)


def morph(first: int, second: int, classes: int, steps: int) -> torch.Tensor:
    """Return label weights (steps, classes) that fade from one label to another."""
    codes = torch.eye(classes)
    return torch.lerp(codes[first], codes[second], torch.linspace(0, 1, steps).unsqueeze(1))
