"""What the tests of style transfer share: a tiny extractor, and two small pictures."""

from __future__ import annotations

import functools

import cv2
import numpy as np
import torch

from vision.style.models.vgg19 import Extractor
from vision.style.settings import Settings

# an eighth of the channels, so 64,000 counts as the book's 1,000 of all of them
TINY = Settings(style_weight=64_000, sides=(64,), steps=(4,), decay_every=(100,),
                precision="fp32", margin=0)


@functools.cache
def extractor() -> Extractor:
    """An extractor with an eighth of the channels and random weights, always the same ones."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return Extractor("compact").eval()


def picture(seed: int, height: int = 64, width: int = 96) -> np.ndarray:
    """Smooth random colours with some texture, uint8 (H, W, 3)."""
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (6, 9, 3)).astype(np.uint8)
    smooth = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return cv2.add(smooth, random.integers(0, 60, smooth.shape).astype(np.uint8))


CONTENT, STYLE = picture(1), picture(2, 60, 80)
