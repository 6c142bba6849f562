"""Temperature and radiation: what a surface is, and what it seems to be.

With emissivity ε, a surface at T seems to be at T_a with T_a⁴ = ε·T⁴ + (1 − ε)·T_r⁴ (kelvin),
where T_r is what it reflects; through air of transmission τ at T_air, τ·T_a⁴ + (1 − τ)·T_air⁴
arrives. Total radiation (Stefan–Boltzmann) stands in for the band of a camera whose constants are
not known; where a file holds them, Planck's law over its band takes the place of T⁴.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

KELVIN = 273.15
Celsius = Any  # one number or an array of them


class Band(Protocol):
    """What a camera sees of radiation: more of it for a warmer surface."""

    def power(self, celsius: Celsius) -> Any:
        """Return what arrives from a black body of a temperature."""

    def temperature(self, power: Any) -> Celsius:
        """Return the temperature (°C) of the black body from which this arrives."""


def apparent(true: Celsius, emissivity: Any, reflected: Celsius, transmission: float = 1.0,
             air: float = 20.0, band: Band | None = None) -> Celsius:
    """Return the temperature (°C) that a camera set to emissivity 1 reads off a surface."""
    seen = band or TOTAL
    leaving = emissivity * seen.power(true) + (1 - emissivity) * seen.power(reflected)
    return seen.temperature(transmission * leaving + (1 - transmission) * seen.power(air))


def surface(seen: Celsius, emissivity: Any, reflected: Celsius, transmission: float = 1.0,
            air: float = 20.0, band: Band | None = None) -> Celsius:
    """Return the true temperature (°C) behind a reading: the inverse of `apparent`."""
    known = band or TOTAL
    leaving = (known.power(seen) - (1 - transmission) * known.power(air)) / transmission
    return known.temperature((leaving - (1 - emissivity) * known.power(reflected)) / emissivity)


def behind_air(seen: Celsius, transmission: float, air: float, band: Band) -> Celsius:
    """Return what a reading would be without the air between: a surface of emissivity 1."""
    return surface(seen, 1.0, air, transmission, air, band)


def power(celsius: Celsius) -> Any:
    """Return T⁴ in units of 10⁸ K⁴; times 5.67 it is the radiated power in W/m²."""
    kelvin = (celsius + KELVIN) / 100
    return (kelvin * kelvin) * (kelvin * kelvin)


def temperature(power: Any) -> Celsius:
    """Return the temperature (°C) that radiates this power; none below absolute zero."""
    return np.sqrt(np.sqrt(np.maximum(power, 0))) * 100 - KELVIN


class Total:
    """All radiation together, after Stefan and Boltzmann: T⁴."""

    def power(self, celsius: Celsius) -> Any:
        """Return T⁴."""
        return power(celsius)

    def temperature(self, power: Any) -> Celsius:
        """Return the fourth root."""
        return temperature(power)


TOTAL = Total()


@dataclass(frozen=True)
class Planck:
    """The numbers of a sensor: R1 / (R2 · (exp(B / T) − F)) − O, with T in kelvin."""

    r1: float
    r2: float
    b: float
    f: float
    o: float

    def power(self, celsius: Celsius) -> Any:
        """Return the sensor's number for a black body of a temperature."""
        kelvin = np.maximum(np.asarray(celsius, np.float64) + KELVIN, 1.0)
        with np.errstate(over="ignore"):
            return self.r1 / (self.r2 * (np.exp(self.b / kelvin) - self.f)) - self.o

    def temperature(self, power: Any) -> Celsius:
        """Return the black body's temperature (°C) behind a number; none below absolute zero."""
        above = np.asarray(power, np.float64) + self.o
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = self.r1 / (self.r2 * above) + self.f
            celsius = self.b / np.log(inside) - KELVIN
        return np.where((above > 0) & (inside > 1), celsius, -KELVIN)
