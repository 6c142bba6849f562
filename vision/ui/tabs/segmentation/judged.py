"""A picture segmented and judged: all that is computed of it, without a word of any language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vision.ui.components.pictures import for_screen
from vision.ui.tabs.segmentation.shared import BOTH, View, labels_for_screen

if TYPE_CHECKING:
    import numpy as np

    from vision.segmentation.certainty.familiar import Usual


@dataclass(frozen=True, eq=False)
class Judged:
    """What a model says of a picture, and how right it is where that is known."""

    view: View
    outlines: np.ndarray | None  # boundary F1 of each class
    shares: dict[str, float]  # of the picture, by class
    seconds: float
    ids: bytes  # the class of each pixel as PNG, as large as the picture
    json: dict[str, Any]
    familiarity: float | None  # how high the model's scores are here
    usual: Usual | None  # and in what it knows
    person: float | None  # the share of the largest person, where people are looked for


def judged(picture: str, truth: str | None, model: str, own: str | None) -> Judged:
    """Segment a picture, and compare it with its ground truth if there is one."""
    from vision.images import png_bytes, read_picture
    from vision.segmentation import PEOPLE
    from vision.segmentation.certainty.familiar import Usual
    from vision.segmentation.labels import COLOURS, check_labels, read_labels
    from vision.segmentation.measures.boundary import boundary_f1
    from vision.segmentation.measures.metrics import score
    from vision.segmentation.portraits import LEAST, largest
    from vision.segmentation.predict import predict

    pixels = read_picture(picture)
    loaded = BOTH.open(model, own)
    labels = read_labels(truth) if truth else None
    if labels is not None:
        check_labels(labels, pixels.shape[:2], len(loaded.card.classes))
    result = predict(loaded, pixels)
    scores = outlines = None
    if labels is not None:
        scores = score(labels, result.labels, result.classes)
        outlines = boundary_f1(labels, result.labels, len(result.classes))
    usual = Usual.of(loaded.card)
    person = largest(result.labels == 1) if result.classes == PEOPLE else None
    strange = person < LEAST if person is not None else bool(
        usual and usual.strange(result.familiarity))
    view = View(for_screen(pixels), labels_for_screen(result.labels),
                labels_for_screen(labels) if labels is not None else None, result.classes, scores,
                strange)
    return Judged(view, outlines, result.shares, result.seconds,
                  png_bytes(result.labels, COLOURS),
                  {**result.as_json(), **(scores.as_json() if scores else {})},
                  result.familiarity, usual, person)
