"""The ends of a colour bar are read where they can be, and never guessed."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from vision.infrared.scenes.overlay import draw_overlay
from vision.infrared.thermogram.colour_bar import bar_in, ends_of
from vision.infrared.thermogram.palettes import intensity, paint


def scene(seed: int = 0, palette: str = "iron") -> np.ndarray:
    """Return a smooth random thermogram of 288×384 in a palette."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.uniform(0.1, 0.8, (6, 8)).astype(np.float32))
    return paint(np.asarray(coarse.resize((384, 288), Image.Resampling.BICUBIC)).clip(0, 1),
                 palette)


def by_jpeg(picture: np.ndarray) -> np.ndarray:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "JPEG", quality=92)
    return np.asarray(Image.open(content))


def read(picture: np.ndarray) -> tuple[float, float] | None:
    return ends_of(picture, intensity(picture))


def test_most_bars_that_this_project_draws_are_read_and_none_wrongly() -> None:
    random = np.random.default_rng(1)
    right = 0
    for seed in range(20):
        low, high = round(random.uniform(-39, 20), 1), round(random.uniform(21, 160), 1)
        picture = scene(seed)
        draw_overlay(picture, "iron", low, high)
        found = read(by_jpeg(picture))
        assert found in (None, (low, high)), (found, low, high)
        right += found is not None
    assert right >= 12


@pytest.mark.parametrize("size", [12, 16])
def test_other_letters_on_a_dark_frame_are_read(size: int) -> None:
    for low, high in ((12.4, 63.8), (-5.7, 90.1)):
        picture = np.zeros((320, 460, 3), np.uint8)
        picture[16:304, :384] = scene(3)
        bar = np.linspace(1, 0, 230, dtype=np.float32)[:, None].repeat(14, 1)
        picture[45:275, 410:424] = paint(bar, "iron")
        image = Image.fromarray(picture)
        pen = ImageDraw.Draw(image)
        pen.text((400, 44 - size - 6), f"{high}", "white", ImageFont.load_default(size))
        pen.text((400, 281), f"{low}", "white", ImageFont.load_default(size))
        assert read(by_jpeg(np.asarray(image))) in (None, (low, high))
        assert bar_in(intensity(np.asarray(image))) is not None


def test_without_a_bar_or_with_words_nothing_is_read() -> None:
    assert read(scene(5)) is None
    picture = scene(6)
    bar = np.linspace(1, 0, 200, dtype=np.float32)[:, None].repeat(10, 1)
    picture[40:240, 360:370] = paint(bar, "iron")
    assert read(picture) is None
    image = Image.fromarray(picture)
    ImageDraw.Draw(image).text((340, 20), "MAX", "white", ImageFont.load_default(14))
    assert read(np.asarray(image)) is None
