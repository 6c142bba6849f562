"""The parts of the infrared tab beside its main action, with a detector made by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch

from tests.infrared.hand import CONSERVATOR, FUSE, Handmade
from tests.ui.tabs.infrared_tiny import Says, detector_that_says, knowing, scene, thermogram
from tests.ui.tabs.test_infrared_tab import detect
from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.images import read_picture, write_png
from vision.infrared.classes import CLASSES
from vision.infrared.inspection.matching import overlaps, pairs
from vision.infrared.inspection.result import Instance
from vision.infrared.models.heads import Found
from vision.infrared.pretraining import glcm
from vision.infrared.scenes import Making, make_scene
from vision.infrared.studies import classical, transfer_ladder
from vision.ui.components.html import percent
from vision.ui.tabs.infrared import scene_maker
from vision.ui.tabs.infrared import shared as infrared_view
from vision.ui.tabs.infrared.studies import boxes_masks, masks, palettes
from vision.ui.tabs.infrared.studies import classical as infrared_classical
from vision.ui.tabs.infrared.studies import glcm as infrared_glcm
from vision.ui.tabs.infrared.studies import ladder as infrared_ladder

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


@pytest.mark.parametrize(("language", "expected"), [
    ("en", "instrument transformer (current transformer 0.5, voltage transformer 0.3)"),
    ("zh-CN", "互感器（电流互感器 0.5、电压互感器 0.3）"),
    ("pt-BR", "transformador para instrumentos (transformador de corrente 0,5, "
              "transformador de potencial 0,3)")])
def test_a_group_is_named_with_its_kinds_as_a_language_writes_them(
        language: str, expected: str) -> None:
    request: Any = gr.Request(headers={"accept-language": language})
    kinds = (("current transformer", 0.5), ("voltage transformer", 0.3))
    place = CLASSES.index("current transformer")
    device = Instance(place, 0.8, (0, 0, 9, 9), np.ones((9, 9), bool), (), None, None, kinds)
    assert infrared_view.titled(device, request) == expected


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
    view = deepcopy(detect(thermogram(tmp_path))[0])  # others share what was detected
    for each in view.result.instances:
        each.mask[:, : int(each.box[0] + each.box[2]) // 2] = False
    field = view.result.thermogram.celsius
    html = boxes_masks.compare(view, Request)
    rows = {row[0][2:]: row for row in cells(html)}
    for each in view.result.instances:
        x0, y0, x1, y1 = (round(edge) for edge in each.box)
        row = rows[each.name]
        assert float(row[1]) == pytest.approx(field[each.mask].mean(), abs=0.06)
        assert float(row[2]) == pytest.approx(field[y0:y1, x0:x1].mean(), abs=0.06)
        assert float(row[6][:-1]) == pytest.approx(
            100 * (1 - each.mask.sum() / ((y1 - y0) * (x1 - x0))), abs=0.1)
    assert html.count("<img") == 2


def branch_card(folder: Path, name: str, seen: float, never: float) -> None:
    """Write a checkpoint whose card has one mask AP for fuses, which never had a mask."""
    by_class = {each: never if each == "fuse" else seen for each in CLASSES}
    card = Card("infrared", "mask_branch" if "-" in name else "mask_rcnn", {"source": name},
                CLASSES, {"short_side": 96}, metrics={"mask_AP_per_class": by_class},
                data={"without_masks": ["fuse"], "val": "3 held-out scenes"}, command="by hand")
    checkpoints.save(folder / "infrared" / f"{name}.safetensors", torch.nn.Linear(1, 1), card)


class Halves(Says):
    """A detector that says the same boxes with half of each mask."""

    def forward(self, pictures: torch.Tensor) -> list[Found]:
        """Return what it always says, with the upper halves of the masks."""
        found = super().forward(pictures)[0]
        assert found.masks is not None
        found.masks[:, 14:] = 0
        return [found]


def test_three_branches_are_compared_on_the_same_boxes(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = detect(thermogram(tmp_path))[0]
    whole = infrared_view.MODELS.open("mask_rcnn")
    with pytest.raises(gr.Error, match="recipes --names masks-agnostic' trains it"):
        list(masks.compare(view, Request))
    for name, seen, never in (("mask_rcnn", 0.5, 0.6), ("masks-agnostic", 0.4, 0.2),
                              ("masks-transferred", 0.45, 0.31)):
        branch_card(tmp_path, name, seen, never)
    half = Model(Halves(knowing()), whole.card)
    monkeypatch.setattr(masks, "models", lambda: {
        "mask_rcnn": whole, "masks-agnostic": half, "masks-transferred": whole})
    html = list(masks.compare(view, Request))[-1]
    measured = {row[0]: row[1:] for row in cells(html)}
    assert measured["class-agnostic"] == ["0.400", "0.200", "1"]
    assert measured["transferred by τ"] == ["0.450", "0.310", "1.55×"]
    devices = {row[0]: row[1:] for row in cells(html.split("</table>")[0])}
    assert devices["1 fuse"][0] == "never" and devices["2 conservator"][0] == "yes"
    for _, agnostic, transferred in devices.values():
        assert float(agnostic) == pytest.approx(0.5, abs=0.06) and transferred == "1.00"


def test_palettes_are_read_back_and_inverted_grey_is_not(tmp_path: Path) -> None:
    view = detect(thermogram(tmp_path))[0]
    rows = cells(list(palettes.attack(view, None, Request))[-1])
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
    assert palettes.surviving(before, before) == 2
    assert palettes.surviving(before, after) == 0


def test_a_made_scene_shows_its_truth_and_marks_the_detection(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, Making]] = []

    def make(seed: int, *, settings: Making) -> Any:
        asked.append((seed, settings))
        return scene()

    monkeypatch.setattr("vision.infrared.scenes.make_scene", make)
    rows = [knowing()[0], (knowing()[1][0], CLASSES.index("reactor"), 0.7),
            ((100.0, 2, 126, 20), CONSERVATOR, 0.6)]
    with detector_that_says(tmp_path, rows):
        html, made, _ = scene_maker.make(["fuse"], "none", "night", "good", "iron", 0.5, 3,
                                            "mask_rcnn", 0.5, None, Request)
    assert asked == [(3, Making(("fuse",), "none", Making.faults, "night", "iron", 0.5, "good"))]
    values = dict(re.findall(r"<small>([^<]*)</small><b>([^<]*)</b>", html))
    assert values == {"right": "1", "wrong class": "1", "missed": "0", "invented": "1"}
    found = {row[0]: row for row in cells(html)}
    assert found["1 fuse"][2:5] == ["fuse", "0.90", "100%"]
    assert found["2 conservator"][2] == "reactor" and found["–"][2] == "3 conservator"
    assert (read_picture(made.path) == scene().picture).all()
    assert scene_maker.hand_over(made) == (made.path, 15.0, 65.0, "")


def test_a_scene_from_the_generator_is_made_as_chosen() -> None:
    html, made, _ = scene_maker.make(["reactor"], "hot joint", "dusk", "poor", "grey", 0, 5,
                                        "mask_rcnn", 0.5, None, Request)
    right = make_scene(5, settings=Making(("reactor",), "hot joint", Making.faults, "dusk",
                                          "grey", 0, "poor"))
    assert (read_picture(made.path) == right.picture).all() and "hot joint" in html
    with pytest.raises(gr.Error, match="clutter"):
        scene_maker.make([], "any", "any", "any", "any", 3, 5, "mask_rcnn", 0.5, None, Request)


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
    for call in (lambda: boxes_masks.compare(None, Request),
                 lambda: list(masks.compare(None, Request)),
                 lambda: list(palettes.attack(None, None, Request))):
        with pytest.raises(gr.Error, match="press Detect first"):
            call()
    with pytest.raises(gr.Error, match="no picture yet"):
        infrared_glcm.explore(None, None, 1, 0, Request)


def test_the_classical_way_stands_beside_the_network(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = detect(thermogram(tmp_path))[0]
    with pytest.raises(gr.Error, match="python -m vision infrared classical"):
        infrared_classical.compare(view, Request)
    rows, labels = classical.examples(Handmade(6))
    classes = np.unique(labels, return_inverse=True)[1]
    module = classical.fit(rows, classes, 2, 10.0)
    padded = torch.full((len(CLASSES), len(rows)), 0.0)
    padded[[CONSERVATOR, FUSE] if CONSERVATOR < FUSE else [FUSE, CONSERVATOR]] = module.weights
    module.weights = padded
    card = Card("infrared", "svm", {}, CLASSES, metrics={"accuracy_on_true_masks": 0.375})
    checkpoints.save(tmp_path / "infrared" / "classical.safetensors", module, card)
    monkeypatch.setattr(infrared_classical.MACHINES, "there", lambda name: Model(module, card))
    html = infrared_classical.compare(view, Request)
    found = classical.detect(Model(module, card), view.result.thermogram.grey)
    listed = cells(html)
    assert [row[0] for row in listed] == [f"{place} {CLASSES[label]}" for place, label
                                          in enumerate(found.labels, 1)]
    assert "37.5%" in html and html.count("<img") == 4
    fuse = next(row for row in listed if row[2] == "1 fuse")
    mask = view.result.instances[0].mask
    assert found.masks is not None
    assert fuse[3] == percent((found.masks[int(fuse[0][0]) - 1] & mask).sum() / mask.sum())


def backbone(path: Path, steps: int) -> Path:
    """A file with the card of a backbone."""
    card = Card("infrared", "classifier", {}, ("a", "b"), steps=steps, command=f"train {steps}",
                metrics={"accuracy": 0.25})
    return checkpoints.save(path, torch.nn.Linear(1, 1), card)


def climbed(tmp_path: Path, **change: Any) -> tuple[transfer_ladder.Report, int]:
    """Climb with a training that learns nothing; return the report and how often it was asked."""
    asked: list[Any] = []

    def train(config: Any, on_step: Any) -> Path:
        asked.append(config)
        reached = config.scenes / 200 + len(config.freeze) / 100
        card = Card("infrared", "mask_rcnn", {}, CLASSES, command=f"train {len(asked)}",
                    metrics=dict.fromkeys(transfer_ladder.MEASURES, reached))
        return checkpoints.save(tmp_path / "rung.safetensors", torch.nn.Linear(1, 1), card)

    config = transfer_ladder.Config(glcm=backbone(tmp_path / "b.safetensors", 700),
                                    pictures=(5, 20),
                           output=tmp_path / "infrared" / "ladder.json", **change)
    report = transfer_ladder.climb(config, train=train)
    assert all(each.start == (None if not each.freeze and "scratch" in each.output.stem
                              else config.glcm) for each in asked)
    return report, len(asked)


def test_a_ladder_is_climbed_once_and_shown(tmp_path: Path) -> None:
    figure, text = infrared_ladder.show("mask_AP", Request)
    assert figure is None and "python -m vision infrared ladder" in text
    first, count = climbed(tmp_path, ways=("scratch", "frozen"))
    assert count == 4 and transfer_ladder.read(tmp_path / "infrared" / "ladder.json") == first
    assert climbed(tmp_path, ways=("scratch", "frozen", "heads"))[1] == 2
    figure, text = infrared_ladder.show("mask_AP", Request)
    lines = {line.get_label(): line.get_xydata().tolist() for line in figure.axes[0].lines}
    assert lines["frozen glcm"] == [[5, pytest.approx(5.5)], [20, pytest.approx(13)]]
    assert lines["scratch none"] == [[5, pytest.approx(2.5)], [20, pytest.approx(10)]]
    assert "frozen, GLCM-resampled</li>" in text
    rows = {row[0]: row[1:] for row in cells(text)}
    assert rows["frozen, GLCM-resampled"] == ["5.5%", "13.0%"] and len(rows) == 3
    assert "backbone (GLCM-resampled): pre-trained for 700 steps, names 25.0%" in text
    assert f"<code>train 700</code></p><p><code>{infrared_ladder.COMMAND}</code>" in text
    other = transfer_ladder.Config(glcm=backbone(tmp_path / "other.safetensors", 9), ways=("all",),
                          output=tmp_path / "infrared" / "ladder.json")
    with pytest.raises(UserError, match=r"another backbone than 'other\.safetensors'"):
        transfer_ladder.climb(other)


def test_a_damaged_ladder_and_one_without_a_start_get_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "infrared" / "ladder.json").write_text('{"rungs": [{"way": 1}]}')
    with pytest.raises(gr.Error, match="does not hold the runs"):
        infrared_ladder.show("mask_AP", Request)
    with pytest.raises(UserError, match="no backbone to start from"):
        transfer_ladder.climb(transfer_ladder.Config(ways=("all",), output=tmp_path / "x.json"))


def test_the_ladders_command_goes_on_with_the_stored_runs() -> None:
    known, stored = transfer_ladder.Config(), transfer_ladder.read(transfer_ladder.FILE).rungs
    curves = infrared_ladder.curves_of(stored)
    assert [" ".join(key) for key in curves] == [
        "scratch none", "frozen uniform", "frozen glcm", "heads uniform", "heads glcm",
        "all uniform", "all glcm"]
    assert all([rung.pictures for rung in runs] == [5, 20, 100] for runs in curves.values())
    for backbone in transfer_ladder.read(transfer_ladder.FILE).backbones:
        assert backbone.command.split("--output ")[1] in infrared_ladder.COMMAND
    for rung in stored:
        assert rung.pictures in known.pictures and rung.way in known.ways
        for name in (*transfer_ladder.SHARED, "scenes"):
            assert getattr(rung, name) == getattr(known, name), name
