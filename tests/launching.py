"""One launch of two processes for all tests that need some, whichever worker asks first."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

LAUNCH = [sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_machines", "1",
          "--num_processes", "2", "--num_cpu_threads_per_process", "1", "--mixed_precision", "no",
          "--dynamo_backend", "no", "--main_process_port", "0", "-m", "tests.two_processes"]
REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def two_processes(tmp_path_factory: pytest.TempPathFactory, tiny_data: Path) -> Path:
    """The folder in which two processes wrote what they saw.

    `accelerate launch --cpu` starts one process, whatever number it is given, unless mpirun is
    there; `--multi_gpu` starts as many as asked, which use gloo where there is no GPU.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # the workers' common folder
    folder = shared / "two-processes"
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            folder.mkdir()
            done = subprocess.run([*LAUNCH, str(folder)], capture_output=True, text=True,
                                  check=False, cwd=REPOSITORY, env={
                                      **os.environ, "VISION_DATA": str(tiny_data),
                                      "OMP_NUM_THREADS": "1"})
            (folder / "complaints.txt").write_text(f"{done.returncode}\n{done.stderr}")
    complaints = (folder / "complaints.txt").read_text()
    assert complaints.startswith("0\n") and "terminate" not in complaints, complaints[-3000:]
    return folder


def seen(folder: Path, case: str, rank: int = 0) -> Any:
    """Return what a process saw of a case."""
    return json.loads((folder / f"{case}-{rank}.json").read_text())
