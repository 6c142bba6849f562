"""Networks from strangers: each odd field of a card is named, and nothing is built of odd settings.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save

from vision import checkpoints
from vision.checkpoints import Card
from vision.data.cifar import CIFAR100
from vision.errors import UserError
from vision.pruning.data import CLASSES, PREPROCESS
from vision.pruning.foreign import load_foreign
from vision.pruning.models import ARCHITECTURES

POINT = {"ratio": 0.5, "accuracy": 0.4, "accuracy_unfolded": 0.5, "accuracy_tuned": None,
         "accuracy_scratch": None, "parameters": 100, "multiply_adds": 1000,
         "milliseconds": {"fp32, batch 1": 1.0}}
CURVE = {"criterion": "gamma", "command": "made up", "device": "none", "points": [POINT]}
ODD: dict[str, Any] = {
    "data.train": [["x"], "drawings", [1], {}, None, ["drawings"] * 2000],
    "data.test": [1, [], "x" * 3000], "data.licences": [[], {"a": 1}, None],
    "metrics.accuracy": ["high", None, [0.5], float("nan"), 10**400, True],
    "metrics.made_from": ["x", [1], {}], "metrics.curve": [[], "x", {}, {**CURVE, "points": 1}],
    "metrics.curve.points": [[{}], [1], [{**POINT, "ratio": "x"}], [{**POINT, "parameters": 0}],
                             [{**POINT, "milliseconds": {"fp32, batch 1": None}}]],
    "metrics.pruning": [1, []], "command": ["x" * 3000], "steps": [10**30], "seed": [-10**30],
}
CASES = [(field, value) for field, values in ODD.items() for value in values]


@pytest.fixture(scope="module")
def network() -> torch.nn.Module:
    torch.manual_seed(0)
    return ARCHITECTURES.build("vgg16", classes=10, size="compact").eval()


def card_of(network: Any) -> dict[str, Any]:
    """Return an honest card as JSON has it."""
    return asdict(Card("pruning", "vgg16", network.config, CLASSES, PREPROCESS,
                       data={"train": ["drawings"], "test": "drawings test"},
                       metrics={"accuracy": 0.5, "curve": copy.deepcopy(CURVE)}))


def written(path: Path, network: Any, card: Any) -> Path:
    """Write a checkpoint with any card, its digest right."""
    text = card if isinstance(card, str) else json.dumps(card)
    tensors = checkpoints.in_float16(network.state_dict())
    path.write_bytes(save(tensors, {"card": text, "digest": checkpoints.digest(text, tensors)}))
    return path


def test_an_honest_one_is_loaded(network: Any, tmp_path: Path) -> None:
    path = written(tmp_path / "a.safetensors", network, card_of(network))
    assert load_foreign(path).card.arch == "vgg16"


@pytest.mark.parametrize("field, value", CASES, ids=lambda part: str(part)[:30])
def test_the_odd_field_is_named(field: str, value: Any, network: Any, tmp_path: Path) -> None:
    card = card_of(network)
    place, *names = card, *field.split(".")
    for name in names[:-1]:
        place = place[name]
    place[names[-1]] = value
    with pytest.raises(UserError) as caught:
        load_foreign(written(tmp_path / "a.safetensors", network, card))
    assert f"field '{field}" in str(caught.value) or "card cannot be read" in str(caught.value)
    assert len(str(caught.value)) < 300


def hostile(network: Any) -> Iterator[Any]:
    """Yield cards whose settings would take for ever, or whose parts are of other kinds."""
    honest = card_of(network)
    config = honest["config"]
    yield {**honest, "arch": "densenet40", "config": {"classes": 10, "layers": 10**9}}
    yield {**honest, "arch": "resnet164", "config": {"classes": 10, "blocks": 10**9}}
    yield {**honest, "config": {**config, "classes": 10**12}}
    yield {**honest, "config": {**config, "widths": [10**9] * 13}}
    yield {**honest, "config": {**config, "widths": [1] * 10**5}}
    yield {**honest, "config": {**config, "classes": float("inf")}}
    yield {**honest, "config": {**config, "size": []}}
    yield {**honest, "config": {**config, "arch": "x"}}
    yield {**honest, "arch": "x" * 10**5}
    yield {**honest, "system": "x" * 10**5}
    yield {**honest, "classes": ["x" * 10**5]}
    yield {**honest, "classes": [1]}
    yield {**honest, "classes": "x"}
    yield {**honest, "format": "new"}
    yield {key: value for key, value in honest.items() if key != "arch"}
    yield json.dumps(honest)[:-1] + ", \"config\": " + "[" * 50_000 + "]" * 50_000 + "}"
    yield "[]"


def test_settings_of_no_model_are_refused_at_once(network: Any, tmp_path: Path) -> None:
    for number, card in enumerate(hostile(network)):
        with pytest.raises(UserError) as caught:
            load_foreign(written(tmp_path / f"{number}.safetensors", network, card))
        assert 20 < len(str(caught.value)) < 500, number


def test_what_ships_has_plain_cards() -> None:
    for path in checkpoints.shipped("pruning"):
        card = load_foreign(path).card
        assert card.classes == (CIFAR100 if card.data["train"] == ["cifar100"] else CLASSES)
