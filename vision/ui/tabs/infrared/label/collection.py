"""The pictures that a visitor labels, in a form that the browser keeps when the page reloads."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vision.errors import UserError

if TYPE_CHECKING:
    import numpy as np

    from vision.infrared.labels.formats import Labelled

LONGEST = 640  # pixels of a stored picture's side
ROOM = 2_500_000  # characters that all pictures together may take; browsers keep about 5 million
MOST_PICTURES, MOST_MARKED = 100, 200  # and devices in each of them
PATIENCE = 30  # seconds for the masks of all boxes of a file


@dataclass(frozen=True)
class Marked:
    """One device that was marked: its class, its box, and its mask as runs."""

    name: str
    box: tuple[float, float, float, float]
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Sheet:
    """One picture with what was marked in it; the picture is a JPEG in base64, perhaps smaller."""

    file: str
    height: int
    width: int
    original: tuple[int, int]  # height and width of the visitor's file
    content: str
    marked: tuple[Marked, ...] = ()

    @property
    def picture(self) -> np.ndarray:
        """Return the picture, uint8 (H, W, 3)."""
        from vision.images import read_image, to_rgb

        content = io.BytesIO(base64.b64decode(self.content))
        return to_rgb(read_image(content, ("JPEG",), LONGEST * LONGEST / 1e6))

    @property
    def labelled(self) -> Labelled:
        """Return the marks as labels with masks."""
        import numpy as np

        from vision.infrared.labels import rle
        from vision.infrared.labels.formats import Labelled

        size = self.height, self.width
        masks = np.array([rle.decode(each.counts, size) for each in self.marked], bool)
        boxes = np.array([each.box for each in self.marked], np.float32).reshape(-1, 4)
        return Labelled(self.file, size, tuple(each.name for each in self.marked), boxes,
                        masks.reshape(-1, *size))


@dataclass(frozen=True)
class Collection:
    """All pictures, and which of them is open."""

    sheets: tuple[Sheet, ...] = ()
    place: int = 0

    @property
    def open(self) -> Sheet:
        """Return the open picture, or raise if there is none."""
        if not self.sheets:
            raise UserError("there is no picture to label yet", "thermograms are accepted",
                            "add one, or take the one above")
        return self.sheets[self.place]

    def with_open(self, sheet: Sheet) -> Collection:
        """Return the same with another version of the open picture."""
        sheets = list(self.sheets)
        sheets[self.place] = sheet
        return replace(self, sheets=tuple(sheets)).checked()

    def with_sheets(self, sheets: Sequence[Sheet]) -> Collection:
        """Return the same with more pictures, the first of them open."""
        return Collection((*self.sheets, *sheets), len(self.sheets)).checked()

    def without_open(self) -> Collection:
        """Return the same without the open picture."""
        gone = self.open
        kept = tuple(sheet for sheet in self.sheets if sheet is not gone)
        return Collection(kept, min(self.place, max(len(kept) - 1, 0)))

    def checked(self) -> Collection:
        """Return the same, or raise if a browser could not keep it."""
        if len(self.as_text()) > ROOM:
            raise UserError("the browser has no room for more than these pictures",
                            "about {count} of this size are kept",
                            "download the labels, then remove a picture",
                            count=max(len(self.sheets) - 1, 1))
        return self

    def as_text(self) -> str:
        """Return everything as JSON, for the browser."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_text(cls, text: Any) -> Collection:
        """Return what a browser kept; nothing if that is not of this version."""
        try:
            if len(text or "") > ROOM:
                raise ValueError("more than a browser keeps")
            values = json.loads(text or "{}")
            sheets = tuple(sheet_from(entry) for entry in values.get("sheets", ())[:MOST_PICTURES])
            return cls(sheets, min(int(values.get("place", 0)), max(len(sheets) - 1, 0)))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError,
                UserError):
            return cls()


def sheet_from(entry: dict[str, Any]) -> Sheet:
    """Return a picture from plain types, once its parts fit each other."""
    from vision.images import check_size

    marks = tuple(Marked(mark["name"], tuple(mark["box"]), tuple(mark["counts"]))
                  for mark in entry["marked"][:MOST_MARKED])
    original = entry.get("original", (entry["height"], entry["width"]))  # older ones lack it
    height, width = map(int, original)
    sheet = Sheet(**{**entry, "original": (height, width), "marked": marks})
    if max(sheet.height, sheet.width) > LONGEST:
        raise ValueError("a picture that is larger than those kept here")
    if sheet.picture.shape[:2] != sheet.labelled.size:
        raise ValueError("a picture of another size")
    if height < sheet.height or width < sheet.width:
        raise ValueError("a picture that is larger than its original")
    check_size((width, height))
    return sheet


def sheet_of(path: str, name: str = "") -> Sheet:
    """Return a visitor's thermogram as a picture to label."""
    import cv2

    from vision.images import upright_size
    from vision.infrared.thermogram.files import read_thermogram

    picture = read_thermogram(path, longest=LONGEST).picture
    width, height = upright_size(path)
    jpeg = cv2.imencode(".jpg", picture[..., ::-1], [
        cv2.IMWRITE_JPEG_QUALITY, 95, cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444])[1]  # colours are temperatures: none is shared
    return Sheet(name or Path(path).name, picture.shape[0], picture.shape[1], (height, width),
                 base64.b64encode(jpeg.tobytes()).decode())


def with_box(sheet: Sheet, name: str, box: Sequence[float]) -> Sheet:
    """Return a picture with one more device: GrabCut finds its mask in the box."""
    from vision.infrared.labels.grabcut import box_mask

    x0, y0, x1, y1 = map(float, box)
    return with_mask(sheet, name, box_mask(sheet.picture, (x0, y0, x1, y1)))


def with_polygon(sheet: Sheet, name: str, points: Sequence[Sequence[float]]) -> Sheet:
    """Return a picture with one more device: what a polygon holds."""
    import numpy as np

    from vision.infrared.labels.polygon import polygon_mask

    mask = polygon_mask(np.asarray(points, float).reshape(-1, 2), (sheet.height, sheet.width))
    if not mask.any():
        raise UserError("the polygon holds no pixel of the picture",
                        "polygons around a device are accepted", "draw around the device")
    return with_mask(sheet, name, mask)


def with_mask(sheet: Sheet, name: str, mask: np.ndarray) -> Sheet:
    """Return a picture with one more device that has this mask (H, W)."""
    from vision.infrared.data import boxes_of
    from vision.infrared.labels import rle
    from vision.infrared.labels.samples import place_of

    place_of(name)
    if len(sheet.marked) >= MOST_MARKED:
        raise UserError("the picture has {count} devices already", "up to {most} are accepted",
                        "take some back", count=len(sheet.marked), most=MOST_MARKED)
    x0, y0, x1, y1 = boxes_of(mask[None])[0].tolist()
    counts = tuple(map(int, rle.encode(mask)))
    return replace(sheet, marked=(*sheet.marked, Marked(name, (x0, y0, x1, y1), counts)))


def with_labels(sheet: Sheet, path: Path) -> Sheet:
    """Return a picture with the labels of a file; where it has only boxes, GrabCut finds masks."""
    from vision.infrared.classes import CLASSES
    from vision.infrared.labels.formats import Wanted, read_labels

    size = sheet.height, sheet.width
    found = read_labels(path, size, CLASSES, Wanted(sheet.file, sheet.original, size))
    if not found:
        raise UserError("'{file}' holds no labels for '{picture}' of {width}×{height} pixels",
                        "labels of the open picture are accepted",
                        "open the picture that they belong to", file=path.name,
                        picture=sheet.file, width=sheet.original[1], height=sheet.original[0])
    chosen, end = found[0], time.monotonic() + PATIENCE
    for place, name in enumerate(chosen.names):
        if time.monotonic() > end:
            raise UserError("the masks of {count} boxes take too long to find",
                            "up to {seconds} s are spent on a file",
                            "read labels with outlines, or fewer boxes",
                            count=len(chosen.names), seconds=PATIENCE)
        if chosen.masks is None:
            sheet = with_box(sheet, name, chosen.boxes[place].tolist())
        elif chosen.masks[place].any():
            sheet = with_mask(sheet, name, chosen.masks[place])
    return sheet
