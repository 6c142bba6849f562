"""Labels of others, on files written here; masks from polygons and boxes; radiometric frames."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from vision.errors import UserError
from vision.infrared.classes import CLASSES
from vision.infrared.labels import formats, grabcut, rle
from vision.infrared.labels.formats import Labelled, Wanted, coco, read_labels
from vision.infrared.labels.grabcut import box_mask
from vision.infrared.labels.polygon import polygon_mask
from vision.infrared.render import Config, labelled, run
from vision.infrared.scenes import Making, make_scene
from vision.infrared.thermogram.files import RADIOMETRIC, read_thermogram

SIZE = (40, 60)
BAR = np.zeros(SIZE, bool)
BAR[10:30, 20:25] = True
RING = [(20, 10), (25, 10), (25, 30), (20, 30)]


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


def coco_file(**changes: object) -> dict[str, object]:
    entry = {"id": 1, "image_id": 5, "category_id": 9, "bbox": [20, 10, 5, 20], "iscrowd": 0,
             "segmentation": [[x for point in RING for x in point]]} | changes
    return {"images": [{"id": 5, "file_name": "a.png", "height": 40, "width": 60}],
            "annotations": [entry], "categories": [{"id": 9, "name": "fuse"}]}


def labelme_file(points: object = RING, kind: str = "polygon") -> dict[str, object]:
    return {"imageHeight": 40, "imageWidth": 60, "imagePath": "a.png",
            "shapes": [{"label": "fuse", "points": points, "shape_type": kind}]}


VOC = """<annotation><filename>a.png</filename><size><width>60</width><height>40</height></size>
<object><name>fuse</name><bndbox><xmin>21</xmin><ymin>11</ymin><xmax>25</xmax><ymax>30</ymax>
</bndbox></object></annotation>"""
YOLO = f"0 {22.5 / 60} {20 / 40} {5 / 60} {20 / 40}\n\n"
FILES = {"coco.json": coco_file(), "labelme.json": labelme_file(),
         "rectangle.json": labelme_file([(25, 30), (20, 10)], "rectangle"), "voc.xml": VOC,
         "yolo.txt": YOLO}


@pytest.mark.parametrize("name", FILES)
def test_every_kind_says_the_same(name: str, tmp_path: Path) -> None:
    (found,) = read_labels(written(tmp_path / name, FILES[name]), SIZE, ["fuse"])
    assert found.names == ("fuse",) and found.size == SIZE
    assert found.boxes == pytest.approx(np.array([[20, 10, 25, 30]]))
    if name.endswith(".json"):
        assert found.masks is not None and np.array_equal(found.masks[0], BAR)
    else:
        assert found.masks is None


BROKEN = {
    "cut.json": '{"images": [', "list.json": "[1, 2]", "empty.json": "{}",
    "stray.json": coco_file(image_id=6), "class.json": coco_file(category_id=1),
    "box.json": coco_file(bbox=[70, 10, 5, 20]), "boxes.json": coco_file(bbox=[1, 2]),
    "runs.json": coco_file(segmentation={"size": [40, 60], "counts": [3, 4]}),
    "two.json": labelme_file(RING[:2]), "words.json": labelme_file([["a", "b"]] * 3),
    "cut.xml": VOC[:80], "entity.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "sizeless.xml": VOC.replace("size>", "sighs>"), "seven.txt": "7 0.5 0.5 0.1 0.1",
    "pixels.txt": "0 22 20 5 20", "words.txt": "fuse at the top", "picture.png": "…",
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_get_one_sentence(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        read_labels(written(tmp_path / name, BROKEN[name]), SIZE, ["fuse"])
    assert 20 < len(str(caught.value)) < 300 and "\n" not in str(caught.value)


HEAVY = {  # a name, its content, and a word of what is said
    "objects.json": ({**coco_file(), "annotations": coco_file()["annotations"] * 201},  # type: ignore
                     "marks 201 objects"),
    "shapes.json": ({**labelme_file(), "shapes": labelme_file()["shapes"] * 3000},  # type: ignore
                    "marks 3000 objects"),
    "objects.xml": (VOC.replace("</annotation>", "<object/>" * 201 + "</annotation>"),
                    "marks 202 objects"),
    "lines.txt": (YOLO * 3000, "marks 3000 objects"),
    "ring.json": (labelme_file([[x % 60, x % 40] for x in range(10_000)]), "5000 points"),
    "rings.json": (coco_file(segmentation=[[1, 1, 9, 1, 9, 9]] * 1001), "about 50050 points"),
    "long.json": (coco_file(segmentation={"size": [40, 60], "counts": "o" * 3_000_000}),
                  "damaged"),
    "sum.json": (coco_file(segmentation={"size": [40, 60], "counts": [
        2**62, 2**62, 2**62, 2**62, 2400]}), "cover"),
    "digits.txt": ("0 0." + "1" * 1_000_000 + " 0.5 0.1 0.1", "damaged"),
    "digits.xml": (VOC.replace(">21<", ">21." + "0" * 1_000_000 + "<"), "damaged"),
    "deep.json": ("[" * 200_000 + "]" * 200_000, "damaged"),
    "deeper.json": ('{"shapes":' * 50_000 + "1" + "}" * 50_000, "damaged"),
    "large.json": (" " * 8_000_001, "has 8 MB"),
    "name.json": (coco_file() | {"categories": [{"id": {}, "name": "x"}]}, "damaged"),
}


@pytest.mark.parametrize("name", HEAVY)
def test_files_that_would_take_long_are_refused_before_the_work(
        name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content, words = HEAVY[name]
    if name != "ring.json":  # it counts the points itself
        monkeypatch.setattr(formats, "polygon_mask", None)
    with pytest.raises(UserError, match=words) as caught:
        read_labels(written(tmp_path / name, content), SIZE, ["fuse"])
    assert len(str(caught.value)) < 300


VOC_LARGE = VOC.replace(">60<", ">120<").replace(">40<", ">80<").replace(
    ">21<", ">41<").replace(">11<", ">21<").replace(">25<", ">50<").replace(">30<", ">60<")
RING_LARGE = [(2 * x, 2 * y) for x, y in RING]
LARGE = {
    "coco.json": coco_file(bbox=[40, 20, 10, 40],
                           segmentation=[[x for point in RING_LARGE for x in point]])
    | {"images": [{"id": 5, "file_name": "a.png", "height": 80, "width": 120}]},
    "runs.json": coco_file(bbox=[40, 20, 10, 40], segmentation={
        "size": [80, 120], "counts": rle.encode(BAR.repeat(2, 0).repeat(2, 1))})
    | {"images": [{"id": 5, "file_name": "a.png", "height": 80, "width": 120}]},
    "labelme.json": labelme_file(RING_LARGE) | {"imageHeight": 80, "imageWidth": 120},
    "voc.xml": VOC_LARGE}


@pytest.mark.parametrize("name", LARGE)
def test_labels_of_the_original_come_at_the_size_that_is_shown(name: str, tmp_path: Path) -> None:
    path = written(tmp_path / name, LARGE[name])
    (found,) = read_labels(path, wanted=Wanted("a.jpg", (80, 120), SIZE))
    assert found.size == SIZE and found.boxes == pytest.approx(np.array([[20, 10, 25, 30]]))
    assert (found.masks is None) == (name == "voc.xml")
    assert found.masks is None or np.array_equal(found.masks, BAR[None])
    assert read_labels(path, wanted=Wanted("a.jpg", (90, 120), SIZE)) == []
    assert read_labels(path)[0].size == (80, 120)


def test_labels_are_written_at_the_size_of_the_original() -> None:
    mine = Labelled("a.png", SIZE, ("fuse",), np.array([[20, 10, 25, 30]], np.float32), BAR[None])
    content = coco([mine], ["fuse"], [(80, 120)])
    (picture,), (entry,) = content["images"], content["annotations"]
    assert (picture["height"], picture["width"]) == (80, 120)
    assert entry["bbox"] == [40, 20, 10, 40] and entry["area"] == 4 * BAR.sum()
    large = rle.decode(entry["segmentation"]["counts"], (80, 120))
    assert np.array_equal(large, BAR.repeat(2, 0).repeat(2, 1))


def peak(path: Path, wanted: Wanted) -> tuple[list[Labelled], int]:
    """Return the wanted labels of a file, and the bytes that were in use while they were read."""
    tracemalloc.start()
    try:
        return read_labels(path, wanted=wanted), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_only_the_wanted_picture_is_read(tmp_path: Path) -> None:
    side, count = 400, 200
    masks = np.zeros((1, side, side), bool)
    masks[0, 50:80, 50:90] = True
    boxes = np.array([[50, 50, 90, 80]], np.float32)
    pictures = [Labelled(f"{number}.png", (side, side), ("fuse",), boxes, masks)
                for number in range(count)]
    path = written(tmp_path / "many.json", coco(pictures, ["fuse"]))
    found, bytes_used = peak(path, Wanted("7.jpg", (side, side), (side, side)))
    assert [each.file for each in found] == ["7.png"] and np.array_equal(found[0].masks, masks)
    assert bytes_used < count * side * side / 4
    assert read_labels(path, wanted=Wanted("other.png", (side, side), (side, side))) == []


@pytest.mark.parametrize("content", [
    labelme_file() | {"imageHeight": 20000, "imageWidth": 20000},
    coco_file() | {"images": [{"id": 5, "file_name": "a.png", "height": 20000, "width": 20000}]}])
def test_a_picture_of_another_size_is_left_before_a_mask_is_made(
        content: object, tmp_path: Path) -> None:
    found, bytes_used = peak(written(tmp_path / "a.json", content), Wanted("a.png", SIZE, SIZE))
    assert found == [] and bytes_used < 10**6


def test_a_mask_of_another_size_than_its_picture_is_refused(tmp_path: Path) -> None:
    runs_of_another = {"size": [20000, 20000], "counts": [10, 4 * 10**8 - 10]}
    path = written(tmp_path / "a.json", coco_file(segmentation=runs_of_another))
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="damaged"):
            read_labels(path)
        assert tracemalloc.get_traced_memory()[1] < 10**6
    finally:
        tracemalloc.stop()


def test_a_missing_file_and_a_picture_get_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no file"):
        read_labels(tmp_path / "none.json")
    picture = tmp_path / "a.json"
    Image.fromarray(np.full((20, 20), 200, np.uint8)).save(picture, "PNG")
    with pytest.raises(UserError, match="not a text file"):
        read_labels(picture)


def test_rendered_labels_come_back_as_they_were(tmp_path: Path) -> None:
    run(Config(seeds=(3, 8), height=96, width=128, output=tmp_path))
    found = read_labels(tmp_path / "labels.json")
    for seed, picture in zip((3, 8), found, strict=True):
        wanted = labelled(picture.file, make_scene(seed, (96, 128)))
        assert picture.names == wanted.names
        assert np.array_equal(picture.boxes, wanted.boxes)
        assert np.array_equal(picture.masks, wanted.masks)


def test_runs_are_those_of_pycocotools() -> None:
    coder = pytest.importorskip("pycocotools.mask")
    rng = np.random.default_rng(0)
    for _ in range(20):
        mask = cv2.GaussianBlur(rng.normal(size=(37, 53)), (0, 0), 3) > 0.02
        packed = coder.encode(np.asfortranarray(mask.astype(np.uint8)))
        assert np.array_equal(rle.decode(packed["counts"].decode(), mask.shape), mask)
        plain = {"size": list(mask.shape), "counts": rle.encode(mask)}
        again = coder.decode(coder.frPyObjects(plain, *mask.shape))
        assert np.array_equal(again.astype(bool), mask)


def test_pycocotools_reads_what_is_written(tmp_path: Path) -> None:
    reader = pytest.importorskip("pycocotools.coco")
    mine = Labelled("a.png", SIZE, ("fuse",), np.array([[20, 10, 25, 30]], np.float32), BAR[None])
    theirs = reader.COCO(str(written(tmp_path / "c.json", coco([mine], CLASSES))))
    (entry,) = theirs.loadAnns(theirs.getAnnIds())
    assert np.array_equal(theirs.annToMask(entry).astype(bool), BAR)
    assert theirs.loadCats(entry["category_id"])[0]["name"] == "fuse"


def test_a_polygon_covers_the_pixels_whose_middles_it_holds() -> None:
    points = np.array([(3.2, 4.1), (50.3, 8.7), (40.1, 33.9), (12.4, 30.2)])
    y, x = np.mgrid[:40, :60] + 0.5
    odd = np.zeros(SIZE, bool)  # crossings of a ray to the right of each middle
    for (x0, y0), (x1, y1) in zip(points, np.roll(points, -1, axis=0), strict=True):
        odd ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    assert np.array_equal(polygon_mask(points, SIZE), odd) and odd.sum() > 500


def test_an_outline_with_thousands_of_points_is_followed() -> None:
    turn = np.linspace(0, 2 * np.pi, 5000, endpoint=False)
    circle = np.stack([30 + 15 * np.cos(turn), 20 + 15 * np.sin(turn)], axis=1)
    y, x = np.mgrid[:40, :60] + 0.5
    assert np.array_equal(polygon_mask(circle, SIZE), (x - 30) ** 2 + (y - 20) ** 2 < 225)


def test_a_polygon_beyond_the_picture_is_cut_to_it() -> None:
    assert polygon_mask(np.array([(-1e9, -1e9), (1e9, -1e9), (1e9, 1e9), (-1e9, 1e9)]), SIZE).all()
    assert not polygon_mask(np.array([(70, 0), (90, 0), (90, 30)]), SIZE).any()


def test_grabcut_looks_at_few_pixels_of_a_large_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, ...]] = []
    real = grabcut._grabcut

    def spied(picture: np.ndarray, *box: int) -> np.ndarray:
        seen.append(picture.shape[:2])
        return real(picture, *box)

    monkeypatch.setattr(grabcut, "_grabcut", spied)
    picture = np.full((900, 1200, 3), 40, np.uint8)
    picture[300:600, 200:350] = (200, 120, 60)
    for box in ((180, 280, 370, 620), (0, 0, 1200, 900)):
        mask = box_mask(picture, box)
        true = (picture[..., 0] > 100)
        assert (mask & true).sum() / (mask | true).sum() > 0.95
    assert all(max(size) <= grabcut.LOOK for size in seen)


def test_grabcut_finds_rendered_devices_in_their_boxes() -> None:
    scores = []
    for seed in range(8):
        making = Making(("current transformer", "bushing", "surge arrester"), "none",
                        weather="night", clutter=0.0, camera="good", palette="iron",
                        overlay="none")
        scene = make_scene(seed, (144, 192), making)
        for device in scene.devices[-1:]:
            mask = box_mask(scene.picture, device.box)
            scores.append((mask & device.mask).sum() / (mask | device.mask).sum())
    assert np.array_equal(mask, box_mask(scene.picture, device.box))
    assert len(scores) > 5 and np.median(scores) > 0.8 and min(scores) > 0.6


@pytest.mark.parametrize("box", [(5, 5, 7, 30), (-9, 2, 1, 30), (100, 100, 120, 130)])
def test_boxes_without_content_get_one_sentence(box: tuple[float, ...]) -> None:
    with pytest.raises(UserError, match="pixels of the picture"):
        box_mask(np.zeros((*SIZE, 3), np.uint8), box)  # type: ignore[arg-type]


FIELD = np.linspace(-20, 130, 40 * 60).reshape(SIZE)


@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("unit, values", [
    ("centikelvin", 100 * (FIELD + 273.15)), ("decikelvin", 10 * (FIELD + 273.15))])
def test_radiometric_frames_keep_their_range(
        unit: str, values: np.ndarray, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"frame.{ending}"
    Image.fromarray(values.round().astype(np.uint16)).save(path)
    frame = read_thermogram(path, unit)
    step = 0.05 if unit == "decikelvin" else 0.005
    assert frame.palette == RADIOMETRIC and frame.celsius is not None
    assert np.abs(frame.celsius - FIELD).max() < step + 1e-3
    ends = read_thermogram(path, low=-20, high=130)
    assert ends.celsius is not None and np.abs(ends.celsius - FIELD).max() < 2 * step
    assert read_thermogram(path).celsius is None


def test_float_frames_and_pictures_with_a_scale(tmp_path: Path) -> None:
    Image.fromarray(FIELD.astype(np.float32)).save(tmp_path / "f.tiff")
    frame = read_thermogram(tmp_path / "f.tiff", "celsius")
    assert frame.celsius is not None and np.abs(frame.celsius - FIELD).max() < 1e-4
    scene = make_scene(2, (96, 128), Making(palette="iron", overlay="none"))
    Image.fromarray(scene.picture).save(tmp_path / "p.png")
    read = read_thermogram(tmp_path / "p.png", low=scene.low, high=scene.high)
    wanted = scene.low + (scene.high - scene.low) * scene.grey
    assert read.celsius is not None
    assert np.abs(read.celsius - wanted).max() < 0.02 * (scene.high - scene.low)


def test_wrong_units_and_empty_frames_get_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "frame.png"
    Image.fromarray((100 * (FIELD + 273.15)).astype(np.uint16)).save(path)
    with pytest.raises(UserError, match="choose another unit"):
        read_thermogram(path, "celsius")
    with pytest.raises(UserError, match="furlong"):
        read_thermogram(path, "furlong")
    with pytest.raises(UserError, match="scale"):
        read_thermogram(path, low=50, high=20)
    Image.fromarray(np.full(SIZE, 7, np.uint16)).save(path)
    with pytest.raises(UserError, match="no picture"):
        read_thermogram(path)
