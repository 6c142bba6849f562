"""The server as it is launched: small on the wire, without a banner, and with little patience."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlparse

import brotli
import gradio as gr
import httpx
import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from tests.ui.server.small_page import API, asked, body
from vision import ui
from vision.ui.server import compression, http_server
from vision.ui.server.http_server import Impatient
from vision.ui.server.replies import address_of


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The page's settings around a page that is quickly built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ui, "load_tabs", list)
        patch.setattr(Impatient, "seconds", 0.5)
        app = ui.launch(ui.create_app(), prevent_thread_lock=True, server_name="127.0.0.1")
        yield app.local_url
        app.close(verbose=False)


@pytest.mark.parametrize("way, unpacked", [("br", brotli.decompress), ("gzip", gzip.decompress)])
def test_the_page_comes_compressed_and_the_same_from_what_is_kept(
        address: str, way: str, unpacked: type[bytes]) -> None:
    plain = httpx.get(address, headers={"accept-encoding": "identity"}).content
    for query in ("", "?__theme=dark", "?page=nothing&deep_link=a"):
        with httpx.stream("GET", address + query, headers={"accept-encoding": way}) as reply:
            sent = b"".join(reply.iter_raw())
            assert reply.headers["content-encoding"] == way and len(sent) < len(plain) / 2
            assert int(reply.headers["content-length"]) == len(sent)
            assert reply.headers["vary"] == "Accept-Encoding" and unpacked(sent) == plain


def test_answers_of_events_come_compressed() -> None:
    said = "a class for every pixel " * 200
    with asked() as http, http.stream("POST", f"{API}/run/predict", json=body([said]),
                                      headers={"accept-encoding": "br"}) as reply:
        sent = b"".join(reply.iter_raw())
    assert reply.headers["content-encoding"] == "br" and len(sent) < len(said) / 4
    assert json.loads(brotli.decompress(sent))["data"] == [said]


def test_that_the_page_is_there_is_told_without_making_it() -> None:
    with asked() as http:  # a page that is not launched cannot be made
        head = http.head("/")
        assert head.status_code == 200 and not head.content
        assert head.headers["content-type"].startswith("text/html")


def test_pages_for_many_names_of_the_server_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compression, "MOST", 5000)
    served = compression.Compressed(PlainTextResponse("a" * 1500))
    http = TestClient(served)
    for number in range(9):
        assert len(http.get("/", headers={"host": f"{number}", "accept-encoding": ""}).text) == 1500
    assert len(served.kept) == 3 and served.weight() == 4500


@pytest.mark.parametrize("accepted, way", [
    ("gzip, deflate, br, zstd", "br"), ("gzip", "gzip"), ("br;q=0", ""), ("br; q = 0.000", ""),
    ("br;q=0, gzip", "gzip"), ("BR;Q=0, GZIP", "gzip"), ("gzip;q=1.0, br;q=0.5", "gzip"),
    ("*", "br"), ("*;q=0", ""), ("*;q=0, gzip", "gzip"), ("*, br;q=0", "gzip"), ("identity", ""),
    ("identity, gzip;q=0.5", ""), ("identity;q=0.5, gzip", "gzip"), ("identity, br", "br"),
    ("identity;q=0, *;q=0", ""), ("", ""), ("brotli, x-br", ""), ("br;q=nonsense", ""),
    ("br;q=2", "")])
def test_what_a_client_does_not_accept_it_does_not_get(accepted: str, way: str) -> None:
    http = TestClient(compression.Compressed(PlainTextResponse("a" * 1500)))
    reply = http.get("/", headers={"accept-encoding": accepted})
    assert reply.headers.get("content-encoding", "") == way and reply.text == "a" * 1500


def test_wishes_in_two_headers_are_read_together() -> None:
    http = TestClient(compression.Compressed(PlainTextResponse("a" * 1500)))
    reply = http.get("/", headers=[("accept-encoding", "br;q=0"), ("accept-encoding", "gzip")])
    assert reply.headers["content-encoding"] == "gzip"


def test_a_page_for_one_name_of_the_server_is_not_given_to_another(address: str) -> None:
    first = httpx.get(address).text
    other = httpx.get(address, headers={"host": "lab.example"}).text
    assert "http://lab.example" in other and "lab.example" not in first
    assert httpx.get(address).text == first


def test_scripts_are_kept_by_browsers_and_streams_are_not_held_back(address: str) -> None:
    script = next(part for part in httpx.get(address).text.split('"')
                  if part.startswith("./assets/index-") and part.endswith(".js"))
    reply = httpx.get(address + script)
    assert "immutable" in reply.headers["cache-control"] and reply.status_code == 200
    with httpx.stream("GET", f"{address}gradio_api/heartbeat/a") as beats:
        assert next(beats.iter_lines()) == "data: ALIVE"


def test_there_is_no_banner(address: str) -> None:
    assert "server" not in httpx.get(address).headers


def test_a_head_that_does_not_end_ends_the_connection(address: str) -> None:
    parts = urlparse(address)
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n")
        start = time.monotonic()
        line.sendall(b"X-Slow: 1\r\n")
        assert line.recv(100) == b"" and time.monotonic() - start < 5


def test_an_answer_that_takes_longer_is_waited_for(address: str) -> None:
    with httpx.stream("GET", f"{address}gradio_api/heartbeat/b", timeout=20) as beats:
        lines = beats.iter_lines()
        next(lines)
        time.sleep(1)
        assert httpx.get(address).status_code == 200  # and the stream goes on
        assert gr.__version__ and not beats.is_closed


PROXY, VISITOR = "10.16.3.80", "203.0.113.7"


def told_of(peer: str, *forwarded: str) -> tuple[str, str]:
    """Return whose a request is taken to be that comes from a peer, and by which scheme."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope)

    config = uvicorn.Config(app, log_config=None)
    config.load()
    headers = [(b"x-forwarded-proto", b"https"),
               *((b"x-forwarded-for", each.encode()) for each in forwarded)]
    asyncio.run(config.loaded_app({"type": "http", "client": (peer, 1), "scheme": "http",
                                   "headers": headers}, None, None))  # type: ignore[arg-type]
    return address_of(seen[0]), seen[0]["scheme"]


def test_on_a_space_the_proxy_tells_whose_a_request_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradio.http_server.Server", None)
    monkeypatch.setattr(os, "environ", {})
    http_server.install()
    assert told_of(PROXY, VISITOR) == (PROXY, "http")
    os.environ["SPACE_ID"] = "someone/vision-lab"
    http_server.install()
    assert told_of(PROXY, VISITOR) == (VISITOR, "https")
    assert told_of(PROXY, f"{VISITOR}, 10.16.1.2") == (VISITOR, "https")
    for forged in ("198.51.100.1", "10.0.0.1", "198.51.100.1, 10.16.1.2"):
        assert told_of(PROXY, f"{forged}, {VISITOR}") == (VISITOR, "https")
        assert told_of(PROXY, forged, f"{VISITOR}, 10.16.1.2") == (VISITOR, "https")
    assert told_of("198.51.100.9", VISITOR)[0] == "198.51.100.9", "who is no proxy tells nothing"


def test_whom_to_believe_may_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradio.http_server.Server", None)
    monkeypatch.setattr(os, "environ", {"SPACE_ID": "a/b", "FORWARDED_ALLOW_IPS": "192.0.2.1"})
    http_server.install()
    assert told_of("192.0.2.1", VISITOR)[0] == VISITOR and told_of(PROXY, VISITOR)[0] == PROXY
