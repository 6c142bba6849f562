"""What the page relies on in the card of a detector that somebody hands in."""

from __future__ import annotations

from typing import Any

from vision.card_shape import ANY, number, number_or_none, text

INTERVAL = {"value": number, "low": number, "high": number}
REAL = {"real_ap50": INTERVAL, "real_recall": INTERVAL, "real_precision": INTERVAL,
        "real_ap50_groups": number, "real_threshold": number, "real_devices": number,
        "real_pictures": number, "real_mask_matched?": number}
METRICS = {"mask_AP?": number_or_none, "mask_AP50?": number_or_none, "box_AP?": number_or_none,
           "real_threshold?": number, "findings?": [text],
           **{f"{name}?": {ANY: number_or_none} for name in (
               "mask_AP_by_size", "box_AP_by_size", "box_AP_without_mistakes")}}


def card_of(metrics: Any) -> dict[str, Any]:
    """Return what a card must hold; what was measured on real pictures is all there, or not."""
    known = metrics if isinstance(metrics, dict) else {}
    real = REAL if "real_ap50" in known else {}
    masks = {"real_mask_iou": INTERVAL} if known.get("real_mask_matched") else {}
    return {"data": {"val": text, "task?": text, "licences?": {ANY: text}},
            "metrics": {**METRICS, **real, **masks}}
