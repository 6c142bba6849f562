"""The examples with which the infrared demonstrations open: each shows what it is there for."""

from __future__ import annotations

from typing import Any

import pytest

from vision.infrared.inspection.matching import shared_mask
from vision.ui.tabs.infrared.example_views import DISAGREE, LOST, example_view
from vision.ui.tabs.infrared.shared import FIRST, MODELS, View, level_of
from vision.ui.tabs.infrared.studies import boxes_masks, masks, palettes

Request: Any = None


def view_of(place: int) -> View:
    view = example_view(place)
    assert view
    return view


def test_boxes_call_devices_warm_that_are_normal_by_their_masks() -> None:
    found = boxes_masks.pairs_of(view_of(DISAGREE))
    alarms = [pair for pair in found
              if level_of(pair.instance) == "normal" != pair.boxed_level]
    assert alarms and max(abs(pair.error) for pair in found) > 8
    (shown,) = boxes_masks.OPENING.answer(Request) or ("",)
    assert "where boxes mislead" in shown and shown.count("<img") == 2


def test_a_class_that_never_had_a_mask_gets_half_of_one() -> None:
    done = masks.first()
    assert done and list(done) == [FIRST, *masks.BRANCHES]
    never = masks.never_taught(masks.needed_cards())
    ((place, device),) = [(place, each) for place, each in enumerate(done[FIRST].instances)
                          if each.name in never]
    agnostic, transferred = (shared_mask(device.mask, done[name].instances[place].mask)
                             for name in masks.BRANCHES)
    assert agnostic < 0.5 and transferred > agnostic + 0.1


def test_an_unknown_palette_loses_devices() -> None:
    view = view_of(LOST)
    rainbow = palettes.attacked(MODELS.open(view.measured.model), view, "rainbow")
    total = len(view.result.instances)
    assert palettes.surviving(view.result, rainbow.read) == total
    assert palettes.surviving(view.result, rainbow.bright) <= total - 2


@pytest.mark.parametrize("part", [boxes_masks, masks, palettes])
def test_a_part_opens_without_a_press(whole_page: Any, part: Any) -> None:
    """Its place is filled by an event that needs no button."""
    name = {boxes_masks: "boxes", masks: "masks", palettes: "attack"}[part]
    fillers = [block for block in whole_page.fns.values()
               if any(getattr(out, "elem_id", "") == f"infrared-{name}" for out in block.outputs)]
    assert {event for block in fillers for _, event in block.targets} == {"select", "click"}
