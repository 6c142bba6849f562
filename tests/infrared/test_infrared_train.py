"""Training: it learns, resumes as if nothing had happened, freezes, and counts masks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.infrared.hand import CONSERVATOR, FUSE, SIZE, Handmade
from vision import checkpoints
from vision.checkpoints import Card
from vision.errors import UserError
from vision.infrared import predict as predicting
from vision.infrared.classes import CLASSES
from vision.infrared.collate import target_of
from vision.infrared.data import Augment, FewMasks, boxes_of, first_of_each
from vision.infrared.evaluate import measure
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.masks import cut_out
from vision.infrared.predict import load
from vision.infrared.pretraining.histogram_matching import matched
from vision.infrared.train import Config, begin, check, open_scenes, train
from vision.infrared.warm_start import learn, parts_of, take_over
from vision.training.progress import Step

pytestmark = pytest.mark.usefixtures("narrow")
TINY = Config(steps=4, batch=2, height=96, width=128, precision="fp32", val_scenes=0, save_every=2)


@pytest.fixture(autouse=True)
def _full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predicting, "bf16_is_faster", lambda kind: False)


def digest(path: Path) -> str:
    total = hashlib.sha256()
    for name, tensor in sorted(load_file(path).items()):
        total.update(name.encode() + tensor.numpy().tobytes())
    return total.hexdigest()


def test_scenes_rendered_by_other_processes_are_the_same() -> None:
    config = replace(TINY, scenes=3, workers=2)
    ahead, later = open_scenes(config), open_scenes(replace(config, workers=0))
    assert len(ahead) == len(later) == 3
    for index in range(3):
        assert np.array_equal(ahead[index].grey, later[index].grey)
        assert np.array_equal(ahead[index].labels, later[index].labels)
    with pytest.raises(UserError, match="--workers without --scenes"):
        check(replace(config, scenes=0))


def test_scenes_are_made_around_the_devices_that_are_wanted() -> None:
    config = replace(TINY, scenes=6, devices=("reactor", "fuse"), clutter=0.0)
    samples = open_scenes(config)
    shown = {CLASSES[label] for index in range(6) for label in samples[index].labels}
    assert shown == {"reactor", "fuse"}
    endless = open_scenes(replace(config, scenes=0))
    assert np.array_equal(samples[0].grey, endless[0].grey)
    assert not np.array_equal(samples[0].grey, open_scenes(replace(config, clutter=2.0))[0].grey)


def test_a_training_is_measured_on_its_way_too(tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.infrared.train.scenes_from",
                        lambda config, first, count: Handmade(count))
    config = replace(TINY, steps=2, val_every=2, val_scenes=1, output=tmp_path / "x.safetensors")
    values: list[dict[str, float]] = []
    card = checkpoints.read_card(
        train(config, lambda step: values.append(step.values), Handmade(6)))
    assert "val_box_AP" not in values[0]
    assert values[1]["val_box_AP"] == pytest.approx(card.metrics["box_AP"], abs=0.05)
    assert values[1]["val_mask_AP"] == pytest.approx(card.metrics["mask_AP"], abs=0.05)


def test_a_stopped_training_resumes_to_the_same_weights(tmp_path: Path) -> None:
    samples = Handmade(6)
    whole = replace(TINY, output=tmp_path / "whole" / "x.safetensors")
    losses: dict[int, float] = {}
    train(whole, lambda step: losses.update({step.number: step.values["loss"]}), samples)
    broken = replace(TINY, output=tmp_path / "broken" / "x.safetensors")
    train(broken, lambda step: step.number == 2, samples)
    again: dict[int, float] = {}
    train(broken, lambda step: again.update({step.number: step.values["loss"]}), samples)
    assert list(again) == [3, 4] and all(again[n] == losses[n] for n in again)
    assert digest(whole.output) == digest(broken.output)
    card = checkpoints.read_card(broken.output)
    assert card.steps == 4 and card.classes == CLASSES and card.config["masks"] == "per_class"


@pytest.mark.parametrize("freeze", [("backbone", "boxes"), ("pyramid", "proposals", "masks"),
                                    ("stem",)])
def test_frozen_parts_keep_weights_and_statistics(freeze: tuple[str, ...]) -> None:
    torch.manual_seed(0)
    config = replace(TINY, freeze=freeze)
    module = begin(config)
    kept = {id(value) for part in parts_of(module, freeze) for value in
            (*part.parameters(), *part.buffers())}
    before = {name: value.clone() for name, value in module.state_dict(keep_vars=True).items()}
    frozen = {name for name, value in module.state_dict(keep_vars=True).items()
              if id(value) in kept}
    optimizer = torch.optim.AdamW([p for p in module.parameters() if p.requires_grad], 0.01)
    learn(module, freeze)
    targets = [target_of(Handmade(2)[n], SIZE) for n in range(2)]
    pictures = torch.stack([torch.from_numpy(Handmade(2)[n].grey)[None] for n in range(2)])
    torch.stack(list(module(pictures, targets).values())).sum().backward()
    optimizer.step()
    moved = {name for name, value in module.state_dict().items()
             if not torch.equal(value, before[name])}
    assert frozen and moved and not frozen & moved
    assert len(moved) > 0.8 * (len(before) - len(frozen))


def test_enlarged_scenes_keep_their_truth_where_it_was() -> None:
    """A picture twice as large has boxes twice as large, and the same masks in them."""
    sample = Handmade(1)[0]
    large = (2 * SIZE[0], 2 * SIZE[1])
    plain, enlarged = target_of(sample, SIZE), target_of(sample, large)
    assert torch.equal(enlarged.boxes, 2 * plain.boxes)
    which = torch.arange(len(plain.boxes))
    torch.testing.assert_close(cut_out(enlarged.masks, enlarged.boxes, which, large),
                               cut_out(plain.masks, plain.boxes, which, SIZE))


def test_a_detector_learns_two_enlarged_scenes_by_heart(tmp_path: Path) -> None:
    """Its pictures are enlarged, its boxes are in the pixels of what it was given.

    Sixty steps, varied by `Augment`, are enough; random weights reach an AP50 of 0.
    """
    config = replace(TINY, steps=60, learning_rate=4e-3, short_side=128, save_every=1000,
                     output=tmp_path / "x.safetensors")
    samples = Handmade(2)
    model = load(train(config, None, samples))
    assert model.card.preprocess["short_side"] == 128
    report = measure(model, samples)
    assert report.precisions["box"].ap50 > 0.6 and report.precisions["mask"].ap50 > 0.6


def test_masks_are_counted_per_class_and_forbidden_for_some() -> None:
    samples = Handmade(5)
    known = first_of_each(samples, 2)
    assert [flags.tolist() for flags in known] == [[True, True]] * 2 + [[False, False]] * 3
    few = FewMasks(samples, 2, ("fuse",))
    assert few[0].labels.tolist() == [FUSE, CONSERVATOR]
    assert few[0].masked.tolist() == [False, True] and few[3].masked.tolist() == [False, False]


def test_augmented_devices_keep_their_brightness_and_tight_boxes() -> None:
    augment = Augment(gamma=0, inverted=0, noise=0)
    for seed in range(8):
        random = np.random.default_rng(seed)
        sample = augment(Handmade(1)[0], random)
        for box, mask in zip(boxes_of(sample.masks), sample.masks, strict=True):
            rows, columns = np.nonzero(mask)
            assert box.tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        brightness = [np.median(sample.grey[mask]) for mask in sample.masks]
        wanted = [0.9 if label == FUSE else 0.5 for label in sample.labels]
        assert np.allclose(brightness, wanted, atol=0.05)


def test_histogram_matching_gives_the_wanted_quantiles_in_the_same_order() -> None:
    random = np.random.default_rng(0)
    grey = random.random((40, 50)).astype(np.float32)
    levels = np.linspace(0, 1, 65) ** 2
    new = matched(grey, levels)
    assert np.allclose(np.quantile(new, np.linspace(0, 1, 65)), levels, atol=0.02)
    assert (np.argsort(new.ravel(), kind="stable") == np.argsort(grey.ravel())).mean() > 0.99


def test_starting_takes_over_what_fits_and_refuses_what_does_not(tmp_path: Path) -> None:
    torch.manual_seed(0)
    classifier = ARCHITECTURES.build("classifier", classes=3)
    path = checkpoints.save(tmp_path / "c.safetensors", classifier, Card(
        "infrared", "classifier", {"classes": 3}, ("a", "b", "c")))
    module = begin(replace(TINY, start=path))
    assert torch.equal(module.backbone.body.conv1.weight,
                       classifier.body.conv1.weight.half().float())
    other = ARCHITECTURES.build("mask_rcnn", classes=len(CLASSES), backbone="resnet50")
    with pytest.raises(UserError, match="no backbone that fits 'resnet50'"):
        take_over(other, path)


@pytest.mark.parametrize(("change", "word"), [
    ({"height": 100}, "multiples of 32"), ({"masks_per_class": 5}, "--scenes"),
    ({"freeze": ("backbone", "pyramid", "proposals", "boxes", "masks")}, "frozen"),
    ({"freeze": ("backbone", "pyramid", "proposals", "boxes", "masks", "sides"), "sides": True},
     "frozen"),
    ({"steps": 0}, "steps"), ({"seed": -1}, "seed"), ({"short_side": 63}, "short-side"),
    ({"short_side": 1537}, "short-side"), ({"clutter": 2.5}, "clutter")])
def test_settings_that_cannot_work_are_refused(change: dict[str, object], word: str) -> None:
    with pytest.raises(UserError, match=word):
        check(replace(TINY, **change))


def test_the_sides_alone_can_learn(tmp_path: Path) -> None:
    """They begin anew on a detector that never had any; all the rest stays as it is."""
    first = train(replace(TINY, steps=1, output=tmp_path / "a.safetensors"), None, Handmade(2))
    second = train(replace(TINY, start=first, sides=True, output=tmp_path / "b.safetensors",
                           freeze=("backbone", "pyramid", "proposals", "boxes", "masks")),
                   None, Handmade(2))
    before, after = (load(path).module.state_dict() for path in (first, second))
    added = {name for name in after if name not in before}
    assert added and all(name.startswith("heads.sides.") for name in added)
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert checkpoints.read_card(second).config["sides"] is True


def test_the_step_is_reported_with_each_part_of_the_loss(tmp_path: Path) -> None:
    steps: list[Step] = []
    train(replace(TINY, steps=1, output=tmp_path / "x.safetensors"), steps.append, Handmade(2))
    values = dict(steps[0].values)
    total = values.pop("loss")
    assert set(values) == {"loss_class", "loss_box", "loss_mask", "loss_objectness",
                           "loss_proposal"}
    assert total == pytest.approx(sum(values.values()), rel=1e-5)
    assert (TINY.height, TINY.width) == SIZE
