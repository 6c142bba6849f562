"""The slimming tab."""

from .tab import TAB

__all__ = ["TAB"]
