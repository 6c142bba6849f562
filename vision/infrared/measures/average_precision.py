"""Average precision of boxes and masks, as COCO defines it and pycocotools computes it."""

from __future__ import annotations

import contextlib
import importlib.util
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vision.errors import UserError
from vision.infrared.classes import CLASSES
from vision.infrared.inspection.detections import Detections
from vision.nan_safe import mean_known

KINDS = ("bbox", "segm")
SIZES = ("small", "medium", "large")  # COCO's: up to 32² pixels, up to 96², and above


@dataclass(frozen=True)
class Precision:
    """AP over IoU 0.50…0.95, at 0.50, of each class and size; NaN where there was no device."""

    ap: float
    ap50: float
    per_class: dict[str, float]
    by_size: dict[str, float]

    def mean(self, classes: Sequence[str]) -> float:
        """Return the mean AP of some classes, NaN if none of them was there."""
        return mean_known([self.per_class[name] for name in classes])


def require_pycocotools() -> None:
    """Raise if what computes average precision is not installed."""
    if importlib.util.find_spec("pycocotools") is None:
        raise UserError("average precision needs the package pycocotools, which is not installed",
                        "", "run 'pip install pycocotools'")


def average_precision(truths: Sequence[Detections], found: Sequence[Detections], kind: str
                      ) -> Precision:
    """Return the precision of what was found in pictures whose devices are known."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with contextlib.redirect_stdout(io.StringIO()):  # it tells its progress there
        true, said = COCO(), COCO()
        for coco, pictures in ((true, truths), (said, found)):
            coco.dataset = as_coco(pictures, kind)
            coco.createIndex()
        evaluation = COCOeval(true, said, kind)
        evaluation.evaluate()
        evaluation.accumulate()
    return summary(evaluation.eval["precision"][..., -1])  # up to 100 boxes


def summary(precision: np.ndarray) -> Precision:
    """Return the means of precision (IoU, recall, class, all sizes and each), −1 for no device."""
    every, *sizes = np.moveaxis(np.where(precision < 0, np.nan, precision), -1, 0)
    classes = {name: mean_known(every[:, :, place]) for place, name in enumerate(CLASSES)}
    by_size = {name: mean_known(part) for name, part in zip(SIZES, sizes, strict=True)}
    return Precision(mean_known(every), mean_known(every[0]), classes, by_size)


def as_coco(pictures: Sequence[Detections], kind: str) -> dict[str, Any]:
    """Return devices in the form that pycocotools reads."""
    rows = [row for number, devices in enumerate(pictures) for row in rows_of(number, devices,
                                                                              kind)]
    sizes = [(0, 0) if devices.masks is None else devices.masks.shape[1:] for devices in pictures]
    return {"images": [{"id": number, "height": height, "width": width}
                       for number, (height, width) in enumerate(sizes)],
            "categories": [{"id": place, "name": name} for place, name in enumerate(CLASSES)],
            "annotations": [{"id": number, **row} for number, row in enumerate(rows, 1)]}


def rows_of(picture: int, devices: Detections, kind: str) -> list[dict[str, Any]]:
    """Return one row for each device of a picture, its mask run-length encoded."""
    from pycocotools import mask as coco_mask

    left, top, right, bottom = devices.boxes.T.astype(float)
    rows = [{"image_id": picture, "category_id": int(label), "score": float(score), "iscrowd": 0,
             "bbox": box.tolist(), "area": float(box[2] * box[3])}
            for label, score, box in zip(devices.labels, devices.scores, np.stack(
                [left, top, right - left, bottom - top], 1), strict=True)]
    if kind == "segm" and devices.masks is not None:
        for row, mask in zip(rows, devices.masks, strict=True):
            code = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
            row |= {"segmentation": code, "area": float(mask.sum())}
    return rows
