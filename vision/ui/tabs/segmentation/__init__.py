"""The segmentation tab."""

from .tab import TAB

__all__ = ["TAB"]
