"""A stranger's network: loaded only after every check that the page relies on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from vision import foreign
from vision.card_shape import ANY, number, number_or_none, positive, text
from vision.checkpoints import Model
from vision.pruning.criteria import CRITERIA
from vision.pruning.data import SETS, require_known
from vision.pruning.predict import load

POINT = {"ratio": number, "accuracy": number, "accuracy_unfolded": number_or_none,
         "accuracy_tuned": number_or_none, "accuracy_scratch": number_or_none,
         "parameters": positive, "multiply_adds": positive, "milliseconds": {ANY: positive}}
CARD = {
    "data": {"train?": [SETS.__contains__], "test?": text, "licences?": {ANY: text}},
    "metrics": {"accuracy?": number, "zero_scales?": number, "made_from?": [text],
                "pruning?": {}, "curve?": {"criterion": text, "command": text, "device": text,
                                           "points": [POINT]},
                "sensitivity?": {"command": text, "criterion": CRITERIA.__contains__,
                                 "data": SETS.__contains__, "pictures": positive,
                                 "accuracy": number, "ratios": [number],
                                 "lost": {ANY: [number]}}},
}


def card_of(_: Any) -> dict[str, Any]:
    """Return what a card must hold."""
    return CARD


def load_foreign(path: Path) -> Model:
    """Return the network of a file that a visitor sent."""
    require_known(foreign.check(path, "pruning").classes)
    return load(path)
