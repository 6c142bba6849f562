"""Weights as 8-bit rows: what comes back is what was, within half a step of each row."""

from __future__ import annotations

import torch
from torch import nn

from vision.quantised import packed, round_rows, unpacked


def test_packed_states_come_back_within_half_a_step_of_each_row() -> None:
    torch.manual_seed(0)
    state = {"w": torch.randn(5, 3, 2, 2) * torch.tensor([1e-3, 1, 10, 0, 1])[:, None, None, None],
             "b": torch.randn(5).half(), "n": torch.tensor(7)}
    parts = packed(state)
    back = unpacked(parts)
    assert parts["w"].dtype == torch.int8 and back.keys() == state.keys()
    assert torch.equal(back["b"], state["b"]) and torch.equal(back["n"], state["n"])
    half_a_step = state["w"].flatten(1).abs().amax(1) / 127 / 2
    off = (back["w"].float() - state["w"]).flatten(1).abs().amax(1)
    assert (off <= 1.2 * half_a_step + 1e-7).all()


def test_rounding_twice_changes_nothing_more() -> None:
    torch.manual_seed(0)
    module = round_rows(nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)))
    once = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    for name, tensor in round_rows(module).state_dict().items():
        assert torch.equal(tensor, once[name]), name


def test_a_weight_that_is_called_scale_is_kept() -> None:
    state = {"norm.scale": torch.ones(3).half(), "w": torch.ones(2, 2)}
    assert unpacked(packed(state)).keys() == unpacked(state).keys() == state.keys()
