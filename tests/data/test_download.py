"""The data command: what is listed, what is fetched, and what offline machines are told."""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar
from urllib.error import URLError

import numpy as np
import pytest
from PIL import Image

from vision.data import datasets, pretrained
from vision.errors import UserError
from vision.images import read_picture


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for data sets, not even created yet."""
    monkeypatch.setenv("VISION_DATA", str(tmp_path / "sets"))
    return tmp_path / "sets"


def offline(*_: Any, **__: Any) -> None:
    raise URLError("[Errno -2] Name or service not known")


def test_the_list_names_every_data_set_and_network(cli: Callable[..., Any], tiny_data: Path,
                                       with_tiny_data: Path) -> None:
    answer = cli("data", "list", "--json")
    found = json.loads(answer.out.splitlines()[-1])
    assert found["folder"] == tiny_data.as_posix()
    assert {row["name"]: row["present"] for row in found["data_sets"]} == {
        name: name == "camvid" for name in datasets.DATASETS}
    lines = cli("data", "list").out.splitlines()
    known = [*datasets.DATASETS.values(), *pretrained.NETWORKS.values()]
    for entry, line in zip(known, lines[1:], strict=True):
        assert line.startswith(entry.name) and entry.licence in line and entry.source in line


def test_a_connection_that_breaks_without_a_word_gets_a_sentence_too(
        cli: Callable[..., Any], root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: Any, **__: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr("torchvision.datasets.MNIST.download", silent)
    answer = cli("data", "download", "mnist")
    assert answer.code == 2 and "could not be fetched (TimeoutError)" in answer.err


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar10"])
def test_offline_gives_one_sentence_and_leaves_nothing(
        cli: Callable[..., Any], root: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("torchvision.datasets.utils._urlretrieve", offline)
    answer = cli("data", "download", name)
    assert answer.code == 2 and answer.out == "" and len(answer.err.splitlines()) == 1
    assert f"'{name}' could not be fetched" in answer.err and "Traceback" not in answer.err
    assert list(root.iterdir()) == [] and not datasets.present(name)


@pytest.mark.parametrize("name", [n for n, e in datasets.DATASETS.items() if not e.torchvision])
def test_what_torchvision_lacks_says_where_it_comes_from(root: Path, cli: Callable[..., Any],
                                                         name: str) -> None:
    answer = cli("data", "download", name)
    entry = datasets.DATASETS[name]
    assert answer.code == 2 and len(answer.err.splitlines()) == 1
    assert entry.source in answer.err and entry.archives[0] in answer.err


def test_an_unknown_name_is_answered_with_the_nearest(cli: Callable[..., Any], root: Path) -> None:
    answer = cli("data", "download", "mnits")
    assert answer.code == 2 and "did you mean 'mnist'?" in answer.err


def test_what_is_here_is_not_fetched_again(cli: Callable[..., Any], with_tiny_data: Path,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torchvision.datasets.utils._urlretrieve", offline)
    assert cli("data", "download", "camvid").code == 0


class TinyCifar:
    """What torchvision's CIFAR10 looks like from outside, with five samples a split."""

    classes: ClassVar[list[str]] = ["airplane", "cat"]

    def __init__(self, root: str, train: bool, download: bool) -> None:
        assert download
        (Path(root) / "cifar-10-batches-py").mkdir(exist_ok=True)
        random = np.random.default_rng(int(train))
        self.data = random.integers(0, 256, (5, 32, 32, 3)).astype(np.uint8)
        self.targets = [0, 1, 1, 0, 1]

    def __getitem__(self, index: int) -> tuple[Image.Image, int]:
        return Image.fromarray(self.data[index]), self.targets[index]

    def __len__(self) -> int:
        return len(self.data)


def test_cifar_becomes_a_tree_of_pictures(root: Path, cli: Callable[..., Any],
                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torchvision.datasets.CIFAR10", TinyCifar)
    assert cli("data", "download", "cifar10").code == 0
    files = datasets.open_files("cifar10")
    assert files.names() == [
        f"{split}/{name}" for split in ("test", "train") for name in
        ("airplane/0000.png", "airplane/0001.png", "cat/0000.png", "cat/0001.png", "cat/0002.png")]
    for split in ("train", "test"):
        wanted = TinyCifar(str(root), split == "train", True)
        for index, name in ((0, "airplane/0000"), (3, "airplane/0001"), (4, "cat/0002")):
            found = read_picture(files.read(f"{split}/{name}.png"))
            assert (found == wanted.data[index]).all()
    assert [p.name for p in root.iterdir() if p.name.startswith(".")] == []


class TinyMnist:
    """What torchvision's MNIST leaves on disk."""

    def __init__(self, root: str, train: bool, download: bool) -> None:
        folder = Path(root) / "MNIST" / "raw"
        folder.mkdir(parents=True, exist_ok=True)
        name = "train" if train else "t10k"
        content = struct.pack(">IIII", 2051, 1, 28, 28) + bytes(784)
        (folder / f"{name}-images-idx3-ubyte.gz").write_bytes(gzip.compress(content))
        (folder / f"{name}-images-idx3-ubyte").write_bytes(content)


def test_mnist_lies_where_it_is_looked_for(root: Path, cli: Callable[..., Any],
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torchvision.datasets.MNIST", TinyMnist)
    answer = cli("data", "download", "mnist", "--json")
    assert json.loads(answer.out) == (root / "MNIST/raw").as_posix()
    files = datasets.open_files("mnist")
    assert files.read("train-images-idx3-ubyte")[:4] == b"\0\0\x08\x03"


def test_a_full_disk_leaves_no_half_of_a_data_set(root: Path, cli: Callable[..., Any],
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("torchvision.datasets.CIFAR10", TinyCifar)
    monkeypatch.setattr("vision.data.download.write_png", full)
    answer = cli("data", "download", "cifar10")
    assert answer.code == 2 and "disk is full" in answer.err
    assert list(root.iterdir()) == []
    with pytest.raises(UserError):
        datasets.open_files("cifar10")
