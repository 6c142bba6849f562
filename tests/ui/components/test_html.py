"""Small pieces: numbers as a reader likes them."""

from __future__ import annotations

import pytest

from vision.ui.components.html import clock, file_size, short, signed


@pytest.mark.parametrize(("seconds", "said"), [
    (0.0004, "0 ms"), (0.0972, "97 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"), (11.917, "11.9 s")])
def test_a_long_time_is_told_in_seconds(seconds: float, said: str) -> None:
    assert clock(seconds) == said


@pytest.mark.parametrize(("value", "said"), [
    (2.04, "+2.0"), (-13.0, "\N{MINUS SIGN}13.0"), (0.0, "0.0"), (-0.04, "0.0")])
def test_a_difference_has_a_sign_unless_it_rounds_to_nothing(value: float, said: str) -> None:
    assert signed(value) == said


@pytest.mark.parametrize(("number", "said"), [
    (999, "999"), (1000, "1.00k"), (999_400, "999k"), (999_600, "1.00M"), (999_999_999, "1.00G"),
    (12_345_678, "12.3M")])
def test_a_large_number_has_three_digits(number: int, said: str) -> None:
    assert short(number) == said
    assert file_size(number).replace("\N{NO-BREAK SPACE}", "") == f"{said}B"
