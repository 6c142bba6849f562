"""The infrared tab's handlers, called as the page calls them, with a detector made by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import cv2
import gradio as gr
import numpy as np
import pytest
from PIL import Image

from tests.infrared.hand import CONSERVATOR, FUSE
from tests.ui.tabs.infrared_tiny import (
    HIGH,
    LOW,
    detector_that_says,
    knowing,
    scene,
    thermogram,
)
from vision import checkpoints
from vision.images import write_png
from vision.infrared.inspection.thermal import profile, read
from vision.ui.components.html import signed
from vision.ui.tabs.infrared import card as infrared_card
from vision.ui.tabs.infrared import details, tab
from vision.ui.tabs.infrared import detect as infrared_detect
from vision.ui.tabs.infrared import picture as infrared_picture
from vision.ui.tabs.infrared.shared import View
from vision.ui.tabs.infrared.surfaces import Patches

Request: Any = None
SETTINGS: dict[str, Any] = {
    "low": LOW, "high": HIGH, "unit": "", "model": "mask_rcnn", "threshold": 0.5,
    "mask_threshold": 0.5, "emissivity": 1.0, "reflected": 20.0, "air": None,
    "palette": "recorded", "opacity": 0.35, "own": None, "patches": Patches()}


class Portuguese(gr.Request):
    """A request of somebody who reads Portuguese."""

    @property
    def headers(self) -> dict[str, str]:
        return {"accept-language": "pt-BR"}


@pytest.fixture(autouse=True)
def _use(tmp_path: Path) -> Iterator[None]:
    with detector_that_says(tmp_path, knowing()):
        yield


def detect(picture: str | None, request: Any = None, **change: Any) -> tuple[Any, ...]:
    return infrared_detect.detect(picture, *{**SETTINGS, **change}.values(), request)


def found(tmp_path: Path, **change: Any) -> View:
    return detect(thermogram(tmp_path), **change)[0]


def test_devices_get_masks_temperatures_verdicts_and_files(tmp_path: Path) -> None:
    _, html, facts, marked, report, told = detect(thermogram(tmp_path))
    fuse = next(device for device in scene().devices if device.label == FUSE)
    truth = read(scene().temperature, fuse.mask)
    first = told["instances"][0]
    assert [each["class"] for each in told["instances"]] == ["fuse", "conservator"]
    assert first["reading"]["mean"] == pytest.approx(truth.mean, abs=0.2)
    assert first["verdict"]["level"] == "serious" and "hottest spot" in first["verdict"]["rule"]
    assert json.dumps(told) and "serious" in facts and html.count("<g data-device") == 2
    assert f"{first['reading']['highest']:.1f}" in html
    assert cv2.imread(marked) is not None and "fuse" in Path(report).read_text("utf-8")


def test_the_outline_holds_exactly_the_pixels_of_the_mask() -> None:
    random = np.random.default_rng(0)
    mask = cv2.GaussianBlur(random.random((40, 60)), (0, 0), 3) > 0.5
    path = infrared_picture.shape(mask)
    rings = [np.array([[float(n) for n in pair.split(",")] for pair in ring.split()])
             for ring in re.findall(r"M([^z]*)z", path)]
    drawn = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(drawn, [(ring - 0.5).astype(np.int32)[:, None] for ring in rings], -1, 1, -1)
    for ring in rings:  # the outline of a hole runs along the mask's own pixels
        for x, y in (ring - 0.5).astype(int):
            assert mask[y, x]
    assert (drawn.astype(bool) == mask).mean() > 0.97


def test_classes_can_be_hidden_and_the_palette_changes_only_the_look(tmp_path: Path) -> None:
    view = found(tmp_path)
    choice, *_ = infrared_detect.after(view, Request)
    assert sorted(choice.value) == sorted([FUSE, CONSERVATOR])
    alone = infrared_detect.redraw(view, "grey", 0.5, [FUSE], Request)
    assert alone.count("<g data-device") == 1 and "conservator" not in alone
    recorded = infrared_detect.redraw(view, "recorded", 0.5, [FUSE], Request)
    before, after = (html.split('" alt')[0] for html in (recorded, alone))
    assert before != after and recorded.removeprefix(before) == alone.removeprefix(after)
    degrees = infrared_picture.rows_of(view, Request)
    assert degrees in infrared_detect.redraw(view, "inverted", 1, [FUSE, CONSERVATOR], Request)


def test_what_follows_a_result_does_nothing_before_the_first_one() -> None:
    assert all("value" not in change for change in infrared_detect.after(None, None))


def test_names_stand_beside_each_other(tmp_path: Path) -> None:
    instances = dict(enumerate(found(tmp_path, threshold=0.3).result.instances[:1] * 4))
    texts = infrared_picture.labels(instances, 128, Request)
    places = sorted(float(re.findall(r' y="([\d.]+)"', text)[0]) for text in texts.values())
    assert min(np.diff(places)) >= 128 / 26 - 0.05


def test_a_device_is_explained_with_every_rule(tmp_path: Path) -> None:
    view = found(tmp_path)
    text, histogram, *ends, plot = details.begin(view, Request)
    reading = view.result.instances[0].reading
    assert reading is not None
    assert "55 °C serious" in text and "80 °C critical" in text and "95% critical" in text
    assert f"{reading.highest:.1f} °C" in text
    counts = sum(patch.get_data().values.sum() for patch in histogram.axes[0].patches)
    assert counts == view.result.instances[0].mask.sum()
    field = view.result.thermogram.celsius
    assert field is not None
    line = plot.axes[0].lines[0].get_ydata()
    assert np.allclose(line, profile(field, tuple(ends[:2]), tuple(ends[2:]))[1])
    other = details.chosen(view, Request, SimpleNamespace(device=1))
    assert "conservator" in other[0] and "fuse" not in other[0]


def test_delta_stands_there_when_there_is_a_sister(tmp_path: Path) -> None:
    rows = [knowing()[0], (knowing()[1][0], FUSE, 0.8)]
    with detector_that_says(tmp_path, rows):
        view = found(tmp_path, air=20.0)
    hot, cool = (each.reading for each in view.result.instances)
    assert hot and cool
    share = 100 * (hot.highest - cool.highest) / (hot.highest - 20)
    text = details.begin(view, Request)[0]
    assert f"<td>{share:.0f}%</td>" in text
    assert f"<td>{signed(hot.p95 - cool.p95)} K</td>" in text


def test_a_drawn_line_ends_inside_the_picture(tmp_path: Path) -> None:
    view = found(tmp_path)
    ends = details.drawn(view, Request, SimpleNamespace(line=[-5.0, 10.0, 500.0, 90.0]))
    assert ends[:4] == (0.0, 10.0, 127.0, 90.0)
    with pytest.raises(gr.Error, match="outside the picture"):
        details.typed(view, 0, 0, 999, 10, Request)


def test_a_frame_of_16_bits_needs_only_its_unit(tmp_path: Path) -> None:
    values = (100 * (scene().temperature + 273.15)).round().astype(np.uint16)
    Image.fromarray(values).save(tmp_path / "frame.png")
    told = detect(str(tmp_path / "frame.png"), low=None, high=None, unit="centikelvin")[-1]
    fuse = next(device for device in scene().devices if device.label == FUSE)
    assert told["instances"][0]["reading"]["highest"] == pytest.approx(
        scene().temperature[fuse.mask].max(), abs=0.02)


def test_without_a_scale_numbers_are_relative_and_nothing_is_judged(tmp_path: Path) -> None:
    view, html, facts, *_, told = detect(thermogram(tmp_path), low=None, high=None)
    assert told["instances"][0]["verdict"] is None and "%" in html and "°C" not in html
    assert "no temperature scale" in facts
    assert "percent" in details.begin(view, Request)[0]


def test_a_photograph_is_remarked_and_worked_on(tmp_path: Path) -> None:
    from skimage.data import astronaut

    path = write_png(tmp_path / "photo.png", astronaut())
    _, html, facts, *_ = detect(str(path), low=None, high=None)
    assert "visible light" in facts and "<g data-device" in html


def test_nothing_found_names_the_best_one_that_was_left_out(tmp_path: Path) -> None:
    with detector_that_says(tmp_path, knowing()[2:]):
        view, html, facts, *_ = detect(thermogram(tmp_path))
        assert "No device was found above 0.50" in facts and "0.31" in facts
        assert "reactor" in facts and "lab-table" not in html
        assert "draw a line" in details.begin(view, Request)[0]
        assert "reator" in detect(thermogram(tmp_path), Portuguese())[2]


def test_a_huge_picture_is_worked_on_at_the_size_of_a_screen(tmp_path: Path) -> None:
    large = cv2.resize(scene().picture, (2560, 1920))
    view = detect(str(write_png(tmp_path / "large.png", large)))[0]
    assert view.result.thermogram.grey.shape == (960, 1280)
    assert view.result.instances[0].reading.mean == pytest.approx(60, abs=1)


@pytest.mark.parametrize("change, words", [
    ({"low": 65.0, "high": 15.0}, "a low end below the high end"),
    ({"low": 15.0, "high": None}, "both ends or none"),
    ({"low": -300.0, "high": 10.0}, "from −273"),
    ({"emissivity": 0.0}, "0.1 to 1"), ({"threshold": 0.0}, "threshold"),
    ({"model": "mask_rcn"}, "did you mean 'mask_rcnn'"),
    ({"mask_threshold": 1.0}, "mask-threshold"),
])
def test_bad_settings_get_one_sentence(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    with pytest.raises(gr.Error) as caught:
        detect(thermogram(tmp_path), **change)
    assert words in str(caught.value.message) and "\n" not in str(caught.value.message)


def test_no_picture_a_broken_one_and_no_detection_get_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(Path(thermogram(tmp_path)).read_bytes()[:300])
    for picture, words in ((None, "no picture yet"), (str(broken), "damaged or cut short")):
        with pytest.raises(gr.Error, match=words):
            detect(picture)
    with pytest.raises(gr.Error, match="press Detect first"):
        details.begin(None, Request)


def test_without_a_detector_the_tab_says_what_makes_one(tmp_path: Path) -> None:
    with (patch.object(checkpoints, "FOLDER", tmp_path / "empty"),
          pytest.raises(gr.Error, match="python -m vision infrared train")):
        detect(thermogram(tmp_path))


def test_an_empty_mask_is_called_so(tmp_path: Path) -> None:
    view = found(tmp_path)
    first, *others = view.result.instances
    bare = replace(first, mask=np.zeros_like(first.mask), reading=None, verdict=None)
    emptied = replace(view, result=replace(view.result, instances=(bare, *others)))
    said = details.words_of(emptied, 0, Request)
    assert "is empty" in said and "Without a temperature scale" not in said


def test_the_report_speaks_the_readers_language(tmp_path: Path) -> None:
    report = Path(detect(thermogram(tmp_path), Portuguese())[4]).read_text("utf-8")
    for word in ("fusível", "grave", "o limite é 55 °C", "Inspeção termográfica"):
        assert word in report
    assert "fuse" not in report.replace("fusível", "") and "serious" not in report


def test_the_card_and_the_script_say_what_they_show() -> None:
    card = infrared_card.show_card("mask_rcnn", None, Request)
    assert "0.900 (3 held-out scenes)" in card and "made by hand" in card
    assert "0.250 · 0.500 · –" in card and "0.700 · 0.800 · 0.750 · –" in card
    script = tab.code("mine.png", 15.0, 65.0, "", "mask_rcnn", 0.4, 0.5, 1, 20.0, None)
    compile(script, "script", "exec")
    assert "Settings(0.4, 0.5, None)" in script and "'mine.png', '', 15.0, 65.0" in script
    assert "corrected" not in script


def test_without_a_result_there_is_nothing_to_show_again() -> None:
    with pytest.raises(gr.Error, match="Nothing has been detected yet"):
        infrared_detect.show_again(None, "grey", 0.5, Request)
