"""The pictures of style transfer, and the numbers that its network wants to see."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import overload

import numpy as np
import torch
from PIL import Image

from vision.data.datasets import Files, open_files
from vision.data.image_folders import SIDES, open_labelled
from vision.errors import UserError, unknown
from vision.images import ENDINGS, read_picture, resize

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's channels
SMALLEST = 32  # pixels of the short side
LONGEST = 4  # times the short side
PHOTOGRAPHS = ("astronaut", "chelsea", "coffee", "hubble_deep_field", "rocket")  # scikit-image's
CONTENTS = ("photographs", "imagenette", "tiny-imagenet", "cifar10")
PREPROCESS = {"mean": list(MEAN), "deviation": list(DEVIATION)}


def normalise(pixels: torch.Tensor) -> torch.Tensor:
    """Return uint8 pixels (n, 3, H, W) as floats about 0, by ImageNet's mean and deviation."""
    mean, deviation = _moments(pixels.device)
    return (pixels.float() / 255 - mean) / deviation


def denormalise(x: torch.Tensor) -> torch.Tensor:
    """Return normalised pictures (n, 3, H, W) as uint8 pixels, what is too bright or dark cut."""
    return (255 * _light(x)).round().to(torch.uint8)


def to_deep_picture(x: torch.Tensor) -> np.ndarray:
    """Return a normalised picture (1, 3, H, W) as RGB of 16 bits, uint16 H×W×3."""
    pixels = (65535 * _light(x.detach().cpu()[0])).round()  # (3, H, W)
    return pixels.permute(1, 2, 0).numpy().astype(np.uint16)


def _light(x: torch.Tensor) -> torch.Tensor:
    """Return normalised pictures (…, 3, H, W) in 0…1, what is too bright or dark cut."""
    mean, deviation = _moments(x.device)
    return (x.float() * deviation + mean).clamp(0, 1)


def _moments(device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean and deviation of ImageNet's channels, (3, 1, 1) each."""
    mean, deviation = torch.tensor((MEAN, DEVIATION), device=device)[..., None, None]
    return mean, deviation


def to_tensor(picture: np.ndarray, size: tuple[int, int]) -> torch.Tensor:
    """Return an RGB picture (uint8 H×W×3) normalised at a size (height, width), (1, 3, h, w)."""
    sized = Image.fromarray(picture).resize(size[::-1], Image.Resampling.BILINEAR)
    return normalise(torch.from_numpy(np.array(sized)).permute(2, 0, 1)[None])


def to_picture(x: torch.Tensor) -> np.ndarray:
    """Return a normalised picture (1, 3, H, W) as RGB, uint8 H×W×3."""
    return denormalise(x.detach())[0].permute(1, 2, 0).cpu().numpy()


def size_at(picture: np.ndarray, side: float) -> tuple[int, int]:
    """Return (height, width) at which a picture's longest side is `side`, none below 32."""
    height, width = picture.shape[:2]
    scale = max(side / max(height, width), SMALLEST / min(height, width))
    return round(height * scale), round(width * scale)


def check_picture(picture: np.ndarray | None) -> np.ndarray:
    """Return a picture after checking that style transfer can work with its shape."""
    if picture is None:
        raise UserError("there is no picture yet", "any photograph will do",
                        "upload one or click an example")
    check_shape(picture.shape[1], picture.shape[0])
    return picture


def check_shape(width: int, height: int) -> None:
    """Raise if style transfer cannot work with a picture of this shape."""
    if min(height, width) < SMALLEST:
        raise UserError("the picture is only {width}×{height} pixels",
                        "32×32 and more are accepted", "use a larger one",
                        width=width, height=height)
    if max(height, width) > LONGEST * min(height, width):
        raise UserError("the picture is {width}×{height} pixels, which is too long and narrow",
                        "a long side of up to {most} times the short one is accepted", "crop it",
                        width=width, height=height, most=LONGEST)


class Photographs(Sequence[np.ndarray]):
    """Pictures of a data set, each decoded when it is asked for."""

    def __init__(self, files: Files, names: Sequence[str]) -> None:
        self.files, self.names = files, names

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, place: int) -> np.ndarray: ...
    @overload
    def __getitem__(self, place: slice) -> Photographs: ...
    def __getitem__(self, place: int | slice) -> np.ndarray | Photographs:
        if isinstance(place, slice):
            return Photographs(self.files, self.names[place])
        return read_picture(self.files.read(self.names[place]))


def open_contents(name: str) -> Sequence[np.ndarray]:
    """Return pictures to paint: scikit-image's, a data set's training split, or a folder's."""
    if name == "photographs":
        from skimage import data

        return [getattr(data, photograph)() for photograph in PHOTOGRAPHS]
    if name == "imagenette":
        return open_photographs(name)
    if name in SIDES:
        return list(open_labelled(name, "train").pixels.permute(0, 2, 3, 1).numpy())
    if not Path(name).is_dir():
        raise unknown("content source", name, list(CONTENTS))
    files = [file for file in sorted(Path(name).rglob("*")) if file.suffix.lower() in ENDINGS]
    if not files:
        raise UserError("the folder '{folder}' holds no pictures",
                        "PNG, JPEG, WebP, BMP and TIFF files are accepted", "put some there",
                        folder=Path(name).name)
    return [check_picture(read_picture(file)) for file in files]


def open_photographs(name: str) -> Photographs:
    """Return the training photographs of a data set."""
    files = open_files(name)
    names = files.names("train/")
    return Photographs(files, [file for file in names if file.lower().endswith(ENDINGS)])


def cut(contents: Sequence[np.ndarray], random: np.random.Generator, side: int) -> torch.Tensor:
    """Return a square of some picture at some scale, mirrored or not, uint8 (3, side, side)."""
    picture = contents[int(random.integers(len(contents)))]
    height, width = picture.shape[:2]
    largest = min(height, width)
    own = random.integers(min(side, largest), largest + 1)
    top, left = random.integers(height - own + 1), random.integers(width - own + 1)
    square = resize(picture[top : top + own, left : left + own], (side, side))
    square = square[:, ::-1] if random.random() < 0.5 else square
    return torch.from_numpy(square.copy()).permute(2, 0, 1)


def cuts(contents: Sequence[np.ndarray], random: np.random.Generator, count: int, side: int
         ) -> torch.Tensor:
    """Return so many squares of pictures, each of another one, uint8 (count, 3, side, side)."""
    return torch.stack([cut(contents, random, side) for _ in range(count)])
