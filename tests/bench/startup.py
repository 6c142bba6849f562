"""From the start of a process to its first HTTP 200: the app beside a bare Gradio page."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.bench.table import Row

REPOSITORY = Path(__file__).resolve().parents[2]
BARE = """
import gradio
with gradio.Blocks() as page:
    gradio.Markdown("Hello")
page.launch(quiet=True)
"""
PATIENCE = 120


def rows() -> list[Row | str]:
    """Measure both in turns, three times each, and keep the fastest."""
    if not (REPOSITORY / "app.py").is_file():
        return ["left out: there is no app.py yet"]
    bare, app = [], []
    for _ in range(3):
        bare.append(seconds_to_200([sys.executable, "-c", BARE]))
        app.append(seconds_to_200([sys.executable, "app.py"]))
    return [Row("bare Gradio page", min(bare), min(bare)), Row("app.py", min(app), min(bare))]


def seconds_to_200(words: list[str]) -> float:
    """Start a process on a free port and return the time until it answers."""
    port = free_port()
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(port), "GRADIO_SERVER_NAME": "127.0.0.1",
                   "GRADIO_ANALYTICS_ENABLED": "False"}
    start = time.perf_counter()
    process = subprocess.Popen(words, cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL)
    try:
        while time.perf_counter() - start < PATIENCE and process.poll() is None:
            if answers(f"http://127.0.0.1:{port}/"):
                return time.perf_counter() - start
            time.sleep(0.02)
        raise RuntimeError(f"no answer from {words[1][:20]!r}")
    finally:
        process.terminate()
        process.wait()


def answers(address: str) -> bool:
    """Return whether the page is there."""
    try:
        with urllib.request.urlopen(address, timeout=5) as page:
            return page.status == 200
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """Return a port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
