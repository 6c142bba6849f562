"""What is known of a rendered thermogram: temperatures, picture and devices with their masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Zone:
    """A named part of a device, in pixels."""

    name: str
    centre: tuple[float, float]  # x, y
    size: tuple[float, float]  # width, height


@dataclass(frozen=True, eq=False)
class Device:
    """One device as far as it is visible: class, mask, box, zones and fault."""

    label: int  # its place in CLASSES
    mask: np.ndarray  # bool (H, W)
    box: tuple[float, float, float, float]  # x0, y0, x1, y1; the edges of the mask's pixels
    zones: tuple[Zone, ...]
    fault: str = ""  # "" if there is none


@dataclass(frozen=True)
class Air:
    """What surrounds the devices: temperatures in °C and the sun's part in them."""

    kind: str
    ambient: float
    zenith: float  # apparent temperature of the sky overhead
    horizon: float  # … and just above the horizon
    clouds: float  # 0 clear … 1 closed
    sun: float  # K that full sunshine adds to a dark surface
    side: float  # where the sun stands: −1 left … 1 right
    load: float  # share of the rated current, 0 … 1


@dataclass(frozen=True, eq=False)
class Scene:
    """A thermogram: the field, what the camera makes of it, and all that is in it."""

    temperature: np.ndarray  # float32 (H, W), °C, the apparent field in front of the lens
    picture: np.ndarray  # uint8 (H, W, 3), as the camera shows it
    grey: np.ndarray  # float32 (H, W), 0 … 1 from `low` to `high`, before the palette
    low: float  # °C
    high: float  # °C
    palette: str
    devices: tuple[Device, ...]
    seed: int
    air: Air

    @property
    def boxes(self) -> np.ndarray:
        """Return the devices' boxes, float32 (K, 4)."""
        return np.array([device.box for device in self.devices], np.float32).reshape(-1, 4)

    @property
    def labels(self) -> np.ndarray:
        """Return the devices' places in CLASSES, int64 (K,)."""
        return np.array([device.label for device in self.devices], np.int64)
