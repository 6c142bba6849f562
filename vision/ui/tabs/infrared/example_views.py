"""What is found in the examples that come along: where the tab and its demonstrations open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vision.ui.shell.answers.shared import computed_once
from vision.ui.tabs.infrared import camera_file
from vision.ui.tabs.infrared.shared import (
    MODELS,
    View,
    examples,
    named,
    open_thermogram,
    open_zones,
    shown_from,
)
from vision.ui.tabs.infrared.surfaces import Patches

if TYPE_CHECKING:
    from vision.infrared.inspection.result import Result

MASK_THRESHOLD = 0.5
DISAGREE = 3  # place of the example in which boxes call devices warm that are not
NEVER = 5  # of the one in which a device of a class that never had a mask gets half of one
LOST = 5  # of the one of which a palette that is not known loses devices


def example_view(place: int = 0) -> View | None:
    """Return what the first detector finds in an example at the tab's first settings."""
    from vision.infrared.inspection.certainty import with_certainty
    from vision.infrared.inspection.kept import Measured
    from vision.infrared.predict import Settings, predict

    name = MODELS.first()
    if not name:
        return None
    picture, low, high, unit = examples()[place]
    surface, score = camera_file.USUAL[:2], shown_from()

    def judge() -> Result:
        thermogram = open_thermogram(picture, unit, low, high).corrected(*surface)
        return with_certainty(predict(MODELS.open(name), thermogram,
                                      Settings(score, MASK_THRESHOLD, None), open_zones()))

    result = computed_once("detect", judge, unit, low, high, score, MASK_THRESHOLD, *surface, None,
                           Patches().named(picture), request=None, pictures=(picture,),
                           models=(MODELS.path_of(name),))
    return View(result, named(picture), picture,
                Measured(unit, low, high, *surface, None, score, name))
