"""The app in a process of its own, and sessions that talk to it as browsers do."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.bench.startup import answers, free_port
from tests.conftest import REPOSITORY

API = "/gradio_api"
PATIENCE = 600.0  # seconds
LEFT = "left"  # what is noted of a call that somebody did not wait for
SAID = REPOSITORY / "runs" / "soak-app.log"


@dataclass
class Answer:
    """What a call got: the outputs, or a sentence, and how long it took."""

    data: list[Any] | None
    sentence: str | None
    seconds: float
    places: list[int] = field(default_factory=list)  # in the queue, as it was told
    begun: float = field(default_factory=time.monotonic)
    first: float | None = None  # seconds until something was on the screen
    told: float | None = None  # seconds in all that the page says at first it takes
    turn: float | None = None  # seconds until its work began


@contextmanager
def served(program: str | None = None, settings: dict[str, str] | None = None
           ) -> Iterator[tuple[str, psutil.Process]]:
    """Serve the app, or another program that does, until the end; yield address and process.

    Visitors are sent to the app when it is ready, as `docs/hosting.md` asks. What it says of
    faults is kept in `SAID`, for whoever looks for the reason.
    """
    environment = {**os.environ, "GRADIO_SERVER_PORT": str(free_port()),
                   "GRADIO_SERVER_NAME": "127.0.0.1", **(settings or {})}
    address = f"http://127.0.0.1:{environment['GRADIO_SERVER_PORT']}"
    words, there = (["-c", program], "/") if program else (["app.py"], "/readyz")
    SAID.parent.mkdir(exist_ok=True)
    with SAID.open("a") as said, subprocess.Popen(
            [sys.executable, *words], cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL,
            stderr=said) as app:
        try:
            while app.poll() is None and not answers(f"{address}{there}"):
                time.sleep(0.2)
            yield address, psutil.Process(app.pid)
        finally:
            app.terminate()


class Visitor:
    """One session: calls by the name or the number of an endpoint."""

    def __init__(self, http: httpx.AsyncClient, config: dict[str, Any]) -> None:
        self.http, self.session = http, secrets.token_hex(6)
        self.kinds = {part["id"]: part for part in config["components"]}
        self.endpoints = {call["api_name"]: call for call in config["dependencies"]}
        self.numbers = {call["id"]: call for call in config["dependencies"]}

    def defaults(self, name: str) -> list[Any]:
        """Return what the controls of an endpoint hold when the page opens."""
        return [self.kinds[part]["props"].get("value") for part in self.endpoints[name]["inputs"]]

    async def upload(self, path: Path) -> dict[str, Any]:
        """Return a file as the page holds it after an upload."""
        reply = await self.http.post(f"{API}/upload", files={"files": (path.name,
                                                                      path.read_bytes())})
        reply.raise_for_status()
        return {"path": reply.json()[0], "orig_name": path.name,
                "meta": {"_type": "gradio.FileData"}}

    async def call(self, name: str | int, data: Any, patience: float = PATIENCE,
                   event: Any = None) -> Answer:
        """Call an endpoint as the page does; a call that takes longer than patience is left."""
        endpoint = self.endpoints[name] if isinstance(name, str) else self.numbers[name]
        start = time.monotonic()
        body = json.dumps({"data": data, "fn_index": endpoint["id"], "event_data": event,
                           "session_hash": self.session, "trigger_id": None})
        ask = self._queued if endpoint["queue"] else self._direct
        answer = Answer(None, None, 0)
        try:
            await asyncio.wait_for(ask(body, answer), patience)
        except (asyncio.TimeoutError, TimeoutError):
            answer.sentence = LEFT
        except httpx.TransportError as error:  # one more failure of the report, not its end
            answer.sentence = f"the connection broke: {error!r}"
        answer.seconds = time.monotonic() - start
        return answer

    async def _direct(self, body: str, answer: Answer) -> None:
        reply = await self.http.post(f"{API}/run/predict", content=body,
                                     headers={"content-type": "application/json"})
        self._take(reply, answer)

    async def _queued(self, body: str, answer: Answer) -> None:
        reply = await self.http.post(f"{API}/queue/join", content=body,
                                     headers={"content-type": "application/json"})
        if reply.status_code != 200:
            return self._take(reply, answer)
        number = reply.json()["event_id"]
        async with self.http.stream("GET", f"{API}/queue/data",
                                    params={"session_hash": self.session}) as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data:") and self._hear(json.loads(line[5:]), number, answer):
                    return None
        return None

    def _take(self, reply: httpx.Response, answer: Answer) -> None:
        """Keep what came back at once."""
        content = reply.json() if "json" in reply.headers.get("content-type", "") else {}
        if reply.status_code == 200:
            answer.data = content.get("data")
        else:
            answer.sentence = str(content.get("error") or content.get("detail") or reply.text)

    def _hear(self, message: dict[str, Any], number: str, answer: Answer) -> bool:
        """Keep what a message says, and return whether it is the last one of a call."""
        kind, output = message.get("msg"), message.get("output") or {}
        if message.get("event_id") not in (number, None):
            return False
        if kind == "estimation":
            answer.places.append(message.get("rank") or 0)
            if answer.told is None and message.get("rank_eta") is not None:
                answer.told = time.monotonic() - answer.begun + message["rank_eta"]
        if kind == "process_starts":
            answer.turn = time.monotonic() - answer.begun
        if kind in ("process_generating", "process_completed") and message.get("success"):
            answer.first = answer.first or time.monotonic() - answer.begun
            answer.data = merged(answer.data, output.get("data"))
        elif kind in ("process_completed", "unexpected_error"):
            answer.sentence = str(output.get("error") or message.get("message") or "")
        return kind in ("process_completed", "unexpected_error")


def merged(old: list[Any] | None, new: list[Any] | None) -> list[Any] | None:
    """Return outputs after a message: whole at first, then what changes of each."""
    if old is None or not new:
        return new or old
    return [whole(before, after) for before, after in zip(old, new, strict=False)]


def whole(before: Any, after: Any) -> Any:
    """Return an output after its changes, where those replace it as a whole."""
    if not isinstance(after, list):
        return after
    for change in after:
        if isinstance(change, list) and len(change) == 3 and change[1] == []:
            before = change[2]
    return before
