"""Layer by layer: what a cut of one costs, and how long each takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from networks import perturbed

from vision import checkpoints
from vision.checkpoints import Card
from vision.pruning.count import layer_times, per_run
from vision.pruning.data import CLASSES, PREPROCESS, open_pictures
from vision.pruning.evaluate import measure
from vision.pruning.plan import score
from vision.pruning.predict import load, network_of
from vision.pruning.sensitivity import Config, alone, sensitivities
from vision.pruning.surgery import prune


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("vision.pruning.predict.bf16_is_faster", lambda kind: False)
    module = perturbed("vgg16", "compact")
    card = Card("pruning", "vgg16", module.config, CLASSES, PREPROCESS, metrics={"accuracy": 0.5})
    return checkpoints.save(tmp_path / "x.safetensors", module, card)


def test_each_layer_is_cut_alone_and_noted_on_the_card(path: Path, cli: Callable[..., Any]) -> None:
    answer = cli("pruning", "sensitivity", "--checkpoint", path, "--data", "drawings", "--limit",
                 20, "--ratios", 0.5, 0.9, "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out.splitlines()[-1])
    card, model = checkpoints.read_card(path), load(path)
    assert card.metrics["sensitivity"] == found and card.metrics["accuracy"] == 0.5
    assert list(found["lost"]) == [f"conv {number}" for number in range(1, 14)]
    pictures = open_pictures("drawings", "test").first(20)
    whole = measure(model, pictures).accuracy
    scores = {group.name: gamma.detach().abs().numpy() for group, gamma in zip(
        network_of(model).groups, network_of(model).gammas, strict=True)}
    plan = alone(scores, "conv 5", 0.9, "gamma")
    assert plan.cut == int(0.9 * 64) and (plan.masks["conv 4"].all() and plan.masks["conv 6"].all())
    small = replace(model, module=prune(network_of(model), plan))
    assert found["lost"]["conv 5"][1] == pytest.approx(whole - measure(small, pictures).accuracy)
    assert found["accuracy"] == whole and found["pictures"] == 20


def test_a_layer_is_never_emptied_and_its_lowest_scores_go() -> None:
    scores = {"a": np.array([0.3, 0.1, 0.2]), "b": np.ones(4)}
    assert alone(scores, "a", 0.4, "gamma").masks["a"].tolist() == [True, False, True]
    assert alone(scores, "a", 0.99, "gamma").masks["a"].tolist() == [True, False, False]
    assert alone(scores, "a", 0, "gamma").cut == 0


def test_it_tells_of_each_layer_and_refuses_odd_shares(path: Path, cli: Callable[..., Any]) -> None:
    model = load(path)
    known = sensitivities(model, Config(path, ratios=(0.5,)), open_pictures(
        "drawings", "test").first(4), 1.0, score(network_of(model), "gamma"))
    assert [len(found.lost) for found in known] == list(range(1, 14))
    answer = cli("pruning", "sensitivity", "--checkpoint", path, "--ratios", 1.5)
    assert answer.code == 2 and "0 to 0.99" in answer.err and len(answer.err.splitlines()) == 1


def test_every_layer_has_its_milliseconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a clock that goes one tick a look, a layer takes a tick each time it is used."""
    ticks = iter(range(10**6))
    monkeypatch.setattr("vision.pruning.count.time.perf_counter", lambda: next(ticks) / 1000)
    module = perturbed("vgg16", "compact")
    times = layer_times(module, runs=3)
    leaves = [name for name, part in module.named_modules() if next(part.children(), None) is None]
    assert list(times) and {*times} == {*leaves}
    assert times["layers.0.conv"] == pytest.approx(1) and times["shrink"] == pytest.approx(4)
    assert not any(part._forward_hooks for part in module.modules())


def test_the_first_run_is_left_out_and_uses_are_summed_up() -> None:
    assert per_run([100.0, 100.0, 1, 2, 5, 5, 2, 2], 3) == 4
    assert torch.is_inference_mode_enabled() is False
