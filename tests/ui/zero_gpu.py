"""What test_gpu.py runs in a process of its own, where the stand-in is `spaces`."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import numpy as np
import spaces

from vision.errors import UserError
from vision.style.settings import Settings
from vision.style.transfer import Controls
from vision.training import best_device
from vision.ui import load_tabs, style_gpu

load_tabs()
HERE = os.getpid()
device = best_device().type
picture = np.random.default_rng(0).integers(0, 256, (64, 80, 3)).astype(np.uint8)
short = Settings(sides=(64,), steps=(3,), decay_every=(3,))


def paint(settings: Settings, controls: Controls, extractor: str = "bundled") -> list[Any]:
    """Return the frames that a session sees."""
    return list(style_gpu.frames(extractor, picture, [picture[::-1]], settings, controls, None,
                                 None))


frames = paint(short, Controls())
stopped = Controls()
stopped.stop()
cut = paint(Settings(sides=(64,), steps=(50,), decay_every=(50,)), stopped)
try:
    paint(short, Controls(), "nonsense")
    refusal = ""
except UserError as error:
    refusal = str(error)
json.dump({"decorated": sorted(spaces.DECORATED), "device": device, "steps": frames[-1].step,
           "shape": frames[-1].picture.shape, "forks": len(set(spaces.FORKS) - {HERE}),
           "cut": len(cut), "refusal": refusal, "loaded": "torch" in sys.modules}, sys.stdout)
