"""Captured steps: the same picture as uncaptured ones, steered as they are, made in turns."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from recorded import act_out
from sights import CONTENT, STYLE, TINY, extractor, picture

from vision.style import transfer as module
from vision.style.graph import captured
from vision.style.settings import Settings, Weights
from vision.style.transfer import FELL_BACK, NOT_CAPTURED, Controls, Frame, transfer


def steered(settings: Settings) -> Frame:
    """Paint a region in two styles, with other weights after the third step."""
    mask, controls = np.zeros(CONTENT.shape[:2], np.uint8), Controls()
    mask[:, :60] = 255
    for frame in transfer(extractor(), CONTENT, [STYLE, picture(7)], settings, controls, mask):
        if frame.step == 3:
            controls.steer(Weights(1, 5 * TINY.style_weight, 1))
    return frame


@pytest.mark.parametrize("optimizer", ["adam", "lbfgs"])
def test_replayed_steps_are_the_plain_ones(optimizer: str, monkeypatch: pytest.MonkeyPatch
                                           ) -> None:
    monkeypatch.setattr(module.Clock, "due", lambda self: True)
    settings = replace(TINY, sides=(64, 96), steps=(5, 3), decay_every=(2, 2),
                       optimizer=optimizer)
    plain = steered(settings)
    made = act_out(monkeypatch)
    found = steered(settings)
    assert [graph.replays for graph in made] == [5, 3]
    assert found.marks == plain.marks == (3,) and found.notice == ""
    assert np.allclose(found.curves, plain.curves, rtol=1e-4)
    assert np.abs(found.picture.astype(int) - plain.picture).max() <= 1
    assert plain.curves[3, 1] > 2 * plain.curves[2, 1]


def test_an_explosion_is_captured_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    original, count = module.Descent.step, iter(range(100))
    monkeypatch.setattr(module.Descent, "step", lambda self: original(self) * (
        float("nan") if next(count) == 2 else 1))
    made = act_out(monkeypatch)
    *_, last = transfer(extractor(), CONTENT, [STYLE], TINY)
    assert last.notice == FELL_BACK and [graph.replays for graph in made] == [3, 2]


@contextmanager
def refused(into: Any, capture_error_mode: str) -> Iterator[None]:
    yield
    raise RuntimeError("operation not permitted when stream is capturing")


def test_a_capture_that_fails_is_told_and_changes_nothing(monkeypatch: pytest.MonkeyPatch
                                                          ) -> None:
    *_, plain = transfer(extractor(), CONTENT, [STYLE], TINY)
    act_out(monkeypatch, refused)
    *_, found = transfer(extractor(), CONTENT, [STYLE], TINY)
    assert (plain.notice, found.notice) == ("", NOT_CAPTURED)
    assert np.array_equal(found.picture, plain.picture)


def test_what_waits_for_the_gpu_is_not_captured(monkeypatch: pytest.MonkeyPatch) -> None:
    act_out(monkeypatch)
    ones = torch.ones(3)
    assert captured(lambda: ones * float(ones.sum()), ones.device) is None
    assert captured(lambda: ones * ones.sum(), ones.device) is not None


def test_two_sessions_take_turns_to_capture(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = [0], [0]

    @contextmanager
    def watched(into: Any, capture_error_mode: str) -> Iterator[None]:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.05)
        yield
        inside[0] -= 1

    act_out(monkeypatch, watched)
    threads = [threading.Thread(target=captured, args=(lambda: None, torch.device("cpu")))
               for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1
