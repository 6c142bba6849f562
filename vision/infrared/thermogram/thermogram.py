"""A thermogram as it comes in: what is shown, how bright it is, and, if known, how warm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vision.errors import UserError
from vision.infrared.scenes import Scene
from vision.infrared.thermogram.cameras.recording import HOTTEST, Recording
from vision.infrared.thermogram.palettes import UNKNOWN, intensity, recognise
from vision.infrared.thermogram.radiometry import KELVIN, TOTAL, Band, surface


@dataclass(frozen=True, eq=False)
class Patch:
    """Pixels with a surface of their own."""

    mask: np.ndarray  # bool (H, W)
    emissivity: float
    reflected: float  # °C


@dataclass(frozen=True, eq=False)
class Surfaces:
    """What the camera saw, and the surfaces that were taken for it."""

    seen: np.ndarray  # float32 (H, W), °C as of a black body
    emissivity: np.ndarray  # float32 (H, W)
    reflected: np.ndarray  # float32 (H, W), °C

    def celsius(self, band: Band) -> np.ndarray:
        """Return the true temperatures, float32 (H, W)."""
        found = surface(self.seen.astype(np.float64), self.emissivity.astype(np.float64),
                        self.reflected.astype(np.float64), band=band)
        return np.asarray(found, np.float32)


@dataclass(frozen=True, eq=False)
class Thermogram:
    """A picture with the brightness behind its colours; `celsius` is None if no scale is known."""

    picture: np.ndarray  # uint8 (H, W, 3)
    grey: np.ndarray  # float32 (H, W), 0…1
    celsius: np.ndarray | None  # float32 (H, W), °C
    palette: str
    recording: Recording | None = None  # what its camera stored, if that was read
    said: tuple[UserError, ...] = ()  # what was found while it was read
    surfaces: Surfaces | None = None  # behind its temperatures, once they are corrected
    values: np.ndarray | None = None  # (H, W) of a frame whose unit is not known

    def __post_init__(self) -> None:
        if self.picture.shape != (*self.grey.shape, 3):
            raise ValueError(f"a picture {self.picture.shape} for {self.grey.shape}")
        if self.celsius is not None and self.celsius.shape != self.grey.shape:
            raise ValueError(f"temperatures {self.celsius.shape} for {self.grey.shape}")

    @property
    def visible_light(self) -> bool:
        """Return whether the colours are those of no thermal palette, as in a photograph."""
        return self.palette == UNKNOWN

    @property
    def impossible(self) -> float:
        """Return the share of pixels at absolute zero, to which a wrong emissivity leads."""
        return 0.0 if self.celsius is None else float((self.celsius <= -KELVIN + 0.01).mean())

    @property
    def band(self) -> Band:
        """Return what its camera sees of radiation: all of it, where its constants are unknown."""
        return self.recording.band if self.recording else TOTAL

    @property
    def uncorrected(self) -> Thermogram:
        """Return the same with the temperatures as the camera saw them."""
        if self.surfaces is None:
            return self
        return replace(self, celsius=self.surfaces.seen, surfaces=None)

    def corrected(self, emissivity: float, reflected: float | None,
                  patches: Sequence[Patch] = ()) -> Thermogram:
        """Return the same with the temperatures of surfaces that also mirror what is around.

        Where patches lie, theirs count; the last of those that lie on each other.
        """
        check_surface(emissivity, 0.0 if self.celsius is None else reflected)
        if self.celsius is None:
            return self
        around = 20.0 if reflected is None else reflected
        surfaces = Surfaces(self.celsius, *painted(self.grey.shape, emissivity, around, patches))
        if emissivity == 1 and not patches:
            return replace(self, surfaces=surfaces)
        return replace(self, celsius=surfaces.celsius(self.band), surfaces=surfaces)


def check_surface(emissivity: float, reflected: float | None) -> None:
    """Raise if a surface cannot be, or does not say what it mirrors."""
    if not 0.1 <= emissivity <= 1:
        raise UserError("the emissivity is {found}", "numbers from 0.1 to 1 are accepted",
                        "porcelain and paint have about 0.9", found=emissivity)
    if emissivity == 1:
        return
    if reflected is None:
        raise UserError("an emissivity below 1 needs a reflected temperature",
                        "numbers from −273 to 3000 °C are accepted",
                        "enter that of the surroundings")
    if not -KELVIN <= reflected <= HOTTEST:
        raise UserError("the reflected temperature is {found} °C",
                        "numbers from −273 to 3000 °C are accepted",
                        "enter that of the surroundings", found=reflected)


def painted(size: tuple[int, ...], emissivity: float, reflected: float, patches: Sequence[Patch]
            ) -> tuple[np.ndarray, np.ndarray]:
    """Return emissivity and reflected temperature of every pixel (H, W)."""
    shares, around = (np.full(size, value, np.float32) for value in (emissivity, reflected))
    for patch in patches:
        check_surface(patch.emissivity, patch.reflected)
        shares[patch.mask], around[patch.mask] = patch.emissivity, patch.reflected
    return shares, around


def of_picture(picture: np.ndarray, low: float | None = None, high: float | None = None
               ) -> Thermogram:
    """Return the thermogram behind a picture (H, W, 3) whose scale ends at `low` and `high` °C."""
    palette = recognise(picture)
    grey = intensity(picture, palette)
    if low is None and high is None:
        return Thermogram(picture, grey, None, palette)
    low, high = check_ends(low, high)
    return Thermogram(picture, grey, (low + (high - low) * grey).astype(np.float32), palette)


def of_scene(scene: Scene) -> Thermogram:
    """Return the thermogram of a rendered scene, its temperatures those in front of the lens."""
    return Thermogram(scene.picture, scene.grey, scene.temperature, scene.palette)


def check_ends(low: float | None, high: float | None) -> tuple[float, float]:
    """Return the ends of a scale after checking that they are two, in order and possible."""
    if low is None or high is None:
        raise UserError("only one end of the scale is given", "both ends or none are accepted",
                        "read both off the picture's colour bar")
    if not -KELVIN <= low < high <= HOTTEST:
        raise UserError("the scale goes from {low} to {high} °C",
                        "a low end below the high end, both from −273 to 3000 °C, is accepted",
                        "read both off the picture's colour bar", low=low, high=high)
    return low, high
