"""Requests are small, simple, whole in time, and few at once from one address."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time
from typing import Any

import pytest
from starlette.formparsers import MultiPartException
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from tests.ui.server.small_page import API, body
from vision.errors import UserError
from vision.ui.server.body_limits import SIZE, BodyLimits, depth
from vision.ui.server.limits import Limits, read

CALL = f"{API}/run/predict"
MB = 2**20


@pytest.mark.parametrize("values, status", [
    (["x" * (7 * MB)], 200), (["x" * (8 * MB)], 413), ([[[]] * 3_000_000], 413),
    ([[[]] * 60_000], 413), ([[0] * 99_000], 200), ([json.loads("[" * 49 + "]" * 49)], 413),
    ([json.loads("[" * 40 + "]" * 40)], 200)])
def test_a_request_that_would_stop_everybody_is_refused_at_once(
        http: TestClient, values: Any, status: int) -> None:
    content = json.dumps(body(values)).encode()
    start = time.monotonic()
    reply = http.post(CALL, content=content, headers={"content-type": "application/json",
                                                      "accept-language": "zh-CN"})
    assert reply.status_code == status and time.monotonic() - start < 5
    assert status == 200 or reply.json()["detail"].startswith("请求")


@pytest.mark.parametrize("path", ["queue/join", "call/queued", "cancel", "api/direct", "reset"])
def test_all_that_is_sent_is_limited(http: TestClient, path: str) -> None:
    assert http.post(f"{API}/{path}", content=bytes(8 * MB + 1)).status_code == 413


def test_depth_is_that_of_the_deepest() -> None:
    assert depth(b"") == depth(b"]]") == 0 and depth(b"[[],[{}],[]]") == 3


class Client:
    """Requests of one address to limits with nothing behind them but a wait."""

    def __init__(self, **limits: int) -> None:
        self.doors = BodyLimits(self.serve, Limits(**limits))
        self.served = self.most = self.now = 0
        self.wait = 0.01
        self.sizes: list[int] = []

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a while; remember how many are there at once."""
        self.now += 1
        self.most, self.served = max(self.most, self.now), self.served + 1
        self.sizes.append(scope.get(SIZE, -1))
        await asyncio.sleep(self.wait)
        self.now -= 1

    async def send(self, *parts: bytes, address: str = "a", path: str = CALL, pause: float = 0
                   ) -> int:
        """Send a request in parts and return its status; 0 if it was served."""
        left, found = list(parts), [0]

        async def receive() -> Message:
            await asyncio.sleep(pause)
            return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

        async def send(message: Message) -> None:
            found.append(message.get("status", 0))

        scope = {"type": "http", "method": "POST", "path": path, "client": (address, 1),
                 "headers": [], "query_string": b""}
        await self.doors(scope, receive, send)
        return max(found)


@pytest.mark.anyio
async def test_of_one_address_few_are_served_at_once_and_not_all_may_wait() -> None:
    client = Client(calls_at_once=4, calls_waiting=20)
    replies = await asyncio.gather(*(client.send(b"{}") for _ in range(30)))
    assert sorted(replies) == [0] * 20 + [429] * 10 and client.most == 4
    others = await asyncio.gather(*(client.send(b"{}", address=f"{n}") for n in range(30)))
    assert others == [0] * 30 and client.most > 20
    assert not client.doors.present and not client.doors.held and not client.doors.turns


@pytest.mark.anyio
async def test_what_waits_is_small_altogether() -> None:
    client = Client(calls_at_once=1, waiting_mb=3)
    replies = await asyncio.gather(*(client.send(b" " * MB) for _ in range(5)))
    assert sorted(replies) == [0, 0, 0, 429, 429] and not client.doors.held
    assert client.sizes == [MB] * 3


@pytest.mark.anyio
async def test_a_request_that_stops_in_the_middle_is_given_up() -> None:
    client = Client(body_seconds=0)
    assert await client.send(b"{", b"}", pause=0.2) == 408
    assert await client.send(b"{", b"}") in (0, 408) and not client.doors.present


@pytest.mark.anyio
async def test_an_upload_is_passed_on_until_it_is_too_large() -> None:
    doors = BodyLimits(reading, Limits(upload_mb=1))
    client = Client()
    client.doors = doors
    assert await client.send(bytes(MB), b"", path=f"{API}/upload") == 200
    assert await client.send(bytes(MB), b"1", path=f"{API}/upload") == 413


async def reading(scope: Scope, receive: Receive, send: Send) -> None:
    """Read a request as Gradio's upload does."""
    try:
        while (await receive())["more_body"]:
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
    except MultiPartException as error:
        assert "maximum allowed size" in error.message
        await send({"type": "http.response.start", "status": 413, "headers": []})


def test_a_variable_sets_a_limit() -> None:
    set_ = read({"VISION_JSON_MB": "3", "VISION_ORIGINS": " https://a.b ", "VISION_SESSIONS": " "})
    assert set_ == dataclasses.replace(Limits(), json_mb=3, origins="https://a.b")


@pytest.mark.parametrize("given", ["x", "-1", "2.5", "4 GB", "1e3", "٣", "9" * 5000])
def test_a_limit_that_is_no_whole_number_gets_one_sentence(given: str) -> None:
    with pytest.raises(UserError) as error:
        read({"VISION_SESSIONS": given})
    told = str(error.value)
    assert told.startswith(f"VISION_SESSIONS is '{given[:10]}") and "such as 2000" in told
    assert len(told) < 400


def test_a_form_of_many_parts_is_refused(http: TestClient) -> None:
    files = [("file", ("a.png", b"[" * 200_000))] * 40
    assert http.post(f"{API}/component_server", files=files).status_code == 413
    assert http.post(f"{API}/component_server", files=files[:1]).status_code != 413
