"""Every loss is that of the whole batch, however many processes share it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from shares import told

SCRIPT = Path(__file__).parent / "shares.py"


def test_two_processes_have_the_losses_and_gradients_of_one(tmp_path: Path) -> None:
    started = [subprocess.Popen([sys.executable, str(SCRIPT), str(rank), "2", str(tmp_path)],
                                stderr=subprocess.PIPE, text=True) for rank in (0, 1)]
    for process in started:
        _, complaints = process.communicate(timeout=120)
        assert process.returncode == 0, complaints[-3000:]
    alone = told(0, 1)
    shares = [json.loads((tmp_path / f"2-{rank}.json").read_text()) for rank in (0, 1)]
    for name, (loss, square) in alone.items():
        assert [share[name][0] for share in shares] == pytest.approx([loss, loss], rel=1e-5), name
        assert sum(share[name][1] for share in shares) == pytest.approx(square, rel=1e-4), name
