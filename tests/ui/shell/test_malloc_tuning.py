"""Memory: what threads freed goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

SCRIPT = """
import threading
import psutil
from vision.ui.shell.malloc_tuning import share_arenas, tidy

share_arenas()
barrier = threading.Barrier(8)

def use():
    kept = [bytearray(1000) for _ in range(40_000)]
    barrier.wait()
    kept.clear()
    barrier.wait()

own = psutil.Process()
before = own.memory_info().rss
threads = [threading.Thread(target=use) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
tidy()
print((own.memory_info().rss - before) / 1e6)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is told")
def test_eight_threads_give_back_what_they_used() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True,
                          check=True, cwd=REPOSITORY)
    assert float(done.stdout) < 10  # megabytes, of the 320 that they held at once
