"""A training shared by two processes is the training of one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gan_trainings import ARCHITECTURES, told

SCRIPT = Path(__file__).parent / "gan_trainings.py"
LAUNCH = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_machines", "1",
          "--num_processes", "2", "--num_cpu_threads_per_process", "1", "--mixed_precision", "no",
          "--dynamo_backend", "no", "--main_process_port", "0"]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the same trainings saw in this process, and in two that share them."""
    folder = tmp_path_factory.mktemp("shared")
    done = subprocess.run([*LAUNCH, str(SCRIPT), str(folder)], capture_output=True, text=True,
                          check=False, env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0 and "terminate" not in done.stderr, done.stderr[-3000:]
    return [told(tmp_path_factory.mktemp("alone")), json.loads((folder / "told.json").read_text())]


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_two_processes_play_the_game_of_one(seen: list[dict[str, Any]], arch: str) -> None:
    """Only the order of float32 sums differs; Adam divides by the slope, so tiny ones count."""
    one, two = (answers[arch] for answers in seen)
    assert "1 process" in one["device"] and "2 process" in two["device"]
    untrained = ("d_loss", "d_real", "d_fake")
    assert {name: two["steps"][0][name] for name in untrained} == pytest.approx(
        {name: one["steps"][0][name] for name in untrained}, rel=1e-5)
    for alone, shared in zip(one["steps"], two["steps"], strict=True):
        assert shared == pytest.approx(alone, rel=5e-3)
    assert two["curves"].keys() == one["curves"].keys()
    for name, values in one["curves"].items():
        assert two["curves"][name] == pytest.approx(values, rel=5e-3), name
