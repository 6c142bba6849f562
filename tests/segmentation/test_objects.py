"""Objects by centres and offsets: their truth, their loss, and how an answer is read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from tests.segmentation.trainings import TINY
from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.segmentation import train as training
from vision.segmentation.data import CLASSES, open_samples
from vision.segmentation.models import ARCHITECTURES, Outputs
from vision.segmentation.objectives.criterion import HEAT, WAY, Target, criterion, objects_loss
from vision.segmentation.objectives.losses import LOSSES
from vision.segmentation.panoptic.objects import (
    SIGMA,
    UNKNOWN,
    find,
    nobody_counted,
    peaks,
    targets,
)
from vision.segmentation.panoptic.quality import quality
from vision.segmentation.panoptic.segments import THINGS, truth_of
from vision.segmentation.panoptic.streets import street
from vision.segmentation.train import make_batch, train

ROAD = CLASSES.index("Road")


def test_targets_are_a_hill_at_each_centre_and_ways_to_it() -> None:
    numbers = np.zeros((60, 80), np.uint16)
    numbers[10:21, 20:31], numbers[40:47, 60:67], numbers[50, 2:7] = 3, 9, 4  # the last is tiny
    heat, down, right, there = targets(numbers)
    assert (heat[15, 25], heat[43, 63]) == (1, 1) and (heat == 1).sum() == 2
    assert heat[15, 33] == pytest.approx(np.exp(-64 / (2 * SIGMA**2))) and heat[50, 4] < 1e-3
    assert (down[10, 20], right[10, 20]) == (5, 5) and (down[46, 60], right[46, 60]) == (-3, 3)
    assert there.sum() == 121 + 49 and not down[there == 0].any()
    near = np.zeros((30, 60), np.uint16)
    near[5:15, 10:20], near[5:15, 20:30] = 1, 2
    assert targets(near)[0].max() == pytest.approx(np.exp(-0.5 / (2 * SIGMA**2)))  # the higher hill
    assert not targets(np.zeros((4, 5), np.uint16)).any()


def test_peaks_are_the_highest_around_and_the_best_first() -> None:
    heat = torch.zeros(20, 20)
    heat[3, 4], heat[3, 7], heat[10, 10], heat[15, 2] = 0.6, 0.5, 0.9, 0.25
    assert peaks(heat).tolist() == [[10, 10], [3, 4]]
    assert peaks(torch.zeros(8, 8)).shape == (0, 2)


class Told(nn.Module):
    """A net that says exactly what is true of one street."""

    def __init__(self, labels: np.ndarray, said: np.ndarray) -> None:
        super().__init__()
        self.said = nn.Parameter(torch.from_numpy(said)[None])
        hot = functional.one_hot(torch.from_numpy(labels).long(), len(CLASSES))
        self.logits = nn.Parameter(10.0 * hot.permute(2, 0, 1)[None].float())

    def find(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.logits, self.said


@pytest.mark.parametrize("times", [1, 4])
def test_a_net_that_says_the_truth_finds_almost_every_object(times: int) -> None:
    """At a quarter of the size, where nets answer, far objects melt together: fewer are found."""
    seen = street(0, (256, 352))
    truth = truth_of(seen)
    labels = np.where(truth.classes == 255, ROAD, truth.classes)
    said = functional.avg_pool2d(torch.from_numpy(targets(truth.instances))[None, :3], times)[0]
    model = Model(Told(labels, said.numpy()).eval(), Card(
        "segmentation", "panoptic_deeplab", {"classes": 11}, CLASSES, {"short_side": 256}))
    found = find(model, seen.picture)
    assert quality(truth, found, 11).overall(THINGS)["PQ"] > {1: 0.8, 4: 0.6}[times]
    large = find(model, np.repeat(np.repeat(seen.picture, 2, 0), 2, 1))
    assert large.classes.shape == (512, 704) and len(list(large.objects)) > 3


@pytest.mark.parametrize(("side", "way", "edge"), [(64, 0, 32), (128, 0, 64), (128, 8, 48)])
def test_centres_and_ways_are_told_in_the_pictures_pixels(side: int, way: float, edge: int) -> None:
    """Both peaks are as far from their edge; a way of 8 where the net sees 64 is 16 of 128."""
    said = np.zeros((3, 16, 16), np.float32)
    said[0, 8, [3, 12]], said[2] = 1, way
    net = Told(np.full((64, 64), THINGS[0]), said).eval()
    found = find(Model(net, Card("segmentation", "panoptic_deeplab", {"classes": 11}, CLASSES,
                                 {"short_side": 64})), np.zeros((side, side, 3), np.uint8))
    left, right = found.instances[:, :edge], found.instances[:, edge:]
    assert np.ptp(left) == np.ptp(right) == 0 and left[0, 0] != right[0, 0]


def test_the_loss_is_that_of_the_paper_and_leaves_the_unknown_out() -> None:
    torch.manual_seed(0)
    numbers = np.zeros((32, 32), np.uint16)
    numbers[4:20, 6:22] = 1
    truth = torch.from_numpy(np.stack([targets(numbers), nobody_counted((32, 32))]))
    assert truth[1, 0].min() == UNKNOWN
    said = torch.randn(2, 3, 32, 32)
    heat = (said[0, 0] - truth[0, 0]).square().mean()
    inside = truth[0, 3] > 0
    ways = (said[0, 1:] - truth[0, 1:3]).abs().sum(0)[inside].mean()
    assert objects_loss(said, truth) == pytest.approx(float(HEAT * heat + WAY * ways), rel=1e-5)
    said[1] += 100
    assert objects_loss(said, truth) == pytest.approx(float(HEAT * heat + WAY * ways), rel=1e-5)
    target = Target(torch.zeros(2, 3, 32, 32), torch.zeros(2, 32, 32).long(),
                    torch.full((2,), 255), truth)
    logits = torch.randn(2, 4, 32, 32)
    both, alone = (criterion(Outputs(logits, objects=objects), target, LOSSES["cross_entropy"],
                             torch.ones(4)) for objects in (said, None))
    assert both - alone == pytest.approx(float(objects_loss(said, truth)), rel=1e-5)


def test_a_batch_moves_objects_as_it_moves_their_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    config = replace(TINY, arch="panoptic_deeplab", data=("scenes",), batch=2,
                     crop=(192, 256), scale=(0.6, 0.7))
    run: Any = type("Run", (), {"share": staticmethod(lambda count: slice(None))})
    sets = [open_samples("scenes", "train", 3)]
    target = make_batch(sets, config, run, 0)
    assert target.objects is not None and target.objects.shape == (2, 4, *config.crop)
    there = target.objects[:, 3] > 0
    assert there.any() and np.isin(target.labels[there].numpy(), THINGS).all()
    plain = make_batch(sets, replace(config, arch="unet"), run, 0)
    assert plain.objects is None and torch.equal(plain.labels, target.labels)
    assert torch.equal(plain.pictures, target.pictures)
    monkeypatch.setattr(training, "numbers", lambda samples, index: None)
    unknown = make_batch(sets, config, run, 0).objects
    assert unknown is not None and (unknown[:, 0] == UNKNOWN).all()


def test_it_begins_as_a_deeplab_learns_objects_too_and_tells_how_many(tmp_path: Path) -> None:
    torch.manual_seed(0)
    plain = ARCHITECTURES.build("deeplab_v3plus", classes=11)
    start = checkpoints.save(tmp_path / "plain.safetensors", plain, Card(
        "segmentation", "deeplab_v3plus", {"classes": 11}, CLASSES, {"short_side": 64}))
    config = replace(TINY, arch="panoptic_deeplab", data=("scenes",), limit=1, steps=1, batch=2,
                     start=start, output=tmp_path / "x.safetensors")
    begun = training.begin(config, open_samples("scenes", "train", 1)).state_dict()
    assert all(torch.allclose(begun[name], value, atol=1e-3)
               for name, value in plain.state_dict().items())
    card = checkpoints.read_card(train(config))
    assert card.data["task"] == "classes" and card.metrics["panoptic"]["PQ"] >= 0


def test_a_few_steps_on_one_picture_lower_both_losses() -> None:
    torch.manual_seed(0)
    module = ARCHITECTURES.build("panoptic_deeplab", classes=3).train()
    numbers = np.zeros((64, 64), np.uint16)
    numbers[20:40, 10:30] = 1
    objects = torch.from_numpy(np.stack([targets(numbers)] * 2))
    target = Target(torch.randn(2, 3, 64, 64), torch.randint(0, 3, (2, 64, 64)),
                    torch.full((2,), 255), objects)
    optimizer = torch.optim.AdamW(module.parameters(), 3e-3)
    seen = []
    for _ in range(8):
        said = module(target.pictures)
        loss = criterion(said, target, LOSSES["cross_entropy"], torch.ones(3))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        seen.append((loss.item(), objects_loss(said.objects, objects).item()))
    assert all(last < 0.7 * first for first, last in zip(seen[0], seen[-1], strict=True))
