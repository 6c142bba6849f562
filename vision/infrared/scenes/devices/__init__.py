"""Every class of device as parts in metres, in the proportions of real ones."""

from __future__ import annotations

from vision.infrared.scenes.devices import bushings, columns, plant, switchgear
from vision.infrared.scenes.devices.built import Builder, Built

BUILDERS: dict[str, Builder] = {
    "gis bushing": bushings.gis_bushing,
    "neutral bushing": bushings.neutral_bushing,
    "neutral arrester": columns.neutral_arrester,
    "bushing": bushings.bushing,
    "circuit breaker": switchgear.circuit_breaker,
    "power cable": bushings.power_cable,
    "voltage transformer": columns.voltage_transformer,
    "current transformer": columns.current_transformer,
    "coupling filter": plant.coupling_filter,
    "coupling capacitor": columns.coupling_capacitor,
    "surge arrester": columns.surge_arrester,
    "high-voltage bushing": bushings.high_voltage_bushing,
    "disconnector": switchgear.disconnector,
    "dc breaker": switchgear.dc_breaker,
    "reactor": plant.reactor,
    "main transformer body": plant.main_transformer_body,
    "conservator": plant.conservator,
    "power capacitor": plant.power_capacitor,
    "fuse": switchgear.fuse,
}

__all__ = ["BUILDERS", "Builder", "Built"]
