"""The precision of a run: bfloat16 only where the device computes in it."""

from __future__ import annotations

import logging
import platform
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLong

import pytest
import torch
from accelerate.state import AcceleratorState

from vision import devices
from vision.devices import has_bf16, precision_for
from vision.errors import UserError
from vision.training.accelerators import ACCELERATE, accelerator

CPU = torch.device("cpu")


@pytest.fixture
def able(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A device that has bfloat16, or has none."""
    monkeypatch.setattr(devices, "has_bf16", lambda kind: request.param)


@pytest.mark.parametrize(("able", "used"), [(True, "bf16"), (False, "no")], indirect=["able"])
def test_bf16_is_used_where_the_device_has_it(able: None, used: str,
                                              caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert precision_for(CPU, "bf16") == used
    assert ("no bfloat16" in caplog.text) == (used == "no")
    assert precision_for(CPU, "fp32") == "no"


def test_a_cpu_has_what_its_instructions_say() -> None:
    """oneDNN needs AVX512 for bfloat16; what a processor lacks is not claimed for it."""
    if platform.machine() == "x86_64" and "AVX512" not in torch.backends.cpu.get_cpu_capability():
        assert not has_bf16("cpu")
    assert not has_bf16("mps")


def test_an_unknown_precision_gets_a_sentence() -> None:
    with pytest.raises(UserError, match="known are auto, bf16, fp32"):
        precision_for(CPU, "fp8")


def test_an_unknown_device_gets_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISION_DEVICE", "gpu")
    with pytest.raises(UserError, match="no device 'gpu'; names such as cpu"):
        devices.best_device()


def test_a_training_that_begins_leaves_the_environment_and_others_alone(
        monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings of one process share Accelerate's state; another one's settings are in it."""
    monkeypatch.setattr("accelerate.utils.environment.clear_environment",
                        lambda: pytest.fail("the environment was emptied"))
    first = accelerator("bf16", cpu=True)
    monkeypatch.setitem(AcceleratorState._shared_state, "noted", "by another training")
    assert accelerator("bf16", cpu=True).state.noted == first.state.noted
    assert accelerator("no", cpu=True).mixed_precision == "no"
    assert "noted" not in AcceleratorState._shared_state


def test_trainings_begin_one_after_another() -> None:
    with ThreadPoolExecutor(1) as pool:
        with ACCELERATE:
            begun = pool.submit(accelerator, "bf16", cpu=True)
            with pytest.raises(TooLong):
                begun.result(0.2)
        assert begun.result(60).mixed_precision == "bf16"
