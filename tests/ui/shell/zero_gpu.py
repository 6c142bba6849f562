"""What test_gpu.py runs in a process of its own, where the stand-in is `spaces`."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import spaces

from vision.devices import best_device
from vision.errors import UserError
from vision.infrared.predict import Settings as Finding
from vision.style.settings import Settings
from vision.style.transfer import Controls
from vision.ui import load_tabs
from vision.ui.tabs.infrared import gpu_detection
from vision.ui.tabs.infrared.shared import MODELS, examples, open_thermogram
from vision.ui.tabs.style import gpu_frames

load_tabs()
HERE = os.getpid()
device = best_device().type
picture = np.random.default_rng(0).integers(0, 256, (64, 80, 3)).astype(np.uint8)
short = Settings(sides=(64,), steps=(3,), decay_every=(3,))
example, low, high, unit = examples()[0]
thermogram = open_thermogram(example, unit, low, high)


def paint(settings: Settings, controls: Controls, extractor: str = "bundled") -> list[Any]:
    """Return the frames that a session sees."""
    return list(gpu_frames.frames(extractor, picture, [picture[::-1]], settings, controls, None,
                                 None, ()))


def refusal(work: Callable[..., Any], *values: Any) -> str:
    """Return the sentence of a call that cannot work."""
    try:
        work(*values)
    except UserError as error:
        return str(error)
    return ""


frames = paint(short, Controls())
stopped = Controls()
stopped.stop()
cut = paint(Settings(sides=(64,), steps=(50,), decay_every=(50,)), stopped)
devices = gpu_detection.devices(MODELS.first(), None, thermogram, Finding(0.3))
refusals = {"painted": refusal(paint, short, Controls(), "nonsense"),
            "found": refusal(gpu_detection.devices, MODELS.first(), None, thermogram, Finding(7.0))}
json.dump({"decorated": sorted(spaces.DECORATED), "device": device, "steps": frames[-1].step,
           "shape": frames[-1].picture.shape, "cut": len(cut), "refusals": refusals,
           "devices": [each.name for each in devices.instances],
           "forks": Counter(name for process, name in spaces.FORKS.items() if process != HERE)},
          sys.stdout)
