"""Street scenes with exact label maps, rendered from a seed."""

from .scene import render

__all__ = ["render"]
