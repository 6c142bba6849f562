"""What stands at a drawing's axes."""

from __future__ import annotations

from vision.ui.components.figures.svg import number


def test_a_number_has_a_minus_and_no_hyphen() -> None:
    assert ">−2</text>" in number(0, 0, "-2", "end") and ">2</text>" in number(0, 0, "2", "end")
