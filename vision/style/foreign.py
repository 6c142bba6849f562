"""What the page relies on in the card of a network that paints in one pass."""

from __future__ import annotations

from typing import Any

from vision.card_shape import ANY, positive, text


def card_of(metrics: Any) -> dict[str, Any]:
    """Return what a card must hold."""
    return {"data": {"train?": [text], "styles?": [text], "style_side?": positive,
                     "licences?": {ANY: text}}}
