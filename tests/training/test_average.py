"""The steadier copy of the weights: it follows fast at first, and slowly later."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from vision.training.average import Average


def test_an_average_moves_far_in_its_first_steps_and_little_later() -> None:
    module = nn.Linear(1, 1, bias=False)
    nn.init.zeros_(module.weight)
    average = Average(module, 0.9)
    nn.init.ones_(module.weight)
    apart = 1.0
    for step in range(1, 120):
        average.update(module)
        apart *= min(0.9, step / (step + 10))
        assert float(average.module.weight) == pytest.approx(1 - apart, abs=1e-6)
        if step == 1:
            assert float(average.module.weight) == pytest.approx(10 / 11)


def test_what_is_counted_is_taken_over_and_a_state_goes_on() -> None:
    module = nn.BatchNorm1d(2)
    average = Average(module)
    module(torch.randn(8, 2))
    average.update(module)
    assert int(average.module.num_batches_tracked) == 1 and not average.module.training
    other = Average(nn.BatchNorm1d(2))
    other.load_state_dict(average.state_dict())
    assert other.updates == 1
    assert torch.equal(other.module.running_mean, average.module.running_mean)
