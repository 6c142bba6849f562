"""README's recipe for several processes: two of them share each system's training."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.conftest import Answer
from tests.launching import seen
from tests.pruning.few_drawings import few_drawings
from tests.two_processes import LIMIT, TRAININGS, words
from vision import checkpoints

NEAR = {"infrared": 0.25}  # each process learns from the proposals that it drew itself


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
    with few_drawings(LIMIT, LIMIT):
        one = cli(*words(system, tmp_path))
    assert one.code == 0, one.err
    alone, shared = (folder / system / "model.safetensors" for folder in (tmp_path, two_processes))
    assert "2 process" in checkpoints.read_card(shared).device
    told, silent = (losses(seen(two_processes, system, rank)["err"]) for rank in (0, 1))
    assert len(losses(one.err)) == 2 and silent == []
    for before, after in zip(losses(one.err), told, strict=True):
        assert after == pytest.approx(before, rel=NEAR.get(system, 2e-2), abs=2e-3)
    first, second = (weights(system, path) for path in (alone, shared))
    assert (first - second).norm() < 5e-2 * first.norm()


def test_each_file_is_written_once_and_named_once(two_processes: Path) -> None:
    first, second = (seen(two_processes, "program", rank) for rank in (0, 1))
    folder = two_processes / "program" / "gan"
    made = [path for path in folder.rglob("*") if path.is_file()]
    assert sorted(first["written"]) == sorted(map(str, made)) and len(made) == 2  # with snapshots
    assert first["out"].splitlines() == [str(folder / "model.safetensors")]
    assert second["written"] == [] and second["out"] == ""
