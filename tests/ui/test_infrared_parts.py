"""The parts of the infrared tab beside its main action, with a detector made by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest

from tests.infrared.hand import CONSERVATOR, FUSE
from tests.ui.infrared_tiny import detector_that_says, knowing, scene, thermogram
from tests.ui.test_infrared_tab import detect
from vision.images import read_picture, write_png
from vision.infrared import glcm
from vision.infrared.classes import CLASSES
from vision.infrared.data import Making, make_scene
from vision.infrared.matching import overlaps, pairs
from vision.ui import (
    infrared_boxes_masks,
    infrared_glcm,
    infrared_palettes,
    infrared_scene,
)

Request: Any = None


@pytest.fixture(autouse=True)
def _use(tmp_path: Path) -> Iterator[None]:
    with detector_that_says(tmp_path, knowing()):
        yield


def cells(html: str) -> list[list[str]]:
    """Return the plain text of a table's cells, row by row."""
    rows = re.findall(r"<tr>(.*?)</tr>", html.split("<tbody>")[-1], re.S)
    return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", row, re.S)]
            for row in rows]


def test_overlaps_are_those_of_painted_boxes() -> None:
    random = np.random.default_rng(0)
    corners = np.sort(random.integers(0, 20, (7, 2, 2)), 1)
    boxes = np.concatenate([corners[:, 0], corners[:, 1] + 1], 1).astype(float)
    painted = np.zeros((7, 21, 21), bool)
    for mask, (x0, y0, x1, y1) in zip(painted, boxes.astype(int), strict=True):
        mask[y0:y1, x0:x1] = True
    flat = painted.reshape(7, -1)
    shared = (flat[:, None] & flat).sum(2) / (flat[:, None] | flat).sum(2)
    assert np.allclose(overlaps(boxes, boxes), shared)
    assert pairs(boxes[:3], boxes[2::-1]) == {0: 2, 1: 1, 2: 0} and pairs(boxes[:0], boxes) == {}


def test_a_box_is_measured_beside_its_mask(tmp_path: Path) -> None:
    view = detect(thermogram(tmp_path))[0]
    for each in view.result.instances:
        each.mask[:, : int(each.box[0] + each.box[2]) // 2] = False
    field = view.result.thermogram.celsius
    html = infrared_boxes_masks.compare(view, Request)
    rows = {row[0][2:]: row for row in cells(html)}
    for each in view.result.instances:
        x0, y0, x1, y1 = (round(edge) for edge in each.box)
        row = rows[each.name]
        assert float(row[1]) == pytest.approx(field[each.mask].mean(), abs=0.06)
        assert float(row[2]) == pytest.approx(field[y0:y1, x0:x1].mean(), abs=0.06)
        assert float(row[6][:-1]) == pytest.approx(
            100 * (1 - each.mask.sum() / ((y1 - y0) * (x1 - x0))), abs=0.1)
    assert html.count("<img") == 2


def test_palettes_are_read_back_and_inverted_grey_is_not(tmp_path: Path) -> None:
    view = detect(thermogram(tmp_path))[0]
    rows = cells(list(infrared_palettes.attack(view, None, Request))[-1])
    errors = {row[0]: float(row[2][:-1]) for row in rows}
    assert [row[0] for row in rows] == ["iron", "grey", "rainbow", "inverted grey", "red to white"]
    for name in ("iron", "grey", "rainbow", "red to white"):
        assert errors[name] < 2
    upside_down = 100 * np.abs(1 - 2 * view.result.thermogram.grey).mean()
    assert errors["inverted grey"] == pytest.approx(upside_down, abs=1)
    assert rows[3][1] == "grey" and all(row[3] == "2 / 2" for row in rows)


def test_only_the_same_class_at_the_same_place_survives(tmp_path: Path) -> None:
    before = detect(thermogram(tmp_path))[0].result
    moved = [((60.0, 60, 74, 90), FUSE, 0.9), (knowing()[1][0], FUSE, 0.8)]
    with detector_that_says(tmp_path, moved):
        after = detect(thermogram(tmp_path))[0].result
    assert infrared_palettes.surviving(before, before) == 2
    assert infrared_palettes.surviving(before, after) == 0


def test_a_made_scene_shows_its_truth_and_marks_the_detection(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, Making]] = []

    def make(seed: int, *, settings: Making) -> Any:
        asked.append((seed, settings))
        return scene()

    monkeypatch.setattr("vision.infrared.data.make_scene", make)
    rows = [knowing()[0], (knowing()[1][0], CLASSES.index("reactor"), 0.7),
            ((100.0, 2, 126, 20), CONSERVATOR, 0.6)]
    with detector_that_says(tmp_path, rows):
        html, made, _ = infrared_scene.make(["fuse"], "none", "night", "good", "iron", 0.5, 3,
                                            "mask_rcnn", 0.5, None, Request)
    assert asked == [(3, Making(("fuse",), "none", Making.faults, "night", "iron", 0.5, "good"))]
    values = dict(re.findall(r"<small>([^<]*)</small><b>([^<]*)</b>", html))
    assert values == {"right": "1", "wrong class": "1", "missed": "0", "invented": "1"}
    found = {row[0]: row for row in cells(html)}
    assert found["1 fuse"][2:5] == ["fuse", "0.90", "100%"]
    assert found["2 conservator"][2] == "reactor" and found["–"][2] == "3 conservator"
    assert (read_picture(made.path) == scene().picture).all()
    assert infrared_scene.hand_over(made) == (made.path, 15.0, 65.0, "")


def test_a_scene_from_the_generator_is_made_as_chosen() -> None:
    html, made, _ = infrared_scene.make(["reactor"], "hot joint", "dusk", "poor", "grey", 0, 5,
                                        "mask_rcnn", 0.5, None, Request)
    right = make_scene(5, settings=Making(("reactor",), "hot joint", Making.faults, "dusk",
                                          "grey", 0, "poor"))
    assert (read_picture(made.path) == right.picture).all() and "hot joint" in html
    with pytest.raises(gr.Error, match="clutter"):
        infrared_scene.make([], "any", "any", "any", "any", 3, 5, "mask_rcnn", 0.5, None, Request)


def test_similarity_and_features_are_those_of_the_matrices(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    noise = write_png(tmp_path / "noise.png", random.integers(0, 256, (64, 64)).astype(np.uint8))
    same = infrared_glcm.explore(str(noise), str(noise), 1, 0, Request)
    assert "<b>1.000</b>" in same[0]
    numbers, figure, listed = infrared_glcm.explore(str(noise), thermogram(tmp_path), 2, 90,
                                                    Request)
    steps = (infrared_glcm.small(str(noise)) * 31).round().astype(int)
    counts = np.zeros((32, 32))
    for below, above in zip(steps[2:].ravel(), steps[:-2].ravel(), strict=True):
        counts[below, above] += 1
        counts[above, below] += 1
    counts /= counts.sum()
    i, j = np.indices(counts.shape)
    assert float(cells(listed)[0][2]) == pytest.approx((counts * (i - j) ** 2).sum(), rel=1e-3)
    assert np.allclose(figure.axes[1].images[0].get_array(), counts, atol=1e-9)
    rows = infrared_glcm.scale()(glcm.table([infrared_glcm.small(str(noise)),
                                             infrared_glcm.small(thermogram(tmp_path))]))
    assert f"{np.exp(-((rows[0] - rows[1]) ** 2).sum()):.3f}" in numbers


def test_parts_ask_for_a_detection_first() -> None:
    for call in (lambda: infrared_boxes_masks.compare(None, Request),
                 lambda: list(infrared_palettes.attack(None, None, Request))):
        with pytest.raises(gr.Error, match="press Detect first"):
            call()
    with pytest.raises(gr.Error, match="no picture yet"):
        infrared_glcm.explore(None, None, 1, 0, Request)
