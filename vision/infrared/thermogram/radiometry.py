"""Temperature and radiation: what a surface is, and what it seems to be.

With emissivity ε, a surface at T seems to be at T_a with T_a⁴ = ε·T⁴ + (1 − ε)·T_r⁴ (kelvin),
where T_r is what it reflects; through air of transmission τ at T_air, τ·T_a⁴ + (1 − τ)·T_air⁴
arrives. Total radiation (Stefan–Boltzmann) stands in for the band of a real camera.
"""

from __future__ import annotations

from typing import Any

import numpy as np

KELVIN = 273.15
Celsius = Any  # one number or an array of them


def apparent(true: Celsius, emissivity: float, reflected: Celsius, transmission: float = 1.0,
             air: float = 20.0) -> Celsius:
    """Return the temperature (°C) that a camera set to emissivity 1 reads off a surface."""
    leaving = emissivity * power(true) + (1 - emissivity) * power(reflected)
    return temperature(transmission * leaving + (1 - transmission) * power(air))


def surface(seen: Celsius, emissivity: float, reflected: Celsius, transmission: float = 1.0,
            air: float = 20.0) -> Celsius:
    """Return the true temperature (°C) behind a reading: the inverse of `apparent`."""
    leaving = (power(seen) - (1 - transmission) * power(air)) / transmission
    return temperature((leaving - (1 - emissivity) * power(reflected)) / emissivity)


def power(celsius: Celsius) -> Any:
    """Return T⁴ in units of 10⁸ K⁴; times 5.67 it is the radiated power in W/m²."""
    kelvin = (celsius + KELVIN) / 100
    return (kelvin * kelvin) * (kelvin * kelvin)


def temperature(power: Any) -> Celsius:
    """Return the temperature (°C) that radiates this power; none below absolute zero."""
    return np.sqrt(np.sqrt(np.maximum(power, 0))) * 100 - KELVIN
