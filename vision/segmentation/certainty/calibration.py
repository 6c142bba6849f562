"""How well a model's sureness fits a whole set, and which temperature would fit it best."""

from __future__ import annotations

from typing import Any

import numpy as np

from vision.checkpoints import Model
from vision.randomness import generator_for
from vision.segmentation.certainty.pixels import best_temperature, reliability, tempered
from vision.segmentation.data import Samples
from vision.segmentation.studies.microscope import look

DRAWN = 4000  # pixels of each picture that the temperature is fitted on


def calibration(model: Model, samples: Samples) -> dict[str, Any]:
    """Return what a card keeps: bins and error at T = 1, the best T, and the error there.

    T is fitted on pixels of the set that it is then judged on: one number on a hundred pictures.
    """
    sights = [drawn(model, samples, index) for index in range(len(samples))]
    log_p = np.concatenate([part for part, _ in sights], axis=1)  # (C, n)
    truth = np.concatenate([part for _, part in sights])  # (n,)
    best = best_temperature(log_p, truth)
    found = reliability(tempered(log_p), truth)
    return {**found.as_json(), "temperature": best,
            "tempered_ece": reliability(tempered(log_p, best), truth).ece}


def drawn(model: Model, samples: Samples, index: int) -> tuple[np.ndarray, np.ndarray]:
    """Return logits (C, n) and truth (n,) of pixels drawn from one picture, always the same."""
    sight = look(model, *samples[index])
    assert sight.truth is not None
    truth = sight.truth.ravel()
    places = generator_for(0, index).integers(0, len(truth), DRAWN)
    return sight.log_p.reshape(len(sight.log_p), -1)[:, places], truth[places]
