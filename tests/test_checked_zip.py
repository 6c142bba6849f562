"""What a stranger's zip may hold, and that what it holds too much of is never read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.data import checked_zip as checks
from vision.data.checked_zip import checked_zip
from vision.errors import UserError
from vision.segmentation.readers import own


def png() -> bytes:
    """Return a small picture."""
    content = io.BytesIO()
    Image.fromarray(np.zeros((32, 32), np.uint8)).save(content, "PNG")
    return content.getvalue()


def zipped(path: Path, contents: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Write a zip."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def own_set(classes: bytes) -> dict[str, bytes]:
    """Return the files of a data set of one's own."""
    pairs = {f"{part}/{number}.png": png() for part in ("images", "masks") for number in range(5)}
    return {**pairs, "classes.txt": classes}


def test_what_is_small_and_plain_passes(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", own_set("sea\n土地\n".encode()))
    assert checked_zip(path) == path and own(path, "train").classes == ("sea", "土地")


@pytest.mark.parametrize("classes, sentence", [
    (b"c\n" * 100_000, "names 100000 classes; from 1 to 255 classes are accepted"),
    (b"\n".join(b"%d" % number for number in range(256)), "names 256 classes"),
    (b"\n \n", "names 0 classes"), (b"\xff\xfe\0", "not a text file"),
    (b"x" * 81, "has a long name; up to 80 characters"), (b"x" * 100_000, "has a long name")])
def test_classes_are_as_many_as_label_pictures_have_ids_for(classes: bytes, sentence: str,
                                                            tmp_path: Path) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        own(zipped(tmp_path / "a.zip", own_set(classes)), "train")
    assert len(str(caught.value)) < 200


def test_255_classes_are_fine(tmp_path: Path) -> None:
    names = b"\n".join(b"%d" % number for number in range(255))
    assert len(own(zipped(tmp_path / "a.zip", own_set(names)), "train").classes) == 255


@pytest.mark.parametrize("name", ["../a.png", "/etc/a.png", "a/../../b.png", "a\\b.png", "a\nb",
                                  "x" * 201])
def test_odd_names_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="odd name"):
        checked_zip(zipped(tmp_path / "a.zip", {name: b"a"}))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_rare_methods_are_refused(method: int, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="packed in a rare way"):
        checked_zip(zipped(tmp_path / "a.zip", {"a.png": b"a"}, method))


def test_a_locked_file_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"a.png": b"abc"})
    content = bytearray(path.read_bytes())
    place = content.index(checks.ENTRY)
    content[place + 8] |= 1  # the list says that it needs a password
    path.write_bytes(content)
    with pytest.raises(UserError, match="is locked"):
        checked_zip(path)


def test_what_grows_when_unpacked_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="1 files and 30 MB; up to 4000 files, 400 MB and 50 times"):
        checked_zip(zipped(tmp_path / "a.zip", {"a.png": bytes(30_000_000)}))


def test_large_files_and_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch
                                                ) -> None:
    path = zipped(tmp_path / "a.zip", {f"{number}.png": png() for number in range(9)})
    assert checked_zip(path)
    with monkeypatch.context() as less:
        less.setattr(checks, "MOST_FILES", 8)
        with pytest.raises(UserError, match="9 files"):
            checked_zip(path)
    monkeypatch.setattr(checks, "LARGEST_MEGABYTES", 0.00001)
    with pytest.raises(UserError, match="has 0 MB; files up to 0 MB"):
        checked_zip(path)


def test_a_list_of_a_million_files_is_not_even_read(tmp_path: Path,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(path, {"a.png": b"a"}).read_bytes() + checks.ENTRY * 1_000_000)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(UserError, match="1000001 files"):
        checked_zip(path)


def test_a_file_that_is_no_zip_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\3\4 and so on")
    with pytest.raises(UserError, match="not a complete zip file"):
        checked_zip(tmp_path / "a.zip")
