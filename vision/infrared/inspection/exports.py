"""What an inspection is taken elsewhere as: a table, fields of temperatures, labels."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence

import numpy as np
from PIL import Image

from vision.files import csv_table
from vision.infrared.classes import LABELS, group_of
from vision.infrared.inspection.kept import Inspection, Kept, instance_of, masks_of
from vision.infrared.inspection.result import Instance, Result
from vision.infrared.labels.formats import Labelled, coco

HEADS = ("thermogram", "date", "camera", "number", "called", "device", "group", "kinds",
         "score", "level", "rule",
         "highest °C", "mean °C", "95th percentile °C", "lowest °C", "x", "y", "air °C",
         "certainty", "decides")


def as_csv(inspection: Inspection, results: Sequence[Result]) -> str:
    """Return a row for each device of all thermograms."""
    return csv_table.as_csv([
        dict(zip(HEADS, row(entry, result, place, instance), strict=True))
        for entry, result in zip(inspection.kept, results, strict=True)
        for place, instance in enumerate(result.instances)], HEADS)


def row(entry: Kept, result: Result, place: int, instance: Instance) -> list[str]:
    """Return the cells of one device, in the order of HEADS."""
    reading, verdict, sure = instance.reading, instance.verdict, instance.certainty
    degrees = ([f"{value:.2f}" for value in (reading.highest, reading.mean, reading.p95,
                                             reading.lowest)]
               + [str(axis) for axis in reading.hottest]) if reading else [""] * 6
    shares = "; ".join(f"{level} {share:.2f}" for level, share in sure.shares.items()
                       ) if sure else ""
    kinds = "; ".join(f"{name} {share:.2f}" for name, share in instance.kinds)
    return [entry.name, entry.date, entry.camera, str(place + 1), entry.called[place],
            instance.category, instance.group, kinds, f"{instance.score:.2f}",
            verdict.level if verdict else "",
            verdict.reason.sentence() if verdict else "", *degrees,
            "" if result.air is None else f"{result.air:.1f}", shares,
            sure.decides if sure else ""]


def as_tiffs(inspection: Inspection, results: Sequence[Result]) -> bytes:
    """Return a zip with a TIFF of float32 °C for each thermogram that has temperatures."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for entry, result in zip(inspection.kept, results, strict=True):
            if result.thermogram.celsius is not None:
                archive.writestr(f"{entry.file[:4]}.tiff", tiff(result.thermogram.celsius))
    return whole.getvalue()


def tiff(celsius: np.ndarray) -> bytes:
    """Return a field (H, W) as a TIFF of one float32 a pixel."""
    content = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(celsius, np.float32)).save(content, "TIFF")
    return content.getvalue()


def as_coco(inspection: Inspection) -> str:
    """Return the devices of all thermograms as COCO instances, below their groups.

    Where a kind is unsure, the category is only some device of the group.
    """
    labelled = [Labelled(entry.name, entry.size, tuple(instance_of(each, entry.size).category
                                                       for each in entry.devices),
                         np.array([each["box"] for each in entry.devices], np.float32
                                  ).reshape(-1, 4), masks_of(entry)) for entry in inspection.kept]
    content = coco(labelled, LABELS)
    for category in content["categories"]:
        category["supercategory"] = group_of(LABELS.index(category["name"]))
    return json.dumps(content)
