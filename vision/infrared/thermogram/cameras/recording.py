"""What a camera stored of one thermogram: its field, how it was measured, and the photograph."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from vision.errors import UserError, cut
from vision.infrared.thermogram.radiometry import TOTAL, Band

COLDEST, HOTTEST = -150.0, 3000.0  # °C that a field may hold
MEGAPIXELS = 4.0  # of a field
POSSIBLE: dict[str, tuple[float, float]] = {
    "emissivity": (0.1, 1.0), "reflected": (-80.0, 200.0), "air": (-80.0, 80.0),
    "distance": (0.0, 10_000.0), "humidity": (0.0, 1.0),
}  # what stored parameters can be
FIRST_YEAR = 1990  # of a date that a thermal camera can have stored


@dataclass(frozen=True)
class Parameters:
    """How it was measured, as far as the file says it."""

    emissivity: float | None = None
    reflected: float | None = None  # °C
    air: float | None = None  # °C
    distance: float | None = None  # m
    humidity: float | None = None  # 0…1
    camera: str = ""
    date: datetime | None = None

    def checked(self) -> tuple[Parameters, tuple[UserError, ...]]:
        """Return the same without what cannot be, and a sentence for each of these."""
        wrong: dict[str, Any] = {}
        for name, (low, high) in POSSIBLE.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                wrong[name] = value
        kept: dict[str, Any] = dict.fromkeys(wrong)
        if self.date is not None and not possible(self.date):
            kept["date"] = None
        return (replace(self, **kept, camera=cut(printable(self.camera))),
                tuple(impossible(name, value) for name, value in wrong.items()))


def possible(date: datetime) -> bool:
    """Return whether a camera can have stored this date."""
    now = datetime.now(date.tzinfo)
    return date.year >= FIRST_YEAR and date <= now + timedelta(days=2)


def impossible(name: str, value: float) -> UserError:
    """Return what is said of a stored parameter that cannot be."""
    low, high = POSSIBLE[name]
    return UserError("the file says {value:.4g} for the {parameter}, which cannot be",
                     "numbers from {low:g} to {high:g} are accepted",
                     "it was left out; enter it by hand", parameter=name, value=value, low=low,
                     high=high)


def printable(text: str) -> str:
    """Return a text without what cannot be printed."""
    return "".join(letter for letter in text if letter.isprintable()).strip()


@dataclass(frozen=True)
class Placement:
    """Where a photograph lies over its thermogram, in shares of the thermogram's size."""

    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0


@dataclass(frozen=True, eq=False)
class Recording:
    """One thermogram as its camera stored it."""

    kind: str
    values: np.ndarray  # float32 (H, W): °C as of a black body, else the sensor's numbers
    degrees: bool
    parameters: Parameters = field(default_factory=Parameters)
    band: Band = TOTAL
    shifted: bool = False  # differences are right, the level is not
    photograph: bytes | np.ndarray | None = None
    placement: Placement = Placement()
    said: tuple[UserError, ...] = ()  # about what the file holds

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.dtype != np.float32:
            raise ValueError(f"a field {self.values.shape} of {self.values.dtype}")


def recorded(kind: str, values: np.ndarray, *, degrees: bool,
             parameters: Parameters | None = None, **others: Any) -> Recording:
    """Return a recording after checking that its field and its parameters can be."""
    check_field(values, degrees)
    known, said = (parameters or Parameters()).checked()
    return Recording(kind, np.ascontiguousarray(values, np.float32), degrees, known, said=said,
                     **others)


def check_field(values: np.ndarray, degrees: bool) -> None:
    """Raise if a field (H, W) holds what no camera measures."""
    broken = int((~np.isfinite(values)).sum())
    if broken:
        raise UserError("{count} of the file's {all} values are not numbers",
                        "a temperature for every pixel is accepted",
                        "export it from the camera's program again", count=broken,
                        all=values.size)
    low, high = float(values.min()), float(values.max())
    if low == high:
        raise UserError("all values of the file's field are the same",
                        "a field with something in it is accepted",
                        "export it from the camera's program again")
    if degrees and (low < COLDEST or high > HOTTEST):
        raise UserError("the file's temperatures go from {low:.0f} to {high:.0f} °C",
                        "temperatures from {coldest:.0f} to {hottest:.0f} °C are accepted",
                        "export it from the camera's program again", low=low, high=high,
                        coldest=COLDEST, hottest=HOTTEST)
