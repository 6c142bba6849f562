"""Pictures in and out: decode anything safely, resize, colour labels, lay them over pictures."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from vision.errors import UserError
from vision.files.atomic_files import write_atomically

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")  # of photographs in a folder
MEGAPIXELS = 40
SMALLEST = 16
MULTIPLE = 32  # of the sides at which networks work: they halve five times
LONGEST = 25  # times the shorter side; so no side exceeds the 32,767 pixels that OpenCV can resize
AVERAGED = ("L", "RGB", "RGBA", "LA", "F")  # modes whose values can be averaged
ORIENTATION = 0x0112  # of EXIF; from 5 on, rows are columns
SIXTEEN_BIT = ("I", "I;16", "I;16B", "I;16L", "F")
ACCEPTED = "PNG, JPEG, WebP, BMP, TIFF and GIF pictures from 16×16 up to 40 megapixels are accepted"

warnings.filterwarnings("ignore", module=r"PIL\.")  # what is broken is said by UserError

Source = str | Path | bytes | IO[bytes] | Image.Image | np.ndarray


def read_picture(source: Source, longest: int | None = None) -> np.ndarray:
    """Return any acceptable picture as RGB, uint8 H×W×3: first frame, upright, 16 bit stretched.

    If no side may be longer than `longest`, it is shrunk before anything else is done with it.
    """
    image = read_image(source, longest=longest)
    with _decoding():
        return to_rgb(image)


def read_image(source: Source, formats: tuple[str, ...] = FORMATS, megapixels: float = MEGAPIXELS,
               longest: int | None = None) -> Image.Image:
    """Return the decoded first frame, upright, in its own mode; size is checked before decoding."""
    image = _open(source, formats)
    check_size(image.size, megapixels)
    with _decoding():
        image.seek(0)
        if longest is not None:
            image.draft(None, (longest, longest))  # a JPEG decodes to half, a quarter, an eighth
        image.load()
        if longest is not None:
            image = shrunk(image, longest)
        return ImageOps.exif_transpose(image)


def shrunk(image: Image.Image, longest: int) -> Image.Image:
    """Return an image with no side longer than that; a pixel then is a mean of several."""
    share = longest / max(image.size)
    if share >= 1:
        return image
    size = max(round(image.width * share), 1), max(round(image.height * share), 1)
    information = image.info | {"exif": image.getexif().tobytes()}
    if image.mode[0] == "I":
        image = Image.fromarray(np.asarray(image).astype(np.float32))
    elif image.mode not in AVERAGED:
        clear = "transparency" in image.info or image.mode == "PA"
        image = image.convert("RGBA" if clear else "RGB")
    small = image.resize(size, Image.Resampling.BOX)
    small.info = information
    return small


def upright_size(path: str | Path) -> tuple[int, int]:
    """Return width and height of a file's picture as it is shown, without decoding it."""
    image = _open(path, FORMATS)
    turned = image.getexif().get(ORIENTATION, 1) > 4
    return (image.height, image.width) if turned else image.size


def pixels_of(path: str | Path | None) -> int:
    """Return how many pixels a file's picture has, from its first bytes; 0 if it is none."""
    try:
        width, height = _open(path, FORMATS).size if path else (0, 0)
        return int(width * height)
    except UserError:
        return 0


def check_size(size: tuple[int, int], megapixels: float = MEGAPIXELS) -> None:
    """Raise if a picture of `size` (width, height) is too large, small or narrow to work with."""
    width, height = size
    if width * height > megapixels * 1_000_000:
        raise UserError("the picture has {found:.4g} megapixels", ACCEPTED,
                        "make it smaller and retry", found=width * height / 1e6)
    if min(size) < SMALLEST:
        raise UserError("the picture is only {width}×{height} pixels", ACCEPTED,
                        "use a larger one", width=width, height=height)
    if max(size) > LONGEST * min(size):
        raise UserError("the picture of {width}×{height} pixels is too narrow",
                        "pictures up to {most} times as long as wide are accepted",
                        "cut it and retry", width=width, height=height, most=LONGEST)


def to_rgb(image: Image.Image) -> np.ndarray:
    """Return an image of any mode as RGB uint8; transparent parts become white."""
    if image.mode in SIXTEEN_BIT or image.mode.startswith("I;16"):
        return np.repeat(stretch(np.asarray(image))[..., None], 3, axis=2)
    if image.mode == "P" or "transparency" in image.info or image.mode in ("RGBA", "LA", "PA"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return np.array(image.convert("RGB"))


def stretch(values: np.ndarray) -> np.ndarray:
    """Return values of any range mapped linearly from their 0.1%…99.9% range onto 0…255."""
    values = np.nan_to_num(values.astype(np.float32))
    low, high = np.percentile(values, (0.1, 99.9))
    if high <= low:
        low, high = float(values.min()), float(values.max())
    scaled = (values - low) / max(high - low, 1e-6)
    return (255 * scaled.clip(0, 1)).round().astype(np.uint8)


def working_size(size: Sequence[int], short: int) -> tuple[int, int]:
    """Return the (height, width) at which a network works: its short side, in multiples of 32."""
    scale = short / min(size)
    height, width = (int(np.clip(round(side * scale / MULTIPLE) * MULTIPLE, MULTIPLE, 4 * short))
                     for side in size)
    return height, width


def resize(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return the picture at `size` (height, width); shrinking averages, growing is bilinear."""
    height, width = size
    if picture.shape[:2] == size:
        return picture
    shrinks = height * width < picture.shape[0] * picture.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(picture, (width, height), interpolation=method)


def resize_labels(labels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a label map at `size` (height, width), each pixel taking its nearest label."""
    return cv2.resize(labels, size[::-1], interpolation=cv2.INTER_NEAREST_EXACT)


def colourise(labels: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Return labels (H×W) in colours; `palette` is N×3 and ids beyond it become black."""
    return every_id(palette)[labels]


def every_id(palette: np.ndarray) -> np.ndarray:
    """Return a palette (N, 3) with a colour for each of 256 ids; those beyond it are black."""
    table = np.zeros((256, 3), np.uint8)
    table[: len(palette)] = palette
    return table


def overlay(picture: np.ndarray, colours: np.ndarray, opacity: float) -> np.ndarray:
    """Return the picture mixed with a colour map of the same size; 1 shows the colours alone."""
    return cv2.addWeighted(picture, 1 - opacity, colours, opacity, 0)


def write_png(path: Path, picture: np.ndarray, palette: np.ndarray | None = None) -> Path:
    """Write an H×W×3 or H×W array as PNG; with a palette, ids stay ids but are seen in colour.

    An H×W×3 array of uint16 gives a PNG of 16 bits a channel.
    """
    if path.suffix.lower() != ".png" or path.is_dir():
        raise UserError("'{file}' cannot be written as a picture",
                        "a file name that ends in .png is accepted", "change the name",
                        file=path.name)
    write_atomically(path, png_bytes(picture, palette), lasting=False)
    return path


def png_bytes(picture: np.ndarray, palette: np.ndarray | None = None) -> bytes:
    """Return a picture as `write_png` writes it."""
    if picture.dtype == np.uint16:
        _, deep = cv2.imencode(".png", picture[..., ::-1])  # blue first, as OpenCV wants it
        return deep.tobytes()
    image, content = Image.fromarray(picture), io.BytesIO()
    if palette is not None:
        image.putpalette(every_id(palette).tobytes())  # a shorter one would cut ids such as void
    image.save(content, "PNG")
    return content.getvalue()


@contextmanager
def _decoding() -> Iterator[None]:
    """Turn whatever a decoder raises at broken data into one sentence."""
    try:
        yield
    except Exception as error:
        raise UserError("the picture is damaged or cut short", ACCEPTED,
                        "save or copy it again and retry") from error


def _open(source: Source, formats: tuple[str, ...]) -> Image.Image:
    if isinstance(source, Image.Image):
        return source
    if isinstance(source, np.ndarray):
        return Image.fromarray(source)
    if isinstance(source, bytes):
        source = io.BytesIO(source)
    try:
        return Image.open(source, formats=formats)
    except FileNotFoundError as error:
        raise UserError("there is no picture '{file}'", ACCEPTED, "check the name",
                        file=Path(str(source)).name) from error
    except IsADirectoryError as error:
        raise UserError("'{file}' is a folder, not a picture", ACCEPTED, "name a file in it",
                        file=Path(str(source)).name) from error
    except Image.DecompressionBombError as error:
        raise UserError("the picture is far too large", ACCEPTED,
                        "make it smaller and retry") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise UserError("the file is empty or not a picture that can be read", ACCEPTED,
                        "open it in a picture program and save it as PNG") from error
