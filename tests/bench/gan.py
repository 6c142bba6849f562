"""The GAN tab's answers beside their limits: drawing, scrubbing, and a frame of the lab."""

from __future__ import annotations

from dataclasses import astuple

import numpy as np
import torch

from tests.bench.table import Row, fastest
from vision.gan.lab.nets import Nets
from vision.gan.predict import Drawer, predict
from vision.ui.tabs.gan import timeline
from vision.ui.tabs.gan.lab_bench import Bench, Wish
from vision.ui.tabs.gan.lab_controls import FAIR
from vision.ui.tabs.gan.shared import MODELS

SAMPLES, SCRUB, LAB = 0.1, 0.3, 0.1  # seconds


def rows() -> list[Row | str]:
    """Measure every model that ships, and the lab on a line and on a plane."""
    found: list[Row | str] = [row for name in MODELS.names() for row in model_rows(name)]
    return [*found, *[Row(f"lab, {place}, one frame", seconds_a_frame(place), LAB)
                      for place in ("gaussian", "ring")]]


def model_rows(name: str) -> list[Row | str]:
    """Measure 64 samples beside the bare generator, and the first and later moves through time."""
    model = MODELS.open(name)
    drawer, labels = Drawer.of(model), np.arange(64) % 10
    noise = torch.randn(64, drawer.noise)
    wanted = torch.from_numpy(labels)
    drawing, bare = fastest([lambda: predict(model, labels.tolist(), 64),
                             lambda: drawer.draw(wanted, noise)], 5, 3)
    first = fastest([lambda: opened(name)], 2)[0]
    later = fastest([lambda: timeline.travel(name, 0.5, None, None)], 3, 2)[0]
    return [Row(f"{name}, 64 samples", drawing, SAMPLES), Row(f"{name}, bare generator", bare),
            Row(f"{name}, time, first move", first, SCRUB),
            Row(f"{name}, time, later moves", later, SCRUB)]


def opened(name: str) -> None:
    """Move through time as the first visitor does: the snapshots are read from disk."""
    timeline.states_at.cache_clear()
    timeline.drawer_at.cache_clear()
    timeline.travel(name, 0.5, None, None)


def seconds_a_frame(place: str) -> float:
    """Return how long the lab takes for one round and its picture."""
    bench = Bench()
    bench.prepare(Wish(place, None, None, *FAIR, "none", 0, *astuple(Nets())))

    def frame() -> None:
        bench.play(0)
        bench.show(None)

    return fastest([frame], 3, 20)[0]
