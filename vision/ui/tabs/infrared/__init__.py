"""The infrared tab."""

from .tab import TAB

__all__ = ["TAB"]
