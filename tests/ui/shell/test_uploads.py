"""What may be sent and read: how large, how many, for how long, and from which folders only."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import httpx
import pytest
from gradio.route_utils import delete_files_created_by_app
from gradio.utils import get_upload_folder

from tests.conftest import REPOSITORY
from vision import ui
from vision.errors import UserError
from vision.ui import ASSETS
from vision.ui.shell.files import quota as upload_quota
from vision.ui.shell.files import shares as shares_of_addresses
from vision.ui.shell.files import uploads
from vision.ui.shell.files.quota import QUOTA, TEMPORARY, Quota
from vision.ui.shell.files.shares import MINUTES, SHARES, Shares

PATH = "/gradio_api/upload"
PICTURE = (ASSETS / "segmentation" / "street-1.png").read_bytes()


@pytest.fixture(scope="module")
def page() -> Iterator[gr.Blocks]:
    """The page's settings around a page that is quickly built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ui, "load_tabs", list)
        app = ui.launch(ui.create_app(), prevent_thread_lock=True, server_name="127.0.0.1")
        yield app
        app.close(verbose=False)


@pytest.fixture
def served(page: gr.Blocks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
           ) -> tuple[gr.Blocks, str]:
    """The page and its address; uploads come into an empty folder."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "kept"))
    monkeypatch.setattr(page.app, "uploaded_file_dir", str(tmp_path / "kept"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    QUOTA.forget()  # what the test before has sent is not there any more
    return page, page.local_url


def kept(folder: Path) -> list[Path]:
    """Return the files that were kept of uploads."""
    return [path for path in (folder / "kept").rglob("*") if path.is_file()]


def send(address: str, *contents: bytes) -> httpx.Response:
    """Upload files in one go."""
    files = [("files", (f"{number}.png", content)) for number, content in enumerate(contents)]
    return httpx.post(address.rstrip("/") + PATH, files=files, timeout=120)


def test_the_page_is_served_with_limits(served: tuple[gr.Blocks, str]) -> None:
    app, _ = served
    assert app.max_file_size == 64 * 2**20 and app.delete_cache == (600, 3600)
    assert app.analytics_enabled is False and os.environ["GRADIO_ANALYTICS_ENABLED"] == "False"


def test_a_file_that_is_too_large_is_refused_and_not_kept(
        served: tuple[gr.Blocks, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, address = served
    monkeypatch.setattr(app, "max_file_size", 2**20)
    reply = send(address, bytes(2**20 + 1))
    assert reply.status_code == 413 and "maximum allowed size" in reply.text
    assert kept(tmp_path) == []
    assert send(address, bytes(2**20)).status_code == 200 and len(kept(tmp_path)) == 1


def test_too_many_files_are_refused_and_none_is_kept(served: tuple[gr.Blocks, str],
                                                     tmp_path: Path) -> None:
    _, address = served
    many = [bytes([number]) * 100_000 for number in range(uploads.MOST + 1)]
    reply = send(address, *many)
    assert reply.status_code == 400 and reply.text == uploads.TOO_MANY
    assert kept(tmp_path) == []
    assert send(address, *many[1:]).status_code == 200
    assert len(kept(tmp_path)) == uploads.MOST


def test_uploads_go_after_an_hour(served: tuple[gr.Blocks, str], tmp_path: Path,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    app, address = served
    send(address, PICTURE)
    (file,) = kept(tmp_path)
    delete_files_created_by_app(app, app.delete_cache[1])  # as the server does every ten minutes
    assert file.is_file()
    delete_files_created_by_app(app, -1)
    assert not file.exists()


def test_what_arrived_only_in_part_goes_too(served: tuple[gr.Blocks, str], tmp_path: Path) -> None:
    _, address = served
    folder = Path(get_upload_folder())
    folder.mkdir(exist_ok=True)
    old, new, made = folder / "tmpold", folder / "tmpnew", uploads.new_folder()
    for path in (old, new):
        path.write_bytes(PICTURE)
    for path in (old, made):
        os.utime(path, (time.time() - 4000,) * 2)
    uploads.sweep.cache_clear()
    assert send(address, PICTURE).status_code == 200
    assert not old.exists() and not made.exists() and new.exists()


def test_what_is_oldest_makes_room(served: tuple[gr.Blocks, str], tmp_path: Path,
                                   monkeypatch: pytest.MonkeyPatch) -> None:
    _, address = served
    monkeypatch.setattr(QUOTA, "most_bytes", 250_000)
    assert send(address, bytes(100_000)).status_code == 200
    (sent,) = kept(tmp_path)
    made = [uploads.new_folder() for _ in range(3)]
    for number, folder in enumerate(made):
        (folder / "snapshot").write_bytes(bytes(80_000))
        for path in (folder / "snapshot", folder):
            os.utime(path, (time.time() - 900 + 100 * number,) * 2)
    QUOTA.forget()
    new = uploads.new_folder()
    assert [folder.exists() for folder in (*made, new)] == [False, False, True, True]
    assert sent.exists(), "what was just sent stays"


def test_without_room_nothing_more_is_taken(served: tuple[gr.Blocks, str], tmp_path: Path,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    _, address = served
    assert send(address, bytes(100_000)).status_code == 200
    monkeypatch.setattr(QUOTA, "most_bytes", 50_000)
    QUOTA.forget()
    reply = send(address, PICTURE)
    assert reply.status_code == 507 and reply.text == uploads.NO_ROOM and len(kept(tmp_path)) == 1
    QUOTA.forget()
    with pytest.raises(UserError, match="no room for more files"):
        uploads.new_folder()
    QUOTA.forget()


def test_an_address_that_has_sent_its_share_is_refused_and_others_are_not(
        served: tuple[gr.Blocks, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, address = served
    monkeypatch.setattr(SHARES, "sent", {})
    monkeypatch.setattr(SHARES, "most", 250_000)
    SHARES.add("192.0.2.1", 10**9)
    assert send(address, bytes(200_000)).status_code == 200
    reply = send(address, bytes([1]) * 200_000)
    assert (reply.status_code, reply.text) == (400, uploads.SPENT), "broken off on its way"
    assert len(kept(tmp_path)) == 1
    reply = send(address, PICTURE)
    assert (reply.status_code, reply.text) == (429, uploads.SPENT)


def test_what_was_sent_more_than_an_hour_ago_does_not_count(
        monkeypatch: pytest.MonkeyPatch) -> None:
    shares, now = Shares(100), [1000.0]
    monkeypatch.setattr(shares_of_addresses.time, "monotonic", lambda: now[0])
    shares.add("here", 60)
    now[0] += 60 * MINUTES
    shares.add("here", 41)
    assert shares.spent("here") and not shares.spent("elsewhere")
    now[0] += 60
    assert not shares.spent("here") and len(shares.sent) == 1, "and is forgotten"


def test_an_upload_is_broken_off_where_there_is_no_room_for_the_rest(
        served: tuple[gr.Blocks, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, address = served
    monkeypatch.setattr(QUOTA, "most_bytes", 500_000)
    reply = send(address, bytes(1_000_000))
    assert (reply.status_code, reply.text) == (400, uploads.NO_ROOM) and kept(tmp_path) == []
    QUOTA.forget()


def test_several_may_sweep_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads.tempfile, "gettempdir", lambda: str(tmp_path))
    for number in range(400):
        old = tmp_path / f"{TEMPORARY}{number}"
        old.mkdir()
        os.utime(old, (time.time() - 4000,) * 2)
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(uploads.sweep.__wrapped__, 0) for _ in range(8)]:
            done.result()  # a folder that another one took away meanwhile is no mistake
    assert not list(tmp_path.glob(f"{TEMPORARY}*"))


@pytest.mark.parametrize("path", [
    "/etc/passwd", str(REPOSITORY / "app.py"), str(REPOSITORY / ".git" / "config"), "app.py",
    str(REPOSITORY / "checkpoints" / "segmentation" / "unet.safetensors"), "../app.py",
    str(ASSETS / ".." / "app.py"), f"{ASSETS}/%2e%2e/app.py", str(Path.home()),
    "/proc/self/environ", "http://127.0.0.1:9/", "file:///etc/passwd"])
def test_no_other_file_is_read(served: tuple[gr.Blocks, str], path: str) -> None:
    _, address = served
    base = address.rstrip("/") + "/gradio_api/"
    for way in ("file=", "file/"):
        reply = httpx.get(base + way + path)
        assert reply.status_code in (400, 403, 404, 405), (way, reply.status_code)
    given = {"path": path, "meta": {"_type": "gradio.FileData"}}
    reply = httpx.post(base + "run/predict", json={"data": [given], "fn_index": 0,
                                                   "session_hash": "here"})
    assert reply.status_code >= 400 and "root:" not in reply.text


def test_the_pictures_of_the_page_are_read(served: tuple[gr.Blocks, str]) -> None:
    _, address = served
    reply = httpx.get(f"{address}gradio_api/file={ASSETS / 'segmentation' / 'street-1.png'}")
    assert reply.status_code == 200 and reply.content == PICTURE


def test_a_request_does_not_wait_for_another_ones_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of thousands of files once made each of thirty visitors weigh it for themselves."""
    begun, go_on, looks = threading.Event(), threading.Event(), []

    def slow() -> Iterator[tuple[float, int, str]]:
        looks.append(1)
        begun.set()
        assert go_on.wait(20)
        yield 0.0, 10, "nowhere"

    monkeypatch.setattr(upload_quota, "all_kept", slow)
    quota = Quota(most_bytes=100)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(quota.room)
        assert begun.wait(20)
        assert quota.room() and not first.done()
        quota.arrived = 89
        go_on.set()
        assert first.result(20) and quota.used == 10
    assert quota.room() and len(looks) == 1, "the next look is not due yet"
    quota.arrived = 91
    assert not quota.room(), "what has arrived since then counts"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of six files that were sent, 10 bytes each, the oldest first; and one of others."""
    folder = tmp_path / "kept"
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    for number, name in enumerate(("of-others", *(f"{each:064x}" for each in range(6)))):
        (folder / name).mkdir(parents=True)
        (folder / name / "file").write_bytes(bytes(10))
        for path in (folder / name / "file", folder / name):
            os.utime(path, (time.time() - 900 + 100 * number,) * 2)
    return folder


def left(folder: Path) -> list[int]:
    """Return which of the six are left; what others keep there always is."""
    names = sorted(os.listdir(folder))
    assert names.pop() == "of-others"
    return [int(name, 16) for name in names]


def test_of_too_many_things_the_oldest_go(folder: Path) -> None:
    quota = Quota(most_things=5)
    assert quota.room() and left(folder) == [2, 3, 4, 5] and quota.used == 40
    assert Quota(most_things=4).room() and left(folder) == [2, 3, 4, 5]


def test_what_is_on_its_way_is_weighed_too(folder: Path) -> None:
    (folder / "tmpcoming").write_bytes(bytes(30))
    quota = Quota()
    assert quota.room() and quota.used == 90


def test_a_look_that_finds_too_much_leaves_room_until_the_next(folder: Path) -> None:
    quota = Quota(most_bytes=50)
    assert quota.room() and left(folder) == [2, 3, 4, 5], "not just as much as is too much"
    quota.arrived, quota.due = 10, time.monotonic() + 60
    assert quota.room()
    quota.arrived = 11
    assert not quota.room()
