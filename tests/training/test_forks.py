"""Another future of a run: it has the same past, and nothing but the rate is another one."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.small_run import Config, train
from vision.errors import UserError
from vision.options import command
from vision.training import forks
from vision.training.progress import Step
from vision.training.run import turn
from vision.training.saved_state import (
    SavedState,
    copied,
    name_of,
    state_folder,
    states_in,
    step_of,
)

TINY = Config(steps=4)


def losses(config: Config) -> dict[int, float]:
    """Train, and return the loss of each step that was gone."""
    steps: list[Step] = []
    train(config, steps.append)
    return {step.number: step.values["loss"] for step in steps}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a run lies beside the state of its middle."""
    folder = tmp_path_factory.mktemp("run")
    config = replace(TINY, output=folder / "x.safetensors")

    def told(step: Step) -> None:
        forks.keep(config, folder / "kept")

    train(config, told)
    return folder


def test_a_fork_goes_on_from_the_state_as_if_it_had_gone_all_the_way(folder: Path, tmp_path: Path
                                                                     ) -> None:
    config = replace(TINY, output=folder / "x.safetensors")
    assert forks.kept(folder / "kept") == [2]
    fork = forks.forked(config, 2, 0.25)
    assert fork.output == folder / "x-from-2.safetensors" and fork.rate_turn == (2, 0.25)
    forks.prepare(fork, folder / "kept")
    short = losses(fork)
    whole = losses(replace(fork, output=tmp_path / "whole.safetensors"))
    assert [*short] == [3, 4] and [*whole] == [1, 2, 3, 4]
    assert short == {number: whole[number] for number in (3, 4)}
    one, other = (load_file(path) for path in (fork.output, tmp_path / "whole.safetensors"))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert "--rate-turn 2 0.25" in command("small", "train", fork)


def test_a_state_that_is_copied_appears_whole_or_not_at_all(
        folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = folder / "kept" / "step-00000002"

    def killed(source: Path, target: Path) -> None:
        target.mkdir(parents=True)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(shutil, "copytree", killed)
        copied(state, tmp_path)
    assert forks.kept(tmp_path) == []
    for _ in range(2):  # what is there already stays
        assert copied(state, tmp_path) == tmp_path / state.name and forks.kept(tmp_path) == [2]
    assert len([*(tmp_path / state.name).rglob("*")]) == len([*state.rglob("*")]) > 2


def test_states_are_in_the_order_of_their_steps_even_of_the_longest_runs(tmp_path: Path) -> None:
    for step in (99_999_999, 100_000_000, 7):
        (tmp_path / name_of(step)).mkdir()
    assert [step_of(state) for state in states_in(tmp_path)] == [7, 99_999_999, 100_000_000]
    assert SavedState(tmp_path).last == tmp_path / "step-100000000"
    assert SavedState(tmp_path / "none").last is None


def test_nothing_is_another_future_with_the_same_rate(folder: Path) -> None:
    config = replace(TINY, output=folder / "x.safetensors")
    same = forks.forked(config, 2, 1.0)
    forks.prepare(same, folder / "kept")
    train(same)
    lower = forks.forked(replace(config, output=folder / "y.safetensors"), 2, 0.1)
    forks.prepare(lower, folder / "kept")
    train(lower)
    old, new, other = (load_file(each.output) for each in (config, same, lower))
    assert all(torch.equal(old[name], new[name]) for name in old)
    assert any(not torch.equal(old[name], other[name]) for name in old)


def test_a_run_without_a_turn_finds_the_state_of_before_there_were_any() -> None:
    given = asdict(Config(output=Path("x.safetensors")))
    del given["rate_turn"]
    before = hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode()).hexdigest()
    assert state_folder(Config(output=Path("x.safetensors"))).name == f"{before[:12]}.state"
    assert state_folder(Config(output=Path("x.safetensors"), rate_turn=(1, 2.0))).name != (
        state_folder(Config(output=Path("x.safetensors"))).name)


@pytest.mark.parametrize("make", [
    lambda optimizer: torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.4, total_steps=10),
    lambda optimizer: torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 1 / (1 + step)),
])
def test_a_turn_lowers_every_rate_that_comes(make: object) -> None:
    def rates(factor: float) -> list[float]:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.4)
        schedule = make(optimizer)  # type: ignore[operator]
        found = []
        for step in range(9):
            if step == 3:
                turn([optimizer, schedule], factor)
            found.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            schedule.step()
        return found

    usual, lower = rates(1.0), rates(0.25)
    assert lower[:3] == usual[:3]
    assert lower[3:] == pytest.approx([0.25 * rate for rate in usual[3:]])


@pytest.mark.parametrize("wrong", [(1,), (0, 1), (1.5, 1), (math.inf, 1), (1, 0), (1, 1001),
                                   (1, 2, 3)])
def test_a_turn_that_cannot_be_is_refused(wrong: tuple[float, ...], tmp_path: Path) -> None:
    with pytest.raises(UserError, match="rate turns"):
        train(replace(TINY, rate_turn=wrong, output=tmp_path / "x.safetensors"))
