"""README's recipe for several processes: two of them share each system's training."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.conftest import REPOSITORY, Answer
from tests.launching import seen
from tests.two_processes import TRAININGS, words
from vision import checkpoints

LAUNCH = ["-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2",
          "--main_process_port", "0", "-m", "vision"]
NEAR = {"infrared": 0.25}  # each process learns from the proposals that it drew itself
RENAMES = """import os, sys
def hear(event, values):
    if event == "os.rename" and str(values[1]).endswith(".safetensors"):
        with open(os.environ["RENAMES"], "a") as file:
            print(values[1], file=file)
sys.addaudithook(hear)
"""


def losses(printed: str) -> list[list[float]]:
    """Return the numbers of each step's line."""
    return [[float(number) for number in re.findall(r"[a-z] (-?[\d.]+)", line)]
            for line in printed.splitlines() if line.startswith("step ")]


def weights(system: str, path: Path) -> torch.Tensor:
    """Return all weights of a checkpoint as the system reads it."""
    models = importlib.import_module(f"vision.{system}.models")
    module = checkpoints.load(path, models.ARCHITECTURES).module
    return torch.cat([part.detach().flatten() for part in module.parameters()])


@pytest.mark.parametrize("system", TRAININGS)
def test_two_processes_train_as_one(system: str, cli: Callable[..., Answer], tmp_path: Path,
                                    with_tiny_data: Path, two_processes: Path) -> None:
    one = cli(*words(system, tmp_path))
    assert one.code == 0, one.err
    alone, shared = (folder / system / "model.safetensors" for folder in (tmp_path, two_processes))
    assert "2 process" in checkpoints.read_card(shared).device
    assert len(losses(one.err)) == 2 and losses(seen(two_processes, system, rank=1)) == []
    for before, after in zip(losses(one.err), losses(seen(two_processes, system)), strict=True):
        assert after == pytest.approx(before, rel=NEAR.get(system, 2e-2), abs=2e-3)
    first, second = (weights(system, path) for path in (alone, shared))
    assert (first - second).norm() < 5e-2 * first.norm()


def test_the_recipe_writes_each_file_once_and_prints_it_once(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(RENAMES)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "RENAMES": str(tmp_path / "renames"),
                   "PYTHONPATH": os.pathsep.join([str(tmp_path), str(REPOSITORY)])}
    done = subprocess.run([sys.executable, *LAUNCH, *words("gan", tmp_path)], env=environment,
                          cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "terminate" not in done.stderr, done.stderr
    written = (tmp_path / "renames").read_text().splitlines()
    made = [path for path in (tmp_path / "gan").rglob("*") if path.is_file()]
    assert sorted(written) == sorted(map(str, made)) and len(made) == 2  # with the snapshots
    assert done.stdout.splitlines() == [str(tmp_path / "gan" / "model.safetensors")]
