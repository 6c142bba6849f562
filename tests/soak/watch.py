"""What is watched from outside while the page is attacked: memory, files, and who else waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import psutil

from tests.soak.page import API, Visitor

MOST_MEMORY = 6e9  # bytes
MOST_BLOCKED = 1.0  # seconds that the event loop may answer nobody
MOST_WAIT = 2.0  # seconds until another visitor's slider answers
MOST_FILES = 900
EVERY = 0.25  # seconds
SLIDER = "play"
OTHER = {"x-forwarded-for": "192.0.2.1"}  # where the other visitor sits
ATTACKER = {"x-forwarded-for": "198.51.100.1"}


@dataclass
class Watched:
    """The worst that was seen."""

    memory: float = 0
    files: int = 0
    threads: int = 0
    blocked: float = 0
    waits: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def failures(self) -> list[str]:
        """Return which limits did not hold."""
        late = max(self.waits, default=0)
        found = ((self.memory > MOST_MEMORY, f"the process had {self.memory / 1e9:.1f} GB"),
                 (self.blocked > MOST_BLOCKED, f"nobody was answered for {self.blocked:.1f} s"),
                 (late > MOST_WAIT, f"another visitor's slider answered after {late:.1f} s"),
                 (self.files > MOST_FILES, f"{self.files} files were open"))
        return [*self.faults, *(words for wrong, words in found if wrong)]

    def look(self, process: psutil.Process) -> None:
        """Note how the process is."""
        with process.oneshot():
            self.memory = max(self.memory, process.memory_info().rss)
            self.files = max(self.files, process.num_fds())
            self.threads = max(self.threads, process.num_threads())


@contextmanager
def watching(address: str, config: dict[str, Any], process: psutil.Process) -> Iterator[Watched]:
    """Watch the page for as long as this lasts, in threads, as the attacker keeps its own busy."""
    seen, over = Watched(), threading.Event()
    watchers = [threading.Thread(target=watch, args=(address, seen, over, what)) for what in (
        lambda http: ping(http, process, seen), lambda http: turn(http, config, seen))]
    for watcher in watchers:
        watcher.start()
    yield seen
    over.set()
    for watcher in watchers:
        watcher.join()


def watch(address: str, seen: Watched, over: threading.Event,
          look: Callable[[httpx.Client], None]) -> None:
    """Look again and again until it is over, each time with a new connection."""
    while not over.wait(EVERY):
        try:
            with httpx.Client(base_url=address, timeout=60, headers=OTHER) as http:
                look(http)
        except Exception as error:
            seen.faults.append(f"another visitor got no answer: {error!r}")


def ping(http: httpx.Client, process: psutil.Process, seen: Watched) -> None:
    """Ask for next to nothing; what that takes, the event loop was blocked."""
    seen.look(process)
    begun = time.monotonic()
    http.get(f"{API}/app_id")
    seen.blocked = max(seen.blocked, time.monotonic() - begun)


def turn(http: httpx.Client, config: dict[str, Any], seen: Watched) -> None:
    """Move a slider."""
    visitor = Visitor(None, config)  # type: ignore[arg-type]
    call = {"data": visitor.defaults(SLIDER), "fn_index": visitor.endpoints[SLIDER]["id"],
            "session_hash": "another"}
    begun = time.monotonic()
    reply = http.post(f"{API}/run/predict", json=call)
    seen.waits.append(time.monotonic() - begun)
    if reply.status_code != 200:
        seen.faults.append(f"another visitor's slider was told: {reply.text[:200]}")
