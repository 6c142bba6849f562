"""Every loss is that of the whole batch, however many processes share it."""

from __future__ import annotations

from pathlib import Path

import pytest
from shares import told

from tests.launching import seen


def test_two_processes_have_the_losses_and_gradients_of_one(two_processes: Path) -> None:
    alone = told(0, 1)
    shares = [seen(two_processes, "losses", rank) for rank in (0, 1)]
    for name, (loss, square) in alone.items():
        assert [share[name][0] for share in shares] == pytest.approx([loss, loss], rel=1e-5), name
        assert sum(share[name][1] for share in shares) == pytest.approx(square, rel=1e-4), name
