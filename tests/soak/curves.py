"""How the process fares over the time of a soak: numbers every few seconds, and their picture."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import matplotlib as mpl
import numpy as np
import psutil
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.soak.watch import MOST_FILES, MOST_MEMORY, MOST_WAIT, OTHER, Watched, turn
from vision.files.atomic_files import write_atomically

FEWEST = 2.0  # seconds from one look to the next
LOOKS = 720  # in the whole time, at most
PANELS = (("memory, GB", MOST_MEMORY / 1e9), ("threads", None), ("open files", MOST_FILES),
          ("a slider's answer, s", MOST_WAIT))
BLUE, ORANGE = "#1d4ed8", "#c2410c"
Row = tuple[float, float, float, float, float]  # minutes, then the panels' numbers


class Curves:
    """What was seen of a process, look by look."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    def look(self, process: psutil.Process, seconds: float, latency: float) -> None:
        """Note how the process is, so many seconds after the beginning."""
        with process.oneshot():
            self.rows.append((seconds / 60, process.memory_info().rss / 1e9,
                              process.num_threads(), process.num_fds(), latency))

    def figure(self) -> Figure:
        """Return four curves over the same minutes, with what must not be passed."""
        figure = Figure((9, 8), layout="constrained")
        values = np.array(self.rows).reshape(-1, 5)  # (looks, 5)
        for axes, (name, most), column in zip(figure.subplots(4, sharex=True), PANELS,
                                              values.T[1:], strict=True):
            panel(axes, values[:, 0], column, name, most)
        axes.set_xlabel("minutes")
        return figure

    def save(self, path: Path) -> Path:
        """Write the picture; the same curves give the same file."""
        content = io.BytesIO()
        with mpl.rc_context({"svg.hashsalt": "soak", "svg.fonttype": "none"}):
            self.figure().savefig(content, format="svg", metadata={"Date": None})
        write_atomically(path, content.getvalue())
        return path


def panel(axes: Axes, minutes: np.ndarray, values: np.ndarray, name: str, most: float | None
          ) -> None:
    """Draw one curve, and its limit if there is one within sight."""
    axes.plot(minutes, values, color=BLUE, linewidth=1.2)
    axes.set_ylabel(name)
    axes.set_ylim(0, 1.15 * max([*values, 1e-9]))
    axes.grid(alpha=0.3)
    if most is None:
        return
    if most <= axes.get_ylim()[1]:
        axes.axhline(most, color=ORANGE, linestyle="--", linewidth=1)
    axes.set_title(f"limit {most:g}", loc="right", fontsize=9, color=ORANGE)


@contextmanager
def drawn(address: str, config: dict[str, Any], process: psutil.Process, seconds: float
          ) -> Iterator[Curves]:
    """Look at a process for as long as this lasts, about so many seconds, from a thread."""
    curves, over, every = Curves(), threading.Event(), max(FEWEST, seconds / LOOKS)

    def watch() -> None:
        begun = time.monotonic()
        while not over.wait(every):
            seen = Watched()
            try:
                with httpx.Client(base_url=address, timeout=60, headers=OTHER) as http:
                    turn(http, config, seen)
                curves.look(process, time.monotonic() - begun, seen.waits[-1])
            except (httpx.HTTPError, psutil.Error):
                continue  # the load tells of it

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield curves
    finally:
        over.set()
        watcher.join()
