"""From training to the curve through the command line; sparsity, resuming, and bad input."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
import pytest
import torch
from networks import perturbed

from vision import checkpoints
from vision.checkpoints import Card
from vision.data.cifar import CIFAR100
from vision.data.image_folders import LabelledPictures
from vision.errors import UserError
from vision.pruning.count import count
from vision.pruning.data import CLASSES, PREPROCESS, normalise, open_pictures
from vision.pruning.drawings import draw
from vision.pruning.evaluate import Report, evaluate
from vision.pruning.export import export, snippet
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import Network
from vision.pruning.plan import make_plan
from vision.pruning.predict import load, logits, predict
from vision.pruning.surgery import prune
from vision.pruning.train import Config, make_network, rate_factor, train
from vision.training.progress import Step

TINY = Config(arch="vgg16", size="compact", data=("drawings",), limit=200, steps=4, batch=16,
              precision="fp32", learning_rate=0.05)


@pytest.fixture(autouse=True)
def _full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.pruning.predict.bf16_is_faster", lambda kind: False)


def saved(path: Path, network: Network, **changes: Any) -> Path:
    values = {"system": "pruning", "arch": network.arch, "config": network.config,
              "classes": CLASSES, "preprocess": PREPROCESS, **changes}
    return checkpoints.save(path, network, Card(**values))


def weights(path: Path) -> dict[str, torch.Tensor]:
    return load(path).module.state_dict()


def test_each_data_set_is_measured_and_the_first_one_counts(monkeypatch: pytest.MonkeyPatch,
                                                            tmp_path: Path) -> None:
    pixels = open_pictures("drawings", "train").pixels[3::10]
    cats = LabelledPictures(pixels, torch.full((len(pixels),), 3), CLASSES)
    for module in ("data", "train", "evaluate"):
        monkeypatch.setattr(f"vision.pruning.{module}.open_pictures",
                            lambda name, split: cats if name == "cifar10"
                            else open_pictures(name, split))
    path = train(replace(TINY, data=("cifar10", "drawings"), limit=40, steps=20,
                         output=tmp_path / "x.safetensors"))
    card = checkpoints.read_card(path)
    accuracy = card.metrics["accuracy_on"]
    assert card.data["train"] == ["cifar10", "drawings"] and card.data["test"] == "cifar10 test"
    assert card.metrics["accuracy"] == accuracy["cifar10"] > accuracy["drawings"]
    assert accuracy["drawings"] == evaluate(path, "drawings", limit=40).accuracy


def test_from_training_to_export_on_the_command_line(cli: Callable[..., Any], tmp_path: Path
                                                     ) -> None:
    def ask(*words: object) -> Any:
        answer = cli("pruning", *words, "--json")
        assert answer.code == 0, answer.err
        return json.loads(answer.out.splitlines()[-1])

    common = ("--data", "drawings", "--limit", 200, "--batch", 16, "--precision", "fp32")
    full, cut, tuned = (tmp_path / f"{name}.safetensors" for name in ("full", "cut", "tuned"))
    ask("train", "--size", "compact", "--steps", 6, "--sparsity", 1e-3, *common, "--output", full)
    report = ask("prune", "--checkpoint", full, "--ratio", 0.5, "--output", cut)
    assert report["after"]["parameters"] < 0.5 * report["before"]["parameters"]
    ask("train", "--start", cut, "--steps", 3, *common, "--output", tuned)
    measures = ask("evaluate", "--checkpoint", tuned, "--data", "drawings", "--limit", 50)
    assert measures["parameters"] == report["after"]["parameters"]
    assert 0 <= measures["accuracy"] <= 1
    cv2.imwrite(str(tmp_path / "x.png"), draw(3, 5, 64))
    answer = ask("predict", tmp_path / "x.png", "--checkpoint", tuned)
    assert answer["label"] in CLASSES and len(answer["probabilities"]) == 10
    card = checkpoints.read_card(tuned)
    assert card.config == checkpoints.read_card(cut).config
    assert card.metrics["pruning"]["ratio"] == 0.5
    assert [line.split()[4] for line in card.metrics["made_from"]] == ["train", "prune"]
    made = ask("export", "--checkpoint", tuned, "--output", tmp_path / "x.onnx")
    assert made["snippet"] == snippet(Path(made["path"]), CLASSES)
    check_onnx(made["path"], tuned)


def check_onnx(path: str, checkpoint: Path) -> None:
    session = onnxruntime.InferenceSession(path)
    pixels = open_pictures("drawings", "test").pixels[:5]
    (found,) = session.run(None, {"pictures": (pixels.float() / 255).numpy()})
    with torch.inference_mode():
        wanted = load(checkpoint).module(normalise(pixels)).numpy()
    assert np.abs(found - wanted).max() <= 1e-4


def test_the_snippets_run_and_agree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                    capsys: pytest.CaptureFixture[str]) -> None:
    model = load(saved(tmp_path / "x.safetensors", perturbed("vgg16", "compact")))
    wide = np.zeros((64, 100, 3), np.uint8)
    wide[:, 18:82] = draw(3, 5, 64)  # the middle square
    cv2.imwrite(str(tmp_path / "picture.png"), wide)
    monkeypatch.chdir(tmp_path)
    said = []
    for name in ("network.onnx", "network.safetensors"):
        exec(export(model, Path(name)).snippet, {})
        said.append(capsys.readouterr().out.split()[0])
    assert said[0] == said[1] == predict(model, wide).label


def test_a_network_of_other_classes_is_not_measured_or_trained(tmp_path: Path) -> None:
    module = ARCHITECTURES.build("vgg16", classes=3, size="compact")
    card = Card("pruning", "vgg16", module.config, ("a", "b", "c"), PREPROCESS)
    path = checkpoints.save(tmp_path / "x.safetensors", module, card)
    for use in (lambda: evaluate(path, "drawings"),
                lambda: train(replace(TINY, start=path, output=tmp_path / "y.safetensors"))):
        with pytest.raises(UserError, match=r"knows 3 classes \(a, b, c\), and the data has 10"):
            use()


def test_a_new_head_lets_a_network_learn_other_classes(monkeypatch: pytest.MonkeyPatch,
                                                       tmp_path: Path) -> None:
    """Everything but the head is the start's; the card knows the hundred classes."""
    pixels = open_pictures("drawings", "train").pixels[:40]
    hundred = LabelledPictures(pixels, torch.arange(40), CIFAR100)
    for module in ("data", "train", "evaluate"):
        monkeypatch.setattr(f"vision.pruning.{module}.open_pictures", lambda name, split: hundred)
    small = prune(perturbed("vgg16", "compact"), make_plan(perturbed("vgg16", "compact"), 0.4))
    start = saved(tmp_path / "x.safetensors", small)
    config = replace(TINY, data=("cifar100",), start=start, limit=40, steps=2, new_head=True,
                     output=tmp_path / "y.safetensors")
    fresh = make_network(config, CIFAR100)
    assert fresh.widths == small.widths and fresh.head.weight.shape == (100, small.widths[-1])
    assert all(torch.equal(tensor, load(start).module.state_dict()[name])
               for name, tensor in fresh.state_dict().items() if not name.startswith("head."))
    card = checkpoints.read_card(train(config))
    assert card.classes == CIFAR100 and card.metrics["superclass_accuracy"] >= card.metrics[
        "accuracy"]
    assert "--new-head" in card.command
    with pytest.raises(UserError, match=r"knows 10 classes .*the data has 100"):
        train(replace(config, new_head=False))
    with pytest.raises(UserError, match="--new-head together with --start"):
        train(replace(config, start=None))


def test_superclasses_gather_what_belongs_together() -> None:
    """A maple taken for an oak is a mistake among trees; taken for a bus it is one of two."""
    matrix = np.zeros((100, 100), int)
    maple, oak, bus = (CIFAR100.index(name) for name in ("maple_tree", "oak_tree", "bus"))
    matrix[maple, [maple, oak, bus]] = 5, 3, 2
    report = Report(matrix, CIFAR100, count(perturbed("vgg16", "compact")))
    trees, vehicles = (report.above.classes.index(name) for name in ("trees", "vehicles_1"))
    assert report.above.matrix[trees, [trees, vehicles]].tolist() == [8, 2]
    assert report.above.matrix.sum() == 10 and len(report.above.classes) == 20
    assert report.overall()["superclass_accuracy"] == 0.8 and report.accuracy == 0.5
    assert Report(np.eye(10, dtype=int), CLASSES, report.size).above is None


@pytest.mark.parametrize("arch", ["resnet164", "densenet40"])
def test_cut_networks_of_other_families_export_too(arch: str, tmp_path: Path,
                                                   cli: Callable[..., Any]) -> None:
    module = perturbed(arch, "compact")
    path = saved(tmp_path / "x.safetensors", prune(module, make_plan(module, 0.6)))
    assert cli("pruning", "export", "--checkpoint", path, "--output", tmp_path / "x.onnx").code == 0
    check_onnx(str(tmp_path / "x.onnx"), path)
    again = tmp_path / "y.safetensors"
    assert cli("pruning", "export", "--checkpoint", path, "--output", again).code == 0
    pixels = open_pictures("drawings", "test").pixels[:3]
    assert torch.equal(logits(load(path), pixels), logits(load(again), pixels))


def test_sparsity_moves_every_scale_towards_zero(tmp_path: Path) -> None:
    means = {}
    for sparsity in (0.0, 0.05):
        seen: list[Step] = []
        train(replace(TINY, sparsity=sparsity, output=tmp_path / f"{sparsity}.safetensors"),
              lambda step, seen=seen: seen.append(step) and None)
        means[sparsity] = [step.sample.mean() for step in seen]
        assert seen[0].sample.shape == (sum(perturbed("vgg16", "compact").widths),)
    assert means[0.05][-1] < means[0.05][0] and means[0.05][-1] < means[0.0][-1] - 1e-3


def test_the_sub_gradient_is_that_of_equation_1(tmp_path: Path) -> None:
    """One step with momentum at its start moves γ by −(1 + m) · lr · λ more, Nesterov's way."""
    rate = replace(TINY, steps=1, weight_decay=0.0, learning_rate=0.5)
    paths = [train(replace(rate, sparsity=value, output=tmp_path / f"{value}.safetensors"))
             for value in (0.0, 0.5)]
    plain, sparse = ({name: tensor for name, tensor in weights(path).items()
                      if name.endswith("norm.weight")} for path in paths)
    moved = 1.9 * rate.learning_rate * rate_factor(rate, 0) * 0.5
    for name, tensor in plain.items():
        assert torch.allclose(tensor - sparse[name], torch.full_like(tensor, moved), atol=6e-4)


def test_a_stopped_training_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    one = replace(TINY, output=tmp_path / "a" / "x.safetensors")
    train(one, lambda step: step.number == 2)
    assert checkpoints.read_card(one.output).steps == 2
    numbers: list[int] = []
    train(one, lambda step: numbers.append(step.number))
    other = train(replace(one, output=tmp_path / "b" / "x.safetensors"))
    assert numbers == [3, 4]
    assert all(torch.equal(weights(other)[k], v) for k, v in weights(one.output).items())


def test_averaged_weights_lie_between_those_of_the_steps_and_are_resumed(tmp_path: Path) -> None:
    calm = replace(TINY, steps=2, average=True, learning_rate=0.2)
    last = weights(train(replace(calm, average=False, output=tmp_path / "last.safetensors")))
    mean = weights(train(replace(calm, output=tmp_path / "mean.safetensors")))
    first = weights(train(replace(calm, steps=1, output=tmp_path / "one.safetensors")))
    name = "layers.0.conv.weight"
    assert not torch.equal(mean[name], last[name])
    assert (mean[name] - first[name]).norm() < (last[name] - first[name]).norm()
    stopped = replace(calm, steps=4, output=tmp_path / "a" / "x.safetensors")
    whole = train(replace(stopped, output=tmp_path / "b" / "x.safetensors"))
    train(stopped, lambda step: step.number == 2)
    assert torch.equal(weights(train(stopped))[name], weights(whole)[name])


def test_smoothed_labels_and_cut_squares_change_what_is_learnt(tmp_path: Path) -> None:
    losses: dict[str, float] = {}
    for name, changes in {"plain": {}, "smooth": {"smoothing": 0.2}, "cut": {"cutout": 12}}.items():
        config = replace(TINY, steps=1, output=tmp_path / f"{name}.safetensors", **changes)

        def keep(step: Step, name: str = name) -> None:
            losses[name] = step.values["loss"]

        train(config, keep)
    assert len(set(losses.values())) == 3


def test_scratch_keeps_the_shape_and_the_selection_only(tmp_path: Path) -> None:
    module = perturbed("densenet40", "compact")
    start = saved(tmp_path / "cut.safetensors", prune(module, make_plan(module, 0.6)))
    config = replace(TINY, arch="densenet40", start=start, steps=1,
                     output=tmp_path / "x.safetensors")
    for scratch in (False, True):
        before, after = weights(start), weights(train(replace(config, scratch=scratch)))
        assert all(torch.equal(before[k], after[k]) for k in before if k.endswith("index"))
        old, new = before["reader.norm.weight"], after["reader.norm.weight"]
        assert torch.allclose(new, torch.full_like(new, 0.5) if scratch else old, atol=0.05)


def test_schedules() -> None:
    published = replace(TINY, schedule="published", steps=160)
    rates = [round(rate_factor(published, step), 6) for step in (0, 79, 80, 119, 120, 159)]
    assert rates == [1, 1, 0.1, 0.1, 0.01, 0.01]
    cycle = [rate_factor(replace(TINY, steps=100), step) for step in range(101)]
    assert max(cycle) == cycle[20] == 1 and cycle[0] < 0.05 and cycle[100] < 1e-6


def test_the_curve_is_noted_on_the_card_and_goes_on(
        cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.pruning.curve.TIMED", ((1, "fp32"), (2, "bf16")))
    path = saved(tmp_path / "x.safetensors", perturbed("vgg16", "compact"))
    before = weights(path)
    words = ("pruning", "curve", "--checkpoint", path, "--step", 0.4, "--last", 0.8, "--data",
             "drawings", "--limit", 40, "--tune", 2, "--scratch", 1, "--batch", 8, "--seconds",
             0.001, "--json")
    answer = cli(*words)
    assert answer.code == 0, answer.err
    points = json.loads(answer.out.splitlines()[-1])["points"]
    assert [point["ratio"] for point in points] == [0, 0.4, 0.8]
    assert points[0]["parameters"] > points[1]["parameters"] > points[2]["parameters"]
    assert points[0]["accuracy"] == evaluate(path, "drawings", limit=40).accuracy
    assert set(points[0]["milliseconds"]) == {"fp32, batch 1", "bf16, batch 2"}
    assert checkpoints.read_card(path).metrics["curve"]["points"] == points
    assert all(torch.equal(before[name], tensor) for name, tensor in weights(path).items())
    assert json.loads(cli(*words).out.splitlines()[-1])["points"] == points  # nothing to redo


def test_probabilities_of_a_picture(tmp_path: Path) -> None:
    model = load(saved(tmp_path / "x.safetensors", perturbed("vgg16", "compact")))
    result = predict(model, draw(8, 1, 120)[:90])
    assert result.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert result.label == max(result.shares, key=result.shares.__getitem__)
    assert result.picture.shape == (32, 32, 3)


def test_checkpoints_that_do_not_fit_get_one_sentence(tmp_path: Path) -> None:
    network = perturbed("densenet40", "compact")
    path = saved(tmp_path / "x.safetensors", network)
    with pytest.raises(UserError, match=r"'x.safetensors' holds a 'densenet40'; a 'vgg16' is"):
        load(path, "vgg16")
    with pytest.raises(UserError, match="holds a 'densenet40'"):
        train(replace(TINY, start=path, output=tmp_path / "y.safetensors"))
    narrow = {**network.config, "widths": [width - 1 for width in network.widths]}
    for changes, words in (
        ({"config": narrow}, "its tensors do not fit its settings"),
        ({"config": {**network.config, "widths": [0] * 12}}, "its settings build no model"),
        ({"arch": "lenet"}, "its architecture 'lenet' is not known here"),
        ({"system": "gan"}, "belongs to the system 'gan'"),
        ({"preprocess": {}}, "its card asks for another preprocessing"),
        ({"classes": ("a", "b")}, "its classes do not fit its settings"),
    ):
        with pytest.raises(UserError, match=words):
            load(saved(tmp_path / "x.safetensors", network, **changes))


@pytest.mark.parametrize("index", [[0, 5, 99999], [5, 3, 7], [-1, 0, 1], [2, 2, 3]])
def test_selections_that_cannot_be_are_refused(tmp_path: Path, index: list[int]) -> None:
    small = prune(perturbed("densenet40", "compact"),
                  make_plan(perturbed("densenet40", "compact"), 0.5))
    next(tensor for name, tensor in small.state_dict().items()
         if name.endswith("index"))[:3] = torch.tensor(index)
    with pytest.raises(UserError, match="it selects channels that do not exist"):
        load(saved(tmp_path / "x.safetensors", small))


@pytest.mark.parametrize("words, sentence", [
    (("prune", "--ratio", "1.2"), "The ratio is 1.2; numbers from 0 to 0.99 are accepted"),
    (("prune", "--criterion", "l3"), "There is no criterion called 'l3'"),
    (("train", "--scratch"), "Training from scratch has no shape to keep"),
    (("train", "--sparsity", "-1"), "The setting 'sparsity' is -1.0"),
    (("evaluate", "--data", "imagenet"), "There is no data called 'imagenet'"),
    (("export", "--output", "x.pt"), "'x.pt' has an ending that names no format"),
])
def test_mistakes_get_one_sentence(cli: Callable[..., Any], tmp_path: Path,
                                   words: tuple[str, ...], sentence: str) -> None:
    path = saved(tmp_path / "x.safetensors", perturbed("vgg16", "compact"))
    flags = () if words[0] == "train" else ("--checkpoint", path)
    answer = cli("pruning", *words, *flags)
    assert answer.code == 2 and answer.err.startswith(sentence) and answer.err.count("\n") == 1


def test_a_missing_package_gets_one_sentence(cli: Callable[..., Any], tmp_path: Path,
                                             monkeypatch: pytest.MonkeyPatch) -> None:
    path = saved(tmp_path / "x.safetensors", perturbed("vgg16", "compact"))
    monkeypatch.setattr("vision.onnx_export.importlib.util.find_spec", lambda name: None)
    answer = cli("pruning", "export", "--checkpoint", path, "--output", tmp_path / "x.onnx")
    assert answer.code == 2 and answer.err.startswith("Writing ONNX needs the package 'onnx'")
    assert not (tmp_path / "x.onnx").exists()


def test_one_cycle_rises_to_the_full_rate_and_falls_to_nothing() -> None:
    rates = [rate_factor(Config(steps=100), step) for step in range(101)]
    assert rates[0] == pytest.approx(0.04) and rates[10] == pytest.approx(0.52)
    assert rates[20] == pytest.approx(1) and rates[60] == pytest.approx(0.5) and rates[100] < 1e-9
