"""Paintings: theirs alone by seed, rich everywhere, and what is shipped is what the code paints."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.spatial.distance import pdist

from vision.__main__ import main
from vision.images import read_picture
from vision.registry import Entry
from vision.style.paintings import PAINTINGS, paint
from vision.style.paintings.brushes import Brush, Canvas, relief
from vision.style.paintings.colour import from_oklab, glaze, mix, palette, ramp, to_light, to_oklab
from vision.style.paintings.fields import along, apart, noise, trace

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "style"
NAMES = PAINTINGS.names()
SMALL, TINY = (120, 180), (48, 72)


@cache
def small(name: str) -> np.ndarray:
    return paint(name, 0, SMALL)


def shrunk(picture: np.ndarray, size: tuple[int, int] = (16, 24)) -> np.ndarray:
    return cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA).astype(float)


def edges(picture: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)) / 8


def test_there_is_an_exhibition() -> None:
    assert len(NAMES) >= 10
    assert len({entry.facts["title"] for entry in PAINTINGS}) == len(NAMES)


@pytest.mark.parametrize("entry", PAINTINGS, ids=lambda entry: entry.name)
def test_a_painting_names_the_method_it_uses(entry: Entry) -> None:
    header = Path(entry.place.rpartition(":")[0]).read_text("utf-8").split('"""')[1]
    assert entry.paper.startswith("doi:") and str(entry.year) in header


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides(name: str) -> None:
    one, again, other = (paint(name, seed, TINY) for seed in (0, 0, 1))
    assert one.dtype == np.uint8 and one.shape == (*TINY, 3)
    assert np.array_equal(one, again)
    assert np.abs(one.astype(float) - other).mean() > 2


@pytest.mark.parametrize("name", NAMES)
def test_no_part_of_it_is_empty(name: str) -> None:
    picture = read_picture(ASSETS / f"{name}.jpg")
    blocks = cv2.resize(edges(picture), (9, 6), interpolation=cv2.INTER_AREA)  # 100 pixels a side
    assert blocks.min() > 1.0 and np.median(blocks) > 3.5


@pytest.mark.parametrize("name", NAMES)
def test_it_has_light_and_colour(name: str) -> None:
    lab = to_oklab(read_picture(ASSETS / f"{name}.jpg") / 255)
    low, high = np.quantile(lab[..., 0], (0.02, 0.98))
    hues = np.hypot(lab[..., 1], lab[..., 2])
    assert high - low > 0.35 and np.quantile(hues, 0.995) > 0.08


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shipped_is_what_the_code_paints(name: str) -> None:
    shipped = read_picture(ASSETS / f"{name}.jpg")
    assert shipped.shape == (600, 900, 3)
    own = np.abs(shrunk(shipped) - shrunk(small(name))).mean()
    others = [np.abs(shrunk(shipped) - shrunk(small(other))).mean() for other in NAMES
              if other != name]
    assert own < 18 and own < 0.5 * min(others)


@pytest.mark.parametrize("name", ["ink", "tapestry", "window"])
def test_shipped_to_the_pixel(name: str) -> None:
    shipped = read_picture(ASSETS / f"{name}.jpg").astype(float)
    difference = np.abs(shipped - paint(name, 0, (600, 900)))
    assert difference.mean() < 4  # what JPEG leaves out


def test_all_of_it_is_light_to_carry() -> None:
    files = [file for file in ASSETS.iterdir() if file.is_file()]
    sizes = [file.stat().st_size for file in files]
    assert sorted(file.stem for file in files) == NAMES
    assert max(sizes) < 480_000 and sum(sizes) < 4_000_000


@pytest.mark.parametrize("size", [(200, 100), (96, 240), (97, 131)])
def test_any_size_shows_the_middle(size: tuple[int, int]) -> None:
    assert paint("tapestry", 0, size).shape == (*size, 3)


def test_the_middle_is_what_a_crop_shows() -> None:
    assert np.array_equal(paint("tapestry", 0, (120, 100)), small("tapestry")[:, 40:140])


def test_the_command_writes_what_was_asked(tmp_path: Path) -> None:
    folder = tmp_path / "wall"
    flags = ["--names", "tapestry", "--size", "150", "100", "--output", str(folder)]
    assert main(["style", "paint", *flags]) == 0
    assert [file.name for file in folder.iterdir()] == ["tapestry.jpg"]
    assert read_picture(folder / "tapestry.jpg").shape == (100, 150, 3)


@pytest.mark.parametrize("flags, words", [
    (["--names", "tapestri"], "did you mean 'tapestry'?"), (["--size", "900"], "from 96 to 2400"),
    (["--size", "10", "600"], "from 96 to 2400"), (["--seed", "-1"], "numbers from 0 to"),
])
def test_a_mistake_gets_one_sentence(flags: list[str], words: str, tmp_path: Path,
                                     capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["style", "paint", *flags, "--output", str(tmp_path / "wall")]) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1 and not (tmp_path / "wall").exists()


def test_oklab_has_its_published_values() -> None:
    """From the table in Ottosson: "A perceptual color space for image processing", 2020."""
    white, red = np.array([1.0, 1, 1]), np.array([1.0, 0, 0])
    assert to_oklab(white) == pytest.approx([1, 0, 0], abs=2e-3)
    assert to_oklab(red) == pytest.approx([0.628, 0.225, 0.126], abs=2e-3)
    colours = np.random.default_rng(0).random((50, 3))
    assert from_oklab(to_oklab(colours)) == pytest.approx(colours, abs=1e-3)


def test_a_ramp_begins_and_ends_with_its_colours() -> None:
    colours = palette("123456 fedcba 807060")
    assert ramp(colours, np.array([0, 0.5, 1, -3, 7])) == pytest.approx(
        colours[[0, 1, 2, 0, 2]], abs=1e-3)


def test_blue_and_yellow_paint_make_green() -> None:
    blue, yellow = palette("2060c0 f0d030")
    red, green, other = mix(blue, yellow, 0.5)
    assert green > red and green > other
    assert mix(blue, yellow, 0.0) == pytest.approx(blue, abs=1e-3)
    assert mix(blue, yellow, 1.0) == pytest.approx(yellow, abs=1e-3)


def test_two_washes_are_one_of_double_strength() -> None:
    paper, pigment = np.full((2, 2, 3), 0.9), palette("4f7f9f")[0]
    once, twice = np.full((2, 2), 0.4), np.full((2, 2), 0.8)
    assert glaze(glaze(paper, pigment, once), pigment, once) == pytest.approx(
        glaze(paper, pigment, twice))
    assert glaze(np.ones((2, 2, 3)), pigment, np.ones((2, 2))) == pytest.approx(
        np.broadcast_to(to_light(pigment), (2, 2, 3)))


def test_dots_keep_apart_and_leave_no_hole() -> None:
    random = np.random.default_rng(0)
    dots = apart(random, (90, 120), 6.0)
    assert pdist(dots).min() >= 6.0
    places = random.uniform(0, (120, 90), (500, 2))
    nearest = np.linalg.norm(places[:, None] - dots, axis=-1).min(1)
    assert np.quantile(nearest, 0.99) < 6.0 and nearest.max() < 9.0


def test_a_path_along_circles_stays_on_its_circle() -> None:
    y, x = np.mgrid[:200, :200].astype(np.float32)
    angle = along(np.hypot(x - 100, y - 100))
    paths = trace(np.array([[150.0, 100.0], [100.0, 40.0]]), angle, 1.0, 60)
    far = np.linalg.norm(paths - 100, axis=-1)
    assert np.abs(far - far[:, :1]).max() < 2
    assert np.linalg.norm(paths[:, -1] - paths[:, 0], axis=-1).min() > 40


def test_noise_is_the_same_land_at_any_size() -> None:
    large, little = (noise(np.random.default_rng(5), size, 4, 2) for size in
                     ((240, 360), (120, 180)))
    small_again = cv2.resize(large, (180, 120), interpolation=cv2.INTER_AREA)
    assert np.corrcoef(small_again.ravel(), little.ravel())[0, 1] > 0.99
    assert large.mean() == pytest.approx(0, abs=1e-3) and large.std() == pytest.approx(1, abs=1e-3)


def test_strokes_come_near_their_plan_and_fine_brushes_nearer() -> None:
    y, x = np.mgrid[:90, :120] / 90
    plan = np.stack([0.5 + 0.4 * np.sin(9 * x), y, 0.6 - 0.4 * x], -1).clip(0, 1).astype("f4")
    canvas = Canvas(np.random.default_rng(0), (90, 120), palette("101020")[0])
    wrong = [np.abs(canvas.colours() - plan).mean()]
    for brush in (Brush(0.1, 0.2), Brush(0.04, 0.08, error=0.02)):
        canvas.cover(plan, np.zeros((90, 120), np.float32), brush)
        wrong.append(np.abs(canvas.colours() - plan).mean())
    assert wrong[1] < 0.6 * wrong[0] and wrong[2] < 0.8 * wrong[1]


def test_light_falls_from_the_upper_left() -> None:
    y, x = np.mgrid[:60, :60].astype(np.float32) - 30
    bump = np.exp(-(x ** 2 + y ** 2) / 100)
    lit = relief(np.full((60, 60, 3), 0.5, np.float32), bump, 1.0, 0.0)
    assert lit[22, 22, 0] > lit[2, 2, 0] > lit[38, 38, 0]
