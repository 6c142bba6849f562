"""Small pieces: numbers as a reader likes them."""

from __future__ import annotations

import pytest

from vision.ui.components.html import clock, signed


@pytest.mark.parametrize(("seconds", "said"), [
    (0.0004, "0 ms"), (0.0972, "97 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"), (11.917, "11.9 s")])
def test_a_long_time_is_told_in_seconds(seconds: float, said: str) -> None:
    assert clock(seconds) == said


@pytest.mark.parametrize(("value", "said"), [
    (2.04, "+2.0"), (-13.0, "\N{MINUS SIGN}13.0"), (0.0, "0.0"), (-0.04, "0.0")])
def test_a_difference_has_a_sign_unless_it_rounds_to_nothing(value: float, said: str) -> None:
    assert signed(value) == said
