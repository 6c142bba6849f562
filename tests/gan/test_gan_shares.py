"""A training shared by two processes is the training of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from gan_trainings import ARCHITECTURES, told

from tests.launching import seen


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What the same trainings see in this process."""
    return told(tmp_path_factory.mktemp("alone"))


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_two_processes_play_the_game_of_one(alone: dict[str, dict[str, Any]], two_processes: Path,
                                            arch: str) -> None:
    """Only the order of float32 sums differs; Adam divides by the slope, so tiny ones count."""
    one, two = alone[arch], seen(two_processes, "games")[arch]
    assert "1 process" in one["device"] and "2 process" in two["device"]
    untrained = ("d_loss", "d_real", "d_fake")
    assert {name: two["steps"][0][name] for name in untrained} == pytest.approx(
        {name: one["steps"][0][name] for name in untrained}, rel=1e-5)
    for before, after in zip(one["steps"], two["steps"], strict=True):
        assert after == pytest.approx(before, rel=5e-3)
    assert two["curves"].keys() == one["curves"].keys()
    for name, values in one["curves"].items():
        assert two["curves"][name] == pytest.approx(values, rel=5e-3), name
