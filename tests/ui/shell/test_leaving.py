"""A program that ends does so in peace, whatever its threads are doing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

SCRIPT = Path(__file__).with_name("leaving.py")
TIMES = 2


@pytest.mark.parametrize("work", ["warm-up", "training", "click"])
def test_a_program_ends_in_peace_while_its_threads_compute(work: str, tmp_path: Path) -> None:
    for time in range(TIMES):
        folder = tmp_path / str(time)
        done = subprocess.run([sys.executable, SCRIPT, work, folder], cwd=REPOSITORY,
                              env={**os.environ, "PYTHONPATH": str(REPOSITORY),
                                   "OMP_NUM_THREADS": "1"}, timeout=300,
                              capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["the end"]), done.stderr
        assert "terminate" not in done.stderr
