"""Requests that once brought the page down, or took from others: each is refused or bounded now."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import httpx
import psutil
from PIL import Image

from tests.soak.load import THEORY
from tests.soak.page import API, Visitor
from tests.soak.watch import ATTACKER, Watched, watching
from vision.ui.server.limits import LIMITS

MB = 2**20
AT_ONCE = 100
LEAVING, LEAVES = 4, 1.0  # visitors at once who do not stay, and after how many seconds
CUT_OFF = 0
CLOSED = ("/openapi.json", "/monitoring", f"{API}/dev/reload", f"{API}/deep_link?session_hash=a",
          f"{API}/run-history/buckets", "/pwa_icon/90000")
JSON = {"content-type": "application/json"}
Attack = Callable[["Attacker"], Awaitable[str]]
ATTACKS: dict[str, Attack] = {}


def attack(does: Attack) -> Attack:
    """Add an attack; it returns what happened, and raises where it got through."""
    ATTACKS[does.__name__.replace("_", " ")] = does
    return does


class Attacker(Visitor):
    """A client that keeps to no rule."""

    def __init__(self, http: httpx.AsyncClient, config: dict[str, Any], address: str) -> None:
        super().__init__(http, config)
        self.config, self.address = config, address

    def fresh(self) -> Visitor:
        """Return a session that nobody has seen."""
        return Visitor(self.http, self.config)

    async def send(self, path: str, **named: Any) -> int:
        """Send a request and return its status; 0 if it was cut off before it was sent."""
        try:
            return (await self.http.post(f"{API}/{path}", **named)).status_code
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
            return CUT_OFF

    async def join(self, name: str) -> int:
        """Join the queue as a new session, to which nobody will listen."""
        call = {"data": self.defaults(name), "fn_index": self.endpoints[name]["id"],
                "session_hash": secrets.token_hex(6)}
        return await self.send("queue/join", json=call)


async def all_of(calls: list[Awaitable[int]]) -> Counter[int]:
    """Return how often each status came back."""
    return Counter(await asyncio.gather(*calls))


def told(statuses: Counter[int]) -> str:
    """Return statuses in words."""
    return ", ".join(f"{count}× {status}" for status, count in sorted(statuses.items()))


@attack
async def closed_addresses(attacker: Attacker) -> str:
    """Ask where nobody needs anything."""
    found = Counter([(await attacker.http.get(path)).status_code for path in CLOSED])
    assert set(found) == {404}, told(found)
    return told(found)


@attack
async def layers_far_out(attacker: Attacker) -> str:
    """Hand over a layer with a number that makes room for millions."""
    board = next((part["id"] for part in attacker.config["components"]
                  if "accept_blobs" in (part.get("props", {}).get("server_fns") or [])), 0)
    form = {"component_id": str(board), "session_hash": "a", "fn_name": "accept_blobs",
            "type": "layer", "index": "30000000", "id": "a"}
    return told(await all_of([attacker.send("component_server", data=form, files={
        "file": ("a.png", b"x")}) for _ in range(20)]))


@attack
async def forms_of_many_parts(attacker: Attacker) -> str:
    """Send nine hundred files in one request."""
    files = [("files", (f"{number}.png", b"x")) for number in range(900)]
    found = await all_of([attacker.send(path, files=files)
                          for path in ("component_server", "upload") * 5])
    assert 200 not in found, told(found)
    return told(found)


@attack
async def lists_within_a_request(attacker: Attacker) -> str:
    """Send JSON that takes seconds to read."""
    wide = b'{"data": [' + b"[]," * (2 * MB) + b'0], "fn_index": 0}'
    deep = b'{"data": ' + b"[" * 900 + b"]" * 900 + b', "fn_index": 0}'
    found = await all_of([attacker.send("run/predict", content=content, headers=JSON)
                          for content in (wide, deep, b" " * (9 * MB)) * 5])
    assert set(found) <= {413, 429}, told(found)
    return told(found)


@attack
async def trainings_to_which_nobody_listens(attacker: Attacker) -> str:
    """Ask for more trainings than fit, each of a new session."""
    name = next(name for name, call in attacker.endpoints.items() if "train" in name
                and call["queue"] and call["inputs"] and call["backend_fn"])
    found = await all_of([attacker.join(name) for _ in range(65)])
    assert found[200] <= LIMITS.trainings_per_address, told(found)
    return told(found)


@attack
async def answers_that_nobody_reads(attacker: Attacker) -> str:
    """Ask for a thousand answers and read none."""
    found: Counter[int] = Counter()
    begun = time.monotonic()
    for _ in range(10):
        found += await all_of([attacker.join("segment") for _ in range(AT_ONCE)])
    forgotten = 1 + (time.monotonic() - begun) / LIMITS.unheard_seconds  # times
    assert found[200] <= forgotten * LIMITS.clicks_per_address, told(found)
    return told(found)


@attack
async def visitors_who_leave(attacker: Attacker) -> str:
    """Begin what takes long and go away while it works, more often than calls may be open."""
    data, gone = attacker.defaults(THEORY), LIMITS.clicks_per_address + LEAVING
    await answered(attacker)  # what the attack before has left unread is forgotten by then
    for _ in range(0, gone, LEAVING):
        await asyncio.gather(*(attacker.fresh().call(THEORY, data, LEAVES)
                               for _ in range(LEAVING)))
    answer = await attacker.fresh().call("segment", attacker.defaults("segment"))
    assert answer.data is not None, answer.sentence
    return f"{gone} left, and the next was answered after {answer.seconds:.1f} s"


async def answered(attacker: Attacker) -> None:
    """Ask until there is an answer, for as long as unread ones may be kept."""
    end = time.monotonic() + 2 * LIMITS.unheard_seconds
    while (await attacker.fresh().call("segment", attacker.defaults("segment"))).data is None:
        assert time.monotonic() < end, "unread answers are not forgotten"
        await asyncio.sleep(1)


@attack
async def sessions_by_the_thousand(attacker: Attacker) -> str:
    """Open two thousand sessions, and drop them."""
    data, number = attacker.defaults("play"), attacker.endpoints["play"]["id"]
    found: Counter[int] = Counter()
    for _ in range(20):
        found += await all_of([attacker.send("run/predict", json={
            "data": data, "fn_index": number, "session_hash": secrets.token_hex(6)})
            for _ in range(AT_ONCE)])
    return told(found)


@attack
async def hundred_calls_at_once(attacker: Attacker) -> str:
    """Move a hundred sliders at once."""
    data, number = attacker.defaults("play"), attacker.endpoints["play"]["id"]
    return told(await all_of([attacker.send("run/predict", json={
        "data": data, "fn_index": number, "session_hash": "hundred"}) for _ in range(AT_ONCE)]))


@attack
async def heads_without_end(attacker: Attacker) -> str:
    """Begin a hundred requests and end none."""
    place = urlparse(attacker.address)
    lines = [await asyncio.open_connection(place.hostname, place.port) for _ in range(AT_ONCE)]
    for _, writer in lines:
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n")
    begun, patience = time.monotonic(), LIMITS.header_seconds + 10
    reading = asyncio.gather(*(reader.read(1) for reader, _ in lines), return_exceptions=True)
    ends = await asyncio.wait_for(reading, patience)
    assert all(isinstance(end, ConnectionError) or not end for end in ends)
    return f"all were ended after {time.monotonic() - begun:.0f} s"


@attack
async def thirty_equal_clicks(attacker: Attacker) -> str:
    """Be a class: thirty students press the same button, and each gets an answer."""
    data = attacker.defaults("segment")
    answers = await asyncio.gather(*(attacker.fresh().call("segment", data) for _ in range(30)))
    lost = [answer.sentence for answer in answers if answer.data is None]
    assert not lost, lost[0]
    return f"all were answered, the last after {max(one.seconds for one in answers):.1f} s"


@attack
async def pictures_of_the_server(attacker: Attacker) -> str:
    """Name pictures that were never sent to the page."""
    with tempfile.TemporaryDirectory() as folder:
        private = Path(folder) / "private.png"
        Image.new("RGB", (64, 64)).save(private)
        said = []
        for path in (str(private), "/nowhere/private.png", "/dev/ptmx"):
            data = attacker.defaults("segment")
            data[0] = {"path": path}
            answer = await attacker.fresh().call("segment", data, 300)
            said.append(answer.sentence)
    assert None not in said and len(set(said)) == 1, said
    return str(said[0])


async def run(address: str, config: dict[str, Any], process: psutil.Process
              ) -> tuple[dict[str, str], Watched]:
    """Try every attack, and return what came of each, and what was seen meanwhile."""
    found: dict[str, str] = {}
    limits = httpx.Limits(max_connections=AT_ONCE, keepalive_expiry=1)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits,
                                 headers=ATTACKER) as http:
        with watching(address, config, process) as seen:
            for name, does in ATTACKS.items():
                try:
                    found[name] = await does(Attacker(http, config, address))
                except Exception as error:
                    found[name] = f"got through: {error!r}"[:300]
                    seen.faults.append(f"{name}: {error!r}"[:300])
                await asyncio.sleep(1)
    alive = process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    seen.faults += [] if alive else ["the process has ended"]
    return found, seen
