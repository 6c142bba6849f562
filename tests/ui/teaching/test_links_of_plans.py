"""Each link of the lesson plans, followed to its result: that of its pictures, model and settings.
"""

from __future__ import annotations

import copy
import inspect
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest

from tests.conftest import REPOSITORY
from tests.ui.tabs.style_tiny import tiny_extractor
from vision import checkpoints
from vision.images import read_picture, resize
from vision.ui.components.class_links.values import at_first
from vision.ui.tabs.style.shared import photographs

PLAN = (REPOSITORY / "docs" / "teaching.md").read_text("utf-8")  # the others have the same links
LINKS = {link.split("&")[0].removeprefix("tab="): link
         for link in re.findall(r"`#(tab=[^`]+)`", PLAN)}
ACTIONS = {"segmentation": "segment", "style": "stylize", "gan": "sample", "pruning": "prune",
           "infrared": "detect"}


def followed(page: gr.Blocks, tab: str) -> Iterator[Any]:
    """Yield what a tab's main action returns once its plan's link has been opened."""
    by_name = {getattr(block.fn, "__qualname__", ""): block.fn for block in page.fns.values()}
    restore: Any = by_name["connect.<locals>.restore"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a link of which something is left out
        changes = restore(LINKS[tab], None)
    action = next(block for block in page.fns.values() if block.api_name == ACTIONS[tab])
    values = [changes.get(control, {}).get("value", fresh(control)) for control in action.inputs]
    handler: Any = action.fn
    request = {"request": None} if "request" in inspect.signature(handler).parameters else {}
    found = handler(*values, **request)
    yield from found if inspect.isgenerator(found) else [found]


def fresh(control: Any) -> Any:
    """Return what a handler gets of a control that nobody has touched."""
    return copy.deepcopy(control.value) if isinstance(control, gr.State) else at_first(control)


def test_every_tab_has_a_link_in_the_plans() -> None:
    assert LINKS.keys() == ACTIONS.keys()


def test_the_link_of_segmentation_segments_its_street_with_its_model(whole_page: gr.Blocks) -> None:
    from vision.segmentation.data import read_labels
    from vision.segmentation.predict import load, predict

    *_, (view, _, _, truth, mistakes, _, ids, numbers) = followed(whole_page, "segmentation")
    street = REPOSITORY / "assets" / "segmentation" / "street-1.png"
    expected = predict(load(checkpoints.FOLDER / "segmentation" / "unet.safetensors"),
                       read_picture(street))
    assert numbers["shares"] == pytest.approx(expected.shares, abs=1e-3)
    assert np.mean(read_labels(Path(ids)) == expected.labels) > 0.999
    assert np.array_equal(view.truth, read_labels(street.with_name("street-1-labels.png")))
    assert truth is not None and mistakes is not None and view.scores is not None


def test_the_link_of_style_paints_the_first_photograph_as_it_says(
        whole_page: gr.Blocks, tmp_path: Path) -> None:
    with tiny_extractor(tmp_path):
        *_, (picture, *_, report) = followed(whole_page, "style")
    assert (report["steps"], max(report["height"], report["width"])) == (60, 256)
    others = [resize(read_picture(path), picture.shape[:2]) for path in photographs()]
    apart = [np.abs(picture.astype(int) - other).mean() for other in others]
    assert int(np.argmin(apart)) == 0


def test_the_link_of_gans_draws_with_its_model_and_seed(whole_page: gr.Blocks) -> None:
    from vision.gan.predict import load, predict

    *_, (_, _, _, drawn) = followed(whole_page, "gan")
    model = load(checkpoints.FOLDER / "gan" / "cdcgan-mnist.safetensors")
    expected = predict(model, list(range(10)), 30, 0)
    assert drawn["labels"] == expected.as_json()["labels"] and drawn["count"] == 30
    assert drawn["opinion"] == pytest.approx(expected.as_json()["opinion"], abs=1e-3)


def test_the_link_of_slimming_cuts_its_network(whole_page: gr.Blocks) -> None:
    from vision.pruning.predict import load

    _, _, cut, told = next(followed(whole_page, "pruning"))
    whole = load(checkpoints.FOLDER / "pruning" / "vgg16-drawings.safetensors")
    assert (cut.name, told["ratio"], told["criterion"]) == ("vgg16-drawings", 0.3, "gamma")
    assert told["before"]["parameters"] == sum(
        part.numel() for part in whole.module.parameters())
    assert told["cut"] / told["channels"] == pytest.approx(0.3, abs=0.01)
    assert told["after"]["parameters"] < told["before"]["parameters"]


def test_the_link_of_infrared_judges_its_thermogram_by_its_scale(whole_page: gr.Blocks) -> None:
    *_, (view, *_, found) = followed(whole_page, "infrared")
    thermogram = view.result.thermogram
    picture = read_picture(REPOSITORY / "assets" / "infrared" / "thermogram-1.png")
    assert np.array_equal(thermogram.picture, picture)
    assert -12 <= thermogram.celsius.min() < thermogram.celsius.max() <= 27
    assert view.result.threshold == found["threshold"] == 0.5
    assert view.measured.model == "mask_rcnn_real"
    assert [device["class"] for device in found["instances"]] == ["voltage transformer"] * 3
