"""The shipped U-Net on one picture: the first call and later ones, in bfloat16 and float32."""

from __future__ import annotations

import time
from unittest.mock import patch

import numpy as np

from tests.bench.table import Row, fastest
from vision import checkpoints
from vision.devices import bf16_is_faster
from vision.segmentation import predict as module

PATH = checkpoints.FOLDER / "segmentation" / "unet.safetensors"


def rows() -> list[Row | str]:
    """Measure loading with the first call, then later calls at both precisions."""
    if not PATH.is_file():
        return [f"left out: there is no {PATH.name} in checkpoints/segmentation yet"]
    picture = np.random.default_rng(0).integers(0, 256, (360, 480, 3)).astype(np.uint8)
    start = time.perf_counter()
    model = module.load(PATH)
    module.predict(model, picture)
    first = time.perf_counter() - start

    def at(precision: bool) -> float:
        with patch.object(module, "bf16_is_faster", lambda kind: precision):
            return fastest([lambda: module.predict(model, picture)], 10)[0]

    chosen = bf16_is_faster("cpu")
    half, full = at(True), at(False)
    default = half if chosen else full
    return [Row("load and first call", first, default),
            Row("later, bfloat16" + " (the default here)" * chosen, half, default),
            Row("later, float32" + " (the default here)" * (not chosen), full, default)]
