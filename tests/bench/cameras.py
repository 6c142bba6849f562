"""Reading the files of thermal cameras, at the size of a large one, and drawing verdicts."""

from __future__ import annotations

from tests.bench.table import Row, fastest
from tests.infrared.inspection.test_infrared_certainty import FUSE, case
from tests.infrared.thermogram.cameras import encoders as made
from vision.infrared.inspection.certainty import certainties
from vision.infrared.thermogram.files import read_thermogram

SIZE = (480, 640)
ALLOWED, SECOND = 0.3, 1.0  # seconds that reading a file and drawing may take


def rows() -> list[Row | str]:
    """Measure each kind of file against what is allowed."""
    celsius = made.field(size=SIZE)
    files = {"FLIR radiometric JPEG": made.flir(celsius, piece=60_000),
             "FLIR, numbers not packed": made.flir(celsius, piece=60_000, png=False),
             "Fluke IS2": made.fluke(celsius), "InfiRay IRG": made.infiray(celsius),
             "Guide TP8": made.guide(made.field(size=(288, 384))),
             "DJI R-JPEG": made.dji((1000 + 20 * celsius).round(), piece=60_000),
             "TIFF with a linear scale": made.tiff(100 * (celsius + 50), 0.01, -50),
             "CSV of temperatures": made.csv(celsius)}
    took = fastest([lambda content=content: read_thermogram(content)  # type: ignore[misc]
                    for content in files.values()], 3)
    return [*(Row(f"reading {name}", seconds, ALLOWED)
              for name, seconds in zip(files, took, strict=True)), draws()]


def draws() -> Row:
    """Measure how long 500 draws for 18 devices take, beside the second that is allowed."""
    devices = [(6 * place, FUSE, 50.0 + place) for place in range(18)]
    result = case(*devices)
    (took,) = fastest([lambda: certainties(result)], 3)
    return Row(f"500 draws for {len(devices)} devices", took, SECOND)
