"""Downloads that are killed, cut short, doubled or find no room, from a server on this machine."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from tests.conftest import REPOSITORY
from vision.errors import UserError
from vision.style.features import extractor
from vision.style.features.extractor import fetch_imagenet

CONTENT = bytes(range(256)) * 2**13  # 2 MiB
NAME = f"vgg19-{hashlib.sha256(CONTENT).hexdigest()[:8]}.pth"
CHILD = """
import sys, torch
from vision.style.features import extractor
extractor._address = lambda: sys.argv[1]
torch.hub.get_dir = lambda: sys.argv[2]
extractor.fetch_imagenet(lambda share: print(f"{share:.2f}", flush=True))
"""


@dataclass
class Server:
    """Sends so many bytes of the content, waits until it may go on, and counts its visitors."""

    address: str = ""
    sends: int = len(CONTENT)
    waits: bool = False
    visits: int = 0
    go_on: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that can be slow or hang up too early."""
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.visits += 1
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT[: told.sends])
            self.wfile.flush()
            if told.waits:
                told.go_on.wait(120)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        told.address = f"http://127.0.0.1:{http.server_port}/{NAME}"
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield told
        told.go_on.set()
        http.shutdown()


@pytest.fixture
def folder(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the weights come to lie."""
    monkeypatch.setattr(extractor, "_address", lambda: server.address)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    return tmp_path / "hub" / "checkpoints"


@pytest.fixture
def child(server: Server, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process in the middle of the same download."""
    server.sends, server.waits = len(CONTENT) // 2 + 2**16, True
    words = [sys.executable, "-c", CHILD, server.address, str(folder.parent)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout and process.stdout.readline().strip() == "0.50"
        yield process
        process.kill()


def test_a_killed_download_leaves_nothing_that_the_next_one_takes_for_whole(
        server: Server, folder: Path, child: subprocess.Popen[str]) -> None:
    assert any((folder / name).stat().st_size for name in os.listdir(folder))
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    assert not extractor.imagenet_present() and len(os.listdir(folder)) == 2
    server.sends, server.waits = len(CONTENT), False
    assert fetch_imagenet().read_bytes() == CONTENT
    assert os.listdir(folder) == [NAME] and server.visits == 2


def test_a_second_download_of_the_same_is_refused(server: Server, folder: Path,
                                                  child: subprocess.Popen[str]) -> None:
    before = sorted(os.listdir(folder))
    with pytest.raises(UserError, match="is being made by another run right now"):
        fetch_imagenet()
    assert sorted(os.listdir(folder)) == before and server.visits == 1


def test_a_download_that_is_cut_short_is_no_file(server: Server, folder: Path) -> None:
    server.sends = len(CONTENT) // 2
    with pytest.raises(UserError, match="could not be fetched"):
        fetch_imagenet()
    assert os.listdir(folder) == []
    server.sends = len(CONTENT)
    assert fetch_imagenet().read_bytes() == CONTENT


def test_a_download_that_finds_no_room_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch
                                               ) -> None:
    def copy(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(extractor, "_copy", copy)
    with pytest.raises(UserError, match="The disk is full, so 'vgg19"):
        fetch_imagenet()
    assert os.listdir(folder) == []
