"""A program that ends does so in peace, whatever its threads are doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY

SCRIPT = Path(__file__).with_name("leaving.py")


def test_a_program_ends_in_peace_while_its_threads_compute(tmp_path: Path) -> None:
    """A warm-up's, a training's and a click's, all of them at once."""
    done = subprocess.run([sys.executable, SCRIPT, "left", tmp_path], cwd=REPOSITORY,
                          env={**os.environ, "PYTHONPATH": str(REPOSITORY),
                               "OMP_NUM_THREADS": "1"}, timeout=600,
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1:]) == (0, ["the end"]), done.stderr
    assert "terminate" not in done.stderr


def test_the_signal_that_stops_a_container_saves_the_work_and_ends_the_program(tmp_path: Path
                                                                               ) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    with subprocess.Popen([sys.executable, SCRIPT, "stopped", tmp_path], cwd=REPOSITORY,
                          env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        seen = set()
        while not ("working" in seen and any("is at" in line for line in seen)):
            seen.add(process.stdout.readline().strip())
            assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0  # which a second of work for ever would not allow
    assert (tmp_path / "model.safetensors").is_file()
    assert len(list(tmp_path.iterdir())) > 1, "the state of the run, to go on from, is not there"
