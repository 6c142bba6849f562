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
from vision import checkpoints

LAUNCH = ["-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2",
          "--main_process_port", "0", "-m", "vision"]
STYLE = REPOSITORY / "assets" / "style" / "wave.jpg"
COMMON = "--steps 2 --precision fp32"
TRAININGS = {
    "segmentation": "--data camvid --batch 4 --crop 64 96 --short-side 64",
    "style": f"--style {STYLE} --size tiny --batch 2 --side 64 --style-side 64",
    "gan": "--arch cdcgan --data shapes --batch 8 --dropout 0 --snapshots 1 --no-measure",
    "pruning": "--size compact --data drawings --limit 40 --batch 8",
    "infrared": "--batch 2 --height 96 --width 128 --validate 0",
}
NEAR = {"infrared": 0.25}  # each process learns from the proposals that it drew itself
RENAMES = """import os, sys
def hear(event, values):
    if event == "os.rename" and str(values[1]).endswith(".safetensors"):
        with open(os.environ["RENAMES"], "a") as file:
            print(values[1], file=file)
sys.addaudithook(hear)
"""


def words(system: str, folder: Path) -> list[str]:
    """Return the command of a system's training as README writes it."""
    output = ["--output", str(folder / "model.safetensors")]
    return [system, "train", *TRAININGS[system].split(), *COMMON.split(), *output]


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
                                    with_tiny_data: Path) -> None:
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    one = cli(*words(system, alone))
    (tmp_path / "sitecustomize.py").write_text(RENAMES)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "RENAMES": str(tmp_path / "renames"),
                   "PYTHONPATH": os.pathsep.join([str(tmp_path), str(REPOSITORY)])}
    two = subprocess.run([sys.executable, *LAUNCH, *words(system, shared)], env=environment,
                         cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (one.code, two.returncode) == (0, 0) and "terminate" not in two.stderr, two.stderr
    written = (tmp_path / "renames").read_text().splitlines()
    assert sorted(written) == sorted(str(path) for path in shared.rglob("*") if path.is_file())
    assert two.stdout.splitlines() == [str(shared / "model.safetensors")]
    assert "2 process" in checkpoints.read_card(shared / "model.safetensors").device
    for before, after in zip(losses(one.err), losses(two.stderr), strict=True):
        assert after == pytest.approx(before, rel=NEAR.get(system, 2e-2), abs=2e-3)
    first, second = (weights(system, folder / "model.safetensors") for folder in (alone, shared))
    assert (first - second).norm() < 5e-2 * first.norm()
