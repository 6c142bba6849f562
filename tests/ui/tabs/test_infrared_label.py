"""Labelling one's own thermograms: drawing, keeping, reading files, learning from them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from pycocotools.coco import COCO

from tests.infrared.hand import CONSERVATOR, FUSE, SIZE
from tests.ui.tabs.infrared_tiny import detector_that_says, knowing, scene, thermogram
from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.images import working_size, write_png
from vision.infrared import data
from vision.infrared.classes import CLASSES
from vision.infrared.labels.formats import Labelled, coco, read_coco
from vision.infrared.labels.samples import sample_of_labels
from vision.infrared.models import ARCHITECTURES
from vision.infrared.predict import load
from vision.infrared.train import short_side
from vision.ui.components.training.stopping import Control
from vision.ui.tabs.infrared.label import collection as infrared_collection
from vision.ui.tabs.infrared.label import panel, tune
from vision.ui.tabs.infrared.label.collection import Collection, with_box

Request: Any = None


@pytest.fixture(autouse=True)
def _use(tmp_path: Path) -> Iterator[None]:
    with detector_that_says(tmp_path, knowing()):
        yield


@pytest.fixture
def opened(tmp_path: Path) -> Collection:
    """A collection with one picture and nothing marked."""
    return panel.take(Collection(), thermogram(tmp_path), Request)[0]


def true(label: int) -> Any:
    return next(device for device in scene().devices if device.label == label)


def around(label: int, edge: float = 4) -> list[float]:
    x0, y0, x1, y1 = true(label).box
    return [x0 - edge, y0 - edge, x1 + edge, y1 + edge]


def marked(opened: Collection) -> Collection:
    """The same with the fuse in a box and the conservator as a polygon."""
    boxed = panel.drawn(opened, "fuse", Request, SimpleNamespace(box=around(FUSE)))[0]
    x0, y0, x1, y1 = true(CONSERVATOR).box
    corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    return panel.drawn(boxed, "conservator", Request, SimpleNamespace(polygon=corners))[0]


def test_a_box_becomes_the_device_and_a_polygon_what_it_holds(opened: Collection) -> None:
    collection = marked(opened)
    masks = collection.open.labelled.masks
    assert masks is not None and collection.open.labelled.names == ("fuse", "conservator")
    fuse = true(FUSE).mask
    assert (masks[0] & fuse).sum() / (masks[0] | fuse).sum() > 0.9
    assert (masks[1] == true(CONSERVATOR).mask).all()


def test_the_browser_keeps_everything(opened: Collection, tmp_path: Path) -> None:
    collection = panel.take(marked(opened), thermogram(tmp_path), Request)[0]
    kept = panel.shown(collection, Request)[1]
    back, _, board, listed, choice, _ = panel.restore(kept, Request)
    assert back == collection and back.place == 1 and len(choice.choices) == 2
    assert board.count("<g fill") == 0 and "Pictures: 2" in listed
    board = panel.turn(back, 0, Request)[2]
    assert board.count("<g fill") == 2 and "2 conservator" in board


@pytest.mark.parametrize("damage", [
    "no json", "[]", '{"sheets": [1]}', '{"sheets": [{"file": "x"}]}',
    lambda text: text.replace('"height":96', '"height":95'),
    lambda text: text.replace('"content":"', '"content":"AAAA'),
    "[" * 100_000, " " * (infrared_collection.ROOM + 1),
    '{"sheets":' + "[" * 100_000 + "]" * 100_000 + "}",
    lambda text: text.replace('"height":96,"width":128', '"height":6400,"width":6400'),
])
def test_what_a_browser_kept_badly_is_left_out(opened: Collection, damage: Any) -> None:
    text = damage(opened.as_text()) if callable(damage) else damage
    assert Collection.from_text(text) == Collection()
    assert panel.restore(text, Request)[0] == Collection()


def test_a_picture_holds_so_many_devices(opened: Collection, monkeypatch: pytest.MonkeyPatch
                                         ) -> None:
    monkeypatch.setattr(infrared_collection, "MOST_MARKED", 2)
    full = marked(opened)
    with pytest.raises(gr.Error, match="has 2 devices already; up to 2 are accepted"):
        panel.drawn(full, "fuse", Request, SimpleNamespace(box=around(FUSE)))


def test_boxes_that_take_too_long_are_given_up(opened: Collection, tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infrared_collection, "PATIENCE", -1)
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.2 0.2")
    with pytest.raises(gr.Error, match="masks of 1 boxes take too long"):
        panel.read(opened, str(tmp_path / "a.txt"), Request)


def test_the_file_is_what_pycocotools_reads(opened: Collection) -> None:
    collection = marked(opened)
    file = panel.shown(collection, Request)[-1].value
    path = Path(file["path"] if isinstance(file, dict) else file)
    known = COCO(str(path))
    entries = known.loadAnns(known.getAnnIds())
    assert [known.cats[entry["category_id"]]["name"] for entry in entries] == [
        "fuse", "conservator"]
    masks = collection.open.labelled.masks
    assert masks is not None
    for entry, mask in zip(entries, masks, strict=True):
        assert (known.annToMask(entry).astype(bool) == mask).all()
    again = panel.read(panel.undo(panel.undo(
        collection, Request)[0], Request)[0], str(path), Request)[0]
    assert again.open.marked == collection.open.marked


def test_boxes_from_a_file_get_masks(opened: Collection, tmp_path: Path) -> None:
    x0, y0, x1, y1 = around(FUSE)
    line = [FUSE, (x0 + x1) / 256, (y0 + y1) / 192, (x1 - x0) / 128, (y1 - y0) / 96]
    (tmp_path / "thermogram.txt").write_text(" ".join(map(str, line)))
    found = panel.read(opened, str(tmp_path / "thermogram.txt"), Request)[0]
    assert found.open.marked == with_box(opened.open, "fuse", around(FUSE)).marked


@pytest.fixture
def large(tmp_path: Path) -> Collection:
    """A collection with a picture ten times as large as the scene, so that it is shown smaller."""
    path = write_png(tmp_path / "large.png", scene().picture.repeat(10, 0).repeat(10, 1))
    return panel.take(Collection(), str(path), Request)[0]


FUSE_LARGE = [int(10 * edge) for edge in true(FUSE).box]
WHOLE = {"height": 960, "width": 1280}
SHOWN = 5  # times as large as the scene


def labels_of(kind: str) -> str:
    """The labels of the fuse in the large picture, as programs write them."""
    x0, y0, x1, y1 = FUSE_LARGE
    ring = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    return {
        "json": json.dumps({
            "images": [{"id": 1, "file_name": "large.png", **WHOLE}],
            "categories": [{"id": 1, "name": "fuse"}], "annotations": [
                {"id": 1, "image_id": 1, "category_id": 1, "bbox": [x0, y0, x1 - x0, y1 - y0],
                 "segmentation": [[x0, y0, x1, y0, x1, y1, x0, y1]]}]}),
        "labelme.json": json.dumps({
            "imageHeight": 960, "imageWidth": 1280, "imagePath": "large.png",
            "shapes": [{"label": "fuse", "points": ring, "shape_type": "polygon"}]}),
        "xml": "<annotation><filename>large.png</filename><size><width>1280</width>"
               "<height>960</height></size><object><name>fuse</name><bndbox>"
               f"<xmin>{x0 - 40 + 1}</xmin><ymin>{y0 - 40 + 1}</ymin><xmax>{x1 + 40}</xmax>"
               f"<ymax>{y1 + 40}</ymax></bndbox></object></annotation>",
        "txt": f"{FUSE} {(x0 + x1) / 2560} {(y0 + y1) / 1920} {(x1 - x0 + 80) / 1280} "
               f"{(y1 - y0 + 80) / 960}"}[kind]


@pytest.mark.parametrize("kind", ["json", "labelme.json", "xml", "txt"])
def test_labels_of_a_large_picture_fit_it_as_it_is_shown(
        large: Collection, tmp_path: Path, kind: str) -> None:
    assert (large.open.height, large.open.width) == (480, 640)
    (tmp_path / f"large.{kind}").write_text(labels_of(kind))
    found = panel.read(large, str(tmp_path / f"large.{kind}"), Request)[0].open.marked
    assert [each.name for each in found] == ["fuse"]
    assert found[0].box == pytest.approx([SHOWN * edge for edge in true(FUSE).box], abs=10)


def test_a_large_picture_is_labelled_in_its_own_pixels(large: Collection, tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(labels_of("json"))
    collection = panel.read(large, str(path), Request)[0]
    written = panel.as_coco(collection)
    known = COCO(str(written))
    assert known.loadImgs([1])[0] == {"id": 1, "file_name": "large.png", **WHOLE}
    (entry,) = known.loadAnns(known.getAnnIds())
    x0, y0, x1, y1 = FUSE_LARGE
    assert entry["bbox"] == pytest.approx([x0, y0, x1 - x0, y1 - y0])
    assert entry["area"] == (x1 - x0) * (y1 - y0) == known.annToMask(entry).sum()
    again = panel.read(large, str(written), Request)[0]
    assert again.open.marked == collection.open.marked
    assert panel.restore(collection.as_text(), Request)[0] == collection


def test_labels_of_the_picture_as_it_is_shown_are_still_read(
        large: Collection, tmp_path: Path) -> None:
    box = SimpleNamespace(box=[SHOWN * edge for edge in around(FUSE)])
    drawn = panel.drawn(large, "fuse", Request, box)[0]
    (tmp_path / "small.json").write_text(json.dumps(coco([drawn.open.labelled], CLASSES)))
    found = panel.read(large, str(tmp_path / "small.json"), Request)[0]
    assert found.open.marked == drawn.open.marked


def test_labels_of_another_size_are_refused_with_the_size_of_the_file(
        large: Collection, tmp_path: Path) -> None:
    (tmp_path / "large.json").write_text(labels_of("json").replace("960", "961"))
    with pytest.raises(gr.Error, match=r"'large\.png' of 1280×960 pixels"):
        panel.read(large, str(tmp_path / "large.json"), Request)


def test_what_was_kept_before_it_knew_the_original_still_opens(opened: Collection) -> None:
    content = json.loads(marked(opened).as_text())
    del content["sheets"][0]["original"]
    assert Collection.from_text(json.dumps(content)) == marked(opened)


@pytest.mark.parametrize("original", ["5", "[]", "[95,128]", "[20000,20000]", '["a",128]',
                                      "[1e999,128]"])
def test_an_impossible_original_is_left_out(opened: Collection, original: str) -> None:
    text = opened.as_text().replace('"original":[96,128]', f'"original":{original}')
    assert text != opened.as_text() and Collection.from_text(text) == Collection()


@pytest.mark.parametrize("name, content, words", [
    ("a.json", "{", "damaged or of another kind"), ("a.json", "[1]", "damaged or of another kind"),
    ("a.json", '{"images": []}', "has no 'categories'"),
    ("a.json", json.dumps({"images": [], "annotations": [], "categories": []}), "holds no labels"),
    ("a.json", json.dumps({"images": [{"id": 1, "file_name": "x", "height": 5, "width": 5}],
                           "annotations": [], "categories": []}), "holds no labels"),
    ("a.json", json.dumps({
        "images": [{"id": 1, "file_name": "x", "height": 96, "width": 128}],
        "categories": [{"id": 1, "name": "dog"}], "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [5, 5, 50, 50],
             "segmentation": [[5, 5, 50, 5, 50, 50]]}]}), "no class called 'dog'"),
    ("a.json", json.dumps({
        "images": [{"id": 1, "file_name": "x", "height": 96, "width": 128}],
        "categories": [{"id": 1, "name": "fuse"}], "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [5, 5, 50, 50],
             "segmentation": {"size": [96, 128], "counts": [5]}}]}), "cover 5 of 12288"),
    ("a.txt", "99 .5 .5 .1 .1", "ine 1 reads"), ("a.xml", "<a", "damaged or of another kind"),
    ("a.pdf", "x", "ending that names no kind"),
])
def test_broken_labels_get_one_sentence(opened: Collection, tmp_path: Path, name: str,
                                        content: str, words: str) -> None:
    (tmp_path / name).write_text(content)
    collection = marked(opened)
    with pytest.raises(gr.Error) as caught:
        panel.read(collection, str(tmp_path / name), Request)
    assert words in str(caught.value.message) and "\n" not in str(caught.value.message)
    assert len(collection.open.marked) == 2


def test_mistakes_at_the_board_get_one_sentence(opened: Collection, tmp_path: Path) -> None:
    (tmp_path / "no.png").write_text("no picture")
    mistakes = {
        "draw a larger one": lambda: panel.drawn(
            opened, "fuse", Request, SimpleNamespace(box=[5, 5, 6, 6])),
        "from 3 to 5000 points": lambda: panel.drawn(
            opened, "fuse", Request, SimpleNamespace(polygon=[[1, 1], [2, 2]])),
        "holds no pixel": lambda: panel.drawn(
            opened, "fuse", Request, SimpleNamespace(polygon=[[1, 1], [2, 2], [3, 3]])),
        "no class called": lambda: panel.drawn(
            opened, "fusee", Request, SimpleNamespace(box=around(FUSE))),
        "nothing is marked": lambda: panel.undo(opened, Request),
        "no picture to label": lambda: panel.remove(Collection(), Request),
        "no picture yet": lambda: panel.take(opened, None, Request),
        "not a picture": lambda: panel.add(opened, [str(tmp_path / "no.png")], Request),
        "nothing is labelled": lambda: list(tune.tune(
            opened, "mask_rcnn", None, "heads", 4, 1e-3, 0, Control(), Request)),
    }
    for words, call in mistakes.items():
        with pytest.raises(gr.Error, match="(?i)" + words):
            call()


def test_pictures_come_and_go_until_the_browser_is_full(
        opened: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [thermogram(tmp_path)] * 2
    three = panel.add(opened, files, Request)[0]
    assert len(three.sheets) == 3 and three.place == 1
    monkeypatch.setattr(infrared_collection, "ROOM", len(three.as_text()) + 10)
    with pytest.raises(gr.Error, match="no room"):
        panel.add(three, files[:1], Request)
    fewer = panel.remove(three, Request)[0]
    assert len(fewer.sheets) == 2 and fewer.place == 1
    empty = panel.remove(panel.remove(fewer, Request)[0], Request)
    assert empty[0] == Collection() and "Take the picture above" in empty[3]


def test_labels_become_samples_at_any_size() -> None:
    devices = scene().devices
    masks = np.array([device.mask for device in devices])
    boxes = np.array([device.box for device in devices], np.float32)
    names = tuple(CLASSES[device.label] for device in devices)
    made = sample_of_labels(Labelled("x", SIZE, names, boxes, masks), scene().grey, (48, 64))
    assert made.grey.shape == (48, 64) and made.masked.all()
    assert made.labels.tolist() == [device.label for device in devices]
    for small, mask in zip(made.masks, masks, strict=True):
        assert abs(int(small.sum()) - mask.sum() / 4) <= 0.15 * mask.sum() / 4
    plain = sample_of_labels(Labelled("x", SIZE, names, boxes), scene().grey, SIZE)
    assert not plain.masked.any() and (plain.masks == masks).all()
    with pytest.raises(UserError, match="no class called 'dog'"):
        sample_of_labels(Labelled("x", SIZE, ("dog",), boxes[:1]), scene().grey)
    assert read_coco({"images": [], "annotations": [], "categories": []}) == []


@pytest.mark.parametrize("size, inner", [((128, 96), (96, 72)), ((96, 256), (48, 128))])
def test_samples_keep_the_shape_of_their_pictures(size: tuple[int, int], inner: tuple[int, int]
                                                  ) -> None:
    grey = np.linspace(0.5, 1, size[0] * size[1], dtype=np.float32).reshape(size)
    masks = np.zeros((1, *size), bool)
    masks[0, 32:64, 32:64] = True
    boxes = np.array([[32, 32, 64, 64]], np.float32)
    made = sample_of_labels(Labelled("x", size, ("fuse",), boxes, masks), grey, SIZE)
    (x0, y0, x1, y1), = data.boxes_of(made.masks)
    assert made.grey.shape == SIZE and x1 - x0 == y1 - y0  # a square stays one
    top, left = (SIZE[0] - inner[0]) // 2, (SIZE[1] - inner[1]) // 2
    scale = inner[0] / size[0]
    assert (y0, x0) == (top + 32 * scale, left + 32 * scale)
    around = np.ones(SIZE, bool)
    around[top:top + inner[0], left:left + inner[1]] = False
    assert around.any() and not made.owner[around].any()
    assert made.grey[around] == pytest.approx(grey.mean())
    assert made.grey[~around].min() < 0.51 and made.grey[~around].max() > 0.99


def test_learning_is_at_the_size_at_which_a_detector_works(
        monkeypatch: pytest.MonkeyPatch) -> None:
    card = Card("infrared", "mask_rcnn", {}, CLASSES, {"short_side": 432})
    monkeypatch.setattr(tune.MODELS, "at", lambda path: Model(torch.nn.Identity(), card))
    config = tune.config_for(Path(__file__), "heads", 4, 1e-3, 0)
    assert short_side(config) == 432
    assert working_size((config.height, config.width), 432) == working_size(data.SIZE, 432)


def test_a_detector_learns_from_the_labels_and_is_used(
        opened: Collection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    config = {"classes": len(CLASSES), "backbone": "resnet18", "size": "compact",
              "masks": "per_class", "sides": True}
    module = ARCHITECTURES.build("mask_rcnn", **config)
    path = tmp_path / "infrared" / "mask_rcnn.safetensors"
    checkpoints.save(path, module, Card("infrared", "mask_rcnn", config, CLASSES,
                                        {"short_side": 112}))
    monkeypatch.setattr(data, "SIZE", SIZE)
    monkeypatch.setattr(tune.MODELS, "at", load)
    control = Control()
    news = list(tune.tune(marked(opened), "mask_rcnn", None, "heads", 2, 1e-3, 0, control, Request))
    status, _, own, choice, download = news[-1]
    assert "2 steps on 2 devices" in status and choice.value == "own" and download.visible
    card = checkpoints.read_card(Path(own))
    assert card.steps == 2 and card.config == config
    assert card.preprocess["short_side"] == 112  # it learns at the size at which it works
    tuned = checkpoints.load(Path(own), ARCHITECTURES).module.state_dict()
    before = checkpoints.load(path, ARCHITECTURES).module.state_dict()
    rounding = 1 / 250  # half a step of the 8-bit rows that a training writes, and a little
    moved = {name.split(".")[0] for name, value in tuned.items() if value.is_floating_point()
             and (value - before[name]).abs().max() > rounding * before[name].abs().max() + 1e-6}
    assert moved == {"heads"}
    assert len(news) > 2 and news[-2][1] is not None
    *_, last = tune.fork_tuning(1, 2e-3, control, Request)
    assert "From step 1 on" in last[0] and checkpoints.read_card(Path(last[2])).steps == 2
