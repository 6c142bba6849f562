"""The style transfer tab."""

from .tab import TAB

__all__ = ["TAB"]
