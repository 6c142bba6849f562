"""The precision of a run: bfloat16 only where the device computes in it."""

from __future__ import annotations

import logging
import platform

import pytest
import torch

from vision import training
from vision.errors import UserError
from vision.training import has_bf16, precision_for

CPU = torch.device("cpu")


@pytest.fixture
def able(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A device that has bfloat16, or has none."""
    monkeypatch.setattr(training, "has_bf16", lambda kind: request.param)


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
