"""A checkpoint that a stranger hands in: its card holds what readers rely on, or is refused.

What a system's readers rely on, `card_of` in its module `foreign` says.
"""

from __future__ import annotations

import importlib
from pathlib import Path

from vision.card_shape import check_card
from vision.checkpoints import Card, read_card, require_system


def check(path: Path, system: str) -> Card:
    """Return the card of a file that a visitor sent, or raise with its first odd field."""
    card = read_card(path)
    require_system(path, card, system)
    rules = importlib.import_module(f"vision.{system}.foreign")
    check_card(path, card, rules.card_of(card.metrics))
    return card
