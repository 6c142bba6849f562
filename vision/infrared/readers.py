"""Labels in the formats of others: COCO instances, LabelMe polygons, VOC and YOLO boxes.

COCO: Lin et al., arXiv:1405.0312. VOC: Everingham et al., IJCV 2010.
"""

from __future__ import annotations

import json
import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision.errors import UserError
from vision.infrared import runs
from vision.infrared.quick_masks import polygon_mask

Size = tuple[int, int]  # height, width
KINDS = "COCO and LabelMe (.json), VOC (.xml) and YOLO (.txt) files are accepted"


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


def read_labels(path: Path, size: Size = (0, 0), names: Sequence[str] = ()) -> list[Labelled]:
    """Return the labels in a file; YOLO's also need the picture's size and the class names."""
    text = _text(path)
    with _reading(path.name):
        if path.suffix.lower() == ".xml":
            return [read_voc(text)]
        if path.suffix.lower() == ".txt":
            return [read_yolo(text, size, names, path.stem)]
        if path.suffix.lower() == ".json":
            content = json.loads(text)
            return [read_labelme(content)] if "shapes" in content else read_coco(content)
    raise UserError("'{file}' has an ending that names no kind of labels", KINDS,
                    "change its ending", file=path.name)


def read_coco(content: dict[str, Any]) -> list[Labelled]:
    """Return the pictures of a COCO instances file; masks if every object has an outline."""
    classes = {entry["id"]: str(entry["name"]) for entry in content["categories"]}
    below: dict[Any, list[dict[str, Any]]] = {entry["id"]: [] for entry in content["images"]}
    for entry in content["annotations"]:
        if entry["image_id"] not in below or entry["category_id"] not in classes:
            raise UserError("object {object} names a picture or class that is not in the file",
                            "ids of its own lists 'images' and 'categories' are accepted",
                            "correct or remove that object", object=entry.get("id", "?"))
        below[entry["image_id"]].append(entry)
    return [_coco_picture(entry, below[entry["id"]], classes) for entry in content["images"]]


def _coco_picture(picture: dict[str, Any], entries: list[dict[str, Any]],
                  classes: dict[Any, str]) -> Labelled:
    size = _size(picture["height"], picture["width"])
    outlines = [entry.get("segmentation") for entry in entries]
    masks = [_coco_mask(outline, size) for outline in outlines] if all(outlines) else None
    boxes = [(x, y, x + w, y + h) for x, y, w, h in (entry["bbox"] for entry in entries)]
    return _labelled(str(picture["file_name"]), size,
                     [classes[entry["category_id"]] for entry in entries], boxes, masks)


def _coco_mask(outline: Any, size: Size) -> np.ndarray:
    if isinstance(outline, dict):
        return runs.decode(outline["counts"], _size(*outline["size"]))
    mask = np.zeros(size, bool)
    for ring in outline:
        mask |= polygon_mask(np.reshape(np.asarray(ring, float), (-1, 2)), size)
    return mask


def read_labelme(content: dict[str, Any]) -> Labelled:
    """Return the polygons and rectangles of a LabelMe file."""
    size = _size(content["imageHeight"], content["imageWidth"])
    names, boxes, masks = [], [], []
    for shape in content["shapes"]:
        points = np.asarray(shape["points"], float)  # (n, 2)
        if shape.get("shape_type", "polygon") == "rectangle":
            (x0, y0), (x1, y1) = points.min(0), points.max(0)
            points = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        if len(points) < 3:
            raise UserError("the shape '{name}' has only {count} points",
                            "polygons and rectangles are accepted", "draw it as a polygon",
                            name=shape["label"], count=len(points))
        names.append(str(shape["label"]))
        boxes.append((*points.min(0), *points.max(0)))
        masks.append(polygon_mask(points, size))
    return _labelled(str(content.get("imagePath", "")), size, names, boxes, masks)


def read_voc(text: str) -> Labelled:
    """Return the boxes of a VOC file; its pixels count from 1, and both ends belong to a box."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise UserError("the file defines entities of its own", "plain VOC files are accepted",
                        "remove its DOCTYPE")
    root = ElementTree.fromstring(text)
    size = _size(_number(root, "size/height"), _number(root, "size/width"))
    names, boxes = [], []
    for entry in root.iter("object"):
        x0, y0, x1, y1 = (_number(entry, f"bndbox/{end}") for end in
                          ("xmin", "ymin", "xmax", "ymax"))
        names.append(entry.findtext("name", "").strip())
        boxes.append((x0 - 1, y0 - 1, x1, y1))
    return _labelled(root.findtext("filename", ""), size, names, boxes, None)


def read_yolo(text: str, size: Size, names: Sequence[str], file: str = "") -> Labelled:
    """Return the boxes of a YOLO file: class, centre, width and height as shares of the size."""
    height, width = _size(*size)
    found, boxes = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        index, x, y, w, h = (float(word) for word in line.split()[:5])
        if index != int(index) or not 0 <= index < len(names) or not 0 < max(w, h) <= 1.001:
            raise UserError("line {line} reads '{text}'",
                            "a class from 0 to {last} and four shares from 0 to 1 are accepted",
                            "correct that line", line=number, text=line.strip()[:60],
                            last=len(names) - 1)
        found.append(names[int(index)])
        boxes.append(((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width,
                      (y + h / 2) * height))
    return _labelled(file, (height, width), found, boxes, None)


def coco(pictures: Sequence[Labelled], classes: Sequence[str]) -> dict[str, Any]:
    """Return pictures as a COCO instances file; masks as runs, which lose nothing."""
    entries: list[dict[str, Any]] = []
    for number, picture in enumerate(pictures, 1):
        for place, (name, box) in enumerate(zip(picture.names, picture.boxes, strict=True)):
            x0, y0, x1, y1 = (float(edge) for edge in box)
            mask = None if picture.masks is None else picture.masks[place]
            area = (x1 - x0) * (y1 - y0) if mask is None else int(mask.sum())
            entry = {"id": len(entries) + 1, "image_id": number, "iscrowd": 0,
                     "category_id": list(classes).index(name) + 1, "area": area,
                     "bbox": [x0, y0, x1 - x0, y1 - y0]}
            outline = {} if mask is None else {"segmentation": {
                "size": list(picture.size), "counts": runs.encode(mask)}}
            entries.append(entry | outline)
    return {"images": [{"id": number, "file_name": picture.file, "height": picture.size[0],
                        "width": picture.size[1]} for number, picture in enumerate(pictures, 1)],
            "annotations": entries,
            "categories": [{"id": place, "name": name} for place, name in enumerate(classes, 1)]}


def _labelled(file: str, size: Size, names: list[str], boxes: Sequence[Sequence[float]],
              masks: list[np.ndarray] | None) -> Labelled:
    """Return checked labels: boxes cut to the picture, none of them empty."""
    edges = np.asarray(boxes, np.float32).reshape(-1, 4)
    edges = edges.clip(0, np.array([size[1], size[0]] * 2, np.float32))
    for name, (x0, y0, x1, y1) in zip(names, edges, strict=True):
        if not (x0 < x1 and y0 < y1):
            raise UserError("the box of '{name}' is empty or lies outside the picture",
                            "boxes of at least one pixel inside it are accepted", "draw it again",
                            name=name)
    stack = None if masks is None else np.array(masks, bool).reshape(len(masks), *size)
    return Labelled(file, size, tuple(names), edges, stack)


def _size(height: Any, width: Any) -> Size:
    high, wide = int(height), int(width)
    if not (0 < high <= 20000 and 0 < wide <= 20000):
        raise UserError("the picture's size is given as {width}×{height}",
                        "sizes from 1×1 to 20000×20000 pixels are accepted", "correct it",
                        width=wide, height=high)
    return high, wide


def _number(entry: ElementTree.Element, path: str) -> float:
    value = float(entry.findtext(path, "nan"))
    if not math.isfinite(value):
        raise KeyError(path)
    return value


def _text(path: Path) -> str:
    try:
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
                        field=error.args[0]) from error
    except (ValueError, TypeError, IndexError, AttributeError, OverflowError,
            ElementTree.ParseError) as error:
        raise UserError("'{file}' is damaged or of another kind", KINDS,
                        "save it again and retry", file=file) from error


