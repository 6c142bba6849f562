"""The criterion that every architecture shares, and the losses of a net without labels."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional

from vision.segmentation.labels import VOID
from vision.segmentation.models import Outputs
from vision.segmentation.objectives.criterion import (
    ALIKE,
    AUXILIARY,
    NEAR,
    RADIUS,
    Target,
    criterion,
    soft_normalised_cut,
)
from vision.segmentation.objectives.losses import LOSSES

LOSS = LOSSES["cross_entropy"]
WEIGHTS = torch.ones(3)


@pytest.fixture
def target() -> Target:
    torch.manual_seed(0)
    return Target(torch.randn(2, 3, 8, 8), torch.randint(0, 3, (2, 8, 8)), torch.tensor([1, VOID]))


def test_logits_alone_get_the_loss_alone(target: Target) -> None:
    logits = torch.randn(2, 3, 8, 8)
    assert criterion(logits, target, LOSS, WEIGHTS) == LOSS(logits, target.labels, WEIGHTS)


def test_auxiliary_answers_are_enlarged_and_weighted(target: Target) -> None:
    logits, side = torch.randn(2, 3, 8, 8), torch.randn(2, 3, 4, 4)
    large = functional.interpolate(side, (8, 8), mode="bilinear")
    wanted = LOSS(logits, target.labels, WEIGHTS) + AUXILIARY * LOSS(large, target.labels, WEIGHTS)
    found = criterion(Outputs(logits, (side,)), target, LOSS, WEIGHTS)
    assert float(found) == pytest.approx(float(wanted))


def test_a_diagnosis_counts_where_it_is_known(target: Target) -> None:
    logits, diagnosis = torch.randn(2, 3, 8, 8), torch.tensor([[0.0, 2.0], [5.0, 0.0]])
    found = criterion(Outputs(logits, diagnosis=diagnosis), target, LOSS, WEIGHTS)
    extra = math.log(1 + math.exp(-2))
    assert float(found - LOSS(logits, target.labels, WEIGHTS)) == pytest.approx(extra, rel=1e-4)
    unknown = Target(target.pictures, target.labels, torch.tensor([VOID, VOID]))
    assert criterion(Outputs(logits, diagnosis=diagnosis), unknown, LOSS, WEIGHTS) == LOSS(
        logits, target.labels, WEIGHTS)


def test_a_net_that_paints_back_needs_no_labels(target: Target) -> None:
    outputs = Outputs(torch.randn(2, 3, 8, 8), reconstruction=target.pictures + 0.5)
    found = criterion(outputs, target, LOSS, WEIGHTS)
    cut = soft_normalised_cut(outputs.logits.softmax(1), target.pictures)
    assert float(found) == pytest.approx(float(cut) + 0.25, rel=1e-5)
    other = Target(target.pictures, 2 - target.labels, target.diagnoses)
    assert criterion(outputs, other, LOSS, WEIGHTS) == found


def test_the_soft_cut_is_that_of_all_pairs() -> None:
    torch.manual_seed(1)
    pictures, groups = 0.2 * torch.randn(1, 3, 7, 6), torch.randn(1, 2, 7, 6).softmax(1)
    places = [(y, x) for y in range(7) for x in range(6)]
    wanted = 2.0
    for k in range(2):
        inside = total = 0.0
        for a in places:
            for b in places:
                if math.dist(a, b) < RADIUS:
                    one, other = (pictures[0, :, y, x] for y, x in (a, b))
                    change = float((one - other).square().sum())
                    w = math.exp(-change / ALIKE**2 - math.dist(a, b) ** 2 / NEAR**2)
                    inside += w * float(groups[0, k][a] * groups[0, k][b])
                    total += w * float(groups[0, k][a])
        wanted -= inside / total
    assert float(soft_normalised_cut(groups, pictures)) == pytest.approx(wanted, rel=1e-4)


def test_the_soft_cut_prefers_groups_of_one_colour() -> None:
    pictures = torch.zeros(1, 3, 16, 16)
    pictures[..., 8:] = 2
    along = torch.zeros(1, 2, 16, 16)
    along[:, 0, :, :8], along[:, 1, :, 8:] = 1, 1
    across = along.transpose(2, 3)
    assert soft_normalised_cut(along, pictures) < 0.01 < soft_normalised_cut(across, pictures)
