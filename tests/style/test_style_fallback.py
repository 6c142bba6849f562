"""A GPU that has no memory left while it paints: the CPU goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from sights import CONTENT, STYLE, TINY, extractor
from torch import nn

from vision.gpu_fallback import NOTICE
from vision.style import transfer as module
from vision.style.inside import look_inside
from vision.style.scene import Scene
from vision.style.sheet import contact_sheet


def full() -> torch.OutOfMemoryError:
    """Return what torch raises when a GPU has no memory left."""
    return torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")


def test_a_painting_goes_on_from_its_last_sound_picture(monkeypatch: pytest.MonkeyPatch,
                                                        caplog: pytest.LogCaptureFixture) -> None:
    original, calls = module.Descent.step, []

    def step(self: Any) -> torch.Tensor:
        calls.append(self)
        if len(calls) == 5:
            raise full()
        return original(self)

    monkeypatch.setattr(module.Descent, "step", step)
    frames = list(module.transfer(extractor(), CONTENT, [STYLE], replace(TINY, steps=(8,))))
    last = frames[-1]
    assert last.step == 8 and len(calls) == 9 and len({id(each) for each in calls}) == 2
    assert last.notice == module.ON_CPU and NOTICE in caplog.text
    assert np.isfinite(last.curves).all() and (last.curves.sum(1) > 0).all()
    assert last.curves[4:].sum() < last.curves[:4].sum()
    assert all(frame.notice == "" for frame in frames if frame.step <= 4)


def test_a_contact_sheet_and_a_look_inside_are_done_again(monkeypatch: pytest.MonkeyPatch) -> None:
    original, devices = Scene.vgg, []

    def vgg(self: Scene, net: nn.Module, device: torch.device, precision: str = "no") -> Any:
        devices.append(str(device))
        if len(devices) in (1, 3):
            raise full()
        return original(self, net, device, precision)

    monkeypatch.setattr(Scene, "vgg", vgg)
    *_, sheet = contact_sheet(extractor(), CONTENT, [STYLE], TINY, 64, 2)
    assert sheet.step == 2
    assert look_inside(extractor(), CONTENT, [STYLE], CONTENT, TINY).layers
    assert devices[1::2] == ["cpu", "cpu"]
