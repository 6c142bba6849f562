"""The settings of a scene: what must be in it, in which weather, seen by which camera."""

from __future__ import annotations

from dataclasses import dataclass

ANY, NONE, SCALE = "any", "none", "scale"
OVERLAYS = (ANY, NONE, SCALE)


@dataclass(frozen=True)
class Making:
    """What the maker of scenes may choose from; the defaults give the variety for training."""

    classes: tuple[str, ...] = ()  # the main device is one of these; any if empty
    fault: str = ANY  # a name, "none", or "any": now and then one that fits the device
    faults: float = 0.2  # how many of the devices have one, if any fault will do
    weather: str = ANY  # "night", "overcast", "sun", "dusk"
    palette: str = ANY
    clutter: float = 1.0  # how much stands around the devices: 0 nothing … 2 a jungle
    camera: str = ANY  # "good", "ordinary", "poor": blur, noise and fixed pattern
    overlay: str = ANY  # "scale": bar, crosshair and emblem on the picture; or "none"


DEFAULT = Making()
