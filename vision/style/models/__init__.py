"""The registry of style transfer: the network that sees, and the one that paints at once.

`vgg19` and its classifier are built as torchvision builds them, so that its ImageNet weights fit.
"""

from vision.registry import Registry

ARCHITECTURES = Registry("style", __name__)


def painters() -> list[str]:
    """Return the names of the architectures that paint."""
    return [entry.name for entry in ARCHITECTURES if entry.facts["paints"]]
