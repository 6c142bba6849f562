"""The picture and its label map, painted together so that they agree to the pixel."""

from __future__ import annotations

import cv2
import numpy as np

SHIFT = 3  # binary digits of sub-pixel position handed to OpenCV
SKY, BUILDING, POLE, ROAD, PAVEMENT, TREE, SIGN, FENCE, CAR, PEDESTRIAN, BICYCLIST = range(11)


KINDS = 16  # labels that a mark has room for


class Canvas:
    """A picture H×W×3 and marks H×W that every painter writes into at once.

    A mark is a label and the number of the thing that it belongs to, 0 for the background.
    """

    def __init__(self, picture: np.ndarray, labels: np.ndarray) -> None:
        """Start from a picture and labels of the background, both uint8."""
        self.picture = np.ascontiguousarray(picture)
        self.marks = labels.astype(np.uint16)
        self.number = 0  # of the thing that is painted now

    def mark(self, label: int) -> int:
        """Return what stands for a label of the thing that is painted now."""
        return int(label) + KINDS * self.number

    def fill(self, points: np.ndarray, colour: np.ndarray, label: int) -> None:
        """Fill a polygon N×2 with one colour."""
        if self._box(points) is None:
            return
        corners = fixed(points)
        cv2.fillPoly(self.picture, [corners], paint(colour), shift=SHIFT)
        cv2.fillPoly(self.marks, [corners], self.mark(label), shift=SHIFT)

    def shade(self, points: np.ndarray, top: np.ndarray, bottom: np.ndarray, label: int) -> None:
        """Fill a polygon N×2 with a colour that runs from its top to its bottom."""
        box = self._box(points)
        if box is None:
            return
        left, upper, right, lower = box
        first, last = points[:, 1].min(), points[:, 1].max()
        at = (np.arange(upper, lower) - first) / max(last - first, 1)
        ramp = np.asarray(top) + at[:, None] * (np.asarray(bottom) - np.asarray(top))
        ramp = np.clip(ramp, 0, 255).astype(np.uint8)
        patch = np.repeat(ramp[:, None], right - left, 1)
        self._stamp(patch, self._mask(points, box), box, label)

    def warp(
        self,
        texture: np.ndarray,
        plane: np.ndarray,
        points: np.ndarray,
        table: np.ndarray,
        label: int,
        cover: np.ndarray | None = None,
    ) -> None:
        """Paint a texture (uint8 H×W×C) through `plane` (unit square to pixels) within `points`.

        One or three channels are brightness or colour, looked up in `table` 256×3; a further one
        is opacity. `cover` (sized like the texture) says where the label goes if not there.
        """
        box = self._box(points)
        if box is None:
            return
        left, upper, right, lower = box
        rows, columns = texture.shape[:2]
        shift = np.array([[1, 0, -left], [0, 1, -upper], [0, 0, 1.0]])
        matrix = shift @ plane @ np.diag([1 / columns, 1 / rows, 1])
        size = (right - left, lower - upper)
        patch = cv2.warpPerspective(texture, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        outline = mask = self._mask(points, box)
        parts = cv2.split(patch)
        if len(parts) in (2, 4):
            opaque = cv2.threshold(parts[-1], 127, 255, cv2.THRESH_BINARY)[1]
            mask = cv2.bitwise_and(mask, opaque)
        colour = cv2.merge(parts[:3] if len(parts) > 2 else [parts[0]] * 3)
        labelled = mask
        if cover is not None:
            near = cv2.warpPerspective(cover, matrix, size, flags=cv2.INTER_NEAREST)
            labelled = cv2.bitwise_and(outline, near)
        cv2.copyTo(cv2.LUT(colour, table), mask, self.picture[upper:lower, left:right])
        self._label(labelled, box, label)

    def stroke(
        self, points: np.ndarray, width: float, colour: np.ndarray, label: int | None
    ) -> None:
        """Draw a connected line N×2 of this width in pixels, round at its ends."""
        if self._box(points, width) is None:
            return
        corners, thick = fixed(points), max(1, round(width))
        cv2.polylines(self.picture, [corners], False, paint(colour), thick, shift=SHIFT)
        if label is not None:
            cv2.polylines(self.marks, [corners], False, self.mark(label), thick, shift=SHIFT)

    def veil(self, points: np.ndarray, label: int) -> None:
        """Give a see-through polygon N×2 its label and darken what is behind it a little."""
        box = self._box(points)
        if box is None:
            return
        left, upper, right, lower = box
        mask = self._mask(points, box)
        behind = self.picture[upper:lower, left:right]
        cv2.copyTo(cv2.convertScaleAbs(behind, alpha=0.8), mask, behind)
        self._label(mask, box, label)

    def misses(self, points: np.ndarray) -> bool:
        """Whether a polygon N×2 lies wholly outside the picture."""
        return self._box(points) is None

    def _box(self, points: np.ndarray, margin: float = 0) -> tuple[int, int, int, int] | None:
        """The part of the picture that a polygon can touch (left, top, right, bottom) or None."""
        if len(points) < 2:
            return None
        height, width = self.marks.shape
        x, y, wide, high = cv2.boundingRect(points.astype(np.float32))
        spare = int(margin) + 1
        left, upper = max(x - spare, 0), max(y - spare, 0)
        right, lower = min(x + wide + spare, width), min(y + high + spare, height)
        return (left, upper, right, lower) if left < right and upper < lower else None

    def _mask(self, points: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray:
        """The polygon as 255 inside a uint8 patch of the box's size."""
        left, upper, right, lower = box
        mask = np.zeros((lower - upper, right - left), np.uint8)
        cv2.fillPoly(mask, [fixed(points - (left, upper))], 255, shift=SHIFT)
        return mask

    def _stamp(self, patch: np.ndarray, mask: np.ndarray, box: tuple, label: int) -> None:
        """Copy a patch and its label where the mask is set."""
        left, upper, right, lower = box
        cv2.copyTo(patch, mask, self.picture[upper:lower, left:right])
        self._label(mask, box, label)

    def _label(self, mask: np.ndarray, box: tuple[int, int, int, int], label: int) -> None:
        """Write the mark of a label where the mask is set."""
        left, upper, right, lower = box
        marks = np.full(mask.shape, self.mark(label), np.uint16)
        cv2.copyTo(marks, mask, self.marks[upper:lower, left:right])


def fixed(points: np.ndarray) -> np.ndarray:
    """Pixel positions as OpenCV's fixed-point integers."""
    return (points * (1 << SHIFT) + 0.5).astype(np.int32)


def paint(colour: np.ndarray) -> tuple[int, int, int]:
    """A colour as three whole numbers OpenCV takes."""
    red, green, blue = colour
    return int(min(max(red, 0), 255)), int(min(max(green, 0), 255)), int(min(max(blue, 0), 255))
