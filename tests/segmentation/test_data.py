"""Samples, label pictures and augmentation."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.errors import UserError
from vision.images import write_png
from vision.segmentation.data import (
    CLASSES,
    PALETTE,
    VOID,
    Augment,
    CamVid,
    First,
    Scenes,
    check_labels,
    frequencies,
    open_samples,
    read_labels,
)


def png(image: Image.Image, **settings: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, "PNG", **settings)
    return stream.getvalue()


def some_labels() -> np.ndarray:
    labels = np.random.default_rng(0).integers(0, 11, (24, 36)).astype(np.uint8)
    labels[:4] = VOID
    return labels


def test_classes_have_colours_of_their_own() -> None:
    assert len(CLASSES) == len(PALETTE) == len({tuple(colour) for colour in PALETTE.tolist()}) == 11


def test_camvid_gives_pictures_with_void(with_tiny_data: Path) -> None:
    samples = CamVid("train")
    picture, labels = samples[3]
    assert picture.shape == (96, 128, 3) and labels.shape == (96, 128)
    found = set(np.unique(np.concatenate([samples[i][1] for i in range(6)])))
    assert found == {*range(11), VOID}
    assert samples[3] is samples[3]


def test_sets_by_name(with_tiny_data: Path) -> None:
    assert len(open_samples("camvid", "train", 4)) == 4 and len(open_samples("camvid", "val")) == 2
    assert isinstance(open_samples("scenes", "val", 3), First)
    with pytest.raises(UserError, match="did you mean 'camvid'"):
        open_samples("camvit", "train")
    for name in ("camvid", "scenes"):
        with pytest.raises(UserError, match="no split 'test'"):
            open_samples(name, "test")


def test_the_splits_of_the_scenes_share_no_seed() -> None:
    assert not set(Scenes("train").seeds) & set(Scenes("val").seeds)


def test_labels_from_grey_palette_and_colours(tmp_path: Path) -> None:
    labels = some_labels()
    palette = Image.open(write_png(tmp_path / "x.png", labels, PALETTE))
    assert palette.mode == "P"
    assert palette.convert("RGB").getpixel((0, 23)) == tuple(PALETTE[labels[23, 0]])
    colours = np.where((labels == VOID)[..., None], 0, PALETTE[np.minimum(labels, 10)])
    sixteen = Image.fromarray(labels.astype(np.uint16))
    for image in (Image.fromarray(labels), palette, sixteen,
                  Image.fromarray(colours.astype(np.uint8))):
        assert (read_labels(png(image)) == labels).all(), image.mode


def test_one_id_may_stand_for_void() -> None:
    labels = np.full((20, 20), 11, np.uint8)
    labels[0, 0] = 3
    found = read_labels(png(Image.fromarray(labels)), void=11)
    assert found[0, 0] == 3 and (found.ravel()[1:] == VOID).all()


def test_colours_of_no_class_are_named() -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    picture[3, 3] = (1, 2, 3)
    with pytest.raises(UserError, match="1 colours of no class, first #010203"):
        read_labels(png(Image.fromarray(picture)))


def test_labels_must_fit_the_picture_and_the_classes() -> None:
    labels = some_labels()
    check_labels(labels, (24, 36), 11)
    with pytest.raises(UserError, match="36×24 but the picture is 24×36"):
        check_labels(labels, (36, 24), 11)
    labels[9, 9], labels[9, 8] = 77, 12
    with pytest.raises(UserError, match="unknown ids 12, 77"):
        check_labels(labels, (24, 36), 11)


def test_augmentation_moves_picture_and_labels_together() -> None:
    labels = np.zeros((96, 128), np.uint8)
    labels[20:70, 30:90] = 1
    picture = (labels[..., None] * 200).repeat(3, 2).astype(np.uint8)
    for seed in range(20):
        found, where = Augment((64, 96), (0.5, 2.0), colour=0)(
            picture, labels, np.random.default_rng(seed))
        assert found.shape == (64, 96, 3) and where.shape == (64, 96)
        assert set(np.unique(where)) <= {0, 1, VOID}
        known = where != VOID
        assert ((found[..., 0] > 100) == (where == 1))[known].mean() > 0.97


def test_augmentation_is_a_function_of_its_generator() -> None:
    labels = some_labels()
    picture = np.random.default_rng(1).integers(0, 256, (24, 36, 3)).astype(np.uint8)
    augment = Augment((32, 32), (0.7, 1.5))
    first, again, other = (augment(picture, labels, np.random.default_rng(seed))[0]
                           for seed in (5, 5, 6))
    assert (first == again).all() and (first != other).any()


def test_frequencies_leave_void_out(with_tiny_data: Path) -> None:
    samples = CamVid("train")
    labels = np.concatenate([samples[i][1].ravel() for i in range(6)])
    share = frequencies(samples, 11)
    assert share.sum() == pytest.approx(1)
    assert share[4] == pytest.approx((labels == 4).sum() / (labels != VOID).sum())
