"""Thermograms with exact masks, boxes, zones and faults, rendered from a seed."""

from vision.infrared.scenes.making import Making
from vision.infrared.scenes.scene import make_scene
from vision.infrared.scenes.truth import Air, Device, Scene, Zone

__all__ = ["Air", "Device", "Making", "Scene", "Zone", "make_scene"]
