"""What is seen only in a program that has just begun: one imports the page, and forks see each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import NamedTuple

import pytest

from tests.conftest import REPOSITORY

SHORT_TURNS = """
import gc, os, sys, time
from vision import ui
from vision.ui.shell.responsive import LOOK, TURN

kept = [{number: [number]} for number in range(300_000)]
ui.load_tabs = list
app = ui.launch(ui.create_app(), prevent_thread_lock=True, server_name="127.0.0.1")
end = time.monotonic() + 60
while not gc.get_freeze_count() and time.monotonic() < end:
    time.sleep(0.01)
print(sys.getswitchinterval() == TURN, app._queue.sleep_when_free == LOOK,
      gc.get_freeze_count() > 600_000,
      sum(isinstance(each, dict) for each in gc.get_objects()) < 100_000, flush=True)
os._exit(0)
"""
EIGHT_THREADS = """
import threading
import psutil
from vision.malloc_tuning import keep_little, tidy

keep_little()
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
LARGE_BLOCKS = """
import psutil
from vision.malloc_tuning import keep_little

keep_little()
own = psutil.Process()
before = own.memory_info().rss
def used(size):
    block = bytearray(size)
    block[::4096] = bytes(len(block[::4096]))
    return block

used(30_000_000)  # whose end would teach glibc to keep all blocks of this size
pairs = [[used(12_000_000), used(100_000)] for _ in range(20)]
for pair in pairs:
    pair[0] = None  # the small one after it stays
print((own.memory_info().rss - before) / 1e6)
"""
DROPPED = """
import faulthandler, gc, threading, time
from vision.ui.shell.low_priority import low_priority

faulthandler.dump_traceback_later(20, exit=True)
ended = []

@low_priority
def forever():
    try:
        while True:
            yield 1
    finally:
        ended.append(threading.current_thread().name)

for _ in range(3):
    stream = forever()
    next(stream)
    ring = [stream]
    ring.append(ring)
    del stream, ring
    gc.collect()
while len(ended) < 3:
    time.sleep(0.01)
print(*ended)
"""
FIRST_CALL = """
import sys
from vision import ui
from gradio.queueing import Queue
from gradio.utils import MatplotlibBackendMananger
with MatplotlibBackendMananger():  # as Gradio does around each call, on the thread of all
    assert "matplotlib.pyplot" not in sys.modules
queue = ui.gr.Blocks().queue()._queue
assert queue.ANALYTICS_MAX_EVENTS == 1
assert queue.compute_analytics_summary([{}]) == {"functions": {}}
print("fine")
"""
IN_FORKS = """
import json, os, sys
import vision.ui
for name, script in json.loads(sys.argv[1]).items():
    child = os.fork()
    if child == 0:  # go on as the program of this name, up to its very end
        for number, end in enumerate(("out", "err"), 1):
            os.dup2(os.open(f"{name}.{end}", os.O_WRONLY | os.O_CREAT), number)
        exec(script, {"__name__": "__main__"})
        break
    with open(f"{name}.code", "w") as file:
        file.write(str(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
"""


class Said(NamedTuple):
    """How a program ended, and what it printed."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    """What each program said."""
    folder = tmp_path_factory.mktemp("programs")
    programs = {"turns": SHORT_TURNS, "threads": EIGHT_THREADS, "large": LARGE_BLOCKS,
                "dropped": DROPPED, "call": FIRST_CALL}
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("MPL", "GRADIO"))}
    subprocess.run([sys.executable, "-c", IN_FORKS, json.dumps(programs)], cwd=folder, check=True,
                   env={**environment, "PYTHONPATH": str(REPOSITORY)}, timeout=300)
    return {name: Said(int((folder / f"{name}.code").read_text()),
                       *((folder / f"{name}.{end}").read_text() for end in ("out", "err")))
            for name in programs}


def test_threads_take_short_turns_and_what_stays_is_not_collected_again(said: dict[str, Said]
                                                                        ) -> None:
    code, out, err = said["turns"]
    assert (code, out.split()[-4:]) == (0, ["True"] * 4), err


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is told")
def test_eight_threads_give_back_what_they_used(said: dict[str, Said]) -> None:
    code, out, err = said["threads"]
    assert code == 0, err
    assert float(out) < 20  # megabytes, of the 320 that they held at once


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc is told")
def test_large_blocks_go_back_as_soon_as_they_are_free(said: dict[str, Said]) -> None:
    code, out, err = said["large"]
    assert code == 0, err
    assert float(out) < 20  # megabytes, of the 240 that it held at once


def test_a_stream_that_garbage_collection_drops_ends_in_its_own_thread(said: dict[str, Said]
                                                                       ) -> None:
    """In a program of its own, for the collection used to wait for ever."""
    code, out, err = said["dropped"]
    assert (code, out.split()) == (0, ["low-priority"] * 3), err


def test_a_call_makes_no_tables_and_looks_for_no_screen_while_all_wait(said: dict[str, Said]
                                                                       ) -> None:
    code, out, err = said["call"]
    assert (code, out) == (0, "fine\n"), err
