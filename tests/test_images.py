"""Pictures: every format and mode decodes to the right colours; whatever is broken is refused."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.errors import UserError
from vision.images import (
    check_size,
    colourise,
    overlay,
    pixels_of,
    read_image,
    read_picture,
    resize,
    resize_labels,
    stretch,
    upright_size,
    working_size,
    write_png,
)

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
HEIGHT, WIDTH = 40, 64


def quarters() -> np.ndarray:
    """Red, green, blue and grey quarters, which every format can show."""
    picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    half, middle = HEIGHT // 2, WIDTH // 2
    picture[:half, :middle], picture[:half, middle:] = (220, 30, 20), (30, 180, 40)
    picture[half:, :middle], picture[half:, middle:] = (20, 40, 200), (128, 128, 128)
    return picture


def encoded(image: Image.Image, kind: str, **settings: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **settings)
    return stream.getvalue()


def samples(mode: str, kind: str) -> bytes:
    image = Image.fromarray(quarters()).convert(mode, palette=Image.Palette.ADAPTIVE)
    lossless = {"quality": 95} if kind in ("JPEG", "WEBP") else {}
    return encoded(image, kind, **lossless)


def assert_close(found: np.ndarray, wanted: np.ndarray, most: float = 12) -> None:
    """The middles of the quarters agree; the seams may be blurred by compression."""
    assert found.shape == wanted.shape and found.dtype == np.uint8
    for y in (HEIGHT // 4, 3 * HEIGHT // 4):
        for x in (WIDTH // 4, 3 * WIDTH // 4):
            assert np.abs(found[y, x].astype(int) - wanted[y, x]).max() <= most, (y, x)


GREY = np.array(Image.fromarray(quarters()).convert("L").convert("RGB"))


@pytest.mark.parametrize(("mode", "kind"), [
    *(("RGB", kind) for kind in FORMATS), *(("L", kind) for kind in FORMATS),
    *(("P", kind) for kind in ("PNG", "BMP", "TIFF", "GIF")), ("RGBA", "PNG"), ("RGBA", "WEBP"),
    ("RGBA", "TIFF"), ("LA", "PNG"), ("LA", "TIFF"), ("CMYK", "JPEG"), ("CMYK", "TIFF"),
    ("YCbCr", "JPEG"), ("LAB", "TIFF"),
])
def test_every_mode_of_every_format(mode: str, kind: str) -> None:
    content = lab_tiff() if mode == "LAB" else samples(mode, kind)
    wanted = GREY if mode in ("L", "LA") else quarters()
    assert_close(read_picture(content), wanted, 60 if mode == "LAB" else 12)


def lab_tiff() -> bytes:
    """A TIFF in CIE L*a*b*."""
    from skimage.color import rgb2lab

    values = rgb2lab(quarters())  # L 0…100, a and b −128…127
    coded = np.stack([values[..., 0] * 2.55, values[..., 1], values[..., 2]], -1)
    signed = coded.round().astype(np.int16).astype(np.uint8)
    return encoded(Image.frombytes("LAB", (WIDTH, HEIGHT), signed.tobytes()), "TIFF")


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("values", [(1000, 1256), (0, 65535), (30000, 30100)])
def test_sixteen_bit_is_stretched_not_cut(kind: str, values: tuple[int, int]) -> None:
    ramp = np.linspace(*values, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH).astype(np.uint16)
    found = read_picture(encoded(Image.fromarray(ramp), kind))
    assert found.shape == (HEIGHT, WIDTH, 3) and (found[..., 0] == found[..., 2]).all()
    assert found.min() == 0 and found.max() == 255
    assert np.abs(found[..., 0] - np.linspace(0, 255, ramp.size).reshape(ramp.shape)).max() < 4


def test_float_tiff_and_one_bit() -> None:
    ramp = np.linspace(-3, 5, HEIGHT * WIDTH, dtype=np.float32).reshape(HEIGHT, WIDTH)
    assert read_picture(encoded(Image.fromarray(ramp), "TIFF"))[-1, -1].tolist() == [255] * 3
    bits = Image.fromarray(np.tile([[0, 255]], (HEIGHT, WIDTH // 2)).astype(np.uint8)).convert("1")
    for kind in ("PNG", "BMP", "TIFF"):
        found = read_picture(encoded(bits, kind))
        assert set(np.unique(found)) == {0, 255}


def test_transparent_parts_become_white() -> None:
    clear = np.dstack([quarters(), np.zeros((HEIGHT, WIDTH), np.uint8)])
    clear[: HEIGHT // 2, :, 3] = 255
    for kind in ("PNG", "WEBP", "TIFF"):
        found = read_picture(encoded(Image.fromarray(clear), kind,
                                     **({"lossless": True} if kind == "WEBP" else {})))
        assert (found[HEIGHT // 2 :] == 255).all()
        assert (found[: HEIGHT // 2] == quarters()[: HEIGHT // 2]).all()
    palette = Image.fromarray(quarters()).convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
    index = palette.getpixel((0, 0))
    found = read_picture(encoded(palette, "PNG", transparency=index))
    assert (found[0, 0] == 255).all() and (found[-1, -1] != 255).any()


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_an_animation_the_first_frame_counts(kind: str) -> None:
    frames = [Image.new("RGB", (32, 24), colour) for colour in ("red", "lime", "blue")]
    content = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
    assert Image.open(io.BytesIO(content)).n_frames == 3
    assert np.abs(read_picture(content)[12, 16].astype(int) - (255, 0, 0)).max() < 6


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_pictures_are_turned_upright(orientation: int, kind: str) -> None:
    stored = {1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1],
              4: lambda a: a[::-1], 5: lambda a: a.swapaxes(0, 1),
              6: lambda a: np.rot90(a, 1), 7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
              8: lambda a: np.rot90(a, -1)}[orientation](quarters())
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = encoded(Image.fromarray(np.ascontiguousarray(stored)), kind, exif=exif,
                      **({"quality": 95} if kind in ("JPEG", "WEBP") else {}))
    assert_close(read_picture(content), quarters(), 16)


def test_a_file_a_path_a_stream_an_image_and_an_array_are_all_read(tmp_path: Path) -> None:
    path = write_png(tmp_path / "deep" / "x.png", quarters())
    content = path.read_bytes()
    for source in (path, str(path), content, io.BytesIO(content), Image.open(path), quarters()):
        assert (read_picture(source) == quarters()).all()
    (tmp_path / "wrong.jpg").write_bytes(content)
    assert (read_picture(tmp_path / "wrong.jpg") == quarters()).all()


def big_jpeg(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    content = bytearray(samples("RGB", "JPEG"))
    start = content.index(b"\xff\xc0") + 5
    content[start : start + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def big_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (struct.pack(">I", len(body)) + kind + body
                + struct.pack(">I", zlib.crc32(kind + body)))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
            + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b""))


@pytest.mark.parametrize(("content", "size"), [
    (big_jpeg(10_000, 6000), "60 megapixels"), (big_png(8000, 8000), "64 megapixels"),
    (big_png(7752, 5178), r"40\.14 megapixels; .* up to 40 megapixels"),
    (big_png(50_000, 50_000), "far too large"), (big_png(10_000_000, 64), "far too large"),
])
def test_too_large_a_picture_is_refused_before_decoding(
        monkeypatch: pytest.MonkeyPatch, content: bytes, size: str) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the picture was decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", never)
    tracemalloc.start()
    with pytest.raises(UserError, match=size):
        read_picture(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6


def test_the_largest_and_the_smallest_size() -> None:
    check_size((8000, 5000))
    check_size((16, 16))
    for size in ((8000, 5001), (15, 100), (100, 15), (1, 1)):
        with pytest.raises(UserError, match="40 megapixels are accepted"):
            check_size(size)


@pytest.mark.parametrize("kind", FORMATS)
def test_one_pixel_is_refused(kind: str) -> None:
    with pytest.raises(UserError, match="only 1×1 pixels"):
        read_picture(encoded(Image.new("RGB", (1, 1)), kind))


def read_or_refuse(content: bytes) -> np.ndarray | None:
    """The picture, or None for a UserError; any other exception fails the test."""
    try:
        picture = read_picture(content)
    except UserError as error:
        assert "accepted" in str(error) and "\n" not in str(error)
        return None
    assert picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3
    return picture


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_cut_anywhere_is_refused_or_right(kind: str) -> None:
    content = samples("RGB", kind)
    cuts = sorted({*range(40), *np.linspace(0, len(content) - 1, 60).astype(int).tolist()})
    wanted = read_picture(content)
    refused = 0
    for cut in cuts:
        picture = read_or_refuse(content[:cut])
        refused += picture is None
        assert picture is None or (picture == wanted).all() or kind in ("WEBP", "GIF", "JPEG")
    assert refused > 40


@pytest.mark.parametrize(("mode", "kind"), [
    *((mode, kind) for mode in ("RGB", "L") for kind in FORMATS), ("P", "PNG"), ("P", "TIFF"),
    ("P", "BMP"), ("CMYK", "JPEG"), ("CMYK", "TIFF"), ("RGBA", "PNG"),
    ("RGBA", "WEBP"), ("RGBA", "TIFF"), ("RGBA", "GIF"), ("LA", "PNG"),
])
def test_changed_bytes_never_give_another_exception(mode: str, kind: str) -> None:
    content = samples(mode, kind)
    random = np.random.default_rng(zlib.crc32(f"{kind}{mode}".encode()))
    for number in range(40):
        changed = bytearray(content)
        reach = len(content) if number % 2 else min(len(content), 200)
        for place in random.integers(0, reach, random.integers(1, 12)):
            changed[place] = random.integers(256)
        read_or_refuse(bytes(changed))


@pytest.mark.parametrize("content", [
    b"", b"\0", b"hello", b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a",
    b"BM", b"II*\0", b"RIFF\0\0\0\0WEBPVP8 ", b"<svg xmlns='http://www.w3.org/2000/svg'/>",
])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    assert read_or_refuse(content) is None


def test_garbage_is_refused() -> None:
    random = np.random.default_rng(0)
    for start in (b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"BM", b"II*\0",
                  b"MM\0*", b"RIFF\xff\0\0\0WEBP"):
        for size in (10, 100, 3000):
            assert read_or_refuse(start + random.bytes(size)) is None


def test_other_formats_and_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not a picture that can be read"):
        read_picture(encoded(Image.fromarray(quarters()), "PPM"))
    with pytest.raises(UserError, match=r"there is no picture 'none\.png'|There is no picture"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(UserError):
        read_picture(tmp_path)


def test_the_image_keeps_its_mode_until_it_is_wanted_in_colour() -> None:
    values = np.full((HEIGHT, WIDTH), 40_000, np.uint16)
    image = read_image(encoded(Image.fromarray(values), "PNG"))
    assert image.mode.startswith("I") and int(np.asarray(image)[0, 0]) == 40_000


def test_stretch_is_linear_ignores_outliers_and_survives_constants() -> None:
    values = np.linspace(100, 200, 10_000).reshape(100, 100)
    values[0, 0] = 1e9
    assert np.abs(stretch(values) - np.linspace(0, 255, 10_000).reshape(100, 100))[1:].max() < 2
    assert (stretch(np.full((4, 4), 7)) == 0).all()
    assert stretch(np.array([[np.nan, 0.0, 1.0]])).max() == 255


def test_resizing_labels_invents_no_class() -> None:
    labels = np.random.default_rng(0).choice([0, 5, 255], (31, 47)).astype(np.uint8)
    for size in ((16, 16), (62, 94), (100, 33)):
        resized = resize_labels(labels, size)
        assert resized.shape == size and set(np.unique(resized)) <= {0, 5, 255}
    assert (resize_labels(labels, (62, 94))[::2, ::2] == labels).all()


def test_resizing_a_picture() -> None:
    assert resize(quarters(), (HEIGHT, WIDTH)) is not None
    assert_close(resize(resize(quarters(), (80, 128)), (HEIGHT, WIDTH)), quarters(), 2)
    board = np.indices((40, 40)).sum(0)[..., None].repeat(3, 2) % 2 * 255
    assert np.abs(resize(board.astype(np.uint8), (20, 20)).astype(int) - 128).max() <= 1


def test_colours_and_overlay() -> None:
    palette = np.array([[10, 20, 30], [200, 100, 0]], np.uint8)
    labels = np.array([[0, 1], [1, 255]], np.uint8)
    colours = colourise(labels, palette)
    assert colours.tolist() == [[[10, 20, 30], [200, 100, 0]], [[200, 100, 0], [0, 0, 0]]]
    picture = np.full((2, 2, 3), 100, np.uint8)
    assert (overlay(picture, colours, 0) == picture).all()
    assert (overlay(picture, colours, 1) == colours).all()
    assert overlay(picture, colours, 0.5)[0, 0].tolist() == [55, 60, 65]


@pytest.mark.parametrize("size", [(16, 2_500_000), (2_500_000, 16), (16, 401)])
def test_strips_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    content = io.BytesIO()
    Image.new("1", size).save(content, "PNG")
    with pytest.raises(UserError, match="too narrow; pictures up to 25 times as long as wide"):
        read_picture(content.getvalue())
    assert read_picture(Image.new("L", (16, 400))).shape == (400, 16, 3)


def noisy(mode: str, size: tuple[int, int] = (300, 200)) -> Image.Image:
    """Return a picture of some mode that is darker on its left."""
    ramp = np.linspace(0, 255, size[0]).astype(np.uint8)[None].repeat(size[1], 0)
    if mode.startswith("I;16"):
        return Image.fromarray((100 * ramp.astype(np.uint16)).astype(
            ">u2" if mode == "I;16B" else "<u2"))
    image = Image.fromarray(ramp)
    return image.convert("RGB").convert(mode) if mode in ("P", "CMYK") else image.convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I", "F", "I;16",
                                  "I;16B"])
def test_every_mode_can_be_shrunk(mode: str) -> None:
    whole = read_picture(noisy(mode)).astype(int)
    small = read_picture(noisy(mode), longest=75).astype(int)
    assert small.shape == (50, 75, 3)
    assert np.abs(small - resize(whole.astype(np.uint8), (50, 75)).astype(int)).mean() < 6
    assert read_picture(noisy(mode), longest=300).shape == (200, 300, 3)


def test_what_is_shrunk_stays_upright(tmp_path: Path) -> None:
    image = noisy("RGB")
    exif = image.getexif()
    exif[0x0112] = 6  # the camera was turned
    for name in ("a.jpg", "a.png", "a.webp"):
        image.save(tmp_path / name, exif=exif)
        assert upright_size(tmp_path / name) == (200, 300)
        whole, small = (read_picture(tmp_path / name, longest=longest) for longest in (None, 30))
        assert whole.shape == (300, 200, 3) and small.shape == (30, 20, 3)
        assert small[0].mean() < 30 and small[-1].mean() > 220


def test_a_large_picture_is_shrunk_before_it_takes_memory(tmp_path: Path) -> None:
    Image.new("RGB", (6000, 4000), "red").save(tmp_path / "a.jpg")
    Image.new("RGBA", (6000, 4000), "red").save(tmp_path / "a.png")
    for name in ("a.jpg", "a.png"):
        assert pixels_of(tmp_path / name) == 24_000_000
        tracemalloc.start()
        read_picture(tmp_path / name, longest=1000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 20e6, name
    assert pixels_of(None) == pixels_of(tmp_path / "none.png") == 0


def test_the_working_size_keeps_the_short_side_and_the_shape() -> None:
    assert working_size((360, 480), 288) == (288, 384)
    assert working_size((480, 360), 288) == (384, 288)
    assert working_size((240, 320), 288) == (288, 384)
    assert working_size((16, 4000), 288) == (288, 1152)
    for size in ((16, 5000), (5000, 16), (1, 1), (300, 301)):
        height, width = working_size(size, 64)
        assert height % 32 == width % 32 == 0 and min(height, width) >= 32
        assert max(height, width) <= 256
