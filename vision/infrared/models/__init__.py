"""The registry of infrared models; each file of this package registers one family.

Detectors (`detects=True`) map grey pictures (N, 1, H, W) in 0…1, H and W multiples of 32, to what
they find: in training mode to a dictionary of losses, else to one `Found` for each picture.
"""

from vision.registry import Registry

ARCHITECTURES = Registry("infrared", __name__)


def detectors() -> list[str]:
    """Return the names of the architectures that find devices."""
    return [entry.name for entry in ARCHITECTURES if entry.facts.get("detects")]
