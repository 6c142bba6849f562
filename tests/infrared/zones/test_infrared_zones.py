"""The zone head: its numbers go there and back, and it learns where parts are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.infrared.hand import CONSERVATOR, FUSE, Handmade
from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.infrared.classes import CLASSES, ZONES
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.zones import cell_centres
from vision.infrared.scenes import Zone
from vision.infrared.zones import train as train_zones
from vision.infrared.zones.locate import (
    LOOKS,
    SLOTS,
    crops_of,
    in_pixels,
    load,
    locate,
    measure,
    numbers_of,
    overlap,
    wider,
    zones_of,
)
from vision.infrared.zones.train import Config, cut, marked, train, zone_loss

BOX = np.array([10, 20, 50, 100], np.float32)


def test_zones_become_numbers_and_zones_again() -> None:
    names = ZONES["fuse"]
    zones = tuple(Zone(name, (15.0 + 9 * n, 30.0 + 20 * n), (8.0, 12.0 + n))
                  for n, name in enumerate(names))
    numbers = numbers_of(zones, BOX, FUSE)
    assert numbers.shape == (SLOTS, 4) and np.isnan(numbers[len(names):]).all()
    for one, other in zip(zones, zones_of(in_pixels(numbers[None], BOX[None])[0], FUSE),
                          strict=True):
        assert one.name == other.name
        assert np.allclose((*one.centre, *one.size), (*other.centre, *other.size), atol=1e-3)


def test_a_hidden_zone_leaves_its_slot_empty() -> None:
    top, tube, bottom = (Zone(name, (20.0, 30.0 + 20 * n), (8.0, 12.0))
                         for n, name in enumerate(ZONES["fuse"]))
    whole, part = numbers_of((top, tube, bottom), BOX, FUSE), numbers_of((top, bottom), BOX, FUSE)
    assert np.isnan(part[1]).all()
    assert np.array_equal(part[[0, 2]], whole[[0, 2]])


def test_overlap_agrees_with_counted_pixels() -> None:
    a, b = Zone("a", (10, 10), (8, 12)), Zone("b", (13, 12), (10, 6))
    y, x = np.mgrid[0:40, 0:40] + 0.5
    pixels = [(abs(x - zone.centre[0]) < zone.size[0] / 2)
              & (abs(y - zone.centre[1]) < zone.size[1] / 2) for zone in (a, b)]
    counted = (pixels[0] & pixels[1]).sum() / (pixels[0] | pixels[1]).sum()
    assert overlap(a, b) == pytest.approx(counted) and overlap(a, a) == 1
    assert overlap(a, Zone("far", (90, 90), (5, 5))) == 0


def test_a_crop_shows_the_box_and_its_margin() -> None:
    around = wider(BOX[None])
    assert np.allclose(around, [[6, 12, 54, 108]])
    grey = np.zeros((120, 128), np.float32)
    grey[20:100, 10:50] = 1
    crop = crops_of(grey, around)[0, 0].numpy()
    inside = crop > 0
    assert inside.mean() == pytest.approx(1 / 1.2**2, abs=0.04) and inside[32, 32]
    assert not inside[0].any() and not inside[:, 0].any()


def test_every_look_counts_and_is_put_back_where_it_was() -> None:
    """A head that always says "the middle fifth" is asked about five crops round one place."""
    asked: list[int] = []

    def middle(crops: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        asked.append(len(crops))
        assert labels.tolist() == [FUSE, CONSERVATOR] * len(LOOKS)
        return torch.tensor([0.5, 0.5, np.log(0.2), np.log(0.2)]).expand(len(crops), SLOTS, 4)

    model = Model(Function(middle), Card("infrared", "zones", {}, CLASSES, {}))
    boxes = np.array([BOX, [40, 30, 100, 60]], np.float32)
    found = locate(model, np.random.default_rng(0).random((120, 128), np.float32), boxes,
                   np.array([FUSE, CONSERVATOR]))
    assert asked == [2 * len(LOOKS)]
    for zones, box in zip(found, boxes, strict=True):
        width, height = box[2:] - box[:2]
        for zone in zones:
            assert np.allclose(zone.centre, (box[:2] + box[2:]) / 2, atol=1e-3)
            assert np.allclose(zone.size, (0.24 * width, 0.24 * height), rtol=0.01)


class Function(torch.nn.Module):
    """A function of crops and labels in the place of a zone head."""

    def __init__(self, function: Callable[..., torch.Tensor]) -> None:
        super().__init__()
        self.forward = function
        self.nothing = torch.nn.Parameter(torch.zeros(1))


def test_the_centre_is_the_mean_of_the_heat() -> None:
    torch.manual_seed(0)
    head = ARCHITECTURES.build("zones", classes=3, slots=2, width=8).eval()
    with torch.no_grad():
        head.answer.weight.zero_()
        head.answer.bias.copy_(torch.arange(18.0))
    said = head(torch.randn(2, 1, 64, 64), torch.tensor([0, 2]))
    assert torch.allclose(said[:, :, :2], torch.full((2, 2, 2), 0.5))  # flat heat: the middle
    assert said[0, :, 2].tolist() == [1, 4] and said[1, :, 3].tolist() == [14, 17]
    assert cell_centres().mean(0).tolist() == [0.5, 0.5]


@pytest.mark.filterwarnings("error")
def test_a_scene_without_devices_has_no_crops() -> None:
    assert crops_of(np.ones((20, 30), np.float32), np.zeros((0, 4))).shape == (0, 1, 64, 64)


ONE = torch.tensor([0])  # the class of a single device


def test_unused_slots_do_not_count() -> None:
    truth = torch.full((1, 2, 4), torch.nan)
    truth[0, 0] = 0.5
    said = torch.full((1, 2, 4), 0.5)
    said[0, 1] = 99.0
    assert zone_loss(said, truth, ONE) == 0
    said[0, 0, 0] = 0.7
    assert zone_loss(said, truth, ONE) > 0


def test_the_loss_is_what_the_zones_do_not_share(monkeypatch: pytest.MonkeyPatch) -> None:
    truth = torch.tensor([[[0.4, 0.6, np.log(0.2), np.log(0.3)]]])
    smaller = truth + torch.tensor([0, 0, np.log(0.5), np.log(0.5)])  # same middle and shape
    monkeypatch.setattr(train_zones.functional, "smooth_l1_loss",
                        lambda said, *_, **__: torch.zeros_like(said))
    assert zone_loss(smaller, truth, ONE).item() == pytest.approx(1 - 0.25)
    box, said = (Zone("tank", (float(x), float(y)), (float(np.exp(w)), float(np.exp(h))))
                 for x, y, w, h in (truth[0, 0], smaller[0, 0]))
    assert 1 - overlap(box, said) == pytest.approx(0.75)
    assert zone_loss(truth, torch.full_like(truth, torch.nan), ONE) == 0


def test_a_rare_class_counts_as_much_as_a_common_one() -> None:
    """Three devices of one class and one of another: the loss is the mean of their two losses."""
    truth = torch.full((4, 1, 4), 0.5)
    said = truth + torch.tensor([0.1, 0.2, 0.3, 0.05])[:, None, None]
    labels = torch.tensor([7, 7, 7, 2])
    both = zone_loss(said, truth, labels)
    apart = [zone_loss(said[rows], truth[rows], labels[rows]) for rows in (slice(3), slice(3, 4))]
    torch.testing.assert_close(both, torch.stack(apart).mean())
    alike = [zone_loss(said[[row]], truth[[row]], labels[[row]]) for row in range(3)]
    torch.testing.assert_close(apart[0], torch.stack(alike).mean())


def test_a_mirrored_crop_has_mirrored_zones() -> None:
    scene = marked(Handmade(1).scene(0))
    turned = [cut(scene, np.random.default_rng(seed)) for seed in range(6)]
    for crops, labels, truth in turned:
        assert crops.shape[1:] == (1, 64, 64) and len(labels) == len(truth) == 2
        centres = truth[:, 0, :2]
        assert (centres - 0.5).abs().max() < 0.1  # the zone of these devices is their middle
    assert not torch.equal(turned[0][0], turned[1][0])


def test_training_a_zone_head_learns_the_scenes(tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_zones, "Scenes", lambda first, count: Handmade(count))
    config = Config(width=8, scenes=4, steps=25, batch=2, precision="fp32", val_scenes=1,
                    val_every=25, learning_rate=1e-2, output=tmp_path / "z.safetensors")
    values: list[dict[str, float]] = []
    model = load(train(config, lambda step: values.append(step.values)))
    losses = [each["loss"] for each in values]
    assert losses[-1] < 0.5 * losses[0]
    assert ["val_accuracy" in each for each in values] == [False] * 24 + [True]
    assert values[-1]["val_accuracy"] == pytest.approx(model.card.metrics["accuracy"], abs=0.3)
    scene = Handmade(1).scene(0)
    boxes = np.array([device.box for device in scene.devices], np.float32)
    labels = np.array([device.label for device in scene.devices])
    zones = locate(model, scene.grey, boxes, labels)
    assert [len(found) for found in zones] == [len(ZONES[CLASSES[label]]) for label in labels]
    assert locate(model, scene.grey, boxes[:0], labels[:0]) == []
    more = replace(config, start=config.output, steps=1, val_scenes=0, learning_rate=1e-9,
                   output=tmp_path / "more.safetensors")
    again = load(train(more)).module.state_dict()
    for name, value in model.module.answer.state_dict().items():
        torch.testing.assert_close(again[f"answer.{name}"], value, atol=2e-2, rtol=2e-2)
    with pytest.raises(UserError, match="is a zone head of width 8; one of width 16"):
        train(replace(more, width=16))


def test_measuring_counts_zones_that_overlap_by_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.infrared.zones.locate.locate", lambda model, grey, boxes, labels: [
        tuple(Zone(name, ((b[0] + b[2]) / 2 + move, (b[1] + b[3]) / 2),
                   ((b[2] - b[0]) / 2, (b[3] - b[1]) / 2)) for name in ZONES[CLASSES[label]])
        for b, label, move in zip(boxes, labels, (0, 20), strict=True)])
    card = Card("infrared", "zones", {}, CLASSES)
    report = measure(Model(torch.nn.Identity(), card), Handmade(3))
    assert report.accuracy["fuse"] == 1 and report.iou["fuse"] == pytest.approx(1)
    assert report.accuracy["conservator"] == 0 and report.mean == 0.5
    assert np.isnan(report.accuracy["reactor"]) and "50.0%" in str(report)
