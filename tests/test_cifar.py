"""CIFAR as it was published: both forms give the same pictures, and no pickle runs anything."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vision.data import datasets
from vision.data.cifar import BELONGS, CIFAR100, PUBLISHED, SUPERCLASSES
from vision.data.image_folders import open_labelled
from vision.errors import UserError

PLACES = {"cifar10": ("cifar-10-batches-py", "cifar-10-batches-bin"),
          "cifar100": ("cifar-100-python", "cifar-100-binary")}


def rows(name: str, stem: str) -> tuple[np.ndarray, np.ndarray]:
    """Three pictures of noise of each file, of the classes 9, 3 and 9."""
    pixels = np.random.default_rng(len(stem)).integers(0, 256, (3, 3072), dtype=np.uint8)
    return pixels, np.array([9, 3, 9])


def write(root: Path, name: str, binary: bool) -> Path:
    folder = root / PLACES[name][binary]
    folder.mkdir()
    for stem in (stem for stems in PUBLISHED[name].stems.values() for stem in stems):
        pixels, labels = rows(name, stem)
        if binary:
            before = np.stack([labels] * PUBLISHED[name].bytes_before, 1)
            before[:, :-1] = 77  # the superclass
            content = np.concatenate([before, pixels], 1).astype(np.uint8).tobytes()
            (folder / f"{stem}.bin").write_bytes(content)
        else:
            table = {b"data": pixels, PUBLISHED[name].key: labels.tolist(), b"filenames": [b"a"]}
            (folder / stem).write_bytes(pickle.dumps(table, protocol=2))
    return folder


@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("name", ["cifar10", "cifar100"])
def test_published_files_are_read_by_class(name: str, binary: bool, tmp_path: Path,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    write(tmp_path, name, binary)
    assert datasets.present(name)
    for split, stems in PUBLISHED[name].stems.items():
        data = open_labelled(name, split)
        assert data.classes == PUBLISHED[name].classes
        assert data.labels.tolist() == [3] * len(stems) + [9] * 2 * len(stems)
        wanted = rows(name, stems[0])[0][1].reshape(3, 32, 32)
        assert np.array_equal(data.pixels[0].numpy(), wanted)


@pytest.mark.parametrize("binary", [False, True])
def test_a_damaged_or_missing_file_is_named(binary: bool, tmp_path: Path,
                                            monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    folder = write(tmp_path, "cifar10", binary)
    file = sorted(folder.iterdir())[1]
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(UserError, match=f"'{file.name}' of the data set is damaged"):
        open_labelled("cifar10", "train")
    file.unlink()
    with pytest.raises(UserError, match=f"no file '{file.name}'"):
        open_labelled("cifar10", "train")


class Harmful:
    """What a stranger's pickle would run."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("harm"),)


@pytest.mark.parametrize("table", [
    {b"data": Harmful(), b"fine_labels": [1]}, {b"data": np.zeros((2, 3072), np.uint8)},
    {b"data": np.zeros((1, 3072), np.uint8), b"fine_labels": [100]}, [1], np.zeros(3)])
def test_a_pickle_of_anything_else_is_refused(table: Any, tmp_path: Path,
                                              monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cifar-100-python").mkdir()
    (tmp_path / "cifar-100-python" / "test").write_bytes(pickle.dumps(table))
    with pytest.raises(UserError, match="'test' of the data set is damaged"):
        open_labelled("cifar100", "test")
    assert not (tmp_path / "harm").exists()


def test_every_class_has_one_superclass() -> None:
    assert len(SUPERCLASSES) == 20 and {*map(len, SUPERCLASSES.values())} == {5}
    assert len({*CIFAR100}) == 100 and BELONGS.keys() == {*CIFAR100}
