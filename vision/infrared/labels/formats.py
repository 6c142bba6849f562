"""Labels in the formats of others: COCO instances, LabelMe polygons, VOC and YOLO boxes.

COCO: Lin et al., arXiv:1405.0312. VOC: Everingham et al., IJCV 2010.
"""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision.errors import UserError, cut
from vision.images import resize_labels
from vision.infrared.labels import rle
from vision.infrared.labels.polygon import polygon_mask

Size = tuple[int, int]  # height, width
KINDS = "COCO and LabelMe (.json), VOC (.xml) and YOLO (.txt) files are accepted"

LARGEST = 8.0  # megabytes of a file
MOST_OBJECTS, MOST_POINTS = 200, 50_000  # in one picture
LEAST_POINTS = 50  # as many as an outline costs, however few it has
MOST_DIGITS = 40  # of a number


@dataclass(frozen=True, eq=False)
class Labelled:
    """What somebody marked in one picture: boxes with names, and masks if they were drawn."""

    file: str
    size: Size
    names: tuple[str, ...]
    boxes: np.ndarray  # float32 (n, 4): x0, y0, x1, y1
    masks: np.ndarray | None = None  # bool (n, H, W)

    def __post_init__(self) -> None:
        if self.boxes.shape != (len(self.names), 4):
            raise ValueError(f"{len(self.names)} names for boxes {self.boxes.shape}")
        if self.masks is not None and self.masks.shape != (len(self.names), *self.size):
            raise ValueError(f"masks {self.masks.shape} for {len(self.names)} of {self.size}")


@dataclass(frozen=True)
class Wanted:
    """The one picture whose labels are wanted: its file, its size, and the size it is shown at."""

    file: str
    size: Size
    shown: Size

    def fits(self, size: Size) -> bool:
        """Return whether labels of a size can belong to the picture."""
        return size in (self.size, self.shown)

    def place_in(self, files: Sequence[str], sizes: Sequence[Size]) -> list[int]:
        """Return the place of the picture: the first of its name, or the only one, if it fits."""
        named = [place for place, file in enumerate(files)
                 if Path(file).stem == Path(self.file).stem]
        places = [0] if not named and len(files) == 1 else named
        return [place for place in places if self.fits(sizes[place])][:1]


def read_labels(path: Path, size: Size = (0, 0), names: Sequence[str] = (),
                wanted: Wanted | None = None) -> list[Labelled]:
    """Return the labels in a file; YOLO's also need the picture's size and the class names.

    If one picture is wanted, only its masks are read, one by one, at the size it is shown at.
    """
    text = _text(path)
    with _reading(path.name):
        if path.suffix.lower() == ".xml":
            return read_voc(text, wanted)
        if path.suffix.lower() == ".txt":
            return [read_yolo(text, size, names, path.stem)]
        if path.suffix.lower() == ".json":
            content = json.loads(text)
            return (read_labelme(content, wanted) if "shapes" in content
                    else read_coco(content, wanted))
    raise UserError("'{file}' has an ending that names no kind of labels", KINDS,
                    "change its ending", file=path.name)


def read_coco(content: dict[str, Any], wanted: Wanted | None = None) -> list[Labelled]:
    """Return the pictures of a COCO instances file; masks if every object has an outline."""
    pictures = content["images"]
    classes = {entry["id"]: str(entry["name"]) for entry in content["categories"]}
    below: dict[Any, list[dict[str, Any]]] = {entry["id"]: [] for entry in pictures}
    for entry in content["annotations"]:
        if entry["image_id"] not in below or entry["category_id"] not in classes:
            raise UserError("object {object} names a picture or class that is not in the file",
                            "ids of its own lists 'images' and 'categories' are accepted",
                            "correct or remove that object", object=cut(str(entry.get("id", "?"))))
        below[entry["image_id"]].append(entry)
    if wanted is not None:
        files = [str(entry["file_name"]) for entry in pictures]
        sizes = [_size(entry["height"], entry["width"]) for entry in pictures]
        pictures = [pictures[place] for place in wanted.place_in(files, sizes)]
    return [_coco_picture(entry, below[entry["id"]], classes, wanted) for entry in pictures]


def _coco_picture(picture: dict[str, Any], entries: list[dict[str, Any]],
                  classes: dict[Any, str], wanted: Wanted | None) -> Labelled:
    size = _size(picture["height"], picture["width"])
    shown = wanted.shown if wanted else size
    check_count(len(entries))
    outlines = [entry.get("segmentation") for entry in entries]
    check_points(ring for outline in outlines if isinstance(outline, list) for ring in outline)
    masks = ([_coco_mask(outline, size, shown) for outline in outlines]
             if all(outlines) else None)
    boxes = [(x, y, x + w, y + h) for x, y, w, h in (entry["bbox"] for entry in entries)]
    return _labelled(str(picture["file_name"]), size,
                     [classes[entry["category_id"]] for entry in entries], boxes, masks, shown)


def _coco_mask(outline: Any, size: Size, shown: Size) -> np.ndarray:
    """Return the mask of runs or rings at the size that is shown."""
    if isinstance(outline, dict):
        if _size(*outline["size"]) != size:
            raise ValueError(f"a mask of {outline['size']} in a picture of {size}")
        return rle.decode(outline["counts"], size, shown)
    mask = np.zeros(shown, bool)
    for ring in outline:
        points = np.reshape(np.asarray(ring, float), (-1, 2))
        mask |= polygon_mask(points * _stretch(size, shown)[:2], shown)
    return mask


def check_count(count: int) -> None:
    """Raise if more objects are marked in a picture than is plausible."""
    if count > MOST_OBJECTS:
        raise UserError("the file marks {count} objects in one picture",
                        "up to {most} are accepted", "keep fewer of them", count=count,
                        most=MOST_OBJECTS)


def check_points(outlines: Iterable[Sequence[Any]], each: int = 2) -> None:
    """Raise if the outlines of a picture, with `each` numbers a point, have too many points."""
    count = sum(max(len(outline) // each, LEAST_POINTS) for outline in outlines)
    if count > MOST_POINTS:
        raise UserError("the outlines of one picture have about {count} points",
                        "up to {most} are accepted", "simplify them", count=count,
                        most=MOST_POINTS)


def read_labelme(content: dict[str, Any], wanted: Wanted | None = None) -> list[Labelled]:
    """Return the polygons and rectangles of a LabelMe file, nothing if it is not the wanted one."""
    size = _size(content["imageHeight"], content["imageWidth"])
    if wanted is not None and not wanted.fits(size):
        return []
    shown = wanted.shown if wanted else size
    names, boxes, masks = [], [], []
    check_count(len(content["shapes"]))
    check_points((shape["points"] for shape in content["shapes"]), each=1)
    for shape in content["shapes"]:
        points = np.asarray(shape["points"], float)  # (n, 2)
        if shape.get("shape_type", "polygon") == "rectangle":
            (x0, y0), (x1, y1) = points.min(0), points.max(0)
            points = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        if len(points) < 3:
            raise UserError("the shape '{name}' has only {count} points",
                            "polygons and rectangles are accepted", "draw it as a polygon",
                            name=cut(str(shape["label"])), count=len(points))
        names.append(str(shape["label"]))
        boxes.append((*points.min(0), *points.max(0)))
        masks.append(polygon_mask(points * _stretch(size, shown)[:2], shown))
    return [_labelled(str(content.get("imagePath", "")), size, names, boxes, masks, shown)]


def read_voc(text: str, wanted: Wanted | None = None) -> list[Labelled]:
    """Return the boxes of a VOC file; its pixels count from 1, and both ends belong to a box."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UserError("the file defines entities of its own", "plain VOC files are accepted",
                        "remove its DOCTYPE")
    root = ElementTree.fromstring(text)
    size = _size(_number(root, "size/height"), _number(root, "size/width"))
    if wanted is not None and not wanted.fits(size):
        return []
    names, boxes = [], []
    objects = list(root.iter("object"))
    check_count(len(objects))
    for entry in objects:
        x0, y0, x1, y1 = (_number(entry, f"bndbox/{end}") for end in
                          ("xmin", "ymin", "xmax", "ymax"))
        names.append(entry.findtext("name", "").strip())
        boxes.append((x0 - 1, y0 - 1, x1, y1))
    shown = wanted.shown if wanted else size
    return [_labelled(root.findtext("filename", ""), size, names, boxes, None, shown)]


def read_yolo(text: str, size: Size, names: Sequence[str], file: str = "") -> Labelled:
    """Return the boxes of a YOLO file: class, centre, width and height as shares of the size."""
    height, width = _size(*size)
    found, boxes = [], []
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    check_count(len(lines))
    for number, line in lines:
        index, x, y, w, h = map(_value, line.split(None, 5)[:5])
        if index != int(index) or not 0 <= index < len(names) or not 0 < max(w, h) <= 1.001:
            raise UserError("line {line} reads '{text}'",
                            "a class from 0 to {last} and four shares from 0 to 1 are accepted",
                            "correct that line", line=number, text=line.strip()[:60],
                            last=len(names) - 1)
        found.append(names[int(index)])
        boxes.append(((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width,
                      (y + h / 2) * height))
    return _labelled(file, (height, width), found, boxes, None, (height, width))


def coco(pictures: Sequence[Labelled], classes: Sequence[str], sizes: Sequence[Size] = ()
         ) -> dict[str, Any]:
    """Return pictures, at other sizes if some are given, as COCO instances; masks as runs."""
    sizes = sizes or [picture.size for picture in pictures]
    entries: list[dict[str, Any]] = []
    for number, (picture, size) in enumerate(zip(pictures, sizes, strict=True), 1):
        boxes = picture.boxes * _stretch(picture.size, size)
        for place, (name, box) in enumerate(zip(picture.names, boxes, strict=True)):
            x0, y0, x1, y1 = (float(edge) for edge in box)
            mask = None if picture.masks is None else _mask_at(picture.masks[place], size)
            area = (x1 - x0) * (y1 - y0) if mask is None else int(mask.sum())
            entry = {"id": len(entries) + 1, "image_id": number, "iscrowd": 0,
                     "category_id": list(classes).index(name) + 1, "area": area,
                     "bbox": [x0, y0, x1 - x0, y1 - y0]}
            outline = {} if mask is None else {"segmentation": {
                "size": list(size), "counts": rle.encode(mask)}}
            entries.append(entry | outline)
    return {"images": [{"id": number, "file_name": picture.file, "height": size[0],
                        "width": size[1]} for number, (picture, size)
                       in enumerate(zip(pictures, sizes, strict=True), 1)],
            "annotations": entries,
            "categories": [{"id": place, "name": name} for place, name in enumerate(classes, 1)]}


def _labelled(file: str, size: Size, names: list[str], boxes: Sequence[Sequence[float]],
              masks: list[np.ndarray] | None, shown: Size) -> Labelled:
    """Return checked labels at the shown size: boxes cut to the picture, none of them empty."""
    edges = np.asarray(boxes, np.float32).reshape(-1, 4)
    edges = edges.clip(0, np.array([size[1], size[0]] * 2, np.float32))
    for name, (x0, y0, x1, y1) in zip(names, edges, strict=True):
        if not (x0 < x1 and y0 < y1):
            raise UserError("the box of '{name}' is empty or lies outside the picture",
                            "boxes of at least one pixel inside it are accepted", "draw it again",
                            name=cut(name))
    stack = None if masks is None else np.array(masks, bool).reshape(len(masks), *shown)
    return Labelled(file, shown, tuple(names), edges * _stretch(size, shown), stack)


def _mask_at(mask: np.ndarray, size: Size) -> np.ndarray:
    """Return a mask (H, W) at a size, each pixel taking its nearest."""
    return mask if mask.shape == size else resize_labels(mask.astype(np.uint8), size).astype(bool)


def _stretch(size: Size, other: Size) -> np.ndarray:
    """Return the factors (4,) that bring boxes from one size of a picture to another."""
    return np.array([other[1] / size[1], other[0] / size[0]] * 2, np.float32)


def _size(height: Any, width: Any) -> Size:
    high, wide = int(height), int(width)
    if not (0 < high <= 20000 and 0 < wide <= 20000):
        raise UserError("the picture's size is given as {width}×{height}",
                        "sizes from 1×1 to 20000×20000 pixels are accepted", "correct it",
                        width=wide, height=high)
    return high, wide


def _value(word: str) -> float:
    if len(word) > MOST_DIGITS:
        raise ValueError(f"a number of {len(word)} digits")
    return float(word)


def _number(entry: ElementTree.Element, path: str) -> float:
    value = _value(entry.findtext(path, "nan").strip())
    if not math.isfinite(value):
        raise KeyError(path)
    return value


def _text(path: Path) -> str:
    try:
        size = path.stat().st_size / 1e6
        if size > LARGEST:
            raise UserError("'{file}' has {size:.0f} MB",
                            "files of labels up to {largest:.0f} MB are accepted",
                            "keep fewer pictures in it", file=path.name, size=size,
                            largest=LARGEST)
        return path.read_text("utf-8-sig")
    except FileNotFoundError as error:
        raise UserError("there is no file '{file}'", KINDS, "check the name",
                        file=path.name) from error
    except UnicodeDecodeError as error:
        raise UserError("'{file}' is not a text file", KINDS, "choose the labels, not a picture",
                        file=path.name) from error


@contextmanager
def _reading(file: str) -> Iterator[None]:
    """Turn whatever broken labels raise into one sentence."""
    try:
        yield
    except UserError:
        raise
    except KeyError as error:
        raise UserError("'{file}' has no '{field}'", KINDS, "save it again and retry", file=file,
                        field=cut(str(error.args[0]))) from error
    except (ValueError, TypeError, IndexError, AttributeError, OverflowError, RecursionError,
            ElementTree.ParseError) as error:
        raise UserError("'{file}' is damaged or of another kind", KINDS,
                        "save it again and retry", file=file) from error
