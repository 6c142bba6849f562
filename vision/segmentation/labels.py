"""Label maps: the street classes and their colours, and ids read from any kind of label picture."""

from __future__ import annotations

import numpy as np

from vision.errors import UserError
from vision.images import Source, read_image

VOID = 255
CLASSES = ("Sky", "Building", "Pole", "Road", "Pavement", "Tree", "SignSymbol", "Fence", "Car",
           "Pedestrian", "Bicyclist")
PALETTE = np.array([
    (112, 176, 224), (150, 92, 74), (222, 184, 60), (116, 92, 138), (222, 132, 178), (64, 140, 72),
    (236, 112, 44), (170, 146, 110), (44, 76, 168), (206, 40, 56), (30, 170, 170),
], np.uint8)
COLOURS = np.concatenate([PALETTE, [[
    sum((number >> 3 * bit + channel & 1) << 7 - bit for bit in range(3)) for channel in range(3)
] for number in range(1, VOID - len(PALETTE) + 1)]]).astype(np.uint8)  # then those of Pascal VOC


def read_labels(source: Source, void: int | None = None) -> np.ndarray:
    """Return a label picture's ids (uint8 H×W) from grey levels, palette indices or colours."""
    image = read_image(source)
    if image.mode in ("L", "P", "1"):
        labels = np.array(image, np.uint8)
    elif image.mode.startswith("I"):
        labels = np.asarray(image).clip(0, VOID).astype(np.uint8)
    else:
        labels = _from_colours(np.array(image.convert("RGB")))
    if void is not None:
        labels[labels == void] = VOID
    return labels


def check_labels(labels: np.ndarray, size: tuple[int, int], classes: int) -> None:
    """Raise if a label map has another size than its picture, or ids outside the classes."""
    if labels.shape != size:
        raise UserError("the label picture is {lw}×{lh} but the picture is {pw}×{ph}",
                        "both must have the same size", "resize the labels without smoothing",
                        lw=labels.shape[1], lh=labels.shape[0], pw=size[1], ph=size[0])
    odd = [int(i) for i in np.unique(labels) if i >= classes and i != VOID]
    if odd:
        raise UserError("the label picture has the unknown ids {odd}",
                        "ids from 0 to {last} and {void} for void are accepted",
                        "map your ids to these", odd=", ".join(map(str, odd[:12])),
                        last=classes - 1, void=VOID)


def _from_colours(picture: np.ndarray) -> np.ndarray:
    """Return ids for a picture painted in PALETTE; black is void, other colours are refused."""
    code = picture.astype(np.int32) @ np.array([65536, 256, 1])  # (H, W)
    known = PALETTE.astype(np.int32) @ np.array([65536, 256, 1])  # (classes,)
    labels = np.full(code.shape, VOID, np.uint8)
    for index, colour in enumerate(known):
        labels[code == colour] = index
    odd = np.unique(code[(labels == VOID) & (code != 0)])
    if len(odd):
        raise UserError("the label picture has {count} colours of no class, first {odd}",
                        "grey ids, palette ids or the colours of the legend are accepted",
                        "save it as an 8-bit picture of class ids", count=len(odd),
                        odd=f"#{odd[0]:06x}")
    return labels
