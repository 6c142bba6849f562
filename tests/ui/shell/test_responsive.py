"""Whatever holds the interpreter lets go of it soon."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import REPOSITORY

SCRIPT = """
import gc, sys, time
from vision import ui
from vision.ui.shell.responsive import TURN

kept = [{number: [number]} for number in range(300_000)]
ui.load_tabs = list
ui.launch(ui.create_app(), prevent_thread_lock=True, server_name="127.0.0.1")
end = time.monotonic() + 60
while not gc.get_freeze_count() and time.monotonic() < end:
    time.sleep(0.01)
print(sys.getswitchinterval() == TURN, gc.get_freeze_count() > 600_000,
      sum(isinstance(each, dict) for each in gc.get_objects()) < 100_000, flush=True)
import os
os._exit(0)
"""


def test_threads_take_short_turns_and_what_stays_is_not_collected_again() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True,
                          check=True, cwd=REPOSITORY)
    assert done.stdout.split() == ["True", "True", "True"]
