"""No path of the server leaves it, and whoever sends back what it got is understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.utils import get_upload_folder
from starlette.testclient import TestClient

from tests.conftest import REPOSITORY
from tests.ui.server.small_page import API, asked, body
from vision.ui import ASSETS
from vision.ui.server.hidden_paths import OUTSIDE

STREET = ASSETS / "segmentation" / "street-1.png"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> gr.Blocks:
    """A page that gives pictures back, whose files lie in a folder of their own."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "inside"))
    with gr.Blocks() as made:
        picture = gr.Image(str(STREET), type="filepath")
        picture.change(lambda path: path, picture, picture, queue=False, api_name="direct")
        picture.input(lambda path: path, picture, picture, api_name="queued")
    made.max_file_size = 10**8  # which launching sets
    return made


def sent(http: TestClient) -> dict[str, Any]:
    """Upload a picture; return it as the page holds it."""
    path = http.post(f"{API}/upload", files={"files": ("a.png", STREET.read_bytes())}).json()[0]
    return {"path": path, "meta": {"_type": "gradio.FileData"}}


def test_what_a_visitor_gets_names_no_folder_of_the_server(page: gr.Blocks, tmp_path: Path) -> None:
    with asked(page) as http:
        given = [http.get("/config").text, http.get(f"{API}/info").text,
                 json.dumps(sent(http)),
                 http.post(f"{API}/run/predict", json=body([sent(http)])).text,
                 http.get(f"{API}/call/queued").text]
    assert OUTSIDE in given[0] and OUTSIDE in given[2] and OUTSIDE in given[3]
    for text in given:
        assert str(tmp_path) not in text and str(REPOSITORY) not in text
        assert get_upload_folder() not in text


def test_what_the_queue_answers_names_none_either(page: gr.Blocks, tmp_path: Path) -> None:
    with asked(page) as http:
        http.get(f"{API}/startup-events")
        number = http.post(f"{API}/call/queued", json={"data": [sent(http)]}).json()["event_id"]
        answer = http.get(f"{API}/call/queued/{number}").text
        assert "complete" in answer and OUTSIDE in answer and str(tmp_path) not in answer


def test_files_are_fetched_by_the_name_for_outside(page: gr.Blocks) -> None:
    with asked(page) as http:
        value = http.get("/config").json()["components"][0]["props"]["value"]
        assert value["path"].startswith(OUTSIDE) and OUTSIDE in value["url"]
        assert http.get(value["url"]).content == STREET.read_bytes()
        made = http.post(f"{API}/run/predict", json=body([sent(http)])).json()["data"][0]
        assert http.get(f"{API}/file={made['path']}").status_code == 200
