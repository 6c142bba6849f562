"""What a generator is graded by: how often a classifier reads the label that was asked for."""

from __future__ import annotations

import numpy as np

from vision.bootstrap import Measure
from vision.checkpoints import Model
from vision.errors import UserError, cut
from vision.gan.data import CLASSES, SETS, check_label
from vision.gan.predict import Drawer, classifier_for, conditional, read

PICTURES = 500


def measure(model: Model, first: int, count: int = PICTURES) -> Measure:
    """Return the label fidelity of `count` pictures drawn from one seed, labels in turn."""
    if not conditional(model):
        raise UserError("'{file}' draws without labels", "a model of labels is accepted here",
                        "choose another", file=model.card.arch)
    data = model.card.data.get("train")
    name = str(data[0]) if isinstance(data, list) and data else ""
    reader = classifier_for(name) if name in SETS else None
    if reader is None:
        raise UserError("there is no classifier for '{data}' here",
                        "models of data that ship with one are accepted", "choose another",
                        data=cut(name))
    asked = np.arange(count) % len(CLASSES[name])  # whatever the card says that it knows
    check_label(len(CLASSES[name]) - 1, model.card.classes)
    right = read(reader, Drawer.of(model).floats(asked, first)).argmax(1).numpy() == asked
    return Measure("label fidelity", count, lambda places: float(right[places].mean()))
