"""Real thermograms: labels, split, groups and ignored regions, on tiny pictures made here."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import cv2
import numpy as np
import pytest
import torch
from torch.nn import functional
from torchvision.models.detection.roi_heads import fastrcnn_loss

from tests.infrared.hand import CONSERVATOR, FUSE, SIZE, Handmade
from vision.data import datasets
from vision.errors import UserError
from vision.infrared.classes import (
    CLASSES,
    FOUND_ONLY,
    GROUP_OF,
    GROUPS,
    IGNORED,
    LABELS,
    NAMES,
    SOME,
    group_of,
)
from vision.infrared.collate import KINDS, target_of
from vision.infrared.data import (
    Augment,
    Sample,
    boxes_of,
    cut_to_picture,
    mosaic,
    moved,
    moved_boxes,
)
from vision.infrared.inspection.detections import Detections
from vision.infrared.measures.real_report import report_on
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models import heads as heads_module
from vision.infrared.models import mask_rcnn as stages
from vision.infrared.models.heads import (
    box_loss,
    class_losses,
    kinds_of,
    likeliest_of,
    mostly_inside,
)
from vision.infrared.predict import by_group
from vision.infrared.real import Mixed, Thermograms, inside, read_devices
from vision.infrared.train import Config, begin, check, sample_for

SOME_TRANSFORMER = LABELS.index("some instrument transformer")
CURRENT, VOLTAGE = NAMES.index("current transformer"), NAMES.index("voltage transformer")


def drawn(labels: list[int], boxes: list[list[float]]) -> Sample:
    """A grey picture in which devices are known by their boxes alone."""
    return Sample(np.zeros(SIZE, np.float32), np.zeros(SIZE, np.uint8), np.array(labels, np.int64),
                  np.zeros(len(labels), bool), np.array(boxes, np.float32).reshape(-1, 4))


def test_every_kind_has_a_group_and_every_label_its_kinds() -> None:
    assert NAMES == CLASSES + FOUND_ONLY and set(GROUP_OF) == set(NAMES)
    assert len(SOME) == len(GROUPS) and len(set(LABELS)) == len(LABELS)
    assert KINDS.shape == (len(LABELS) + 1, len(NAMES) + 1) and not KINDS[:, 0].any()
    assert not KINDS[IGNORED].any() and (KINDS[:-1].any(1)).all()
    for label, name in enumerate(LABELS):
        meant = {NAMES[place - 1] for place in np.flatnonzero(KINDS[label])}
        assert meant == ({name} if label < len(NAMES) else set(GROUPS[name.removeprefix("some ")]))
        assert set(GROUPS[group_of(label)]) >= meant


def test_the_labels_are_whole_and_no_scene_is_in_both_splits() -> None:
    devices = read_devices()
    assert len(devices) == len({each.name for each in devices}) == 330
    splits: dict[int, set[str]] = {}
    for each in devices:
        splits.setdefault(each.scene, set()).add(each.split)
        assert (each.boxes[:, 2:] - each.boxes[:, :2] >= 1).all()
        assert (each.boxes >= 0).all() and (each.boxes <= np.array([384, 288] * 2)).all()
    assert all(len(names) == 1 for names in splits.values())
    share = Counter(min(names) for names in splits.values())
    assert share["val"] == round(0.2 * len(splits))
    counted = Counter(label for each in devices for label in each.labels.tolist())
    assert counted[IGNORED] > 0 and sum(counted.values()) > 1500


def test_outlines_lie_in_their_boxes_and_frequent_groups_have_enough() -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for each in read_devices():
        owner = each.owner
        for number in np.flatnonzero(each.masked):
            y, x = np.nonzero(owner == number + 1)
            left, top, right, bottom = each.boxes[number]
            assert len(x) >= 20 and each.labels[number] != IGNORED
            assert (x >= left - 1.5).all() and (x < right + 1.5).all()
            assert (y >= top - 1.5).all() and (y < bottom + 1.5).all()
            counted[each.split, each.groups[number]] += 1
    frequent = ("bushing", "arrester", "breaker", "instrument transformer", "disconnector",
                "cable", "insulator string", "tank")
    assert all(counted["train", name] >= 15 for name in frequent)
    assert sum(number for (split, _), number in counted.items() if split == "val") >= 120


def test_rings_hold_the_pixels_of_all_parts_of_a_device() -> None:
    parts = ((1.0, 1.0, 4.0, 1.0, 4.0, 3.0, 1.0, 3.0), (6.0, 2.0, 8.0, 2.0, 8.0, 5.0, 6.0, 5.0))
    mask = inside(parts, (6, 10))
    assert mask[1:3, 1:4].all() and mask[2:5, 6:8].all() and mask.sum() == 12


def test_four_pictures_in_one_keep_boxes_around_their_masks() -> None:
    """Compared with the tight boxes of the masks, which are moved pixel by pixel."""
    for seed in range(8):
        random = np.random.default_rng(seed)
        four = [Handmade(9)[int(number)] for number in random.integers(9, size=4)]
        sample = mosaic(four, random)
        assert sample.grey.shape == SIZE and 4 <= len(sample.labels) <= 8
        assert set(sample.labels.tolist()) <= {FUSE, CONSERVATOR, IGNORED}
        whole = sample.masks.any((1, 2))
        apart = np.abs(sample.boxes[whole] - boxes_of(sample.masks[whole]))
        assert whole.sum() >= 4 and apart.max() < 2


def test_four_pictures_at_a_half_are_the_four_side_by_side() -> None:
    class Half:
        def uniform(self, low: float, high: float, size: int = 0) -> Any:
            return np.full(size, low) if size else low

    four = [Handmade(4)[number] for number in range(4)]
    grey = mosaic(four, cast(np.random.Generator, Half())).grey
    height, width = SIZE[0] // 2, SIZE[1] // 2
    for place, sample in enumerate(four):
        top, left = height * (place // 2), width * (place % 2)
        part = grey[top : top + height, left : left + width]
        assert np.corrcoef(part.ravel(), sample.grey[::2, ::2].ravel())[0, 1] > 0.9


def test_only_as_many_pictures_as_wanted_are_put_together() -> None:
    samples, config = Handmade(6), Config(mosaic=0.5, val_scenes=0)
    made = [sample_for(samples, config, 3, np.random.default_rng(seed)) for seed in range(40)]
    plain = samples[3].grey
    share = np.mean([not np.array_equal(each.grey, plain) for each in made])
    assert 0.3 < share < 0.7
    alone = sample_for(samples, Config(val_scenes=0), 3, np.random.default_rng(0))
    assert np.array_equal(alone.grey, plain)


def test_boxes_move_as_the_pixels_of_the_ellipses_in_them_do() -> None:
    box = np.array([[40, 30, 80, 90]], np.float32)
    matrix = np.array([[1.2 * math.cos(0.1), -1.2 * math.sin(0.1), 5],
                       [1.2 * math.sin(0.1), 1.2 * math.cos(0.1), -8]])
    y, x = np.mgrid[:160, :160]
    ellipse = (((x + 0.5 - 60) / 20) ** 2 + ((y + 0.5 - 60) / 30) ** 2 <= 1).astype(np.uint8)
    turned = cv2.warpAffine(ellipse, matrix, (160, 160), flags=cv2.INTER_NEAREST)
    assert np.abs(moved_boxes(box, matrix) - boxes_of(turned[None] > 0)).max() < 1.5


@pytest.mark.parametrize(("matrix", "apart"), [
    ([[-1, 0, 119], [0, 1, 0]], 0), ([[1, 0, 7], [0, 1, -9]], 0), ([[0.5, 0, 0], [0, 0.5, 0]], 0.5),
    ([[2, 0, -60], [0, 2, -40]], 0.5)], ids=["mirrored", "shifted", "halved", "doubled"])
def test_a_box_stays_around_its_pixels(matrix: list[list[float]], apart: float) -> None:
    owner = np.zeros((100, 120), np.uint8)
    owner[30:60, 40:70] = 1
    sample = Sample(owner.astype(np.float32), owner, np.array([FUSE]), np.array([True]),
                    np.array([[40, 30, 70, 60]], np.float32))
    found = moved(sample, np.array(matrix, float), owner.shape)
    assert np.abs(found.boxes - boxes_of(found.masks)).max() <= apart


def test_what_remains_at_the_edge_is_ignored_and_slivers_go() -> None:
    sample = drawn([FUSE, FUSE, FUSE, IGNORED], [[10, 10, 30, 50], [-30, 10, 10, 50],
                                                  [-40, 0, 0.5, 40], [-5, 60, 20, 90]])
    cut = cut_to_picture(sample, sample.boxes)
    assert cut.labels.tolist() == [FUSE, IGNORED, IGNORED]
    assert cut.boxes.tolist() == [[10, 10, 30, 50], [0, 10, 10, 50], [0, 60, 20, 90]]


def test_level_and_span_move_the_ends_of_the_scale() -> None:
    class Plain:
        """Ends moved by half of what they may; nothing else happens."""

        def uniform(self, low: float, high: float, size: int = 0) -> Any:
            return np.array([0.5, -0.5]) if size else 0.0

        def random(self) -> float:
            return 1.0

        def standard_normal(self, size: tuple[int, ...], kind: Any) -> np.ndarray:
            return np.zeros(size, kind)

    grey = np.linspace(0, 1, 64, dtype=np.float32).reshape(8, 8)
    found = Augment(contrast=0.2).recolour(grey, cast(np.random.Generator, Plain()))
    assert np.allclose(found, ((grey - 0.1) / 0.8).clip(0, 1), atol=1e-6)


def test_varied_samples_keep_boxes_that_overlap() -> None:
    sample = drawn([FUSE, CONSERVATOR], [[20, 20, 60, 80], [40, 30, 100, 70]])
    for seed in range(10):
        moved = Augment(contrast=0.15)(sample, np.random.default_rng(seed))
        sides = moved.boxes[:, 2:] - moved.boxes[:, :2]
        assert len(moved.labels) == 2 and (sides > 15).all()
        assert moved.boxes[0, 2] > moved.boxes[1, 0] or moved.boxes[1, 2] > moved.boxes[0, 0]


def test_the_loss_of_a_group_is_that_of_any_of_its_kinds_by_hand() -> None:
    outputs = len(NAMES) + 1
    logits = torch.zeros(3, outputs)
    logits[0, 1 + CURRENT], logits[0, 1 + VOLTAGE] = 2.0, 1.0
    logits[1, 1 + FUSE] = 3.0
    target = target_of(drawn([SOME_TRANSFORMER, FUSE], [[0, 0, 20, 20], [30, 30, 60, 60]]), SIZE)
    which, labels = torch.tensor([0, 1, 0]), torch.tensor([*target.labels.tolist(), 0])
    kinds = kinds_of([target], [which], [labels], outputs)
    losses = class_losses(logits, kinds)
    total = [math.exp(2) + math.e + outputs - 2, math.exp(3) + outputs - 1, outputs]
    wanted = [-math.log((math.exp(2) + math.e + 1) / total[0]), -math.log(math.exp(3) / total[1]),
              -math.log(1 / total[2])]  # the coupling capacitor is the third of its group
    assert losses.tolist() == pytest.approx(wanted)
    assert [part.tolist() for part in likeliest_of(logits, kinds, [labels])] == [
        [1 + CURRENT, 1 + FUSE, 0]]


def test_without_groups_the_losses_are_torchvisions() -> None:
    torch.manual_seed(1)
    logits, shifts = torch.randn(40, 8), torch.randn(40, 32)
    labels, wanted = torch.randint(0, 8, (40,)), torch.randn(40, 4)
    theirs = fastrcnn_loss(logits, shifts, [labels], [wanted])
    kinds = functional.one_hot(labels, 8).bool()
    own = class_losses(logits, kinds).mean(), box_loss(shifts, labels, wanted)
    assert [float(part) for part in own] == pytest.approx([float(part) for part in theirs])


def test_nothing_is_learnt_from_what_is_ignored() -> None:
    """Compared with brute force: no background sample lies half in an ignored box."""
    module = ARCHITECTURES.build("mask_rcnn", classes=len(NAMES))
    random = torch.Generator().manual_seed(0)
    low = torch.rand(200, 2, generator=random) * 80
    proposals = torch.cat([low, low + 5 + 30 * torch.rand(200, 2, generator=random)], 1)
    device, ignored = torch.tensor([[10.0, 10, 50, 50]]), torch.tensor([[40.0, 40, 90, 90]])
    boxes, labels = torch.cat([device, ignored]), torch.tensor([3, IGNORED])
    _, given = module.heads.assign_targets_to_proposals([proposals], [boxes], [labels])
    _, plain = module.heads.assign_targets_to_proposals([proposals], [device], [labels[:1]])
    for box, label, before in zip(proposals, given[0].tolist(), plain[0].tolist(), strict=True):
        side = (torch.minimum(box[2:], ignored[0, 2:]) - torch.maximum(box[:2], ignored[0, :2]))
        inside = float(side.clamp_min(0).prod() / (box[2:] - box[:2]).prod()) >= 0.5
        assert label == (IGNORED if inside and before == 0 else label)
        assert inside or label == before
    assert IGNORED in given[0] and 0 in given[0]

    targets = [{"boxes": boxes, "labels": labels}]
    signs, _ = module.proposals.assign_targets_to_anchors([proposals], targets)
    devices_only, _ = module.proposals.assign_targets_to_anchors(
        [proposals], [{"boxes": device, "labels": labels[:1]}])
    within = mostly_inside(proposals, ignored)
    assert torch.equal(signs[0][~within], devices_only[0][~within])
    assert (signs[0][within] != 0).all() and heads_module.IGNORED == stages.IGNORED == IGNORED


def test_a_picture_that_is_all_ignored_teaches_no_names() -> None:
    torch.manual_seed(0)
    module = ARCHITECTURES.build("faster_rcnn", classes=len(NAMES)).train()
    everywhere = drawn([IGNORED], [[0, 0, SIZE[1], SIZE[0]]])
    losses = module(torch.rand(1, 1, *SIZE), [target_of(everywhere, SIZE)])
    assert losses["loss_class"].item() == 0 and losses["loss_box"].item() == 0
    empty = module(torch.rand(1, 1, *SIZE), [target_of(drawn([], []), SIZE)])
    assert empty["loss_class"].item() > 1


def test_mixed_samples_have_their_share_and_see_each_picture_once_before_any_twice() -> None:
    real, rendered = Handmade(7), Handmade(500)
    asked: list[int] = []

    class Noted(Handmade):
        def __getitem__(self, index: int) -> Sample:
            asked.append(index)
            return super().__getitem__(index)

    mixed = Mixed(Noted(7), rendered, 0.75, 3)
    for index in range(28):
        assert len(mixed[index].labels) == 2
    assert len(asked) == 21 and all(sorted(asked[k:k + 7]) == list(range(7)) for k in (0, 7, 14))
    assert asked[:7] != asked[7:14] and len(real) == 7


def test_a_device_is_as_sure_as_its_group() -> None:
    kinds = np.zeros((2, len(NAMES)), np.float32)
    kinds[0, [CURRENT, VOLTAGE, FUSE]] = 0.4, 0.3, 0.1
    kinds[1, FUSE] = 0.6
    boxes = np.array([[0, 0, 9, 9], [20, 20, 40, 40]], np.float32)
    found = Detections(boxes, np.array([CURRENT, FUSE]), np.array([0.4, 0.6], np.float32), None,
                       kinds)
    assert by_group(found).scores.tolist() == pytest.approx([0.7, 0.6])
    assert by_group(found).labels.tolist() == [CURRENT, FUSE]


def test_a_report_counts_names_groups_and_kinds_apart() -> None:
    boxes = [[10, 10, 30, 50], [50, 10, 90, 40], [60, 60, 90, 90]]
    sample = drawn([CURRENT, FUSE, IGNORED], boxes)
    found = Detections(np.array(boxes, np.float32), np.array([VOLTAGE, FUSE, FUSE]),
                       np.array([0.9, 0.8, 0.7], np.float32), None)
    report = report_on([(sample, found)], 0.75)
    assert report.ap50.value == report.recall.value == report.precision.value == 1
    assert report.by_group == {"instrument transformer": 1, "fuse": 1}
    assert report.by_kind == {"current transformer": 0, "fuse": 1}
    unsure = replace(sample, labels=np.array([SOME_TRANSFORMER, FUSE, IGNORED]))
    again = report_on([(unsure, found)], 0.75)
    assert again.by_group == report.by_group and again.by_kind == {"fuse": 1}
    assert math.isnan(again.ap50_groups) and "recall 1.000" in str(again)
    assert json.dumps(again.as_json(), default=str).count("real_") == 10


def test_a_detector_grows_with_the_classes(tmp_path: Path) -> None:
    """Rows of known classes come from the start, and what was found before is found again."""
    from vision import checkpoints
    from vision.checkpoints import Card

    config = {"classes": len(CLASSES), "backbone": "resnet18", "size": "compact"}
    torch.manual_seed(0)
    module = ARCHITECTURES.build("mask_rcnn", **config)
    path = checkpoints.save(tmp_path / "a.safetensors", module,
                            Card("infrared", "mask_rcnn", config, CLASSES, {"short_side": 96}))
    grown = begin(Config(data="real", start=path))
    own, theirs = (each.heads.box_predictor.cls_score.weight for each in (grown, module))
    assert own.shape[0] == 1 + len(NAMES) and theirs.shape[0] == 1 + len(CLASSES)
    assert torch.allclose(own[: len(theirs)], theirs, atol=1e-3)
    old, new = (each.proposals.head.cls_logits.weight for each in (module, grown))
    assert len(new) == len(old) * 4 // 3 and torch.allclose(new[: len(old)], old, atol=1e-3)
    again = checkpoints.save(tmp_path / "b.safetensors", grown,
                             Card("infrared", "mask_rcnn", {**config, "classes": len(NAMES),
                                                            "wide": True}, NAMES))
    less = begin(Config(start=again)).heads.box_predictor.cls_score.weight
    assert torch.allclose(less, theirs, atol=1e-2)


def test_imagenet_needs_its_backbone() -> None:
    with pytest.raises(UserError, match="efficientnet_lite0"):
        check(Config(imagenet=True, val_scenes=0))
    check(Config(imagenet=True, backbone="efficientnet_lite0", val_scenes=0))


@pytest.mark.data
def test_real_pictures_are_read_and_views_of_one_scene_stay_together() -> None:
    """A picture of one split and one of the other never are nearly the same."""
    if not datasets.present("thermograms-camera"):
        pytest.skip("the real thermograms are not here")
    parts = [Thermograms(split) for split in ("train", "val")]
    sample = parts[1][0]
    assert sample.grey.shape == (288, 384) and 0 <= sample.grey.min() < sample.grey.max() <= 1
    ranks = []
    for part in parts:
        small = [cv2.resize(part[place].grey, (48, 36), interpolation=cv2.INTER_AREA)
                 for place in range(len(part))]
        order = np.array([each.ravel().argsort().argsort() for each in small], np.float32)
        ranks.append((order - order.mean(1, keepdims=True)) / order.std(1, keepdims=True))
    alike = ranks[0] @ ranks[1].T / ranks[0].shape[1]
    assert alike.max() < 0.93


def test_what_is_only_found_is_named_without_zones_or_verdict() -> None:
    """A string has a reading, but no zones and no verdict; a fuse beside it has both."""
    from vision.checkpoints import Card, Model
    from vision.infrared import predict as predicting
    from vision.infrared.inspection.inspect import kinds_of as likely_kinds
    from vision.infrared.inspection.inspect import readings_of, verdicts_of
    from vision.infrared.thermogram.thermogram import of_scene
    from vision.infrared.zones.locate import locate

    string = NAMES.index("insulator string")
    thermogram = of_scene(Handmade(1).scene(0))
    kinds = np.zeros((2, len(NAMES)), np.float32)
    kinds[0, string], kinds[1, [CURRENT, VOLTAGE]] = 0.9, (0.5, 0.3)
    found = Detections(np.array([[5, 5, 40, 40], [50, 50, 90, 90]], np.float32),
                       np.array([string, CURRENT]), np.array([0.9, 0.8], np.float32), None, kinds)
    head = ARCHITECTURES.build("zones", classes=len(CLASSES), slots=4, width=8).eval()
    zones = locate(Model(head, Card("infrared", "zones", {}, CLASSES)), thermogram.grey,
                   found.boxes, found.labels)
    assert zones[0] == () and len(zones[1]) == 4
    readings = readings_of(thermogram, found)
    verdicts = verdicts_of(thermogram, found, zones, readings, 20.0)
    assert readings[0] is not None and verdicts[0] is None and verdicts[1] is not None
    whole = np.ones(SIZE, bool)
    told = [predicting.Instance(int(found.labels[place]), 0.8, (0, 0, 9, 9), whole, (), None, None,
                                likely_kinds(found, place, 0.1)) for place in range(2)]
    assert not told[0].unsure and told[0].title() == "insulator string"
    assert told[1].title() == (
        "instrument transformer (current transformer 0.5, voltage transformer 0.3)")
    assert told[1].as_json()["group"] == "instrument transformer"
    assert [each.category for each in told] == ["insulator string", "some instrument transformer"]
    assert told[1].as_json()["called"] in LABELS
