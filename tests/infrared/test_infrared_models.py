"""The detector's parts against second implementations, published counts and worked examples."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional
from torchvision.models.detection import maskrcnn_resnet50_fpn

from tests.infrared.hand import FUSE, SIZE, Handmade
from vision.infrared.classes import CLASSES
from vision.infrared.collate import target_of
from vision.infrared.models import ARCHITECTURES, detectors
from vision.infrared.models.backbone import Classifier, Pyramid, grey_resnet, standardise
from vision.infrared.models.heads import MASK_SAMPLES, Target, some_masked
from vision.infrared.models.masks import SIDE, cells_inside, paste


def count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def test_the_paper_size_has_torchvisions_parameters_but_for_what_is_different() -> None:
    with torch.device("meta"):
        own = ARCHITECTURES.build("mask_rcnn", classes=90, backbone="resnet50", size="paper")
        theirs = maskrcnn_resnet50_fpn(weights=None, weights_backbone=None)
    norms = sum(count(module) for module in theirs.backbone.body.modules()
                if isinstance(module, torch.nn.BatchNorm2d))  # frozen where weights are loaded
    assert count(theirs) - norms == 44_401_393  # as torchvision's table of weights says
    body = 2 * 64 * 49  # red, green and blue became one channel
    pyramid = 8 * (2 * 256 - 256)  # normalised instead of biased
    mask_head = 4 * (2 * 256 - 256)
    background = 257  # a mask for the class 0 that never has one
    anchors = (6 - 3) * 5 * 257  # two sizes a level
    expected = 44_401_393 + norms - body + pyramid + mask_head - background + anchors
    assert count(own) == expected


def test_the_shipped_size_fits_30_megabytes() -> None:
    with torch.device("meta"):
        own = ARCHITECTURES.build("mask_rcnn", classes=len(CLASSES), masks="transferred")
    assert 2 * sum(value.numel() for value in own.state_dict().values()) < 30_000_000


def test_pasting_is_bilinear_inside_the_box() -> None:
    torch.manual_seed(0)
    masks, boxes = torch.rand(1, 28, 28), torch.tensor([[10.0, 5, 94, 61]])
    stretched = functional.interpolate(masks[None], (56, 84), mode="bilinear")[0, 0]
    pasted = paste(masks, boxes, SIZE)[0, 5:61, 10:94]
    torch.testing.assert_close(pasted[1:-1, 2:-2], stretched[1:-1, 2:-2])


def test_nothing_is_pasted_outside_a_box() -> None:
    pasted = paste(torch.ones(1, 28, 28), torch.tensor([[10.0, 20, 40, 50]]), SIZE)[0]
    assert pasted[22:48, 12:38].min() > 0.999 and pasted.sum() <= 31 * 31
    pasted[19:51, 9:41] = 0
    assert pasted.sum() == 0


def test_standardised_pictures_do_not_show_their_range() -> None:
    x = torch.rand(2, 1, 32, 32)
    torch.testing.assert_close(standardise(x), standardise(0.3 + 0.4 * x), atol=1e-4, rtol=1e-4)
    assert standardise(torch.full((1, 1, 32, 32), 0.5)).abs().max() < 1e-4


def test_a_pyramids_deepest_level_is_the_classifiers_last_block() -> None:
    torch.manual_seed(0)
    classifier, pyramid = Classifier(grey_resnet("resnet18", 5)), Pyramid("resnet18", 16)
    weights = {name: value for name, value in classifier.state_dict().items()
               if not name.startswith("body.fc.")}
    pyramid.load_state_dict(weights, strict=False)
    x = torch.rand(1, 1, 64, 64)
    body, own = classifier.body.eval(), pyramid.eval().body(x)
    stem = body.maxpool(body.relu(body.bn1(body.conv1(x))))
    deepest = body.layer4(body.layer3(body.layer2(body.layer1(stem))))
    assert torch.equal(deepest, own["p5"])


def test_only_devices_with_a_mask_are_drawn_and_not_too_many() -> None:
    labels, which = torch.tensor([0, 3, 3, 5, 0]), torch.tensor([0, 0, 0, 1, 1])
    drawn = some_masked(labels, torch.tensor([True, False]), which)
    assert sorted(drawn.tolist()) == [1, 2]
    nothing = some_masked(torch.zeros(4, dtype=torch.long), torch.zeros(0, dtype=torch.bool),
                          torch.zeros(4, dtype=torch.long))
    assert len(nothing) == 0
    many = torch.full((50,), 2), torch.tensor([True]), torch.zeros(50, dtype=torch.long)
    assert len(set(some_masked(*many).tolist())) == MASK_SAMPLES


def test_the_second_look_is_where_the_first_put_the_boxes() -> None:
    heads = ARCHITECTURES.build("faster_rcnn", classes=2).heads.eval()
    logits = torch.tensor([[9.0, 0.0, 8.0]])  # background, and if anything then class 2
    shifts = torch.zeros(1, 3, 4)
    shifts[0, 1], shifts[0, 2] = torch.tensor([-9.0, 0, 0, 0]), torch.tensor([5.0, 0, 0, 0])
    looked: list[torch.Tensor] = []

    def judge(features: object, boxes: list[torch.Tensor], size: object
              ) -> tuple[torch.Tensor, torch.Tensor]:
        looked.extend(boxes)
        return logits.repeat(len(boxes[0]), 1), shifts.flatten(1).repeat(len(boxes[0]), 1)

    heads.judge = judge  # each look wants the boxes half their width to the right
    proposals = torch.tensor([[10.0, 20, 30, 60], [100, 0, 120, 40]])
    found = heads.find({}, [proposals], (96, 128))
    assert torch.equal(looked[0], proposals)
    torch.testing.assert_close(looked[1], torch.tensor([[20.0, 20, 40, 60], [110, 0, 128, 40]]))
    places = found[0].boxes[found[0].labels == 1]
    torch.testing.assert_close(places[places[:, 0].argsort()],
                               torch.tensor([[30.0, 20, 50, 60], [119, 0, 128, 40]]))


@pytest.mark.parametrize("name", detectors())
def test_every_detector_learns_and_finds(name: str) -> None:
    torch.manual_seed(0)
    module = ARCHITECTURES.build(name, classes=len(CLASSES))
    target = target_of(Handmade(1)[0], SIZE)
    empty = Target(torch.zeros(0, 4), torch.zeros(0, dtype=torch.long),
                   torch.zeros(0, *SIZE, dtype=torch.uint8), torch.zeros(0, dtype=torch.bool))
    pictures = torch.rand(2, 1, *SIZE)
    losses = module(pictures, [target, empty])
    assert ("loss_mask" in losses) is (name == "mask_rcnn")
    torch.stack(list(losses.values())).sum().backward()
    grads = [name for name, p in module.named_parameters() if p.grad is None]
    assert grads == []
    with torch.inference_mode():
        found = module.eval()(pictures)
    assert len(found) == 2 and (found[0].masks is None) is (name == "faster_rcnn")
    assert found[0].labels.max() < len(CLASSES) and found[0].labels.min() >= 0


def test_without_masks_to_learn_from_the_mask_branch_stands_still() -> None:
    torch.manual_seed(0)
    module = ARCHITECTURES.build("mask_rcnn", classes=len(CLASSES))
    sample = Handmade(1)[0]
    target = target_of(sample, SIZE)
    unmasked = Target(target.boxes, target.labels, target.masks, torch.tensor([False, False]))
    loss = module(torch.rand(1, 1, *SIZE), [unmasked])["loss_mask"]
    assert loss == 0
    loss.backward()
    assert all(p.grad is None or p.grad.abs().sum() == 0 for p in module.heads.masks.parameters())
    assert sample.labels[0] == FUSE


def test_cells_lie_in_other_boxes_as_their_centres_do() -> None:
    boxes = torch.tensor([[10.0, 20, 38, 48], [0, 0, 14, 56]])
    others = torch.tensor([[12.0, 20, 20, 30.5], [30, 40, 99, 99]])
    inside = cells_inside(boxes, others)
    for box, cells in zip(boxes.tolist(), inside, strict=True):
        for row in range(SIDE):
            for column in range(SIDE):
                x = box[0] + (column + 0.5) / SIDE * (box[2] - box[0])
                y = box[1] + (row + 0.5) / SIDE * (box[3] - box[1])
                assert cells[row, column] == any(left <= x < right and top <= y < bottom for
                                                 left, top, right, bottom in others.tolist())
    assert inside.sum() == 8 * 10 + 8 * 8 + 4 * 5
    assert not cells_inside(boxes, torch.zeros(0, 4)).any()
    assert cells_inside(torch.zeros(0, 4), others).shape == (0, SIDE, SIDE)


def test_nothing_is_learnt_of_pixels_that_may_be_a_device_without_a_mask() -> None:
    """The right half lies in such a device's box: there only what is surely the own device counts.
    """
    module = ARCHITECTURES.build("mask_rcnn", classes=len(CLASSES))
    own = torch.zeros(2, *SIZE, dtype=torch.uint8)
    own[0, 20:48, 10:24] = 1
    own[0, 30:48, 10:38] = 1  # an L that reaches below the other device
    target = Target(torch.tensor([[10.0, 20, 38, 48], [24, 0, 60, 60]]), torch.tensor([1, 2]), own,
                    torch.tensor([True, False]))
    said = torch.zeros(1, SIDE, SIDE, requires_grad=True)
    loss = module.heads.loss_of_masks(
        lambda *_: said, {}, [target.boxes[:1]], [torch.tensor([0])], [torch.tensor([1])],
        [target], SIZE)
    loss.backward()
    learnt = said.grad[0] != 0
    assert learnt[:, :14].all() and learnt[10:].all() and not learnt[:10, 14:].any()
    assert loss.item() == pytest.approx(math.log(2))  # a mean over what counts
