"""What several tests share: tiny data, a tiny checkpoint, the command line, the browser."""

from __future__ import annotations

import importlib
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.chromium import find_chromium
from tests.launching import two_processes  # noqa: F401

if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # the workers fill the cores

REPOSITORY = Path(__file__).resolve().parent.parent
TINY = (96, 128)  # height, width of the tiny pictures
VERDICT = pytest.StashKey[int]()

pytest_plugins = [f"tests.plugins.{name}" for name in (
    "browser_last", "frozen", "left_out", "quick", "second_tries")]


@dataclass(frozen=True)
class Answer:
    """What one command printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run a command line in this process."""
    from vision.__main__ import main

    def call(*words: object) -> Answer:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as end:  # argparse leaves this way after --help
            code = int(end.code or 0)
        return Answer(code, *capsys.readouterr())

    return call


def told_by(command: str) -> tuple[str, str, Any]:
    """Return system, verb and settings of a command line, as the program reads it today."""
    from vision.options import parse

    _, _, _, system, verb, *flags = shlex.split(command)
    module = importlib.import_module(f"vision.{system}").VERBS[verb][0]
    found = importlib.import_module(f"vision.{system}.{module}").VERB
    return system, verb, parse(found, command, flags)[0]


@pytest.fixture(scope="session")
def tiny_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for VISION_DATA that holds CamVid's tree with six and two tiny frames."""
    root = tmp_path_factory.mktemp("data")
    random = np.random.default_rng(0)
    for split, count in (("train", 6), ("val", 2)):
        (root / "camvid" / split).mkdir(parents=True)
        (root / "camvid" / f"{split}annot").mkdir()
        for number in range(count):
            labels = random.integers(0, 12, (3, 4)).astype(np.uint8).repeat(32, 0).repeat(32, 1)
            picture = (labels[..., None] * (20, 15, 10) + 5).astype(np.uint8)
            Image.fromarray(picture).save(root / "camvid" / split / f"{number}.jpg", quality=92)
            Image.fromarray(labels).save(root / "camvid" / f"{split}annot" / f"{number}.png")
    return root


@pytest.fixture
def with_tiny_data(tiny_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let VISION_DATA point to the tiny data."""
    monkeypatch.setenv("VISION_DATA", str(tiny_data))
    return tiny_data


@pytest.fixture(scope="session")
def tiny_checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A compact U-Net with random weights, saved as training saves it."""
    import torch

    from vision import checkpoints
    from vision.segmentation.data import CLASSES
    from vision.segmentation.models import ARCHITECTURES

    torch.manual_seed(0)
    config = {"classes": len(CLASSES), "size": "compact"}
    card = checkpoints.Card("segmentation", "unet", config, CLASSES, {"short_side": 64})
    module = ARCHITECTURES.build("unet", **config)
    return checkpoints.save(tmp_path_factory.mktemp("checkpoints") / "tiny.safetensors",
                            module, card)


@pytest.fixture
def tiny_picture(tmp_path: Path) -> Path:
    """A small picture on disk."""
    values = np.random.default_rng(1).integers(0, 256, (*TINY, 3)).astype(np.uint8)
    Image.fromarray(values).save(tmp_path / "tiny.png")
    return tmp_path / "tiny.png"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one browser tests are left out, where that is allowed."""
    if found := find_chromium():
        return found
    if os.environ.get("VISION_REQUIRE_BROWSER"):
        pytest.fail("Chromium is missing, and VISION_REQUIRE_BROWSER asks for the browser tests")
    pytest.skip("Chromium is missing: install it with 'apt-get install chromium'")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out a test on real data that VISION_DATA does not hold."""
    from vision.data import datasets

    for mark in item.iter_markers("data"):
        for name in mark.args:
            if not datasets.present(name):
                pytest.skip(f"{name} is not in the folder that VISION_DATA names")


@pytest.fixture(autouse=True)
def _no_litter(tmp_path: Path) -> Iterator[None]:
    """Run each test in an empty folder, so that default output paths do no harm.

    It has a patch of its own: `monkeypatch`, asked for here, would outlive every other fixture
    and bring back what such a fixture had patched.
    """
    folder = tmp_path / "here"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep the verdict for the very end."""
    session.config.stash[VERDICT] = int(session.exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """End at once with the verdict: a thread still inside torch would abort a slow farewell."""
    if hasattr(config, "workerinput"):
        return  # the verdict is that of the process which gave out the work
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(config.stash.get(VERDICT, 1))
