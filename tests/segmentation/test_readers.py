"""Readers of data sets in their official layouts, on small trees."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.io import savemat

from vision.checkpoints import read_card
from vision.data.datasets import licences
from vision.errors import UserError
from vision.images import write_png
from vision.segmentation.data import CLASSES, COLOURS, PALETTE, VOID, open_samples
from vision.segmentation.evaluate import evaluate
from vision.segmentation.train import Config, train

SIZE = (64, 64)
STORED = np.arange(64, dtype=np.uint8).reshape(8, 8).repeat(8, 0).repeat(8, 1)
PICTURE = np.stack([4 * STORED] * 3, axis=-1)


def jpeg(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), PICTURE)


def cityscapes(root: Path) -> None:
    for split, city in (("train", "aachen"), ("val", "munster")):
        for number in range(2):
            name = f"{split}/{city}/{city}_00000{number}_000019"
            write_png(root / f"cityscapes/leftImg8bit/{name}_leftImg8bit.png", PICTURE)
            for kind in ("labelIds", "instanceIds"):
                write_png(root / f"cityscapes/gtFine/{name}_gtFine_{kind}.png", STORED % 34)


def ade20k(root: Path) -> None:
    top = root / "ADEChallengeData2016"
    for folder in ("training", "validation"):
        for number in (1, 2):
            jpeg(top / f"images/{folder}/ADE_{number}.jpg")
            write_png(top / f"annotations/{folder}/ADE_{number}.png", STORED * 2)
    rows = [f"{n}\t0.1\t9\t9\t0.0\tthing {n}, other name" for n in range(1, 151)]
    head = "Idx\tRatio\tTrain\tVal\tStuff\tName"
    (top / "objectInfo150.txt").write_text("\n".join([head, *rows]))


def synthia(root: Path) -> None:
    labels = np.zeros((*SIZE, 3), np.uint16)
    labels[..., 2], labels[..., 1] = STORED % 23, 999  # OpenCV writes blue, green, red
    for number in range(20):
        write_png(root / f"RAND_CITYSCAPES/RGB/{number:07}.png", PICTURE)
        path = root / f"RAND_CITYSCAPES/GT/LABELS/{number:07}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), labels)


def apsis(root: Path) -> None:
    for number in range(1, 5):
        jpeg(root / f"apsis/images_data_crop/{number:05}.jpg")
        path = root / f"apsis/images_mask/{number:05}_mask.mat"
        path.parent.mkdir(parents=True, exist_ok=True)
        savemat(path, {"mask": STORED % 2})
    savemat(root / "apsis/trainlist.mat", {"trainlist": np.array([[1, 2, 3, 77]])})
    savemat(root / "apsis/testlist.mat", {"testlist": np.array([[4]])})


TREES: dict[str, Callable[[Path], None]] = {
    "cityscapes": cityscapes, "ade20k": ade20k, "synthia": synthia, "apsis": apsis}
CITYSCAPES_IDS = (7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33)
SYNTHIA_NAMES = {1: "Sky", 2: "Building", 3: "Road", 4: "Pavement", 5: "Fence", 6: "Tree",
                 7: "Pole", 8: "Car", 9: "SignSymbol", 10: "Pedestrian", 11: "Bicyclist",
                 12: "Bicyclist", 13: "Road", 15: "SignSymbol", 17: "Bicyclist", 18: "Car",
                 19: "Car", 22: "Road"}
WANTED: dict[str, tuple[int, Callable[[int], int]]] = {
    "cityscapes": (19, lambda i: CITYSCAPES_IDS.index(i % 34) if i % 34 in CITYSCAPES_IDS
                   else VOID),
    "ade20k": (150, lambda i: 2 * i - 1 if i else VOID),
    "synthia": (11, lambda i: CLASSES.index(SYNTHIA_NAMES[i % 23]) if i % 23 in SYNTHIA_NAMES
                else VOID),
    "apsis": (2, lambda i: i % 2),
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", TREES)
def test_every_stored_id_becomes_its_class(name: str, root: Path) -> None:
    TREES[name](root)
    classes, wanted = WANTED[name]
    for split in ("train", "val"):
        samples = open_samples(name, split)
        picture, labels = samples[0]
        assert len(samples.classes) == classes and picture.shape == (*SIZE, 3)
        for i in range(64):
            assert labels[i == STORED].tolist() == [wanted(i)] * 64, i


@pytest.mark.parametrize(("name", "train", "val"), [
    ("cityscapes", 2, 2), ("ade20k", 2, 2), ("synthia", 18, 2), ("apsis", 3, 1)])
def test_the_splits_have_their_pictures(name: str, train: int, val: int, root: Path) -> None:
    TREES[name](root)
    assert (len(open_samples(name, "train")), len(open_samples(name, "val"))) == (train, val)
    with pytest.raises(UserError, match="no split 'test'"):
        open_samples(name, "test")


@pytest.mark.parametrize(("name", "lost", "said"), [
    ("cityscapes", "gtFine/train/aachen/aachen_000001_000019_gtFine_labelIds.png",
     r"no 'gtFine/train/aachen/aachen_000001_000019_gtFine_labelIds.png', only 11 files in: "
     r"gtFine, leftImg8bit; the layout leftImg8bit/train/CITY/NAME_leftImg8bit.png with gtFine"),
    ("ADEChallengeData2016", "objectInfo150.txt", "no 'objectInfo150.txt', only 8 files"),
    ("RAND_CITYSCAPES", "GT/LABELS/0000003.png", "no 'GT/LABELS/0000003.png', only 39 files"),
    ("apsis", "trainlist.mat", "no 'trainlist.mat', only 9 files in: images_data_crop, images_m"),
])
def test_what_is_missing_is_named(name: str, lost: str, said: str, root: Path) -> None:
    for build in TREES.values():
        build(root)
    (root / name / lost).unlink()
    called = {"ADEChallengeData2016": "ade20k", "RAND_CITYSCAPES": "synthia"}.get(name, name)
    with pytest.raises(UserError, match=said):
        open_samples(called, "train")


def test_an_empty_folder_says_what_was_expected(root: Path) -> None:
    (root / "cityscapes").mkdir()
    said = r"no 'leftImg8bit/train/CITY/NAME_leftImg8bit\.png', only 0 files"
    with pytest.raises(UserError, match=said):
        open_samples("cityscapes", "train")


def own(folder: Path, splits: bool = False) -> Path:
    for number in range(5):
        part = ("val/" if number == 4 else "train/") if splits else ""
        jpeg(folder / f"images/{part}p{number}.JPG")
        write_png(folder / f"masks/{part}p{number}.png", STORED % 3)
    (folder / "classes.txt").write_text("sea\nland\nsky\n")
    return folder


@pytest.mark.parametrize("splits", [False, True])
@pytest.mark.parametrize("zipped", [False, True])
def test_any_folder_or_zip_of_pictures_and_masks(splits: bool, zipped: bool, tmp_path: Path
                                                 ) -> None:
    place = own(tmp_path / "beach", splits)
    if zipped:
        archive = tmp_path / "beach.zip"
        with zipfile.ZipFile(archive, "w") as file:
            for path in place.rglob("*"):
                file.write(path, path.relative_to(tmp_path))
        place = archive
    train_part, val = open_samples(str(place), "train"), open_samples(str(place), "val")
    assert (len(train_part), len(val)) == (4, 1) and val.classes == ("sea", "land", "sky")
    assert (val[0][1] == STORED % 3).all()


def test_ids_beyond_the_classes_are_refused(tmp_path: Path) -> None:
    folder = own(tmp_path / "beach")
    (folder / "classes.txt").write_text("sea\nland\n")
    with pytest.raises(UserError, match="unknown ids 2"):
        _ = open_samples(str(folder), "train")[0]


def test_a_training_takes_the_classes_of_its_data(tmp_path: Path, with_tiny_data: Path) -> None:
    folder = own(tmp_path / "beach")
    config = Config(data=(str(folder),), steps=1, batch=2, crop=(64, 64), short_side=64,
                    precision="fp32", output=tmp_path / "x.safetensors")
    card = read_card(train(config))
    assert card.classes == ("sea", "land", "sky") and card.config["classes"] == 3
    assert card.data["licences"] == {"beach": "your own pictures"}
    assert evaluate(config.output, str(folder)).whole_set.classes == card.classes
    with pytest.raises(UserError, match="3 classes but the data set has 11"):
        evaluate(config.output, "camvid")
    mixed = Config(data=(str(folder), "camvid"), steps=1, output=tmp_path / "y.safetensors")
    with pytest.raises(UserError, match="different classes: sea, land, sky and Sky, Building"):
        train(mixed)


def test_every_class_has_a_colour_of_its_own() -> None:
    assert (COLOURS[: len(PALETTE)] == PALETTE).all() and len(COLOURS) == VOID
    assert len({tuple(colour) for colour in COLOURS.tolist()} | {(0, 0, 0)}) == VOID + 1
    assert licences(["camvid", "scenes"])["scenes"] == "generated by this project"
