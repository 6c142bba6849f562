"""Thermograms with exact masks, boxes, zones and faults, rendered from a seed."""

from .making import Making
from .truth import Air, Device, Scene, Zone

__all__ = ["Air", "Device", "Making", "Scene", "Zone"]
