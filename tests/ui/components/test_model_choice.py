"""The shelf of models: what is on offer, what is first, whose own, and what is opened again."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from vision import checkpoints
from vision.errors import UserError
from vision.ui.components.model_choice import OWN, ModelShelf


@pytest.fixture
def folder(tmp_path: Path, tiny_checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three copies of one checkpoint, all of them unets."""
    place = tmp_path / "segmentation"
    place.mkdir()
    for name in ("a", "b", "hidden"):
        shutil.copy(tiny_checkpoint, place / f"{name}.safetensors")
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    return place


def shelf(*first: str) -> ModelShelf:
    return ModelShelf("segmentation", first, offers=lambda path: path.stem != "hidden")


def test_what_is_on_offer_and_what_is_chosen_at_first(folder: Path) -> None:
    assert shelf().names() == ["a", "b"] and shelf().first() == "a"
    assert shelf("c", "b").first() == "b" and shelf("b").first(but="b") == "a"
    named = [("U-Net · a", "a"), ("U-Net · b", "b")]
    assert shelf().offered() == shelf().choices(None)[:2] == named
    assert shelf().choices(None)[2][1] == OWN
    assert [path.stem for path in shelf().of("unet")] == ["a", "b", "hidden"]
    (folder / "a.safetensors").unlink()
    assert shelf("b").first(but="b") == "b"  # rather the same than none


def test_names_stand_for_files_and_ones_own_for_the_sessions(folder: Path) -> None:
    assert shelf().path_of("b") == folder / "b.safetensors"
    assert shelf().path_of(OWN, str(folder / "hidden.safetensors")).stem == "hidden"
    with pytest.raises(UserError, match="known are a, b"):
        shelf().path_of("hidden")
    for own in (None, str(folder / "gone.safetensors")):
        with pytest.raises(UserError, match="not here any more; it is kept for an hour"):
            shelf().path_of(OWN, own)
    assert shelf().in_a_script("b") == "checkpoints/segmentation/b.safetensors"
    assert shelf().in_a_script(OWN) == "the-file-you-downloaded.safetensors"


def test_ones_own_model_is_kept_for_an_hour_after_its_last_use(folder: Path) -> None:
    own = folder / "hidden.safetensors"
    known, version = own.stat(), checkpoints.version(own)
    os.utime(folder, (0, 0))
    time.sleep(0.05)
    shelf().path_of(OWN, str(own))
    assert own.stat().st_ctime_ns > known.st_ctime_ns  # by which Gradio tells what is old
    assert folder.stat().st_mtime > 0 and checkpoints.version(own) == version


def test_an_empty_shelf_says_its_own_sentence(folder: Path) -> None:
    empty = ModelShelf("segmentation", offers=lambda path: False,
                       none=lambda: UserError("nothing is here"))
    assert empty.first() is None
    with pytest.raises(UserError, match="Nothing is here"):
        empty.open("a")


def test_a_model_is_opened_once_for_each_version_of_its_file(folder: Path) -> None:
    known = shelf()
    assert known.open("a") is known.open("a") is known.at(folder / "a.safetensors")
    assert known.there("hidden") is not None and known.there("none") is None
    old = known.open("b")
    content = (folder / "b.safetensors").read_bytes()
    (folder / "b.safetensors").write_bytes(content[:-1000])
    with pytest.raises(UserError, match="cannot be used"):
        known.open("b")
    (folder / "b.safetensors").write_bytes(content)
    assert known.open("b") is not old
