"""The registry of the GANs, and of the classifiers that judge them; one file for each.

A builder takes `classes`, `size`, the `shape` of a picture (channels, side, side) and its own
keyword arguments. A GAN's builder returns a `Pair`; a classifier's a module from pictures
(N, *shape) in 0…1 to logits (N, classes) with the parts `layers`, which make the features, and
`head`. The fact
`conditional=True` marks a GAN that looks at the labels, `draws=False` what is none;
`idea="…"` says in a sentence what is new. All may be left out.
"""

from vision.registry import Registry

ARCHITECTURES = Registry("gan", __name__)


def generators() -> list[str]:
    """Return the names of the architectures that draw."""
    return [entry.name for entry in ARCHITECTURES if entry.facts.get("draws", True)]


def classifiers() -> list[str]:
    """Return the names of the architectures that read what was drawn."""
    return [entry.name for entry in ARCHITECTURES if not entry.facts.get("draws", True)]


def by_label() -> list[str]:
    """Return the names of the architectures that draw what a label asks for."""
    return [name for name in generators() if ARCHITECTURES[name].facts.get("conditional")]
