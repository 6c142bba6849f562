"""The GAN tab."""

from .tab import TAB

__all__ = ["TAB"]
