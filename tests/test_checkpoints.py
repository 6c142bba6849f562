"""Checkpoint files: what is written comes back, and nothing else is ever let in."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from vision import checkpoints
from vision.checkpoints import Card, digest, load, read_card, save
from vision.errors import UserError
from vision.quantised import unpacked
from vision.registry import Registry

TOYS = Registry("toys", "vision.segmentation.models")
CARD = Card("toys", "tiny", {"width": 4}, ("a", "b"), {"short_side": 64}, {"train": ["x"]},
            {"mIoU": 0.5, "odd": float("nan")}, "python -m vision", 3, 10, "cpu")


@TOYS.register("tiny", paper="arXiv:1", year=1)
def tiny(*, width: int) -> nn.Module:
    """Two layers with parameters and buffers."""
    return nn.Sequential(nn.Conv2d(3, width, 3), nn.BatchNorm2d(width))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    return save(tmp_path / "toy.safetensors", tiny(width=4), CARD)


def assert_refused(path: Path) -> str:
    """Loading raises a UserError that names the file, and nothing else."""
    with pytest.raises(UserError) as caught:
        load(path, TOYS)
    assert path.name in str(caught.value) and "\n" not in str(caught.value)
    return str(caught.value)


def forge(path: Path, card: object = None, tensors: dict[str, torch.Tensor] | None = None,
          **changes: Any) -> Path:
    """Write a file whose digest fits, so that only what is inside can be refused."""
    text = card if isinstance(card, str) else json.dumps(
        {**json.loads(replace(CARD, created="now").to_json()), **changes})
    tensors = tiny(width=4).half().state_dict() if tensors is None else tensors
    header = {"card": text, "digest": digest(text, tensors)}
    path.write_bytes(safetensors.torch.save(tensors, header))
    return path


def test_eight_bit_rows_come_back_within_half_a_step_and_a_false_scale_is_refused(
        tmp_path: Path) -> None:
    torch.manual_seed(0)
    module = tiny(width=4)
    path = save(tmp_path / "small.safetensors", module, CARD, bits=8)
    kept = safetensors.torch.load_file(path)
    assert kept["0.weight"].dtype == torch.int8
    wanted, found = module[0].weight, load(path, TOYS).module[0].weight
    half_a_step = wanted.flatten(1).abs().amax(1) / 127 / 2
    assert ((found - wanted).flatten(1).abs().amax(1) <= 1.2 * half_a_step).all()
    for scale in (torch.ones(3, 1), torch.ones(1, 10**6), torch.ones(4), torch.ones(4, 1).bool()):
        forge(path, tensors={**kept, "0.weight.scale": scale})
        assert "8-bit rows" in assert_refused(path)
    forge(path, tensors={**kept, "0.weight": torch.ones(4, 3, 3, 3)})
    assert "8-bit rows" in assert_refused(path)


def test_a_small_file_cannot_unfold_into_all_of_the_memory() -> None:
    rows = torch.zeros(2**24, 1, dtype=torch.int8)
    with pytest.raises(ValueError, match="scale"):  # all of each by all: 2^48 numbers
        unpacked({"weight": rows, "weight.scale": torch.zeros(1, 2**24, dtype=torch.float16)})


def test_weights_and_card_come_back(path: Path) -> None:
    torch.manual_seed(0)
    module, model = tiny(width=4), load(path, TOYS)
    assert not model.module.training
    for name, tensor in module.state_dict().items():
        found = model.module.state_dict()[name]
        wanted = tensor.half().float() if tensor.is_floating_point() else tensor
        assert torch.equal(found, wanted), name
    assert model.card == read_card(path)
    assert replace(model.card, created="", metrics={}) == replace(CARD, metrics={})
    assert model.card.metrics == {"mIoU": 0.5, "odd": None} and model.card.created
    assert model.module(torch.zeros(2, 3, 8, 8)).shape == (2, 4, 6, 6)


def test_weights_are_float16_on_disk(path: Path) -> None:
    tensors = safetensors.torch.load_file(path)
    assert {tensor.dtype for tensor in tensors.values()} == {torch.float16, torch.int64}


def test_a_card_survives_json() -> None:
    card = replace(CARD, metrics={}, classes=("天空", "b"))
    assert Card.from_json(card.to_json()) == card
    assert Card.from_json(card.to_json()).to_json() == card.to_json()


def test_what_is_measured_later_joins_the_card_and_changes_no_weight(path: Path) -> None:
    before, weights = read_card(path), safetensors.torch.load_file(path)
    checkpoints.add_metrics(path, {"mIoU": 0.75, "new": [1]})
    assert read_card(path) == replace(before, metrics={"mIoU": 0.75, "odd": None, "new": [1]})
    kept = safetensors.torch.load_file(path)
    assert all(torch.equal(kept[name], weights[name]) for name in weights | kept)


def test_a_card_tells_every_command_on_the_way_to_its_model() -> None:
    assert CARD.commands == ["python -m vision"]
    later = replace(CARD, command="again", metrics={"made_from": CARD.commands})
    assert later.commands == ["python -m vision", "again"]


def test_a_file_cut_anywhere_is_refused(path: Path) -> None:
    content = path.read_bytes()
    cuts = {*range(24), *np.linspace(0, len(content) - 1, 200).astype(int).tolist()}
    for cut in sorted(cuts):
        path.write_bytes(content[:cut])
        assert_refused(path)
    path.write_bytes(content + b"\0")
    assert_refused(path)


def test_a_flipped_bit_anywhere_is_refused(path: Path) -> None:
    content = path.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    random = np.random.default_rng(0)
    places = [*random.integers(0, header, 300), *random.integers(header, len(content), 300)]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << int(random.integers(8))
        path.write_bytes(changed)
        assert_refused(path)
    path.write_bytes(content)
    load(path, TOYS)


def test_a_foreign_safetensors_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    for metadata in (None, {"format": "pt"}):
        safetensors.torch.save_file({"w": torch.zeros(3)}, path, metadata)
        assert_refused(path)


class Evil:
    """An object whose unpickling creates a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return open, (str(self.marker), "w")


@pytest.mark.parametrize("zipped", [True, False])
def test_a_pickle_is_refused_and_runs_no_code(tmp_path: Path, zipped: bool) -> None:
    path, marker = tmp_path / "evil.safetensors", tmp_path / "marker"
    torch.save(Evil(marker), path, _use_new_zipfile_serialization=zipped)
    assert_refused(path)
    assert not marker.exists()
    torch.load(path.rename(tmp_path / "evil.pt"), weights_only=False)
    assert marker.exists(), "the pickle of this test is harmless, so the test proves nothing"


@pytest.mark.parametrize("size", [0, 1, 2**22 + 1, 2**40, 2**63, 2**64 - 1])
def test_a_header_of_absurd_length_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "huge.safetensors"
    path.write_bytes(struct.pack("<Q", size) + b"{}" * 50)
    assert_refused(path)


@pytest.mark.parametrize("header", [
    b"", b"[]", b"null", b"5", b'"x"', b"{}", b'{"__metadata__": 3}', b'{"__metadata__": []}',
    b'{"__metadata__": {"card": "{}"}}', b'{"__metadata__": {"card": 5, "digest": 5}}',
    b"\xff\xfe\x00", b"[" * 100_000, b'{"__metadata__": {"card": "{}", "digest": "x"}}',
    b'{"__metadata__": {"card": "' + b"[" * 50_000 + b'", "digest": "x"}}',
])
def test_a_strange_header_is_refused(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "strange.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    assert_refused(path)


def without(field: str) -> str:
    card = json.loads(CARD.to_json())
    del card[field]
    return json.dumps(card)


@pytest.mark.parametrize("field", ["system", "arch", "config", "classes"])
def test_a_card_without_a_needed_field_is_refused(tmp_path: Path, field: str) -> None:
    assert_refused(forge(tmp_path / "lacking.safetensors", without(field)))


@pytest.mark.parametrize(("field", "value"), [
    ("system", 3), ("system", None), ("arch", ["tiny"]), ("arch", {}), ("arch", 5),
    ("config", None), ("config", []), ("config", "width"), ("config", 4), ("classes", 3),
    ("classes", None), ("classes", [1, 2]), ("classes", [["a"]]),
    ("preprocess", []), ("preprocess", 7), ("data", "x"), ("metrics", [1]), ("command", 3),
    ("seed", "0"), ("seed", True), ("steps", 1.5), ("device", {}), ("created", 0),
    ("vision_version", 1), ("format", "1"), ("format", None), ("unheard_of", 1),
])
def test_a_card_with_a_wrong_type_is_refused(tmp_path: Path, field: str, value: object) -> None:
    assert_refused(forge(tmp_path / "odd.safetensors", **{field: value}))


@pytest.mark.parametrize("config", [
    {}, {"width": 5}, {"width": -1}, {"width": 0}, {"width": "4"}, {"width": 4.5}, {"width": None},
    {"width": 10**30}, {"width": [4]}, {"width": float("nan")}, {"width": 4, "depth": 1},
    {"self": 1}, {"": 1},
])
def test_settings_that_fit_no_weights_are_refused(tmp_path: Path, config: dict[str, Any]) -> None:
    assert_refused(forge(tmp_path / "misfit.safetensors", config=config))


def test_an_unknown_architecture_is_named(tmp_path: Path) -> None:
    assert "'huge'" in assert_refused(forge(tmp_path / "x.safetensors", arch="huge"))


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    assert "format 2" in assert_refused(forge(tmp_path / "x.safetensors", format=2))


def test_another_systems_checkpoint_is_refused(tmp_path: Path) -> None:
    sentence = assert_refused(forge(tmp_path / "x.safetensors", system="gan"))
    assert "'gan'" in sentence and "'toys'" in sentence


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_weights_that_are_not_finite_are_refused(tmp_path: Path, number: float) -> None:
    tensors = tiny(width=4).half().state_dict()
    tensors["0.weight"][1, 1, 1, 1] = number
    assert_refused(forge(tmp_path / "x.safetensors", tensors=tensors))


@pytest.mark.parametrize("kind", [torch.int32, torch.bool, torch.complex64, torch.float8_e4m3fn])
def test_weights_of_a_kind_that_no_network_has_are_refused(tmp_path: Path, kind: torch.dtype
                                                           ) -> None:
    for name in ("0.bias", "1.num_batches_tracked"):
        tensors = {**tiny(width=4).half().state_dict()}
        tensors[name] = tensors[name].to(kind)
        assert name in assert_refused(forge(tmp_path / "x.safetensors", tensors=tensors))


def test_missing_additional_or_empty_tensors_are_refused(tmp_path: Path) -> None:
    good = tiny(width=4).half().state_dict()
    for tensors in ({}, {"0.weight": good["0.weight"]}, {**good, "more": torch.zeros(1)},
                    {**good, "0.weight": torch.zeros(0)}, {**good, "0.bias": torch.tensor(1.0)}):
        assert_refused(forge(tmp_path / "x.safetensors", tensors=tensors))


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    assert "there is no checkpoint" in assert_refused(tmp_path / "none.safetensors").lower()
    assert_refused(tmp_path)


def test_numbers_beyond_float16_are_refused_when_saving(tmp_path: Path) -> None:
    module = tiny(width=4)
    with torch.no_grad():
        module[0].bias[2] = 1e6
    with pytest.raises(UserError, match=r"0\.bias"):
        save(tmp_path / "x.safetensors", module, CARD)
    assert list(tmp_path.glob("*.safetensors")) == []


@pytest.mark.parametrize("failing", ["replace", "fsync", "chmod"])
def test_a_failing_write_leaves_the_old_file_and_no_litter(
        path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    before, neighbours = path.read_bytes(), sorted(path.parent.iterdir())

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, failing, fail)
        with pytest.raises(UserError, match="disk is full, so 'toy"):
            save(path, tiny(width=4), CARD)
    assert path.read_bytes() == before and sorted(path.parent.iterdir()) == neighbours
    save(path, tiny(width=4), CARD)
    assert path.read_bytes() != before and sorted(path.parent.iterdir()) == neighbours


@pytest.mark.parametrize("system", sorted(p.name for p in checkpoints.FOLDER.glob("*")))
def test_every_shipped_checkpoint_is_small_and_has_a_full_card(system: str) -> None:
    for path in checkpoints.shipped(system):
        card = read_card(path)
        assert card.system == system and card.command.startswith("python -m vision ")
        assert card.created and card.device and card.data
        public = card.data.get("begins_with")  # whose weights may ship as they came
        assert card.steps > 0 or card.arch == "svm" or (public and any(
            name.startswith(public) for name in card.data["licences"]))  # an svm is fitted at once
        assert path.stat().st_size <= 30e6


@pytest.mark.parametrize("name", ["model.txt", "model", "folder.safetensors"])
def test_a_training_refuses_a_wrong_target_before_it_begins(tmp_path: Path, name: str) -> None:
    from vision.segmentation.train import Config, train

    (tmp_path / "folder.safetensors").mkdir()
    config = Config(data=("scenes",), steps=10**9, output=tmp_path / name)
    with pytest.raises(UserError, match="cannot be written as a checkpoint"):
        train(config)


def test_each_architecture_has_a_target_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                   ) -> None:
    from vision.segmentation.train import Config

    monkeypatch.chdir(tmp_path)
    paths = {checkpoints.with_target(Config(arch=arch)).output for arch in ("unet", "segnet")}
    assert paths == {Path(f"runs/segmentation/{arch}.safetensors") for arch in ("unet", "segnet")}


def test_all_that_ships_stays_within_what_a_clone_may_weigh() -> None:
    files = checkpoints.FOLDER.rglob("*.safetensors")
    assert sum(path.stat().st_size for path in files) <= 200 * 2**20
