"""The samples of infrared: thermograms in which every device has a class, a mask and zones."""

from __future__ import annotations

from vision.infrared.classes import CLASSES, ZONES
from vision.infrared.scenes import Air, Device, Making, Scene, Zone, make_scene

__all__ = ["CLASSES", "ZONES", "Air", "Device", "Making", "Scene", "Zone", "make_scene"]
