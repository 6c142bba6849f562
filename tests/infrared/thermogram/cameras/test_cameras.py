"""Camera files: exact temperatures, what was stored with them, and every way to be broken."""

from __future__ import annotations

import io
import math
import struct
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.infrared.thermogram.cameras import encoders as made
from vision.data import datasets
from vision.errors import UserError
from vision.infrared.thermogram.cameras.carried import carried, carrying
from vision.infrared.thermogram.cameras.jpeg_segments import segments
from vision.infrared.thermogram.cameras.readers import read_recording, reader_of, readers
from vision.infrared.thermogram.cameras.recording import Parameters, Recording
from vision.infrared.thermogram.cameras.still import MOST_TRIES, pictures_of
from vision.infrared.thermogram.files import of_recording, read_thermogram
from vision.infrared.thermogram.radiometry import Planck, surface

CELSIUS = made.field()
GUIDE = made.field(size=(288, 384))
COUNTS = (1000 + 20 * CELSIUS).round()
FILES: dict[str, Callable[[], bytes]] = {
    "FLIR radiometric JPEG": lambda: made.flir(CELSIUS),
    "Fluke IS2": lambda: made.fluke(CELSIUS),
    "InfiRay IRG": lambda: made.infiray(CELSIUS),
    "Guide TP8": lambda: made.guide(GUIDE),
    "DJI R-JPEG": lambda: made.dji(COUNTS),
    "TIFF with a linear scale": lambda: made.tiff(100 * (CELSIUS + 50), 0.01, -50),
    "CSV of temperatures": lambda: made.csv(CELSIUS),
}


def read(content: bytes) -> Recording:
    found = read_recording(content)
    assert found is not None
    return found


def true_of(recording: Recording) -> np.ndarray:
    """Return the temperatures after the file's own settings."""
    known = recording.parameters
    assert known.emissivity is not None and known.reflected is not None
    return np.asarray(surface(recording.values.astype(float), known.emissivity, known.reflected,
                              band=recording.band))


def test_every_reader_is_asked_and_has_an_encoder() -> None:
    assert {one.kind for one in readers()} == {*FILES, "video"}
    for kind, make in FILES.items():
        known = reader_of(make())
        assert known is not None and known.kind == kind
    assert reader_of(made.jpeg()) is None


@pytest.mark.parametrize("png", [True, False])
@pytest.mark.parametrize("order", ["<", ">"])
def test_flir_gives_the_true_temperatures_and_the_settings(png: bool, order: str) -> None:
    recording = read(made.flir(CELSIUS, png=png, order=order))
    count = (made.planck(31.0) - made.planck(30.0)) * 0.9  # numbers a kelvin, at least
    assert np.abs(true_of(recording) - CELSIUS).max() < 1.2 / count
    known = recording.parameters
    assert known.emissivity == pytest.approx(0.93) and known.reflected == pytest.approx(12)
    assert known.air == pytest.approx(8) and known.humidity == pytest.approx(0.6)
    assert known.distance == pytest.approx(20) and known.camera == "FLIR T640"
    assert known.date is not None and known.date.utcoffset() == timedelta(hours=2)
    assert known.date.timestamp() == pytest.approx(1_600_000_000.25)
    assert isinstance(recording.band, Planck)
    assert recording.placement.width == 1.5
    assert recording.placement.left == pytest.approx(-0.25 - 1.5 * 4 / 128)
    assert isinstance(recording.photograph, bytes)
    assert Image.open(io.BytesIO(recording.photograph)).size == (128, 96)


def test_what_the_air_adds_counts() -> None:
    """A reader that left the air out would be off by kelvins."""
    hot = np.full(made.SIZE, 80.0) + CELSIUS / 100
    near, far = (read(made.flir(hot, distance=way)) for way in (0.0, 500.0))
    assert np.abs(true_of(near) - true_of(far)).max() < 0.2
    sensor = made.flir_numbers(hot, 0.93, 12.0, 8.0, 0.6, 500.0).astype(float)
    assert np.abs(np.asarray(near.band.temperature(sensor)) - far.values).min() > 1


def test_air_that_cannot_be_is_left_out_of_the_temperatures_too() -> None:
    whole = made.flir_container(CELSIUS, distance=500.0)

    def with_number(old: float, new: float) -> Recording:
        return read(whole.replace(struct.pack("<f", old), struct.pack("<f", new)))

    odd, near = with_number(8 + 273.15, 900 + 273.15), with_number(500.0, 0.0)
    assert odd.parameters.air is None and "900 for the air" in odd.said[0].sentence()
    assert np.array_equal(odd.values, near.values)  # nothing is taken out of either


def test_a_container_alone_is_read_and_two_of_them_are_a_video() -> None:
    whole = made.flir_container(CELSIUS)
    assert np.array_equal(read(whole).values, read(made.flir(CELSIUS)).values)
    with pytest.raises(UserError, match=r"(?i)this is a video"):
        read_recording(whole + whole)


def test_fluke_gives_the_true_temperatures_and_the_settings() -> None:
    recording = read(made.fluke(CELSIUS))
    assert np.abs(true_of(recording) - CELSIUS).max() < 0.06  # half a count
    known = recording.parameters
    assert known.emissivity == pytest.approx(0.95) and known.reflected == pytest.approx(22)
    assert known.camera == "Fluke Ti480P"
    assert known.date is not None and known.date.year == 2021
    assert isinstance(recording.photograph, bytes)


@pytest.mark.parametrize("magic, steps", [(b"\xca\xac", 16), (b"\xba\xab", 10)])
def test_infiray_gives_the_cameras_temperatures_after_its_settings(magic: bytes, steps: int
                                                                  ) -> None:
    recording = read(made.infiray(CELSIUS, magic=magic, steps=steps))
    assert np.abs(true_of(recording) - CELSIUS).max() < 0.51 / steps
    known = recording.parameters
    assert known.emissivity == 0.95 and known.reflected == pytest.approx(18)
    assert known.air == pytest.approx(9) and known.humidity == 0.4 and known.distance == 2.5
    assert isinstance(recording.photograph, bytes) and recording.photograph[:2] == b"\xff\xd8"


def test_guide_is_said_to_be_shifted_and_brings_its_photograph() -> None:
    recording = read(made.guide(GUIDE))
    assert np.abs(recording.values - GUIDE).max() < 0.051 and recording.shifted
    assert isinstance(recording.photograph, np.ndarray)
    assert recording.photograph.shape == (480, 640, 3)
    assert recording.photograph[0, 0].tolist() == [248, 0, 0] and not recording.photograph[-1].any()
    place = recording.placement  # 8 px cut off, 1.16 as wide as the thermogram, at (−52, −4)
    assert 384 * (place.left + place.width * 8 / 640) == pytest.approx(-52)
    assert place.width * 632 / 640 == pytest.approx(1.16) and 288 * place.top == pytest.approx(-4)
    said = [error.sentence() for error in read_thermogram(made.guide(GUIDE)).said]
    assert "level is shifted" in said[0]
    own = [round(float(edge), 1) for edge in (recording.values.min(), recording.values.max())]
    assert read_thermogram(made.guide(GUIDE), low=own[0], high=own[1]).said
    assert not read_thermogram(made.guide(GUIDE), low=10.0, high=60.0).said


@pytest.mark.parametrize("layout", ["H20T", "M30T", "M3T"])
def test_dji_gives_the_field_without_degrees(layout: str) -> None:
    recording = read(made.dji(COUNTS, layout))
    assert np.array_equal(recording.values, COUNTS) and not recording.degrees
    known = recording.parameters
    assert known.emissivity == pytest.approx(0.95) and known.reflected == pytest.approx(23)
    assert known.humidity == pytest.approx(0.7) and known.distance == pytest.approx(5)
    assert known.air == (None if layout == "M30T" else pytest.approx(25))
    found = read_thermogram(made.dji(COUNTS, layout))
    assert found.celsius is None and "give the two ends" in found.said[0].sentence()
    scaled = read_thermogram(made.dji(COUNTS, layout), low=float(CELSIUS.min()),
                             high=float(CELSIUS.max())).celsius
    assert scaled is not None and np.abs(scaled - CELSIUS).max() < 0.06


def test_a_tiff_that_says_its_scale_needs_no_unit() -> None:
    assert np.abs(read(FILES["TIFF with a linear scale"]()).values - CELSIUS).max() < 0.0051


def test_a_tiff_that_goes_on_with_half_of_a_scale_takes_no_longer() -> None:
    """Before the search was bounded, its time grew with the square: this took half a minute."""
    content = FILES["TIFF with a linear scale"]() + b"<Item " * 40_000
    start = time.perf_counter()
    assert np.abs(read(content).values - CELSIUS).max() < 0.0051
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize("sign, comma", [(";", True), (";", False), (",", False), ("\t", True),
                                         (" ", False)])
@pytest.mark.parametrize("named", [True, False])
def test_a_table_is_read_whatever_stands_between_its_numbers(sign: str, comma: bool, named: bool
                                                            ) -> None:
    if sign == " " and named:
        pytest.skip("an empty cell between blanks is none")
    recording = read(made.csv(CELSIUS, sign, comma, named))
    assert recording.values.shape == made.SIZE
    assert np.abs(recording.values - CELSIUS).max() < 0.0051
    known = recording.parameters
    assert (known.emissivity, known.reflected) == (0.94, 18.5)
    assert known.humidity == pytest.approx(0.55)


@pytest.mark.parametrize("kind", FILES)
def test_the_detector_gets_the_field_whatever_the_palette(kind: str) -> None:
    found = read_thermogram(FILES[kind]())
    field = read(FILES[kind]()).values
    order = np.argsort(field, axis=None, kind="stable")
    assert (np.diff(found.grey.ravel()[order]) >= 0).all() and found.grey.std() > 0.1
    assert found.recording is not None and found.recording.kind == kind


@pytest.mark.parametrize("kind", FILES)
def test_a_picture_carries_the_file_of_a_camera(kind: str) -> None:
    content = FILES[kind]()
    picture = read_thermogram(content).picture
    shown = carrying(picture, content)
    assert carried(shown) == content
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(shown))), picture)
    again = read_thermogram(shown)
    assert again.recording is not None and again.recording.kind == kind
    assert carried(shown[:-40]) is None


@pytest.mark.parametrize("kind", FILES)
def test_cut_short_anywhere_it_is_a_sentence_or_a_picture(kind: str) -> None:
    content = FILES[kind]()
    edges = [place for place in range(2, len(content), max(len(content) // 25, 1))]
    place = 2
    for _, payload in segments(content):
        place += 4 + len(payload)
        edges += [place - 1, place, place + 1]
    for end in edges:
        whole_or_told(content[:end])


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.parametrize("seed", range(5))
def test_broken_bytes_are_never_anything_but_a_sentence(kind: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    content = np.frombuffer(FILES[kind](), np.uint8).copy()
    for reach in (200, 1500, len(content)):
        broken = content.copy()
        places = random.integers(0, min(reach, len(content)), 12)
        broken[places] = random.integers(0, 256, 12)
        whole_or_told(broken.tobytes())


def whole_or_told(content: bytes) -> None:
    """Read a file that may be broken: a thermogram, or one sentence."""
    try:
        found = read_thermogram(content)
    except UserError as error:
        assert "\n" not in error.sentence() and len(error.sentence()) < 400
        return
    assert np.isfinite(found.grey).all()
    assert found.celsius is None or np.isfinite(found.celsius).all()


def test_a_file_that_ends_early_says_how_much_of_it_is_there() -> None:
    found = read_thermogram(made.guide(GUIDE)[:1_000_000])
    assert "ends after 1000000 of at least 2028240 bytes" in found.said[0].sentence()
    assert found.picture.shape == (288, 384, 3)  # the picture in it is shown still


def test_a_truncated_container_keeps_the_picture_and_says_why() -> None:
    content = made.flir(CELSIUS)
    places = [payload for marker, payload in segments(content) if marker == 0xE1]
    without = content.replace(struct.pack(">BBH", 0xFF, 0xE1, len(places[2]) + 2) + places[2], b"")
    found = read_thermogram(without)
    assert found.recording is None and found.picture.shape == (*made.SIZE, 3)
    assert "1 of the" in found.said[0].sentence() and "segments" in found.said[0].sentence()


def test_a_jpeg_that_only_looks_radiometric_is_told_so() -> None:
    fake = made.with_segments(made.jpeg(), (0xE1, b"FLIR\0\x01\0\0" + b"nothing of that kind"))
    found = read_thermogram(fake)
    assert "begins as 'FLIR radiometric JPEG' does" in found.said[0].sentence()
    assert found.picture.shape == (*made.SIZE, 3) and found.celsius is None


def test_an_archive_keeps_its_photograph_when_its_counts_are_broken() -> None:
    content = made.fluke(CELSIUS).replace(b"IR.data", b"XX.data")
    found = read_thermogram(content)
    assert "not read yet" in found.said[0].sentence() and found.picture.shape == (96, 128, 3)


def test_of_an_archive_of_many_pictures_only_the_first_are_tried() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number in range(50):
            archive.writestr(f"{number}.png", b"no picture")
    assert len(list(pictures_of(content.getvalue()))) == MOST_TRIES


@pytest.mark.parametrize("change, words", [
    (lambda t: np.where(t == t.max(), math.nan, t), "not numbers"),
    (lambda t: np.where(t == t.min(), -273.15, t), "from -273"),
    (lambda t: np.full_like(t, 20.0), "all values"),
])
def test_fields_that_cannot_be_are_refused(change: Callable[[np.ndarray], np.ndarray], words: str
                                           ) -> None:
    with pytest.raises(UserError, match=f"(?i){words}"):
        read_thermogram(made.csv(change(CELSIUS), named=False))


def test_stored_parameters_that_cannot_be_are_left_out_and_said() -> None:
    recording = read(made.fluke(CELSIUS, reflected=298.0))
    assert recording.parameters.reflected is None
    assert "298 for the reflected" in recording.said[0].sentence()
    known, said = Parameters(emissivity=0.0, humidity=4.0, camera="a\x07b" + "x" * 99).checked()
    assert known.emissivity is None and known.humidity is None and len(said) == 2
    assert known.camera.startswith("ab") and len(known.camera) < 50


@pytest.mark.parametrize("content", [b"\0\0\0\x18ftypmp42" + bytes(99), b"RIFF\0\0\0\0AVI LIST",
                                     b"\x1a\x45\xdf\xa3" + bytes(99)])
def test_a_video_is_told_so(content: bytes) -> None:
    with pytest.raises(UserError, match=r"(?i)this is a video"):
        read_thermogram(content)


def test_given_ends_move_the_level_and_the_same_ends_change_nothing() -> None:
    recording = read(made.guide(GUIDE))
    low, high = round(float(recording.values.min()), 1), round(float(recording.values.max()), 1)
    same = of_recording(recording, low, high).celsius
    moved = of_recording(recording, low + 5, high + 5).celsius
    assert same is not None and np.array_equal(same, recording.values)
    assert moved is not None and np.allclose(moved, recording.values + 5, atol=0.1)


def test_a_file_is_found_by_its_content_not_its_name(tmp_path: Path) -> None:
    path = tmp_path / "holiday.txt"
    path.write_bytes(made.fluke(CELSIUS))
    found = read_thermogram(path)
    assert found.recording is not None and found.recording.kind == "Fluke IS2"


@pytest.mark.data("thermograms-camera")
def test_real_fields_and_photographs_of_a_tp8_come_back() -> None:
    """What this camera stored of real scenes, put back into files as it writes them."""
    files = datasets.open_files("thermograms-camera")
    for name in files.names("temp16/")[::80]:
        stored = np.asarray(Image.open(io.BytesIO(files.read(name)))).astype(float)
        celsius = (stored - 1000) / 10
        found = read_thermogram(made.guide(celsius))
        assert found.celsius is not None and np.abs(found.celsius - celsius).max() < 0.051
        assert found.recording is not None and found.recording.shifted
        assert found.grey.std() > 0.05
