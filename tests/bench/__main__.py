"""python -m tests.bench [NAME ...]: measure everything, or the named parts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from tests.bench import (
    cameras,
    confusion,
    gan,
    inference,
    infrared,
    pruning,
    segmentation,
    startup,
    style,
)
from tests.bench.table import Row, show

PARTS: dict[str, tuple[str, Callable[[], Sequence[Row | str]]]] = {
    "cameras": ("Files of thermal cameras, 480×640; draws (× of what is allowed)", cameras.rows),
    "confusion": ("Confusion matrix, 360×480, 11 classes (× of ours)", confusion.rows),
    "gan": ("GAN: drawing, moving through time, the lab (× of the limit)", gan.rows),
    "inference": ("U-Net as shipped, 480×360 (× of the default)", inference.rows),
    "infrared": ("Devices in a thermogram, 384×288 (× of ours)", infrared.rows),
    "pruning": ("Slimming at the ratio 0.7 (× of the limit)", pruning.rows),
    "segmentation": ("U-Net beside another library (× of ours); quality per ms", segmentation.rows),
    "startup": ("Start to the first HTTP 200 (× of a bare Gradio page)", startup.rows),
    "style": ("Style transfer, one step (× of ours)", style.rows),
}

for name in sys.argv[1:] or PARTS:
    if name not in PARTS:
        sys.exit(f"There is no part '{name}'; known are {', '.join(PARTS)}.")
    title, rows = PARTS[name]
    show(title, rows())
