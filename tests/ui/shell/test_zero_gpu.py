"""On ZeroGPU each decorated function works in a fork; elsewhere it is the function itself."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.conftest import REPOSITORY
from vision.devices import best_device
from vision.infrared.classes import CLASSES
from vision.style.features.extractor import BUNDLED
from vision.ui.shell import zero_gpu
from vision.ui.tabs.infrared import gpu_detection
from vision.ui.tabs.infrared.shared import MODELS
from vision.ui.tabs.style import gpu_frames

HERE = Path(__file__).parent


def decorated() -> list[str]:
    """Return every function of the page that is decorated with `on_gpu`."""
    found = []
    for file in sorted((REPOSITORY / "vision").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                    isinstance(mark, ast.Call) and getattr(mark.func, "id", "") == "on_gpu"
                    for mark in node.decorator_list):
                module = ".".join(file.relative_to(REPOSITORY).with_suffix("").parts)
                found.append(f"{module}.{node.name}")
    return found


@pytest.mark.skipif(not BUNDLED.is_file() or MODELS.first() is None,
                    reason="no extractor or no detector ships")
def test_each_decorated_function_works_in_a_fork() -> None:
    environment = {**os.environ, "SPACES_ZERO_GPU": "true", "OMP_NUM_THREADS": "1",
                   "PYTHONPATH": f"{HERE / 'stand_in'}{os.pathsep}{REPOSITORY}"}
    done = subprocess.run([sys.executable, HERE / "zero_gpu.py"], env=environment, timeout=300,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["decorated"] == decorated()
    assert answer["forks"] == {"vision.ui.tabs.infrared.gpu_detection.found": 2,
                               "vision.ui.tabs.style.gpu_frames.painted": 3}
    assert answer["forks"].keys() == set(decorated()) and answer["device"] == "cpu"
    assert answer["steps"] == 3 and answer["shape"][2] == 3 and answer["cut"] == 1
    assert answer["devices"] and set(answer["devices"]) <= set(CLASSES)
    assert "nonsense" in answer["refusals"]["painted"]
    assert "threshold" in answer["refusals"]["found"]


def test_elsewhere_nothing_is_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not zero_gpu.ZERO and "spaces" not in sys.modules
    for work in (gpu_frames.painted, gpu_detection.found):
        assert not hasattr(work, "__wrapped__")
    monkeypatch.setenv("VISION_DEVICE", "meta")
    assert best_device() == torch.device("meta")
