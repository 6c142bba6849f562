"""What the page relies on in the card of a segmentation model that somebody hands in."""

from __future__ import annotations

from typing import Any

from vision.card_shape import ANY, number, number_or_none, text

CALIBRATION = {"split": text, "ece": number, "temperature": number, "tempered_ece": number,
               "count": [number], "confidence": [number], "right": [number]}


def card_of(metrics: Any) -> dict[str, Any]:
    """Return what a card must hold."""
    return {
        "data": {"train?": [text], "val": text, "task?": text, "diagnoses?": [text],
                 "licences?": {ANY: text}},
        "metrics": {"mIoU?": number_or_none, "PA?": number_or_none, "calibration?": CALIBRATION},
    }
