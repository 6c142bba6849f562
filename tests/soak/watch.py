"""What is watched from outside while the page is attacked: memory, files, and who else waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


@asynccontextmanager
async def watching(address: str, config: dict[str, Any], process: psutil.Process
                   ) -> AsyncIterator[Watched]:
    """Watch the page from a client of its own for as long as this lasts."""
    seen = Watched()
    async with httpx.AsyncClient(base_url=address, timeout=60, headers=OTHER) as http:
        watchers = [asyncio.create_task(each) for each in (
            ping(http, process, seen), turn(Visitor(http, config), seen))]
        yield seen
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)


async def ping(http: httpx.AsyncClient, process: psutil.Process, seen: Watched) -> None:
    """Ask for next to nothing again and again; what that takes, the event loop was blocked."""
    while True:
        seen.look(process)
        begun = time.monotonic()
        await http.get(f"{API}/app_id")
        seen.blocked = max(seen.blocked, time.monotonic() - begun)
        await asyncio.sleep(EVERY)


async def turn(visitor: Visitor, seen: Watched) -> None:
    """Move a slider again and again."""
    while True:
        answer = await visitor.call(SLIDER, visitor.defaults(SLIDER))
        seen.waits.append(answer.seconds)
        if answer.data is None:
            seen.faults.append(f"another visitor's slider was told: {answer.sentence}")
        await asyncio.sleep(EVERY)
