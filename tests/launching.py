"""One launch of two processes for all tests that need some, whichever worker asks first."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import warnings
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
            complaint = launched(folder, tiny_data)
            if complaint:  # a machine may close a connection; what is really wrong is so twice
                warnings.warn(f"a launch of two processes failed:\n{complaint}", stacklevel=2)
                shutil.rmtree(folder)
                complaint = launched(folder, tiny_data)
            (folder / "complaint.txt").write_text(complaint)
    complaint = (folder / "complaint.txt").read_text()
    assert not complaint, complaint
    return folder


def launched(folder: Path, data: Path) -> str:
    """Let two processes write into a new folder; return their complaint, which may be empty."""
    folder.mkdir()
    done = subprocess.run([*LAUNCH, str(folder)], capture_output=True, text=True, check=False,
                          timeout=600, cwd=REPOSITORY, env={
                              **os.environ, "VISION_DATA": str(data), "OMP_NUM_THREADS": "1"})
    if done.returncode == 0 and "terminate" not in done.stderr:
        return ""
    lines = done.stderr.splitlines()
    own = [[line for line in lines if line.startswith(f"[rank{rank}]")] for rank in (0, 1)]
    return "\n".join([f"exit code {done.returncode}", *lines[:25], *own[0][-25:], *own[1][-25:]])


def seen(folder: Path, case: str, rank: int = 0) -> Any:
    """Return what a process saw of a case."""
    return json.loads((folder / f"{case}-{rank}.json").read_text())
