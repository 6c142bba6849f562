"""The sides of boxes: places and losses against plain loops, and a branch that learns to see them.
"""

from __future__ import annotations

import math

import pytest
import torch
from torchvision.ops import box_iou

from tests.infrared.hand import SIZE
from vision.infrared.classes import CLASSES
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.backbone import LEVELS
from vision.infrared.models.heads import Target, loss_of_sides
from vision.infrared.models.sides import (
    PLACES,
    SideBranch,
    between,
    place_losses,
    side_losses,
    wider,
)

AROUND = torch.tensor([[10.0, 20, 66, 132]])  # 2 and 4 pixels from place to place


def sure_of(*places: int) -> torch.Tensor:
    """Logits of one region that are sure of a place for left, top, right and bottom."""
    logits = torch.full((1, 4, PLACES), -50.0)
    logits[0, torch.arange(4), torch.tensor(places)] = 50
    return logits


def test_a_side_is_at_the_middle_of_its_place() -> None:
    found = between(sure_of(0, 3, 27, 10), AROUND)
    torch.testing.assert_close(found, torch.tensor([[11.0, 34, 65, 62]]))
    undecided = between(torch.zeros(1, 4, PLACES), AROUND)
    torch.testing.assert_close(undecided, torch.tensor([[38.0, 76, 38, 76]]))


def test_a_region_is_wider_by_a_fifth_on_each_side() -> None:
    boxes = torch.tensor([[10.0, 20, 20, 40], [5, 5, 5, 5]])
    torch.testing.assert_close(wider(boxes), torch.tensor([[8.0, 16, 22, 44],
                                                           [2.2, 2.2, 7.8, 7.8]]))
    assert wider(torch.zeros(0, 4)).shape == (0, 4)


def test_the_loss_of_places_is_that_of_a_plain_loop() -> None:
    torch.manual_seed(0)
    logits, truth = torch.randn(1, 4, PLACES), torch.tensor([[11.0, 33.5, 70, 62.9]])
    expected = 0.0
    for side, (x, start, step) in enumerate(zip(truth[0].tolist(), (10, 20, 10, 20), (2, 4, 2, 4),
                                                strict=True)):
        chances = logits[0, side].softmax(0).tolist()
        place = min(max((x - start) / step - 0.5, 0), PLACES - 1)  # 70 lies beyond the region
        below = min(math.floor(place), PLACES - 2)
        expected -= (below + 1 - place) * math.log(chances[below])
        expected -= (place - below) * math.log(chances[below + 1])
    assert place_losses(logits, AROUND, truth).item() == pytest.approx(expected, rel=1e-5)


def test_the_loss_is_least_where_the_sides_are() -> None:
    truth = torch.tensor([[15.0, 34, 61, 110]])
    logits = torch.zeros(1, 4, PLACES, requires_grad=True)
    optimizer = torch.optim.Adam([logits], 0.3)
    losses = []
    for _ in range(150):
        optimizer.zero_grad()
        loss = side_losses(logits, AROUND, truth).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    torch.testing.assert_close(between(logits, AROUND), truth, atol=0.3, rtol=0)
    assert losses[-1] < 0.2 * losses[0]


def bright(boxes: torch.Tensor) -> dict[str, torch.Tensor]:
    """Feature maps in which boxes (K, 4) of pictures 64×64, one each, are brighter, with noise."""
    fine = torch.rand(len(boxes), 8, 64, 64) * 0.3
    y, x = torch.meshgrid(torch.arange(64) + 0.5, torch.arange(64) + 0.5, indexing="ij")
    left, top, right, bottom = boxes.T[..., None, None]
    fine[:, 0] += ((left < x) & (x < right) & (top < y) & (y < bottom)).float()
    return {name: torch.nn.functional.avg_pool2d(fine, 4 * 2**place)
            for place, name in enumerate(LEVELS)}


def drawn(count: int) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """True boxes (K, 4), and each somewhat moved, as a detector would."""
    start, sides = 4 + 20 * torch.rand(count, 2), 14 + 20 * torch.rand(count, 2)
    truth = torch.cat([start, start + sides], 1)
    moved = truth + 0.12 * sides.repeat(1, 2) * torch.randn(count, 4).clamp(-1.5, 1.5)
    return truth, list(moved[:, None])


def test_a_branch_learns_to_see_sides() -> None:
    torch.manual_seed(0)
    branch = SideBranch(8).train()
    optimizer = torch.optim.AdamW(branch.parameters(), 3e-3)
    for _ in range(60):
        truth, boxes = drawn(24)
        around = [wider(box) for box in boxes]
        loss = side_losses(branch(bright(truth), around, (64, 64)), torch.cat(around), truth)
        optimizer.zero_grad()
        loss.mean().backward()
        optimizer.step()
    truth, boxes = drawn(64)
    with torch.inference_mode():
        found = torch.cat(branch.eval().refined(bright(truth), boxes, (64, 64)))
    before, after = (box_iou(each, truth).diag().mean() for each in (torch.cat(boxes), found))
    assert before < 0.75 and after > before + 0.08


def test_only_boxes_on_devices_are_learnt_from_and_the_sure_ones_more() -> None:
    boxes = torch.tensor([[10.0, 10, 40, 60], [12, 12, 44, 62], [80, 10, 90, 20]])
    target = Target(torch.tensor([[10.0, 10, 42, 60]]), torch.tensor([1]),
                    torch.zeros(1, *SIZE, dtype=torch.uint8), torch.tensor([True]))
    empty = Target(torch.zeros(0, 4), torch.zeros(0, dtype=torch.long),
                   torch.zeros(0, *SIZE, dtype=torch.uint8), torch.zeros(0, dtype=torch.bool))
    torch.manual_seed(0)
    said = torch.randn(2, 4, PLACES)
    asked: list[torch.Tensor] = []

    def branch(features: object, around: list[torch.Tensor], size: object) -> torch.Tensor:
        asked.extend(around)
        return said

    sure = torch.tensor([0.9, 0.3, 0.8, 0.7])
    loss = loss_of_sides(branch, {}, [boxes, boxes[:1]], sure, [torch.zeros(3).long(),
                         torch.zeros(1).long()], [torch.tensor([1, 1, 0]), torch.tensor([0])],
                         [target, empty], SIZE)
    around = wider(boxes[:2])
    assert torch.equal(asked[0], around) and asked[1].shape == (0, 4)
    each = side_losses(said, around, target.boxes.repeat(2, 1))
    assert loss == pytest.approx(((0.9 * each[0] + 0.3 * each[1]) / 1.2).item())


@pytest.mark.parametrize("name", ["mask_rcnn", "faster_rcnn"])
def test_a_detector_with_sides_learns_them_and_stays_inside_the_picture(name: str) -> None:
    torch.manual_seed(0)
    module = ARCHITECTURES.build(name, classes=len(CLASSES), sides=True)
    target = Target(torch.tensor([[10.0, 20, 40, 90]]), torch.tensor([3]),
                    torch.ones(1, *SIZE, dtype=torch.uint8), torch.tensor([True]))
    losses = module(torch.rand(1, 1, *SIZE), [target])
    losses["loss_sides"].backward()
    assert all(p.grad is not None for p in module.heads.sides.parameters())
    with torch.inference_mode():
        module.eval()
        x = torch.rand(1, 1, *SIZE)
        with_sides = module(x)[0]
        module.heads.sides = None
        without = module(x)[0]
    assert 0 < len(with_sides.boxes) <= len(without.boxes)
    assert set(with_sides.scores.tolist()) <= set(without.scores.tolist())
    assert with_sides.boxes.min() >= 0 and (with_sides.boxes <= torch.tensor(
        [SIZE[1], SIZE[0]]).repeat(2)).all()


def test_boxes_that_are_moved_onto_each_other_count_once() -> None:
    """Two boxes of one class share little; their sides are found on the same device."""
    heads = ARCHITECTURES.build("faster_rcnn", classes=2, sides=True).heads.eval()
    proposals = torch.tensor([[10.0, 20, 30, 60], [22, 20, 42, 60], [80, 10, 100, 40]])
    heads.judge = lambda features, boxes, size: (
        torch.tensor([[0.0, 8, 0], [0, 9, 0], [0, 0, 7]]), torch.zeros(3, 12))
    heads.sides.refined = lambda features, boxes, size: [
        torch.where(boxes[0][:, :1] < 50, torch.tensor([[16.0, 20, 36, 60]]), boxes[0])]
    found = heads.find({}, [proposals], SIZE)[0]
    assert found.labels.tolist() == [0, 1]
    assert found.boxes.tolist() == [[16, 20, 36, 60], [80, 10, 100, 40]]
    assert found.scores[0] == torch.tensor([0.0, 9, 0]).softmax(0)[1]
