"""Portraits and the camera: the handlers as the page calls them, and how the page is wired."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import gradio as gr
import numpy as np
import pytest

from tests.segmentation.test_portraits import model, picture
from vision import checkpoints
from vision.images import write_png
from vision.segmentation import PEOPLE
from vision.segmentation.data import CLASSES
from vision.segmentation.models import ARCHITECTURES
from vision.ui.components.inputs import picture_input
from vision.ui.components.inputs.picture_input import CameraInput
from vision.ui.tabs.segmentation import shared
from vision.ui.tabs.segmentation.portraits import live, shown
from vision.ui.tabs.segmentation.portraits import panel as portraits
from vision.ui.tabs.style import regions

Request: Any = None


@pytest.fixture(autouse=True)
def _people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared.PORTRAITS, "open", lambda name: model())


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(write_png(tmp_path / "portrait.png", picture()) or tmp_path / "portrait.png")


def frame(pixels: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", pixels[..., ::-1])[1].tobytes()


def test_what_is_behind_changes_and_the_person_stays(file: str, tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    write_png(other, np.full((50, 50, 3), (0, 0, 250), np.uint8))
    for behind, wanted in (("blurred", 20), ("picture", 250), ("shown", 20)):
        pixels, said = portraits.find(file, "bright", behind, str(other), Request)
        assert abs(int(pixels[5, 5, 2]) - wanted) < 4 and "19.5%" in said
        if behind != "shown":
            assert abs(pixels[50, 60].astype(int) - 240).max() < 4
    assert shown.composed(picture(), np.ones((96, 128), np.float32), "picture", None).shape == (
        96, 128, 3)


def test_a_picture_without_a_person_says_how_near_it_came(tmp_path: Path) -> None:
    write_png(tmp_path / "dark.png", np.full((64, 64, 3), 9, np.uint8))
    with pytest.raises(gr.Error, match="No person found: the highest share was 0%; a person who"):
        portraits.find(str(tmp_path / "dark.png"), "bright", "blurred", None, Request)
    with pytest.raises(gr.Error, match="no picture yet"):
        portraits.find(None, "bright", "blurred", None, Request)


def test_its_pictures_come_when_it_is_opened_and_no_earlier(whole_page: gr.Blocks) -> None:
    inputs = [block for block in whole_page.blocks.values()
              if getattr(block, "elem_id", None) in (portraits.PORTRAIT, "segmentation-other")]
    assert len(inputs) == 2 and not any(block.value for block in inputs)
    assert all(Path(path).is_file() for path in portraits.first_pictures(None, None))
    assert portraits.first_pictures("a.png", "b.png") == (gr.skip(), gr.skip())


def watch(sent: bytes | None, stream: live.Stream) -> tuple[Any, Any]:
    return live.watch(sent, "bright", "blurred", None, stream, Request)


def test_frames_are_answered_inside_the_page_and_no_larger_than_320() -> None:
    stream = live.Stream()
    seen, said = watch(frame(np.kron(picture(), np.ones((6, 6, 1), np.uint8))), stream)
    content = base64.b64decode(str(seen).partition("base64,")[2].partition('"')[0])
    assert cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR).shape == (240, 320, 3)
    assert "%" in said and "Frames" not in said
    assert "Frames" in watch(frame(picture()), stream)[1]
    _, said = watch(frame(np.zeros((96, 128, 3), np.uint8)), stream)
    assert "No person found" in said and "lab-note" in said
    assert watch(None, stream) == (gr.skip(), gr.skip())


def test_a_session_has_one_frame_at_a_time_and_the_rate_is_that_of_the_last_ones() -> None:
    stream = live.Stream()
    with stream.busy:
        assert watch(frame(picture()), stream) == (gr.skip(), gr.skip())
    stream.tick(10.0)
    stream.tick(10.1)
    assert stream.rate == pytest.approx(10, rel=1e-3)
    stream.tick(10.15)
    assert stream.rate == pytest.approx(0.8 * 10 + 0.2 * 20, rel=1e-3)
    stream.tick(10.16 + live.SILENT)
    assert stream.rate == 0


def test_a_refused_camera_is_one_sentence_and_an_allowed_one_is_shown() -> None:
    with pytest.raises(gr.Error, match=r"The camera cannot be used \(NotAllowedError\); a page at"):
        live.begin("NotAllowedError", Request)
    assert [each["visible"] for each in live.begin("", Request)] == [True, False, True]
    assert [each["visible"] for each in live.end()] == [False, True, False]


@pytest.mark.parametrize("address", [None, "", "file:///etc/passwd", "data:image/png;base64,AAAA"])
def test_a_camera_takes_small_jpegs_only(address: str | None) -> None:
    take: Callable[[Any], Any] = CameraInput(sources=["webcam"], streaming=True).preprocess
    assert take(SimpleNamespace(url=address)) is None and take(None) is None
    jpeg = "data:image/jpeg;base64,"
    assert take(SimpleNamespace(url=jpeg + base64.b64encode(b"abc").decode())) == b"abc"
    assert take(SimpleNamespace(url=jpeg + "A" * picture_input.LONGEST_FRAME)) is None


def test_the_stream_is_bounded_and_the_person_goes_to_the_style_tab(whole_page: gr.Blocks) -> None:
    events = [event for event in whole_page.fns.values()
              if event.fn is not None and getattr(event.fn, "__module__", "") in (
                  live.__name__, regions.__name__)]
    stream = next(event for event in events if event.fn.__name__ == "watch")
    assert (stream.connection, stream.time_limit, stream.concurrency_limit) == (
        "stream", live.MOST_SECONDS, live.AT_ONCE)
    take = next(event for event in events if event.fn.__name__ == "take")
    given = next(event for event in events if event.fn.__name__ == "hand_over")
    assert [block.elem_id for block in (*take.inputs, *given.inputs)] == [
        portraits.MODEL, portraits.PORTRAIT]
    assert [block.elem_id for block in (take.outputs[-1], *given.outputs)] == [
        "style-fill-model", "style-content"]
    editor = next(block for block in whole_page.blocks.values()
                  if getattr(block, "elem_id", "") == "style-region")
    assert set(folds_around(editor)) <= set(take.outputs), "what it lies in is opened, too"


def folds_around(block: Any) -> Iterator[gr.Accordion]:
    """Yield each accordion that a block lies in."""
    while block := block.parent:
        if isinstance(block, gr.Accordion):
            yield block


def test_models_of_people_and_of_streets_are_kept_apart(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str) -> None:
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    for name, classes in (("unet", CLASSES), ("portrait-unet", PEOPLE)):
        checkpoints.save(tmp_path / "segmentation" / f"{name}.safetensors",
                         ARCHITECTURES.build("unet", classes=len(classes)),
                         checkpoints.Card("segmentation", "unet", {"classes": len(classes)},
                                          classes, {"short_side": 64}))
    assert (shared.MODELS.names(), shared.PORTRAITS.names()) == (["unet"], ["portrait-unet"])
    assert regions.take("portrait-unet", Request)[-1] == "portrait-unet"
    assert regions.hand_over(file, Request) == file
    region, said = regions.fill(file, "portrait-unet", Request)
    layer = region["layers"][0][:360]  # as much of the canvas as the picture fills
    orange = (layer[..., :3] == regions.rgb(regions.BRUSHES["orange"])).all(-1)
    inside = layer[..., 3] > 0
    assert 0.15 < inside.mean() < 0.25 and orange[inside].all() and "person" in said
