"""Thermograms with exact masks, boxes, zones and faults, rendered from a seed."""

from .making import Making
from .scene import make_scene
from .truth import Air, Device, Scene, Zone

__all__ = ["Air", "Device", "Making", "Scene", "Zone", "make_scene"]
