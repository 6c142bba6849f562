"""The configuration of docs/hosting.md brings each visitor back to the process he began with."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.bench.startup import free_port
from tests.conftest import REPOSITORY

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
FOLDERS = "client_body", "proxy", "fastcgi", "uwsgi", "scgi"


class Worker(BaseHTTPRequestHandler):
    """A process that says which one it is, and whom it believes to serve."""

    def do_GET(self) -> None:
        told = f"{self.server.server_port} {self.headers['X-Forwarded-For']}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def workers() -> Iterator[list[int]]:
    """The ports of two processes."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Worker) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield [server.server_port for server in servers]
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def port(workers: list[int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of nginx with the documented configuration in front of them."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    text = (REPOSITORY / "docs" / "hosting.md").read_text("utf-8")
    found = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)
    assert found
    told = found[1].replace("listen 7860", f"listen 127.0.0.1:{port}")
    for old, new in zip((7861, 7862), workers, strict=True):
        assert f"server 127.0.0.1:{old};" in told
        told = told.replace(f"127.0.0.1:{old}", f"127.0.0.1:{new}")
    paths = "\n".join(f"{name}_temp_path {folder / name};" for name in FOLDERS)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder / 'pid'}; error_log stderr; worker_processes 1;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{paths}\n{told}\n}}\n")
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")],
                               stderr=subprocess.PIPE, text=True)
    try:
        while process.poll() is None and not listens(port):
            time.sleep(0.05)
        assert process.poll() is None, process.stderr and process.stderr.read()
        yield port
    finally:
        process.terminate()
        process.wait()


def listens(port: int) -> bool:
    """Return whether somebody answers at a port."""
    try:
        ask(port, "/healthz")
        return True
    except OSError:
        return False


def ask(port: int, path: str, **headers: str) -> tuple[int, str, str]:
    """Return status, text and new cookie that a request gets."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=headers)
    reply = connection.getresponse()
    found = reply.status, reply.read().decode(), (reply.getheader("Set-Cookie") or "")
    connection.close()
    return found


def test_visitors_are_spread_and_each_stays(port: int, workers: list[int]) -> None:
    first = set()
    for _ in range(30):
        _, told, cookie = ask(port, "/")
        assert re.fullmatch(r"lab=\w+; Path=/; HttpOnly; SameSite=Lax", cookie)
        mine = {"Cookie": cookie.partition(";")[0]}
        later = [ask(port, path, **mine) for path in ("/gradio_api/queue/join", "/config", "/")]
        assert {text for _, text, _ in later} == {told} and not any(new for *_, new in later)
        first.add(told.split()[0])
    assert first == {str(worker) for worker in workers}


def test_a_program_without_cookies_stays_too_and_no_address_is_claimed(port: int) -> None:
    told = {ask(port, path, **{"X-Forwarded-For": claimed})[1]
            for path in ("/gradio_api/call/segment", "/gradio_api/mcp/", "/config")
            for claimed in ("9.9.9.9", "8.8.8.8")}
    assert len(told) == 1 and told.pop().endswith(" 127.0.0.1")


def test_nobody_outside_reads_the_measures(port: int) -> None:
    assert ask(port, "/metrics")[0] == 403
