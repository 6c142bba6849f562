"""Palettes there and back, through JPEG, and photographs that are none."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import skimage.data
from PIL import Image

from vision.data import datasets
from vision.errors import UserError
from vision.images import read_picture
from vision.infrared.scenes import Making, make_scene
from vision.infrared.thermogram import palettes
from vision.infrared.thermogram.palettes import (
    COLOURED,
    PALETTES,
    intensity,
    paint,
    recognise,
    table,
)


def jpeg(picture: np.ndarray, quality: int = 85) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file))


@pytest.mark.parametrize("palette", PALETTES)
def test_there_and_back(palette: str) -> None:
    ramp = np.linspace(0, 1, 512, dtype=np.float32).reshape(16, 32)
    assert np.abs(intensity(paint(ramp, palette), palette) - ramp).max() < 0.01


def test_many_colours_are_compared_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """All colours of noise at once would take gigabytes."""
    random = np.random.default_rng(0)
    noisy = paint(random.random((20, 30)).astype(np.float32), "iron").astype(int)
    picture = (noisy + random.integers(-9, 10, noisy.shape)).clip(0, 255).astype(np.uint8)
    whole, seen = intensity(picture, "iron"), []
    nearest = palettes._nearest

    def counted(colours: np.ndarray, palette: str) -> tuple[np.ndarray, np.ndarray]:
        seen.append(len(colours))
        return nearest(colours, palette)

    monkeypatch.setattr(palettes, "_nearest", counted)
    monkeypatch.setattr(palettes, "AT_ONCE", 64)
    assert np.abs(intensity(picture, "iron") - whole).max() < 1e-6
    assert max(seen) == 64 and sum(seen) > 500


@pytest.mark.parametrize("palette", COLOURED)
def test_a_thermogram_survives_jpeg_and_overlay(palette: str) -> None:
    scene = make_scene(5, (288, 384), Making(palette=palette, overlay="scale", camera="good"))
    picture = jpeg(scene.picture)
    assert recognise(picture) == palette
    error = np.abs(intensity(picture) - scene.grey)
    assert np.median(error) < 0.02 and np.percentile(error, 90) < 0.12


@pytest.mark.parametrize("palette", ["grey", "inverted"])
def test_grey_pictures_are_grey(palette: str) -> None:
    scene = make_scene(6, (96, 128), Making(palette=palette, overlay="none"))
    assert recognise(jpeg(scene.picture)) == "grey"
    back = intensity(scene.picture, palette)
    assert np.abs(back - scene.grey).max() < 0.01


def test_colours_change_smoothly_and_iron_and_grey_brighten_steadily() -> None:
    for palette in PALETTES:
        assert np.abs(np.diff(table(palette).astype(int), axis=0)).max() <= 16
    for palette in ("iron", "white-hot", "grey"):
        assert (np.diff(table(palette) @ np.array([0.299, 0.587, 0.114])) > -0.7).all()


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket", "retina"])
def test_a_photograph_is_no_thermogram(name: str) -> None:
    photograph = cv2.resize(getattr(skimage.data, name)(), (384, 288))
    assert recognise(photograph) == "unknown"
    assert intensity(photograph).shape == (288, 384)


def test_unknown_palettes_are_named() -> None:
    with pytest.raises(UserError, match="mud"):
        table("mud")


@pytest.mark.data("thermograms")
def test_real_thermograms_are_recognised() -> None:
    files = datasets.open_files("thermograms")
    names = files.names("images/", ".jpg")[::10]
    assert {recognise(read_picture(files.read(name))) for name in names} == {"iron"}
