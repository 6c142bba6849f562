"""Training: killed and resumed, stopped and resumed, shared by processes; and refused settings."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from trainings import KILLED, PLACES, TINY, shared, told

from tests.launching import seen
from vision import checkpoints
from vision.data import pretrained
from vision.efficientnet_lite import PUBLIC, EfficientNetLite
from vision.errors import UserError
from vision.options import command, parse
from vision.segmentation.data import open_samples
from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.predict import load, predict
from vision.segmentation.train import (
    VERB,
    Config,
    begin,
    check,
    class_weights,
    make_batch,
    parts,
    take_over,
    train,
)
from vision.training.progress import Step

SCRIPT = Path(__file__).parent / "trainings.py"


@pytest.fixture(scope="session")
def after_kills(tmp_path_factory: pytest.TempPathFactory, tiny_data: Path) -> Path:
    """The folder in which every killed and resumed training left what it saw."""
    folder = tmp_path_factory.mktemp("killed")
    done = subprocess.run([sys.executable, str(SCRIPT), str(folder)], capture_output=True,
                          text=True, check=False, env={
                              **os.environ, "VISION_DATA": str(tiny_data), "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr[-3000:]
    return folder


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_training_ends_as_if_nothing_had_happened(after_kills: Path, place: str) -> None:
    assert (after_kills / f"{place}.end").read_text() == "-9"
    peace = json.loads((after_kills / "in peace.json").read_text())
    resumed = json.loads((after_kills / f"{place}.json").read_text())
    first = PLACES[place][1]
    assert list(resumed["losses"]) == [str(number) for number in range(first, KILLED.steps + 1)]
    for number, loss in resumed["losses"].items():
        assert loss == peace["losses"][number], f"step {number}"
    assert resumed["digest"] == peace["digest"]
    assert not [name for name in resumed["left"] if ".state" in name]


def test_the_seed_decides_the_weights(with_tiny_data: Path, tmp_path: Path) -> None:
    runs = [told(replace(TINY, steps=1, seed=seed, output=tmp_path / f"{i}.safetensors"))
            for i, seed in enumerate((0, 0, 1))]
    assert runs[0]["digest"] == runs[1]["digest"] != runs[2]["digest"]


class Flat:
    """Pictures of one grey level, of two classes: one pixel in four is of the second."""

    classes = ("first", "second")

    def __init__(self, level: int) -> None:
        self.level = level

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        labels = np.zeros((64, 64), np.uint8)
        labels[:, ::4] = 1
        return np.full((64, 64, 3), self.level, np.uint8), labels


@pytest.mark.parametrize(("balance", "weights"), [(0, [1, 1]), (1, [2 / 3, 2]), (
    0.5, [1 / 3**0.5 / (0.75 / 3**0.5 + 0.25), 1 / (0.75 / 3**0.5 + 0.25)])])
def test_rare_classes_weigh_more_and_a_pixel_1_on_average(balance: float, weights: list[float]
                                                          ) -> None:
    found = class_weights(Flat(0), balance)
    assert found.tolist() == pytest.approx(weights) and found @ torch.tensor([0.75, 0.25]) == 1


def test_other_data_sets_are_seen_ever_more_rarely() -> None:
    config = replace(TINY, batch=100, crop=(64, 64), mix=0.8, steps=100)
    run: Any = type("Run", (), {"share": staticmethod(lambda count: slice(None))})

    def share_of_bright(number: int) -> float:
        pictures = make_batch([Flat(20), Flat(220)], config, run, number).pictures
        return float((pictures.mean((1, 2, 3)) > 0).float().mean())

    assert share_of_bright(0) == pytest.approx(0.8, abs=0.13)
    assert share_of_bright(50) == pytest.approx(0.4, abs=0.15)
    assert share_of_bright(99) < 0.05


def test_stopping_keeps_a_model_and_the_way_on(with_tiny_data: Path, tmp_path: Path) -> None:
    config = replace(TINY, steps=5, output=tmp_path / "stopped" / "x.safetensors")
    train(config, lambda step: step.number == 2)
    assert checkpoints.read_card(config.output).steps == 2
    assert predict(load(config.output), np.zeros((64, 96, 3), np.uint8)).labels.shape == (64, 96)
    resumed = told(config)
    assert list(resumed["losses"]) == [3, 4, 5] and resumed["left"] == []
    peace = told(replace(config, output=tmp_path / "peace" / "x.safetensors"))
    assert resumed["digest"] == peace["digest"]
    assert checkpoints.read_card(config.output).steps == 5


def test_other_settings_do_not_resume_a_state(with_tiny_data: Path, tmp_path: Path) -> None:
    config = replace(TINY, steps=3, output=tmp_path / "x.safetensors")
    train(config, lambda step: step.number == 2)
    assert list(told(replace(config, learning_rate=1e-3))["losses"]) == [1, 2, 3]


def test_steps_tell_progress_and_a_sample(with_tiny_data: Path, tmp_path: Path) -> None:
    steps: list[Step] = []
    config = replace(TINY, steps=2, val_every=2, output=tmp_path / "x.safetensors")
    train(config, lambda step: steps.append(step))
    assert [(step.number, step.total) for step in steps] == [(1, 2), (2, 2)]
    assert set(steps[0].values) == {"loss"} and set(steps[1].values) == {"loss", "val_miou"}
    assert steps[0].seconds_left > 0 == steps[1].seconds_left
    assert steps[1].sample.labels.shape == (96, 128)


def test_an_encoder_of_imagenet_learns_slower_and_is_named(
        with_tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The public weights are replaced by some of our own here; that they are read is tested apart.
    """
    torch.manual_seed(5)
    public = {f"layer{place}": value for place, value in enumerate(
        EfficientNetLite().state_dict().values())}
    monkeypatch.setattr(pretrained, "read", lambda name: {PUBLIC: public}[name])
    config = replace(TINY, arch="deeplab_v3plus", encoder="lite0", steps=1, learning_rate=1e-3,
                     output=tmp_path / "x.safetensors")
    module = begin(config, open_samples("camvid", "train"))
    body = module.get_submodule("encoder.body")
    assert all(torch.equal(own, theirs) for own, theirs in zip(
        body.state_dict().values(), public.values(), strict=True))
    known, new = parts(module, config)
    assert [known["lr"], new["lr"]] == [pytest.approx(2e-4), 1e-3]
    assert {id(each) for each in known["params"]} == {id(each) for each in body.parameters()}
    assert len(known["params"]) + len(new["params"]) == len([*module.parameters()])
    card = checkpoints.read_card(train(config))
    assert card.config["encoder"] == "lite0" and "--encoder lite0" in card.command
    assert any(PUBLIC in name for name in card.data["licences"])


def test_what_begins_with_a_checkpoint_does_not_need_public_weights(
        with_tiny_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained, "read", lambda name: pytest.fail("it was read"))
    samples = open_samples("camvid", "train")
    config = replace(TINY, arch="deeplab_v3plus", encoder="lite0")
    first = ARCHITECTURES.build("pspnet", encoder="lite0", classes=11)
    path = checkpoints.save(tmp_path / "first.safetensors", first, checkpoints.Card(
        "segmentation", "pspnet", {"classes": 11, "encoder": "lite0"}, samples.classes))
    begun = begin(replace(config, start=path), samples)
    kept, own = (module.get_submodule("encoder.body.stem.0").weight for module in (first, begun))
    assert torch.allclose(kept, own, atol=2e-3)  # it was kept in float16


def test_the_test_split_is_on_the_card_where_it_is_on_disk(
        with_tiny_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "camvid"
    shutil.copytree(with_tiny_data / "camvid", folder)
    config = replace(TINY, steps=1, output=tmp_path / "x.safetensors")
    assert "test" not in checkpoints.read_card(train(config)).metrics
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VISION_DATA", str(folder.parent))
        for name in ("test", "testannot"):
            shutil.copytree(folder / name.replace("test", "val"), folder / name)
        metrics = checkpoints.read_card(train(config)).metrics
    assert metrics["test"]["mIoU"] == metrics["mIoU"]  # the pictures are the same here


def test_the_card_says_how_it_was_made(with_tiny_data: Path, tmp_path: Path) -> None:
    config = replace(TINY, steps=1, output=tmp_path / "x.safetensors")
    card = checkpoints.read_card(train(config))
    assert card.command == command("segmentation", "train", config)
    assert str(tmp_path) not in card.command
    again, _ = parse(VERB, "x", card.command.split()[5:])
    assert again == replace(config, output=Path("x.safetensors"))
    assert set(card.metrics) == {"PA", "MPA", "mRecall", "mIoU", "FWIoU", "Dice", "per_class"}
    assert card.data["licences"] == {"camvid": "CC BY-NC 4.0"} and card.steps == 1


def test_a_data_set_may_be_named_twice(with_tiny_data: Path, tmp_path: Path) -> None:
    config = replace(TINY, data=("camvid", "camvid"), steps=1, output=tmp_path / "x.safetensors")
    card = checkpoints.read_card(train(config))
    assert card.data["train"] == ["camvid", "camvid"]
    assert card.data["licences"] == {"camvid": "CC BY-NC 4.0"}


@pytest.fixture(scope="module")
def launches(tmp_path_factory: pytest.TempPathFactory, tiny_data: Path, two_processes: Path
             ) -> list[dict[str, Any]]:
    """What the same training saw in one process and in two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VISION_DATA", str(tiny_data))
        alone = shared(tmp_path_factory.mktemp("alone"))
    return [json.loads(json.dumps(alone)), seen(two_processes, "training")]


def test_two_processes_see_the_losses_of_one(launches: list[dict[str, Any]]) -> None:
    """Only the order of float32 sums differs: measured 4e-7 at step 1, up to 7e-4 by step 8.

    AdamW divides by the gradient's size, so rounding in tiny gradients moves whole weights; a
    loss averaged per process instead of per batch would differ from the first step on.
    """
    one, two = launches
    assert (one["processes"], two["processes"]) == (1, 2)
    assert list(one["losses"]) == list(two["losses"]) == [str(n) for n in range(1, 9)]
    assert two["losses"]["1"] == pytest.approx(one["losses"]["1"], rel=3e-6)
    assert list(two["losses"].values()) == pytest.approx(list(one["losses"].values()), rel=5e-3)


def test_batch_normalisation_over_processes_is_that_of_the_whole_batch(
        launches: list[dict[str, Any]]) -> None:
    limits = {"output": 1e-4, "gradient": 1e-5, "weight": 1e-3, "bias": 1e-4, "mean": 1e-5,
              "variance": 1e-5, "count": 0, "evaluation": 1e-4}
    for launch in launches:
        assert set(launch["batch_norm"]) == set(limits)
        for name, difference in launch["batch_norm"].items():
            assert difference <= limits[name], name


@pytest.mark.parametrize("changes", [
    {"arch": "segnet", "encoder": "lite0"}, {"encoder": "lite0", "size": "paper"},
    {"encoder": "resnet"},
    {"steps": 0}, {"batch": 0}, {"crop": (64,)}, {"crop": (100, 64)}, {"crop": (32, 64)},
    {"scale": (0.0, 1.0)}, {"scale": (1.0,)}, {"scale": (2.0, 1.0)}, {"seed": -1}, {"limit": -1},
    {"mix": 1.5}, {"learning_rate": 0.0}, {"learning_rate": float("nan")}, {"weight_decay": -1.0},
    {"save_every": 0}, {"short_side": 8}, {"val_every": -1}, {"balance": -1.0},
])
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any]) -> None:
    check(Config())
    with pytest.raises(UserError, match="accepted"):
        check(replace(Config(), **changes))


def test_an_error_in_on_step_ends_the_training(with_tiny_data: Path, tmp_path: Path) -> None:
    def broken(step: Step) -> None:
        raise RuntimeError("the page was closed")

    on_step: Callable[[Step], None] = broken
    with pytest.raises(RuntimeError, match="the page was closed"):
        train(replace(TINY, output=tmp_path / "x.safetensors"), on_step)


def test_a_started_net_begins_with_what_it_shares(tmp_path: Path) -> None:
    torch.manual_seed(1)
    first = ARCHITECTURES.build("unet", classes=3)
    gated, wider_net = (ARCHITECTURES.build(name, classes=3) for name in ("attention_unet", "mnet"))
    for module in (gated, wider_net):
        take_over(module, first)
    for name, weight in first.decoder.state_dict().items():
        assert torch.equal(gated.decoder.state_dict()[name], weight), name
    widened = wider_net.encoder[1][0].weight
    assert torch.equal(widened[:, :16], first.encoder[1][0].weight) and not widened[:, 16:].any()
