"""A request names only files that were sent to the page or are shown on it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from fastapi.testclient import TestClient
from gradio.routes import App
from PIL import Image

from vision.ui import ASSETS
from vision.ui.shell.files.access import check_files, takes_files
from vision.ui.shell.input_checks import guard_inputs

SENTENCE = ("The page has no such file; files sent through the page within the last hour are "
            "accepted; upload it again.")
MARK = {"_type": "gradio.FileData"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of uploads, with one file in it; beside it lies a private one."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "sent"))
    (tmp_path / "sent").mkdir()
    for name in ("private.png", "sent/own.png"):
        Image.new("RGB", (20, 20), "red").save(tmp_path / name)
    (tmp_path / "sent" / "link.png").symlink_to(tmp_path / "private.png")
    os.mkfifo(tmp_path / "sent" / "pipe.png")
    return tmp_path


def shapes(path: str) -> list[Any]:
    """Return the shapes in which a value may name a file."""
    file = {"path": path}
    marked = {**file, "meta": MARK}
    return [file, marked, [file], [marked], {"background": file, "layers": [file]},
            {"background": None, "layers": [], "composite": marked}, [{"image": file}],
            {"files": [marked], "text": ""}, {"image": file, "annotations": []}]


def told(app: gr.Blocks, call: Any, values: list[Any]) -> str:
    """Return what values of an event get."""
    with pytest.raises(gr.Error) as caught:
        asyncio.run(app.preprocess_data(call, values, None))
    return str(caught.value.message)


def test_no_part_of_the_page_reads_other_files(folder: Path, whole_page: gr.Blocks,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    app, kinds = whole_page, set()
    monkeypatch.setattr(app, "allowed_paths", [str(ASSETS)], raising=False)
    for call in app.fns.values():
        for place, control in enumerate(call.inputs):
            if not takes_files(control):
                continue
            kinds.add(type(control).__name__)
            for path in ("private.png", "missing.png"):
                for value in shapes(str(folder / path)):
                    values = [None] * len(call.inputs)
                    values[place] = value
                    assert told(app, call, values) == SENTENCE, (call.name, control)
    assert {"PictureInput", "File", "UploadButton", "PaintedLayers"} <= kinds


@pytest.mark.parametrize("path, fine", [
    ("sent/own.png", True), ("private.png", False), ("sent/link.png", False), ("sent", False),
    ("sent/pipe.png", False), ("sent/../private.png", False), ("sent/none.png", False),
    ("sent/own.png/x", False), ("sent/\0.png", False), ("x" * 5000, False),
    ("/dev/ptmx", False), ("/proc/self/environ", False), ("http://127.0.0.1:9/a.png", False),
    (7, False), ({"path": "a"}, False), (str(ASSETS / "favicon.svg"), True)])
def test_which_files_a_request_may_name(folder: Path, path: Any, fine: bool) -> None:
    full = str(folder / path) if isinstance(path, str) and path[:4] != "http" else path
    try:
        check_files(gr.Image(), {"path": full}, [str(ASSETS)])
        assert fine
    except Exception as error:
        assert not fine and str(error) == SENTENCE


def test_a_value_of_endless_parts_is_refused() -> None:
    with pytest.raises(Exception, match="no such file"):
        check_files(gr.Gallery(), [[]] * 2000, [])


def test_what_names_no_file_passes(folder: Path) -> None:
    for value in (None, {"path": None, "url": "data:image/png;base64,"}, [], "text"):
        check_files(gr.Image(), value, [])
    assert not takes_files(gr.Slider(0, 1)) and not takes_files(gr.State(None))
    check_files(gr.Textbox(), {"path": "/etc/passwd"}, [])


@pytest.fixture
def served(folder: Path) -> Iterator[TestClient]:
    """A page that tells how large the file is which it is given."""
    from vision.ui.components.inputs.picture_input import PictureInput

    with gr.Blocks() as app:
        picture, size = PictureInput(), gr.Number()
        picture.change(lambda path: Path(path).stat().st_size if path else -1, picture, size,
                       queue=False)
    guard_inputs(app)
    with TestClient(App.create_app(app)) as client:
        yield client


def test_the_same_sentence_for_what_is_there_and_what_is_not(served: TestClient, folder: Path
                                                             ) -> None:
    def ask(path: Path) -> dict[str, Any]:
        reply = served.post("/gradio_api/run/predict", json={
            "data": [{"path": str(path)}], "fn_index": 0, "session_hash": "here"})
        return dict(reply.json())

    there, missing = ask(folder / "private.png"), ask(folder / "missing.png")
    assert there["error"] == missing["error"] == SENTENCE
    assert ask(Path("/dev/ptmx"))["error"] == SENTENCE
    assert ask(folder / "sent" / "own.png")["data"] == [
        (folder / "sent" / "own.png").stat().st_size]
