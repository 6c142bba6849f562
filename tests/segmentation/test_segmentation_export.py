"""Segmentation models as ONNX, and the script that runs the file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.images import read_picture
from vision.segmentation.export import export
from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.predict import load, predict

KINDS = ("unet", "deeplab_v1", "pspnet", "segnet", "segformer", "ynet")
"""One plain net, and those whose operations ONNX lacks, spells otherwise, or does not keep."""


def made(arch: str) -> Model:
    torch.manual_seed(0)
    module = ARCHITECTURES.build(arch, classes=3).eval()
    return Model(module, Card("segmentation", arch, {"classes": 3}, ("a", "b", "c"),
                              {"short_side": 64}))


@pytest.mark.parametrize("arch", KINDS)
def test_every_kind_of_net_is_written_and_checked(arch: str, tmp_path: Path) -> None:
    found = export(made(arch), tmp_path / "x.onnx", (64, 96))
    assert found.difference is not None and found.difference < 1e-4
    assert ("CRF" in found.snippet) == bool(ARCHITECTURES[arch].facts.get("crf"))


def test_volumes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="'vnet' segments volumes"):
        export(made("vnet"), tmp_path / "x.onnx")


def test_the_script_runs_and_agrees(tiny_checkpoint: Path, tiny_picture: Path, tmp_path: Path,
                                    cli: Callable[..., Any], monkeypatch: pytest.MonkeyPatch,
                                    capsys: pytest.CaptureFixture[str]) -> None:
    picture = read_picture(tiny_picture)
    answer = cli("segmentation", "export", "--checkpoint", tiny_checkpoint, "--height",
                 picture.shape[0], "--width", picture.shape[1], "--output", tmp_path / "x.onnx",
                 "--json")
    told = json.loads(answer.out.splitlines()[-1])
    assert told["difference"] < 1e-3
    Image.fromarray(picture).save(tmp_path / "picture.png")
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    exec(told["snippet"], {})
    labels = np.asarray(Image.open("labels.png"))
    assert labels.shape == picture.shape[:2] and "%" in capsys.readouterr().out
    assert np.mean(labels == predict(load(tiny_checkpoint), picture).labels) > 0.9


@pytest.mark.parametrize("flags, sentence", [
    (("--output", "x.pt"), "'x.pt' has an ending that names no format; .onnx is accepted"),
    (("--height", 8), "The setting 'height' is 8"),
])
def test_mistakes_get_one_sentence(tiny_checkpoint: Path, cli: Callable[..., Any],
                                   flags: tuple[Any, ...], sentence: str) -> None:
    answer = cli("segmentation", "export", "--checkpoint", tiny_checkpoint, *flags)
    assert answer.code == 2 and answer.err.startswith(sentence) and answer.err.count("\n") == 1
