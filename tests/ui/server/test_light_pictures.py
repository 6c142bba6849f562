"""Browsers show the page's own pictures in fewer bytes; whoever computes gets the files."""

from __future__ import annotations

import io
from pathlib import Path

import gradio as gr
import numpy as np
from PIL import Image
from starlette.testclient import TestClient

from tests.ui.server.small_page import asked
from vision.ui import ASSETS
from vision.ui.server.light_pictures import SIDE, files_of, light, small_examples

STREET = str(ASSETS / "segmentation" / "street-1.png")
SHOWS = {"sec-fetch-dest": "image", "accept": "image/avif,image/webp,*/*"}


def page_with_examples() -> gr.Blocks:
    """Return a page with a picture and two examples of it."""
    with gr.Blocks() as page:
        picture = gr.Image(STREET)
        gr.Examples([[STREET]], [picture])
        small_examples(page)
    return page


def addresses(http: TestClient) -> list[str]:
    """Return the addresses of the page's picture and of its example."""
    parts = http.get("/config").json()["components"]
    return [parts[0]["props"]["value"]["url"], parts[1]["props"]["samples"][0][0]["url"]]


def test_a_picture_that_is_shown_is_light_and_an_example_small() -> None:
    with asked(page_with_examples()) as http:
        large, small = (Image.open(io.BytesIO(http.get(address, headers=SHOWS).content))
                        for address in addresses(http))
        assert large.format == small.format == "WEBP"
        assert large.size == (480, 360) and max(small.size) == SIDE
        whole = np.asarray(Image.open(STREET).convert("RGB"), float)
        assert np.abs(whole - np.asarray(large.convert("RGB"), float)).mean() < 6


def test_whoever_does_not_show_it_gets_the_file() -> None:
    with asked(page_with_examples()) as http:
        for address in addresses(http):
            assert http.get(address).content == Path(STREET).read_bytes()


def test_a_file_that_is_as_good_stays(tmp_path: Path) -> None:
    Image.new("P", (640, 480)).save(tmp_path / "labels.png")
    assert light(str(tmp_path / "labels.png"), None) is None
    assert light(str(tmp_path / "labels.png"), SIDE) is None
    assert list(files_of([{"path": 7}, {"path": "a", "url": "b"}, "path"])) == ["a"]
