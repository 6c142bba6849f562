"""Long answers about what comes with the page are computed for the first who asks, in each tab."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vision.pruning import export as cut_export
from vision.pruning import quantise
from vision.segmentation import export as segmentation_export
from vision.segmentation.labels import CLASSES
from vision.segmentation.studies import failures as studied
from vision.ui.components.training.stopping import Control
from vision.ui.shell.answers import shared as shared_answers
from vision.ui.shell.answers.cache import AnswerCache
from vision.ui.tabs.infrared import scene_maker
from vision.ui.tabs.pruning import cut, eight_bits, layers
from vision.ui.tabs.segmentation import onnx
from vision.ui.tabs.segmentation.failures import panel as failures

CUT = cut.Cut("vgg16-drawings", 0.5, "gamma", "", None, "drawings")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> AnswerCache:
    """Nothing was asked yet."""
    cache = AnswerCache()
    monkeypatch.setattr(shared_answers, "ANSWERS", cache)
    return cache


def visitor(session: str, language: str = "en") -> Any:
    return SimpleNamespace(session_hash=session, headers={"accept-language": language}, cookies={})


def counted(monkeypatch: pytest.MonkeyPatch, module: Any, name: str,
            instead: Callable[..., Any] | None = None) -> list[tuple[Any, ...]]:
    """Note with what a function of a module is called, or what stands in for it."""
    calls, done = list[tuple[Any, ...]](), instead or getattr(module, name)

    def call(*values: Any) -> Any:
        calls.append(values)
        return done(*values)

    monkeypatch.setattr(module, name, call)
    return calls


def content(button: Any) -> tuple[str, bytes]:
    """Return what the file of a download is called, and what is in it."""
    file = Path(button.value["path"] if isinstance(button.value, dict) else button.value)
    return file.name, file.read_bytes()


def all_road(_: Any, picture: np.ndarray) -> Any:
    return SimpleNamespace(labels=np.zeros(picture.shape[:2], np.uint8))


def look(session: str, language: str = "en", **changes: Any) -> list[tuple[Any, ...]]:
    asked = {"model": "unet", "other": "segnet", "data": "scenes", "file": None, "count": 2,
             "own": None, "control": Control(), **changes}
    return list(failures.look_through(**asked, request=visitor(session, language)))


def test_failures_are_looked_for_once_and_told_to_each_in_his_language(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(studied, "predict", all_road)
    monkeypatch.setattr(failures, "EVERY", 0.0)
    looks = counted(monkeypatch, studied, "look")
    first, again = look("a"), look("b", "zh-CN", own="/nowhere/own.safetensors")
    assert len(looks) == 1 and len(first) == 2 and len(again) == 1  # with no steps before it
    assert again[0][0].small[0] is first[-1][0].small[0] and again[0][2] != first[-1][2]
    assert [news[-1][0].asked.own for news in (first, again)] == [None, "/nowhere/own.safetensors"]
    for change in ({"count": 1}, {"other": "pspnet"}):
        look("a", **change)
    assert len(looks) == 3


def test_a_look_that_was_stopped_is_not_taken_for_a_whole_one(
        monkeypatch: pytest.MonkeyPatch, fresh: AnswerCache) -> None:
    monkeypatch.setattr(studied, "predict", all_road)
    stopped = Control()
    stopped.stopping.set()
    assert len(look("a", control=stopped)[-1][0].small) == 1 and not fresh.kept
    assert len(look("b")[-1][0].small) == 2


def test_failures_on_a_visitors_own_pictures_go_with_the_visitor(
        monkeypatch: pytest.MonkeyPatch, fresh: AnswerCache, tmp_path: Path) -> None:
    monkeypatch.setattr(studied, "predict", all_road)
    for name in ("picture", "mask"):
        Image.new("RGB" if name == "picture" else "L", (64, 48)).save(tmp_path / f"{name}.png")
    own = tmp_path / "own.zip"
    with zipfile.ZipFile(own, "w") as archive:
        archive.writestr("classes.txt", "\n".join(CLASSES))
        archive.write(tmp_path / "picture.png", "images/val/a.png")
        archive.write(tmp_path / "mask.png", "masks/val/a.png")
    look("a", data="zip", file=str(own))
    assert [one.owners for one in fresh.kept.values()] == [{"a"}]
    fresh.forget("a")
    assert not fresh.kept


def test_layers_are_cut_one_by_one_for_the_first_who_asks(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "FEW", 10)
    measures = counted(monkeypatch, layers, "path_scores")
    first, again = (list(layers.measure_now("vgg16-drawings", "gamma", None, "drawings",
                                            visitor(name))) for name in "ab")
    assert len(measures) == 1 and len(first) == 13 and again == first[-1:]
    next(layers.measure_now("vgg16-drawings", "l1", None, "drawings", visitor("a")))
    assert len(measures) == 2


def written(_: Any, file: Path, *more: Any) -> Any:
    file.write_bytes(b"a network")
    return segmentation_export.Report(file, file.name, 1e-6)


def test_a_model_is_written_as_onnx_once(monkeypatch: pytest.MonkeyPatch) -> None:
    exports = counted(monkeypatch, segmentation_export, "export", written)
    (first, code, _), (again, *_) = (onnx.to_onnx("unet", None, visitor(name)) for name in "ab")
    assert len(exports) == 1 and code.value == "unet.onnx"
    assert content(first) == content(again) == ("unet.onnx", b"a network")
    onnx.to_onnx("segnet", None, visitor("a"))
    assert len(exports) == 2


def test_a_cut_is_written_as_onnx_once(monkeypatch: pytest.MonkeyPatch) -> None:
    exports = counted(monkeypatch, cut_export, "export", written)
    files = [content(cut.to_onnx(asked, visitor(name))[0]) for asked, name in (
        (CUT, "a"), (CUT, "b"), (CUT._replace(ratio=0.6), "a"))]
    assert len(exports) == 2 and [name[-7:] for name, _ in files] == [
        "50.onnx", "50.onnx", "60.onnx"]


def test_a_cut_is_brought_to_8_bits_once_and_its_clock_says_when_it_was_read(
        monkeypatch: pytest.MonkeyPatch) -> None:
    def quantised(_: Any, seen: Any, test: Any, file: Path) -> quantise.Report:
        file.write_bytes(b"a network in 8 bits")
        return quantise.Report(file, (4, 1), (0.5, 0.5), (2.0, 1.0))

    no_pictures = SimpleNamespace(labels=[])
    monkeypatch.setattr("vision.pruning.data.open_pictures",
                        lambda *_: SimpleNamespace(first=lambda _: no_pictures))
    writes = counted(monkeypatch, quantise, "write", quantised)
    (told, first), (other, again) = (eight_bits.write_small(CUT, visitor(*asked))
                                     for asked in (("a", "en"), ("b", "zh-CN")))
    assert len(writes) == 1 and "UTC" in told and "UTC" in other and "8 位" in other
    name = "vgg16-drawings-50-8-bit.onnx"
    assert content(first) == content(again) == (name, b"a network in 8 bits")
    eight_bits.write_small(CUT._replace(ratio=0.6), visitor("a"))
    assert len(writes) == 2


def test_a_scene_is_made_and_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    makes = counted(monkeypatch, scene_maker, "detected")
    model = scene_maker.MODELS.first()
    (first, mine, _), (again, other, _) = (
        scene_maker.make(["fuse"], "none", "night", "good", "iron", 0, 3, model, 0.5, None,
                         visitor(*asked)) for asked in (("a", "en"), ("b", "pt-BR")))
    assert len(makes) == 1 and first != again and mine.path != other.path
    assert Path(mine.path).read_bytes() == Path(other.path).read_bytes()
    monkeypatch.setattr(scene_maker, "detected", lambda *_: pytest.fail("made anew"))
    with pytest.raises(pytest.fail.Exception, match="made anew"):
        scene_maker.make(["fuse"], "none", "night", "good", "iron", 0, 4, model, 0.5, None,
                         visitor("a"))
