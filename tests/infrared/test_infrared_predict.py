"""From what a detector says to a result and a report."""

from __future__ import annotations

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.infrared.hand import CONSERVATOR, FUSE, SIZE, Handmade
from tests.infrared.thermogram.cameras.encoders import fluke
from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.infrared import predict as module
from vision.infrared.classes import CLASSES
from vision.infrared.inspection.detections import Detections
from vision.infrared.inspection.report import html, write_report
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.heads import Found
from vision.infrared.predict import Settings, detect, load, one_each, predict
from vision.infrared.thermogram.thermogram import of_picture, of_scene


@pytest.fixture(autouse=True)
def _full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "bf16_is_faster", lambda kind: False)


class Says(torch.nn.Module):
    """A detector that always says the same, in the pixels of its working size."""

    def __init__(self, *rows: tuple[list[float], int, float], masks: bool = True) -> None:
        super().__init__()
        self.anything = torch.nn.Parameter(torch.zeros(1))
        self.seen: list[torch.Tensor] = []
        self.found = Found(torch.tensor([row[0] for row in rows]).reshape(-1, 4),
                           torch.tensor([row[1] for row in rows], dtype=torch.long),
                           torch.tensor([row[2] for row in rows]),
                           torch.ones(len(rows), 28, 28) if masks else None)

    def forward(self, pictures: torch.Tensor) -> list[Found]:
        self.seen.append(pictures)
        return [self.found]


def model(*rows: tuple[list[float], int, float], short: int = 96, masks: bool = True) -> Model:
    card = Card("infrared", "mask_rcnn", {}, CLASSES, {"short_side": short})
    return Model(Says(*rows, masks=masks), card)


def test_boxes_and_masks_come_back_at_the_pictures_own_size() -> None:
    found = detect(model(([20.0, 40, 60, 180], FUSE, 0.9), short=192), np.zeros(SIZE, np.float32))
    assert found.boxes.tolist() == [[10, 20, 30, 90]] and found.labels.tolist() == [FUSE]
    assert found.masks is not None and found.masks.shape == (1, *SIZE)
    rows, columns = np.nonzero(found.masks[0])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (20, 89, 10, 29)


def test_one_device_is_told_once_and_the_weak_ones_are_left_out() -> None:
    says = model(([10.0, 20, 24, 60], FUSE, 0.9), ([11.0, 20, 24, 60], CONSERVATOR, 0.6),
                 ([70.0, 10, 110, 30], CONSERVATOR, 0.31))
    result = predict(says, of_scene(Handmade(1).scene(0)))
    assert [each.name for each in result.instances] == ["fuse"]
    assert result.runner_up == ("conservator", pytest.approx(0.31))
    kept = one_each(Detections(np.array([[0, 0, 10, 10], [20, 0, 30, 10]], np.float32),
                               np.array([0, 0]), np.array([0.5, 0.9], np.float32), None))
    assert kept.scores.tolist() == [np.float32(0.9), 0.5]


@pytest.mark.parametrize("asks, settings, looks", [
    (True, Settings(), 2), (False, Settings(), 1), (False, Settings(mirrored=True), 2),
])
def test_a_detector_looks_in_the_mirror_if_its_card_or_the_reader_asks(
        asks: bool, settings: Settings, looks: int) -> None:
    says = model(([10.0, 20, 24, 60], FUSE, 0.9))
    says.card.preprocess["mirrored"] = asks
    field = np.random.default_rng(5).integers(0, 256, (*SIZE, 3)).astype(np.uint8)
    predict(says, of_picture(field, 10, 60), settings)
    seen = says.module.seen
    assert len(seen) == looks and (looks == 1 or torch.allclose(seen[0].flip(-1), seen[1]))


def test_nothing_found_names_the_best_that_was_left_out() -> None:
    scene = Handmade(1).scene(0)
    result = predict(model(([10.0, 20, 24, 60], 3, 0.31)), of_scene(scene))
    assert result.instances == ()
    assert [remark.sentence() for remark in result.remarks()] == [
        "No device was found above 0.50; the highest was 'bushing' with 0.31; "
        "lower the threshold to see it."]
    nothing = predict(model(), of_picture(scene.picture)).remarks()
    assert "no temperature scale" in nothing[0].sentence()
    assert "nothing in this picture" in nothing[1].sentence()


def test_a_photograph_is_flagged_and_worked_on() -> None:
    from skimage.data import astronaut

    result = predict(model(([10.0, 20, 24, 60], FUSE, 0.9)), of_picture(astronaut()[::2, ::2]))
    assert "visible light" in result.remarks()[0].sentence() and len(result.instances) == 1
    assert result.instances[0].reading is None and result.instances[0].verdict is None


def test_temperatures_are_read_inside_the_mask_and_json_holds_them() -> None:
    scene = Handmade(1).scene(0)
    fuse = next(device for device in scene.devices if device.label == FUSE)
    box = [float(edge) for edge in fuse.box]
    result = predict(model((box, FUSE, 0.9)), of_scene(scene), Settings(air=20.0))
    reading = result.instances[0].reading
    assert reading is not None
    assert reading.mean == pytest.approx(scene.temperature[fuse.mask].mean(), abs=0.05)
    told = json.loads(json.dumps(result.as_json()))["instances"][0]
    assert told["class"] == "fuse" and told["reading"]["highest"] == reading.highest
    assert told["verdict"]["level"] == "serious" and "hottest spot" in told["verdict"]["rule"]


def test_without_a_mask_branch_the_box_is_the_region() -> None:
    result = predict(model(([10.0, 20, 24, 60], FUSE, 0.9), masks=False),
                     of_scene(Handmade(1).scene(0)))
    assert result.instances[0].mask.sum() == 14 * 40


def test_the_report_stands_alone_and_escapes_names(tmp_path: Path) -> None:
    scene = Handmade(1).scene(0)
    box = [float(edge) for edge in scene.devices[0].box]
    result = predict(model((box, FUSE, 0.9)), of_scene(scene))
    page = html(result, "<script>alert(1)</script>.png")
    assert "<script>" not in page and page.count("<tr>") == 2

    class Links(HTMLParser):
        found: list[str] = []

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found += [value or "" for name, value in attrs if name in ("src", "href")]

    Links().feed(page)
    assert len(Links.found) == 1 and Links.found[0].startswith("data:image/png;base64,")
    assert "58" in page or "60" in page or "61" in page  # °C of a fuse
    with pytest.raises(UserError, match=r"ends in \.html"):
        write_report(tmp_path / "x.pdf", result, "x")


def test_loading_refuses_what_is_no_detector(tmp_path: Path) -> None:
    classifier = ARCHITECTURES.build("classifier", classes=2)
    path = checkpoints.save(tmp_path / "c.safetensors", classifier,
                            Card("infrared", "classifier", {"classes": 2}, ("a", "b")))
    with pytest.raises(UserError, match="does not find devices"):
        load(path)


def test_the_command_line_writes_picture_and_report(
        tmp_path: Path, cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Handmade(1).scene(0)
    Image.fromarray(scene.picture).save(tmp_path / "t.png")
    box = [float(edge) for edge in scene.devices[0].box]
    monkeypatch.setattr(module, "load", lambda path: model((box, FUSE, 0.9)))
    answer = cli("infrared", "predict", tmp_path / "t.png", "--low", 15, "--high", 65,
                 "--output", "found.png", "--report", "r.html", "--json")
    assert answer.code == 0, answer.err
    told = json.loads(answer.out.splitlines()[-1])
    assert told["instances"][0]["reading"]["mean"] == pytest.approx(60, abs=1)
    assert Path("found.png").is_file() and "fuse" in Path("r.html").read_text()
    wrong = cli("infrared", "predict", tmp_path / "t.png", "--low", 65, "--high", 15)
    assert wrong.code == 2 and "from 65.0 to 15.0" in wrong.err


def test_the_command_line_measures_as_the_cameras_file_says(
        tmp_path: Path, cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Handmade(1).scene(0)
    (tmp_path / "a.is2").write_bytes(fluke(scene.temperature.astype(float), emissivity=0.7))
    box = [float(edge) for edge in scene.devices[0].box]
    monkeypatch.setattr(module, "load", lambda path: model((box, FUSE, 0.9)))
    highest = []
    for given in ((), ("--emissivity", 1)):
        answer = cli("infrared", "predict", tmp_path / "a.is2", *given, "--json")
        assert answer.code == 0, answer.err
        told = json.loads(answer.out.splitlines()[-1])["instances"][0]
        highest.append(told["reading"]["highest"])
        assert sum(told["certainty"]["shares"].values()) == pytest.approx(1)
    true = scene.temperature[scene.devices[0].mask].max()
    assert highest[0] == pytest.approx(true, abs=0.2) and highest[1] < true - 5
