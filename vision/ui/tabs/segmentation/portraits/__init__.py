"""Portraits: person and background, also live."""
