"""The pictures of style transfer, and the numbers that its network wants to see."""

from __future__ import annotations

import torch

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's channels
PREPROCESS = {"mean": list(MEAN), "deviation": list(DEVIATION)}


def normalise(pixels: torch.Tensor) -> torch.Tensor:
    """Return uint8 pixels (n, 3, H, W) as floats about 0, by ImageNet's mean and deviation."""
    mean, deviation = (torch.tensor(values, device=pixels.device)[:, None, None]
                       for values in (MEAN, DEVIATION))  # (3, 1, 1)
    return (pixels.float() / 255 - mean) / deviation
