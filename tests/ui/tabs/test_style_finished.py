"""The painting that the style tab opens with is one that its own settings paint."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from vision.images import read_picture, resize
from vision.style.features.extractor import open_extractor
from vision.style.transfer import transfer
from vision.ui.tabs.style import finished
from vision.ui.tabs.style.controls import Chosen
from vision.ui.tabs.style.studio import Studio

STEPS = 6


def test_the_kept_painting_is_what_a_fresh_run_paints() -> None:
    kept = finished.painted()
    assert kept is not None
    settings = Chosen().settings()
    assert kept.last and kept.total == settings.total
    assert max(kept.picture.shape) == settings.sides[-1]
    *_, begun = islice(finished.frames(), STEPS)
    assert begun.curves[:STEPS] == pytest.approx(kept.curves[:STEPS], rel=0.05)


def test_the_kept_picture_has_the_losses_that_are_told_of_it() -> None:
    kept = finished.painted()
    assert kept is not None
    content, style = (read_picture(str(path)) for path in finished.pair())
    chosen, size = Chosen(), kept.picture.shape[:2]
    usual = chosen.settings()
    still = replace(usual, sides=usual.sides[-1:], steps=(1,), decay_every=(1,),
                    learning_rate=1e-6)
    seen = transfer(open_extractor(chosen.extractor), resize(content, size), [style], still,
                    start=kept.picture)
    (losses,) = next(seen).curves  # the mirrored margin beyond the picture's edges is not kept
    assert losses[[0, 2]] == pytest.approx(kept.curves[-1][[0, 2]], rel=0.1)
    assert losses[1] < 0.02 * kept.curves[0][1]


def test_a_studio_goes_on_from_the_kept_painting() -> None:
    kept, studio = finished.painted(), Studio()
    assert kept is not None
    studio.take(kept)
    assert np.array_equal(studio.painted(), kept.picture)
    assert len(studio.curves) == kept.total and studio.film.at(0).shape == kept.picture.shape
