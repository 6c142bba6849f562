"""Public data sets in their official layouts, and any folder or zip of pictures and label ids.

Cityscapes: Cordts et al., arXiv:1604.01685. ADE20K: Zhou et al., CVPR 2017. SYNTHIA: Ros et al.,
CVPR 2016. APSIS: Shen et al., "Automatic Portrait Segmentation for Image Stylization", 2016.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import cv2
import numpy as np

from vision.data.datasets import Files, files_at, open_files
from vision.errors import UserError, cut
from vision.images import read_picture
from vision.segmentation import PEOPLE
from vision.segmentation.generated_split import of_split
from vision.segmentation.labels import CLASSES, VOID, check_labels, read_labels

LONGEST_NAME = 80  # characters of a class
PICTURES = (".jpg", ".jpeg", ".png")
SPLITS = {"train": "train", "val": "val"}  # where they are called so
CITYSCAPES = {
    "road": 7, "sidewalk": 8, "building": 11, "wall": 12, "fence": 13, "pole": 17,
    "traffic light": 19, "traffic sign": 20, "vegetation": 21, "terrain": 22, "sky": 23,
    "person": 24, "rider": 25, "car": 26, "truck": 27, "bus": 28, "train": 31, "motorcycle": 32,
    "bicycle": 33,
}  # the nineteen classes in the order of their train ids, with the ids of the label pictures
SYNTHIA = {
    "Sky": (1,), "Building": (2,), "Pole": (7,), "Road": (3, 13, 22), "Pavement": (4,),
    "Tree": (6,), "SignSymbol": (9, 15), "Fence": (5,), "Car": (8, 18, 19), "Pedestrian": (10,),
    "Bicyclist": (11, 12, 17),
}  # its 23 ids as the eleven classes of CamVid; void, road works, terrain, trains, walls are void


@dataclass(frozen=True)
class Pairs:
    """Pictures and label pictures with matching names."""

    files: Files
    pairs: Sequence[tuple[str, str]]
    classes: tuple[str, ...]
    decode: Callable[[bytes], np.ndarray]

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        picture, labels = (self.files.read(name) for name in self.pairs[index])
        pixels, ids = read_picture(picture), self.decode(labels)
        check_labels(ids, pixels.shape[:2], len(self.classes))
        return pixels, ids


def cityscapes(split: str) -> Pairs:
    """Return Cityscapes' frames with their nineteen train ids."""
    files = open_files("cityscapes")
    of_split(split, SPLITS)
    names = files.names(f"leftImg8bit/{split}/", "_leftImg8bit.png")
    pairs = [(name, name.replace("leftImg8bit", "gtFine", 1)
              .replace("_leftImg8bit.png", "_gtFine_labelIds.png")) for name in names]
    _need(files, f"leftImg8bit/{split}/CITY/NAME_leftImg8bit.png with "
          f"gtFine/{split}/CITY/NAME_gtFine_labelIds.png", *_flat(pairs))
    table = _table(list(CITYSCAPES.values()))
    return Pairs(files, pairs, tuple(CITYSCAPES), lambda content: table[read_labels(content)])


def ade20k(split: str) -> Pairs:
    """Return the pictures of ADE20K's scene parsing challenge with its 150 classes."""
    files = open_files("ade20k")
    folder = of_split(split, {"train": "training", "val": "validation"})
    names = files.names(f"images/{folder}/", ".jpg")
    pairs = [(name, f"annotations/{folder}/{PurePosixPath(name).stem}.png") for name in names]
    layout = f"images/{folder}/NAME.jpg with annotations/{folder}/NAME.png and objectInfo150.txt"
    _need(files, layout, *_flat(pairs))
    _need(files, layout, "objectInfo150.txt")
    rows = files.read("objectInfo150.txt").decode().splitlines()[1:]
    classes = tuple(row.split("\t")[-1].split(",")[0].strip() for row in rows if row.strip())
    return Pairs(files, pairs, classes, lambda content: read_labels(content) - np.uint8(1))


def synthia(split: str) -> Pairs:
    """Return SYNTHIA-RAND-CITYSCAPES as CamVid's eleven classes; every tenth frame is for val."""
    files = open_files("synthia")
    names = _every(10, files.names("RGB/", ".png"), split)
    pairs = [(name, f"GT/LABELS/{PurePosixPath(name).name}") for name in names]
    _need(files, "RGB/NAME.png with GT/LABELS/NAME.png", *_flat(pairs))
    table = _table(list(SYNTHIA.values()))

    def decode(content: bytes) -> np.ndarray:
        stored = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
        if stored is None or stored.ndim != 3:
            raise UserError("a label picture of SYNTHIA is not a 16-bit PNG of three channels",
                            "the files in GT/LABELS as they came are accepted", "fetch it again")
        return table[stored[..., -1].clip(max=VOID)]  # red: the class; green: the instance

    return Pairs(files, pairs, CLASSES, decode)


def apsis(split: str) -> Pairs:
    """Return APSIS's portraits: person and background; its test list is for val."""
    from scipy.io import loadmat

    files = open_files("apsis")
    which = of_split(split, {"train": "trainlist", "val": "testlist"})
    layout = "images_data_crop/NNNNN.jpg with images_mask/NNNNN_mask.mat and the two lists"
    _need(files, layout, f"{which}.mat")
    numbers = loadmat(io.BytesIO(files.read(f"{which}.mat")))[which].ravel().tolist()
    there = set(files.names("images_data_crop/", ".jpg"))
    pairs = [(f"images_data_crop/{n:05}.jpg", f"images_mask/{n:05}_mask.mat") for n in numbers]
    pairs = [pair for pair in pairs if pair[0] in there]  # some are no longer on the network
    _need(files, layout, *_flat(pairs))
    return Pairs(files, pairs, PEOPLE, lambda content: loadmat(
        io.BytesIO(content))["mask"].astype(np.uint8))


def own(path: Path, split: str) -> Pairs:
    """Return a folder or zip of images/, masks/ and classes.txt; each may have train/ and val/."""
    files = files_at(path)
    top = next((name.removesuffix("classes.txt") for name in files.names("", "classes.txt")), "")
    names = [name for name in files.names(f"{top}images/") if name.lower().endswith(PICTURES)]
    part = [name for name in names if name.startswith(f"{top}images/{split}/")]
    pairs = [(name, f"{top}masks/{name[len(top) + 7 :].rpartition('.')[0]}.png")
             for name in part or _every(5, names, split)]
    layout = "images/NAME.jpg with masks/NAME.png and classes.txt"
    _need(files, layout, *_flat(pairs))
    _need(files, layout, f"{top}classes.txt")
    return Pairs(files, pairs, class_names(files.read(f"{top}classes.txt")), read_labels)


def class_names(content: bytes) -> tuple[str, ...]:
    """Return the names in a classes.txt, one a line: as many as label pictures have ids for."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise UserError("'classes.txt' is not a text file", "the name of a class in each line is "
                        "accepted", "save it as UTF-8") from error
    names = tuple(name.strip() for name in lines if name.strip())
    if not 0 < len(names) <= VOID:
        raise UserError("the file 'classes.txt' names {count} classes",
                        "from 1 to {most} classes are accepted", "merge some of them",
                        count=len(names), most=VOID)
    if long := next((name for name in names if len(name) > LONGEST_NAME), ""):
        raise UserError("the class '{name}' has a long name",
                        "up to {most} characters are accepted", "shorten it",
                        name=cut(long), most=LONGEST_NAME)
    return names


def _every(step: int, names: list[str], split: str) -> list[str]:
    """Return the last of every `step` names for val, the others for train."""
    of_split(split, SPLITS)
    return [name for place, name in enumerate(names)
            if (place % step == step - 1) == (split == "val")]


def _need(files: Files, layout: str, *names: str) -> None:
    """Raise for the first of these names that is missing, or if there is none at all."""
    there = set(files.names())
    missing = next((name for name in names if name not in there), None)
    if missing or not names:
        found = ", ".join(sorted({name.split("/")[0] for name in there})[:6])
        raise UserError("the data set has no '{missing}', only {count} files in: {found}",
                        "the layout {layout} is accepted", "put them there as they came",
                        missing=missing or layout.split()[0], count=len(there),
                        found=found or "—", layout=layout)


def _flat(pairs: Sequence[tuple[str, str]]) -> list[str]:
    return [name for pair in pairs for name in pair]


def _table(ids: Sequence[int | tuple[int, ...]]) -> np.ndarray:
    """Return for each of 256 ids the class that it stands for, or void."""
    table = np.full(256, VOID, np.uint8)
    for index, stored in enumerate(ids):
        table[list(stored) if isinstance(stored, tuple) else stored] = index
    return table
