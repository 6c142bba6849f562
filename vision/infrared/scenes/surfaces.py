"""How warm surfaces seem: their own heat, the sun on them and what they reflect."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vision.infrared.scenes.truth import Air
from vision.infrared.thermogram.radiometry import apparent


class Surface(NamedTuple):
    """What a part is made of, as far as the camera notices."""

    emissivity: float
    absorbs: float  # share of the sunshine that warms it
    cools: float = 1.0  # K that a face towards a clear sky loses at night


PORCELAIN = Surface(0.92, 0.55, 2.0)
POLYMER = Surface(0.94, 0.5, 2.0)
PAINT = Surface(0.92, 0.5, 1.2)
STEEL = Surface(0.78, 0.5, 1.2)
METAL = Surface(0.55, 0.35, 1.0)
CONCRETE = Surface(0.95, 0.65, 0.6)


def seems(warm: np.ndarray | float, up: np.ndarray, surface: Surface, air: Air,
          transmission: float = 1.0) -> np.ndarray:
    """Return the apparent °C of faces `warm` K above the air that look up (1) or down (−1)."""
    open_sky = (air.ambient - air.zenith) / 40 * (1 - air.clouds)
    sunlit = surface.absorbs * air.sun * (0.35 + 0.4 * np.maximum(up, 0))
    true = air.ambient + warm + sunlit - surface.cools * open_sky * (0.3 + 0.7 * up)
    share = (1 + up) / 2
    overhead = air.zenith + (air.horizon - air.zenith) * 0.5
    ground = air.ambient + 0.5 * air.sun
    reflected = share * overhead + (1 - share) * ground
    return apparent(true, surface.emissivity, reflected, transmission, air.ambient)


def lit_side(surface: Surface, air: Air) -> float:
    """Return by how many K the right flank of an upright part is warmer than its middle."""
    return 0.5 * surface.absorbs * air.sun * air.side
