"""Training: killed and resumed, stopped, refused; its data, its snapshots, its measures."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from vision import checkpoints
from vision.data.image_folders import LabelledPictures
from vision.errors import UserError
from vision.gan import data, features, predict, shapes, snapshots, train_classifier
from vision.gan.evaluate import Report
from vision.gan.models import by_label, generators
from vision.gan.predict import Drawer, load
from vision.gan.train import Config, make_batches, train
from vision.training.progress import Step

TINY = Config(data="shapes", steps=6, batch=8, snapshots=3, save_every=2, precision="fp32",
              measure=False)


def weights(path: Path) -> dict[str, torch.Tensor]:
    return load_file(path)


def same(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return first.keys() == second.keys() and all(
        torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("arch", generators())
def test_a_training_that_breaks_off_ends_as_if_nothing_had_happened(arch: str, tmp_path: Path
                                                                    ) -> None:
    class Broken(Exception):
        pass

    def breaking(step: Step) -> None:
        if step.number == 5:
            raise Broken

    whole = train(replace(TINY, arch=arch, output=tmp_path / "whole.safetensors"))
    config = replace(TINY, arch=arch, output=tmp_path / "broken.safetensors")
    with pytest.raises(Broken):
        train(config, breaking)
    numbers: list[int] = []
    broken = train(config, lambda step: numbers.append(step.number))
    assert numbers == [5, 6]
    assert same(weights(whole), weights(broken))
    first, second = (load(path).card.metrics["curves"] for path in (whole, broken))
    assert first == second and first["step"] == [1, 2, 3, 4, 5, 6]
    kept, again = snapshots.load(whole), snapshots.load(broken)
    assert list(kept) == list(again) == [0, 1, 3]
    assert all(same(kept[step], again[step]) for step in kept)


def test_stopping_keeps_the_model(tmp_path: Path) -> None:
    config = replace(TINY, steps=1000, output=tmp_path / "x.safetensors")
    path = train(config, lambda step: step.number == 3)
    assert load(path).card.steps == 3


def test_a_step_offers_a_sample(tmp_path: Path) -> None:
    pictures: list[Any] = []
    train(replace(TINY, steps=1, output=tmp_path / "x.safetensors"),
          lambda step: pictures.append(step.sample.floats(np.arange(4), 0)))
    assert pictures[0].shape == (4, 1, 28, 28)


@pytest.mark.parametrize("wrong", [{"steps": 0}, {"batch": 1}, {"k": 0}, {"learning_rate": 0.0},
                                   {"penalty": -1.0}, {"data": "nothing"}, {"bits": 4}])
def test_settings_are_checked(wrong: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UserError):
        train(replace(TINY, output=tmp_path / "x.safetensors", **wrong))


def test_the_saturating_loss_and_k_change_the_run(tmp_path: Path) -> None:
    runs = [weights(train(replace(TINY, steps=2, output=tmp_path / f"{i}.safetensors", **change)))
            for i, change in enumerate(({}, {"loss": "saturating"}, {"k": 3},
                                        {"generator_steps": 2}))]
    assert not any(same(runs[0], other) for other in runs[1:])


@pytest.fixture
def cifar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """CIFAR-10 as it was published, twelve noisy pictures of each class to learn and two to test.
    """
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    for name in (*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"):
        labels = np.arange(24 if name != "test_batch" else 20, dtype=np.uint8) % 10
        pixels = np.random.default_rng(len(name)).integers(0, 256, (len(labels), 3072), np.uint8)
        (folder / f"{name}.bin").write_bytes(
            np.concatenate([labels[:, None], pixels], 1).tobytes())
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    data.open_pictures.cache_clear()
    yield
    data.open_pictures.cache_clear()


@pytest.mark.usefixtures("cifar")
def test_colour_pictures_are_split_so_that_each_part_has_every_class() -> None:
    train, val, test = (data.open_pictures("cifar10", split) for split in data.SPLITS)
    assert [len(part) for part in (train, val, test)] == [100, 20, 20]
    assert train.shape == (3, 32, 32) and "cifar10" in data.available()
    for part in (train, val, test):
        assert set(part.labels.tolist()) == set(range(10)) and part.classes[0] == "airplane"
    assert data.preprocess(val) == {"side": 32, "channels": 3, "range": [0, 1]}


@pytest.mark.usefixtures("cifar")
def test_a_colour_pair_goes_on_from_another_and_fits_in_fewer_bytes(tmp_path: Path) -> None:
    config = replace(TINY, arch="sngan", data="cifar10", steps=1, penalty=0.0, flip=True, bits=8,
                     output=tmp_path / "first.safetensors")
    first = train(config)
    assert predict.shape_of(checkpoints.read_card(first)) == (3, 32, 32)
    assert any(part.dtype == torch.int8 for part in weights(first).values())
    again = train(replace(config, start=first, seed=1, learning_rate=1e-7,
                          output=tmp_path / "again.safetensors"))
    before, after = (load(path).module for path in (first, again))
    for one, two in zip(before.parameters(), after.parameters(), strict=True):
        assert torch.allclose(one, two, atol=float(one.detach().abs().max()) / 100)
    assert Drawer.of(load(again)).floats(np.arange(4), 0).shape == (4, 3, 32, 32)
    for change in ({"arch": "cdcgan"}, {"data": "shapes"}):
        with pytest.raises(UserError, match=r"'first\.safetensors' is no"):
            train(replace(config, start=first, **change))


def test_pictures_are_mirrored_only_where_that_is_asked_for() -> None:
    pixels = torch.arange(4, dtype=torch.uint8).repeat(1, 1, 4, 1)  # (1, 1, 4, 4), dark to bright
    known = LabelledPictures(pixels, torch.zeros(1, dtype=torch.long), ("a",))
    alone: Any = SimpleNamespace(share=lambda size: slice(None))
    plain, mirrored = (make_batches(known, replace(TINY, batch=64, flip=flip), alone, 0, 3)
                       for flip in (False, True))
    assert {float(x) for x in plain[0][0][:, 0, 0, 0]} == {0.0}
    turned = mirrored[0][0][:, 0, 0, 0] > 0
    assert 16 < int(turned.sum()) < 48
    assert torch.equal(mirrored[0][0][turned], plain[0][0][turned].flip(3))
    assert all(torch.equal(one[2], two[2]) for one, two in zip(plain, mirrored, strict=True))


def test_the_command_line(cli: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    flags = ("--data", "shapes", "--steps", 2, "--batch", 4, "--no-measure", "--output", path)
    assert cli("gan", "train", "--arch", "cgan", *flags).code == 0
    answer = cli("gan", "predict", "--checkpoint", path, "--count", 3, "--json", "--output",
                 tmp_path / "x.png")
    assert answer.code == 0 and (tmp_path / "x.png").exists()
    wrong = cli("gan", "predict", "--checkpoint", path, "--labels", 11)
    assert wrong.code == 2 and "label 11" in wrong.err and "Traceback" not in wrong.err
    assert cli("gan", "train", "--arch", "classifier").code == 2


def test_the_classifier_learns_the_shapes(tmp_path: Path) -> None:
    config = train_classifier.Config(data="shapes", steps=60, batch=64, precision="fp32",
                                     val_every=30, output=tmp_path / "classifier.safetensors")
    on_the_way: dict[int, float] = {}
    metrics = load(train_classifier.train(config, lambda step: on_the_way.update(
        {step.number: step.values["val_accuracy"]} if "val_accuracy" in step.values else {}
    ))).card.metrics
    assert metrics["accuracy"] > 0.8 and list(on_the_way) == [30, 60]
    assert on_the_way[60] == pytest.approx(metrics["val_accuracy"], abs=2e-3)


def test_shapes_repeat_and_differ() -> None:
    pixels, labels = shapes.draw_many("train", 30)
    assert pixels.shape == (30, 28, 28) and pixels.dtype == np.uint8
    assert labels.tolist() == [*range(10)] * 3
    assert np.array_equal(pixels, shapes.draw_many("train", 30)[0])
    assert not np.array_equal(pixels[:10], pixels[10:20])
    assert (pixels.reshape(30, -1).max(1) > 200).all()


def test_damaged_idx_files_are_refused() -> None:
    content = b"\x00\x00\x08\x02" + bytes([0, 0, 0, 2, 0, 0, 0, 3]) + bytes(range(6))
    assert data.read_idx(content).tolist() == [[0, 1, 2], [3, 4, 5]]
    many = b"\x00\x00\x08\x46" + bytes([0, 0, 0, 1]) * 70 + b"\1"
    none = b"\x00\x00\x08\x01" + bytes(4)
    for wrong in (content[:-1], b"PK" + content, b"", content[:6], content[:9],
                  b"\x00\x00\x08\xff" + bytes(20), many, none):
        with pytest.raises(UserError, match="IDX"):
            data.read_idx(wrong)


def test_published_sets_are_read_and_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for prefix, count in (("train", 12), ("t10k", 4)):
        pixels = np.arange(count, dtype=np.uint8).repeat(28 * 28)
        head = b"\x00\x00\x08\x03" + np.array([count, 28, 28], ">u4").tobytes()
        (raw / f"{prefix}-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + pixels.tobytes()))
        labels = b"\x00\x00\x08\x01" + np.array([count], ">u4").tobytes() + bytes(
            i % 10 for i in range(count))
        (raw / f"{prefix}-labels-idx1-ubyte").write_bytes(labels)
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    read = data.open_pictures.__wrapped__
    assert [len(read("mnist", split)) for split in data.SPLITS] == [10, 2, 4]
    x, y = read("mnist", "val").batch(slice(None))
    assert x.shape == (2, 1, 28, 28) and y.tolist() == [0, 1]
    assert float(x[0, 0, 0, 0]) == pytest.approx(10 / 255)
    assert set(data.available()) == {"mnist", "shapes"}
    head = b"\x00\x00\x08\x03" + np.array([12, 14, 56], ">u4").tobytes()
    (raw / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(head + bytes(12 * 784)))
    with pytest.raises(UserError, match="not in IDX format"):
        read("mnist", "val")
    labels = raw / "t10k-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-1] + b"\x0a")  # no eleventh digit
    with pytest.raises(UserError, match="not in IDX format"):
        read("mnist", "test")


def test_colour_pictures_without_a_folder_for_each_class_are_refused(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in data.CLASSES["cifar10"][1:]:  # all later labels would be one too low
        folder = tmp_path / "cifar10" / "train" / name
        folder.mkdir(parents=True)
        Image.fromarray(np.zeros((32, 32, 3), np.uint8)).save(folder / "0.png")
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    with pytest.raises(UserError, match=r"elow 'train' .*not expected: airplane"):
        data.open_pictures.__wrapped__("cifar10", "val")


def test_frechet_distance_of_known_gaussians() -> None:
    random = torch.Generator().manual_seed(0)
    first = torch.randn(40_000, 3, generator=random, dtype=torch.float64)
    second = 2 * torch.randn(40_000, 3, generator=random, dtype=torch.float64) + 1
    assert features.distance(first, first) == pytest.approx(0, abs=1e-6)
    assert features.distance(first, second) == pytest.approx(3 * (1 + (2 - 1) ** 2), rel=0.03)


def test_snapshots_that_were_changed_are_refused(tmp_path: Path) -> None:
    path = train(replace(TINY, output=tmp_path / "x.safetensors"))
    file = snapshots.place(path)
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(bytes(content))
    with pytest.raises(UserError, match="cannot be used"):
        snapshots.load(path)
    file.unlink()
    assert snapshots.load(path) == {}


def test_moments_begin_at_the_start_and_grow_apart() -> None:
    found = snapshots.moments(10_000, 13)
    assert len(found) == 13 and found[0] == 0 and found[-1] < 10_000
    assert all(np.diff(found)[1:] >= np.diff(found)[:-1] - 1)
    assert snapshots.moments(2, 13) == [0, 1]


def test_a_file_of_snapshots_stays_small() -> None:
    states = {step: {"w": torch.zeros(2**17, dtype=torch.float32)} for step in range(10)}
    assert list(snapshots.fitting(states)) == [0, 2, 4, 5, 7, 9]
    few = {step: {"w": torch.zeros(4)} for step in range(10)}
    assert list(snapshots.fitting(few)) == list(range(10))


def test_a_report_explains_itself() -> None:
    matrix = np.eye(2, dtype=int) * 9 + 1
    report = Report(("a", "b"), 22, matrix, 0.4, 0.6, (1.0, 0.5), 3.0, 1.0)
    assert report.fidelity == pytest.approx(20 / 22) and report.shares == (0.5, 0.5)
    assert "label fidelity: 0.9091" in str(report) and report.as_json()["parzen"] is None
    assert Report(("a", "b"), 2, matrix[:1], 0.4).fidelity is None


SHIPPED = checkpoints.shipped("gan")
GENERATORS = [path for path in SHIPPED if checkpoints.read_card(path).arch in generators()]
BY_LABEL = [path for path in GENERATORS if checkpoints.read_card(path).arch in by_label()]
LEAST = {"mnist": 0.97, "fashion-mnist": 0.85, "cifar10": 0.15}  # fidelity; blobs have a tenth


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_files_are_small_and_whole(path: Path) -> None:
    card = load(path).card
    assert path.stat().st_size <= 6 * 10**6 and card.command and card.metrics
    if card.arch not in generators():
        assert card.metrics["accuracy"] >= (0.97 if card.data["train"] == ["mnist"] else 0.8)


@pytest.mark.parametrize("path", GENERATORS, ids=lambda path: path.stem)
def test_shipped_generators_come_with_their_way_through_the_training(path: Path) -> None:
    least = 5 if "cifar10" in path.stem else 7  # a large generator fits less often into a file
    assert len(snapshots.load(path)) + 1 >= least  # with the finished model
    assert snapshots.place(path).stat().st_size <= snapshots.LARGEST


@pytest.mark.parametrize("path", BY_LABEL, ids=lambda path: path.stem)
def test_shipped_models_draw_what_is_asked(path: Path) -> None:
    model = load(path)
    data_set = model.card.data["train"][0]
    reader = predict.classifier_for(data_set)
    assert reader is not None and model.card.metrics["fidelity"] >= LEAST[data_set]
    found = predict.predict(model, list(range(10)), 500, seed=9, reader=reader).fidelity
    assert found == pytest.approx(model.card.metrics["fidelity"], abs=0.06)
    for judge in model.card.metrics.get("judges", ()):  # over seeds of their own
        assert judge["mean"] == pytest.approx(model.card.metrics["fidelity"], abs=0.08)
        assert 0 < judge["deviation"] < 0.03
