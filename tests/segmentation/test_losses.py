"""Losses against plain implementations that loop over pixels and classes."""

from __future__ import annotations

import math

import pytest
import torch

from vision.segmentation.objectives.losses import (
    LOSSES,
    VOID,
    cross_entropy,
    dice,
    focal,
    lovasz,
    tversky,
)

CLASSES = 4


@pytest.fixture
def case() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Logits, truth with void and without class 3, and class weights."""
    torch.manual_seed(0)
    truth = torch.randint(0, 3, (2, 5, 6))
    truth[0, :2] = VOID
    return 2 * torch.randn(2, CLASSES, 5, 6), truth, torch.tensor([0.5, 1.0, 2.0, 3.0])


def pixels(logits: torch.Tensor, truth: torch.Tensor) -> list[tuple[list[float], int]]:
    """Each labelled pixel's probabilities and its class, in plain Python."""
    found = []
    for n in range(truth.shape[0]):
        for y in range(truth.shape[1]):
            for x in range(truth.shape[2]):
                if int(truth[n, y, x]) != VOID:
                    powers = [math.exp(float(value)) for value in logits[n, :, y, x]]
                    found.append(([p / sum(powers) for p in powers], int(truth[n, y, x])))
    return found


def test_cross_entropy_is_the_weighted_mean(case: tuple[torch.Tensor, ...]) -> None:
    logits, truth, weights = case
    known = pixels(logits, truth)
    total = sum(float(weights[label]) * -math.log(p[label]) for p, label in known)
    wanted = total / sum(float(weights[label]) for _, label in known)
    assert float(cross_entropy(*case)) == pytest.approx(wanted, rel=1e-5)
    assert wanted != pytest.approx(float(cross_entropy(logits, truth, torch.ones(4))), rel=1e-2)


def test_dice_is_that_of_the_paper_over_the_classes_present(case: tuple[torch.Tensor, ...]) -> None:
    known = pixels(case[0], case[1])
    ratios = []
    for c in {label for _, label in known}:
        both = sum(p[c] for p, label in known if label == c)
        size = sum(p[c] ** 2 for p, _ in known) + sum(label == c for _, label in known)
        ratios.append(2 * both / size)
    assert len(ratios) == 3
    assert float(dice(*case)) == pytest.approx(1 - sum(ratios) / 3, rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_void_pixels_do_not_count(name: str, case: tuple[torch.Tensor, ...]) -> None:
    logits, truth, weights = case
    other = torch.where((truth == VOID)[:, None], 100 * torch.randn_like(logits), logits)
    logits.requires_grad_()
    loss = LOSSES[name](logits, truth, weights)
    assert float(loss) == pytest.approx(float(LOSSES[name](other, truth, weights)), rel=1e-5)
    loss.backward()
    missing = (truth == VOID)[:, None].expand_as(logits)
    assert logits.grad[missing].abs().max() == 0 < logits.grad[~missing].abs().max()


def test_one_pixel_of_one_class_is_enough() -> None:
    """Nothing below 1 – a weight, a class of one pixel – is lifted to 1. Void is 255 in the data.

    With p of the true class: −log p, −(1 − p)² log p, 1 − 2p / (p² + 1), 1 − p / (0.3p + 0.7) and,
    since the Jaccard loss of one wrong pixel is 1, 1 − p.
    """
    logits, weights = torch.zeros(1, CLASSES, 1, 2), torch.tensor([1.0, 1.0, 0.25, 1.0])
    logits[0, 2, 0, 0] = math.log(4.5)  # of 4.5 + 1 + 1 + 1
    truth = torch.tensor([[[2, 255]]])
    p = 0.6
    wanted = {"cross_entropy": -math.log(p), "focal": -(1 - p) ** 2 * math.log(p),
              "dice": 1 - 2 * p / (p**2 + 1), "tversky": 1 - p / (0.3 * p + 0.7),
              "lovasz": 1 - p}
    for name, value in wanted.items():
        assert float(LOSSES[name](logits, truth, weights)) == pytest.approx(value, rel=1e-5), name
    assert VOID == 255


@pytest.mark.parametrize("name", LOSSES)
def test_a_batch_of_void_has_no_gradient_and_no_nan(name: str) -> None:
    logits = torch.randn(1, CLASSES, 3, 3, requires_grad=True)
    loss = LOSSES[name](logits, torch.full((1, 3, 3), VOID), torch.ones(CLASSES))
    loss.backward()
    assert torch.isfinite(loss) and logits.grad.abs().max() == 0


@pytest.mark.parametrize("name", LOSSES)
def test_right_answers_cost_less_than_wrong_ones(name: str) -> None:
    truth = torch.randint(0, CLASSES, (1, 8, 8), generator=torch.Generator().manual_seed(0))
    right = 20.0 * torch.nn.functional.one_hot(truth, CLASSES).movedim(-1, 1)
    weights = torch.ones(CLASSES)
    assert float(LOSSES[name](right, truth, weights)) < 1e-3
    assert float(LOSSES[name](-right, truth, weights)) > 0.9


def test_the_sum_is_the_sum(case: tuple[torch.Tensor, ...]) -> None:
    both = float(LOSSES["cross_entropy+dice"](*case))
    assert both == pytest.approx(float(cross_entropy(*case)) + float(dice(*case)))


def test_focal_counts_hard_pixels_more(case: tuple[torch.Tensor, ...]) -> None:
    known, weights = pixels(case[0], case[1]), case[2]
    total = sum(float(weights[c]) * -(1 - p[c]) ** 2 * math.log(p[c]) for p, c in known)
    wanted = total / sum(float(weights[c]) for _, c in known)
    assert float(focal(*case)) == pytest.approx(wanted, rel=1e-5)


def test_tversky_weighs_misses_more_than_extras(case: tuple[torch.Tensor, ...]) -> None:
    known = pixels(case[0], case[1])
    indices = []
    for c in {label for _, label in known}:
        hits = sum(p[c] for p, label in known if label == c)
        extra = sum(p[c] for p, label in known if label != c)
        missed = sum(1 - p[c] for p, label in known if label == c)
        indices.append(hits / (hits + 0.3 * extra + 0.7 * missed))
    assert float(tversky(*case)) == pytest.approx(1 - sum(indices) / 3, rel=1e-5)


@pytest.mark.parametrize("rare", [False, True])
def test_lovasz_is_the_extension_of_the_jaccard_loss(case: tuple[torch.Tensor, ...], rare: bool
                                                     ) -> None:
    """Definition 1 of arXiv:1705.08790 with Δ as a function of a set of mispredicted pixels."""
    logits, truth, weights = case
    if rare:  # but for two pixels all are of class 0
        truth[truth != VOID] = 0
        truth[1, 0, 0], truth[1, 4, 5] = 1, 2
    known = pixels(logits, truth)
    losses = []
    for c in {label for _, label in known}:
        own = {i for i, (_, label) in enumerate(known) if label == c}
        wrong = [abs((i in own) - p[c]) for i, (p, _) in enumerate(known)]

        def loss(mistakes: set[int], own: set[int] = own) -> float:
            return len(mistakes) / len(own | mistakes)

        order = sorted(range(len(known)), key=lambda i: -wrong[i])
        losses.append(sum(wrong[i] * (loss(set(order[: n + 1])) - loss(set(order[:n])))
                          for n, i in enumerate(order)))
    assert float(lovasz(logits, truth, weights)) == pytest.approx(sum(losses) / 3, rel=1e-5)
