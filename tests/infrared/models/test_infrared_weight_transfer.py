"""Where mask weights come from: the three ways against each other and against their formulas."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from vision.infrared.models.weight_transfer import (
    SOURCES,
    ClassAgnostic,
    PerClass,
    Transferred,
    masks_from,
)


def test_a_transfer_that_is_the_identity_gives_the_masks_of_learnt_weights() -> None:
    torch.manual_seed(0)
    learnt, told = PerClass(5, 9, 8), Transferred(5, 9, 8)
    told.transfer = torch.nn.Identity()
    learnt.weights.data = functional.layer_norm(learnt.weights.data, (9,))  # as they are told
    features, labels = torch.randn(7, 8, 4, 4), torch.tensor([0, 1, 2, 3, 4, 0, 2])
    box_weights = learnt.weights.detach()  # (classes, D + 1): as if they were the box branch's
    one = masks_from(features, learnt(torch.zeros(5, 9)), labels)
    torch.testing.assert_close(one, masks_from(features, told(box_weights), labels), atol=1e-3,
                               rtol=1e-3)
    layer = torch.nn.Conv2d(8, 5, 1)  # the layer that Mask R-CNN ends in
    layer.weight.data, layer.bias.data = box_weights[:, :-1, None, None], box_weights[:, -1]
    torch.testing.assert_close(one, layer(features)[torch.arange(7), labels])


def test_agnostic_masks_do_not_ask_for_the_class_and_transferred_ones_do() -> None:
    torch.manual_seed(0)
    features, box_weights = torch.randn(1, 8, 4, 4).expand(5, -1, -1, -1), torch.randn(5, 9)
    for source, alike in ((ClassAgnostic, True), (Transferred, False)):
        masks = masks_from(features, source(5, 9, 8)(box_weights), torch.arange(5))
        assert torch.equal(masks[0], masks[1]) is alike


def test_no_gradient_flows_through_the_transfer_into_the_box_branch() -> None:
    box_weights = torch.randn(5, 9, requires_grad=True)
    told = Transferred(5, 9, 8)
    told(box_weights).sum().backward()
    assert box_weights.grad is None and told.transfer[0].weight.grad.abs().sum() > 0


def test_masks_are_weighted_sums_of_the_features_and_a_bias() -> None:
    torch.manual_seed(0)
    features, weights = torch.randn(2, 3, 2, 2), torch.randn(4, 4)
    found = masks_from(features, weights, torch.tensor([3, 1]))
    for roi, label in enumerate((3, 1)):
        wanted = weights[label, 3] + sum(weights[label, d] * features[roi, d] for d in range(3))
        torch.testing.assert_close(found[roi], wanted)


@pytest.mark.parametrize(("name", "rows"), [("per_class", 50), ("class_agnostic", 1)])
def test_learnt_weights_start_as_wide_as_a_layer_of_their_inputs(name: str, rows: int) -> None:
    torch.manual_seed(0)
    weights = SOURCES[name](50, 9, 400).weights
    assert weights.shape == (rows, 401)
    assert float(weights.detach().std()) == pytest.approx(400**-0.5, rel=0.1)


def test_the_transfer_is_two_layers_over_the_normalised_box_weights() -> None:
    torch.manual_seed(0)
    told, box_weights = Transferred(5, 9, 8), torch.randn(5, 9)
    first, second = told.transfer[0], told.transfer[2]
    assert (first.in_features, first.out_features, second.out_features) == (9, 256, 9)
    known = (box_weights - box_weights.mean(1, keepdim=True)) / (
        box_weights.var(1, correction=0, keepdim=True) + 1e-5).sqrt()
    wanted = second(functional.leaky_relu(first(known), 0.01))
    torch.testing.assert_close(told(box_weights), wanted)
    torch.testing.assert_close(told(3 * box_weights + 1), wanted, atol=1e-3, rtol=1e-3)


def test_the_agnostic_weights_are_the_same_for_every_class() -> None:
    source = ClassAgnostic(5, 9, 8)
    weights = source(torch.zeros(5, 9))
    assert weights.shape == (5, 9) and torch.equal(weights, source.weights.repeat(5, 1))
