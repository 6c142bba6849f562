"""From found devices to what an inspector wants: temperatures, comparisons and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from vision.infrared.classes import FOUND_ONLY, GROUP_OF, NAMES
from vision.infrared.inspection.detections import Detections
from vision.infrared.inspection.result import Instance, Result
from vision.infrared.inspection.thermal import Reading, Verdict, coolest_surface, judge, read
from vision.infrared.scenes import Zone
from vision.infrared.thermogram.thermogram import Thermogram


def regions(found: Detections, size: tuple[int, ...]) -> np.ndarray:
    """Return the mask of each device, or all of its box where there is no mask branch."""
    if found.masks is not None:
        return found.masks
    rows, columns = np.arange(size[0])[:, None] + 0.5, np.arange(size[1])[None] + 0.5
    left, top, right, bottom = found.boxes.T[:, :, None, None]
    return (left <= columns) & (columns < right) & (top <= rows) & (rows < bottom)


def readings_of(thermogram: Thermogram, found: Detections) -> list[Reading | None]:
    """Return the temperatures inside each region, None where there are none to read."""
    celsius = thermogram.celsius
    return [read(celsius, mask) if celsius is not None and mask.any() else None
            for mask in regions(found, thermogram.grey.shape)]


def air_of(given: float | None, readings: Sequence[Reading | None]) -> float | None:
    """Return the air's temperature: as given, else that of the coolest device."""
    known = [reading for reading in readings if reading]
    return given if given is not None or not known else coolest_surface(known)


def rejudged(result: Result, thermogram: Thermogram, air: float | None) -> Result:
    """Return a result with the temperatures of another version of its thermogram."""
    found = detections_of(result.instances, thermogram.grey.shape)
    readings = readings_of(thermogram, found)
    known = air_of(air, readings)
    verdicts = verdicts_of(thermogram, found, [each.zones for each in result.instances], readings,
                           known)
    instances = tuple(replace(each, reading=reading, verdict=verdict) for each, reading, verdict
                      in zip(result.instances, readings, verdicts, strict=True))
    return replace(result, thermogram=thermogram, instances=instances, air=known)


def detections_of(instances: Sequence[Instance], size: tuple[int, ...]) -> Detections:
    """Return the devices of a result as arrays."""
    return Detections(
        np.array([each.box for each in instances], np.float32).reshape(-1, 4),
        np.array([each.label for each in instances], np.int64),
        np.array([each.score for each in instances], np.float32),
        np.array([each.mask for each in instances], bool).reshape(-1, *size))


def verdicts_of(thermogram: Thermogram, found: Detections, parts: Sequence[tuple[Zone, ...]],
                readings: Sequence[Reading | None], air: float | None) -> list[Verdict | None]:
    """Return the verdict on each device that has a reading and is of a kind that is judged."""
    verdicts: list[Verdict | None] = []
    inside = regions(found, thermogram.grey.shape)
    for place, reading in enumerate(readings):
        name = NAMES[int(found.labels[place])]
        if (reading is None or air is None or thermogram.celsius is None
                or name in FOUND_ONLY):
            verdicts.append(None)
            continue
        sister = sister_of(readings, found.labels, place)
        rest = other_zones(thermogram.celsius, inside[place], parts[place], reading)
        verdicts.append(judge(name, reading, sister, rest, air))
    return verdicts


def sister_of(readings: Sequence[Reading | None], labels: Sequence[int] | np.ndarray, place: int
              ) -> Reading | None:
    """Return the reading of the coolest other device of the same class, if there is one."""
    sisters = [other for number, other in enumerate(readings) if other is not None
               and number != place and labels[number] == labels[place]]
    return min(sisters, key=lambda other: other.highest, default=None)


def other_zones(celsius: np.ndarray, mask: np.ndarray, zones: tuple[Zone, ...], reading: Reading
                ) -> float | None:
    """Return the highest temperature at the centres of zones without the hottest spot."""
    return max((float(celsius[place]) for place in centres_beside(zones, reading.hottest, mask)),
               default=None)


def centres_beside(zones: tuple[Zone, ...], hottest: tuple[int, int], mask: np.ndarray
                   ) -> list[tuple[int, int]]:
    """Return the centres (row, column) of the zones in which the hottest spot (x, y) is not.

    A centre outside the device's mask (H, W) is not on the device and says nothing of it.
    """
    height, width = mask.shape
    x, y = hottest
    places = [(int(np.clip(zone.centre[1], 0, height - 1)),
               int(np.clip(zone.centre[0], 0, width - 1)))
              for zone in zones if abs(x - zone.centre[0]) > zone.size[0] / 2
              or abs(y - zone.centre[1]) > zone.size[1] / 2]
    return [place for place in places if mask[place]]


def kinds_of(found: Detections, place: int, least: float) -> tuple[tuple[str, float], ...]:
    """Return the likely kinds of a device's group with their probabilities, the likeliest first."""
    name = NAMES[int(found.labels[place])]
    if found.kinds is None:
        return ()
    row = found.kinds[place]  # (names,)
    alike = [(other, float(share)) for other, share in zip(NAMES, row, strict=False)
             if GROUP_OF[other] == GROUP_OF[name] and (share >= least or other == name)]
    return tuple(sorted(alike, key=lambda kind: -kind[1]))
