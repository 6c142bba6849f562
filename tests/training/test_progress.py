"""What a training says of its steps: how long it still takes, and which lines a log gets."""

from __future__ import annotations

import pytest

from vision.training.progress import Step, on_terminal


def test_the_rest_takes_as_long_as_the_steps_so_far_did() -> None:
    assert Step(10, 40, {}, 5.0).seconds_left == pytest.approx(15)
    assert Step(40, 40, {}, 20.0).seconds_left == 0 and Step(0, 40, {}).seconds_left == 0


def test_a_log_gets_the_first_every_hundredth_and_the_last_step(
        capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(1, 251):
        on_terminal(Step(number, 250, {"loss": 1 / number}, number / 10))
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in lines] == ["1/250", "100/250", "200/250", "250/250"]
    assert lines[1] == "step 100/250  loss 0.0100  15 s left"
    on_terminal(Step(7, 250, {"loss": 1.0, "val_loss": 2.0}))
    assert "val_loss 2.0000" in capsys.readouterr().err  # a measurement is always told
