"""A thermogram as it comes in: what is shown, how bright it is, and, if known, how warm."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vision.errors import UserError
from vision.infrared.scenes import Scene
from vision.infrared.thermogram.cameras.recording import Recording
from vision.infrared.thermogram.palettes import UNKNOWN, intensity, recognise
from vision.infrared.thermogram.radiometry import KELVIN, TOTAL, Band, surface

HOTTEST = 3000.0  # °C


@dataclass(frozen=True, eq=False)
class Thermogram:
    """A picture with the brightness behind its colours; `celsius` is None if no scale is known."""

    picture: np.ndarray  # uint8 (H, W, 3)
    grey: np.ndarray  # float32 (H, W), 0…1
    celsius: np.ndarray | None  # float32 (H, W), °C
    palette: str
    recording: Recording | None = None  # what its camera stored, if that was read
    said: tuple[UserError, ...] = ()  # what was found while it was read

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

    def corrected(self, emissivity: float, reflected: float | None) -> Thermogram:
        """Return the same with the temperatures of surfaces that also mirror what is around."""
        if not 0.1 <= emissivity <= 1:
            raise UserError("the emissivity is {found}", "numbers from 0.1 to 1 are accepted",
                            "porcelain and paint have about 0.9", found=emissivity)
        if self.celsius is None or emissivity == 1:
            return self
        if reflected is None:
            raise UserError("an emissivity below 1 needs a reflected temperature",
                            "numbers from −273 to 3000 °C are accepted",
                            "enter that of the surroundings")
        if not -KELVIN <= reflected <= HOTTEST:
            raise UserError("the reflected temperature is {found} °C",
                            "numbers from −273 to 3000 °C are accepted",
                            "enter that of the surroundings", found=reflected)
        celsius = surface(self.celsius.astype(np.float64), emissivity, reflected, band=self.band)
        return replace(self, celsius=celsius.astype(np.float32))


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
    """Return the thermogram of a rendered scene, its temperatures as the camera measures them."""
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
