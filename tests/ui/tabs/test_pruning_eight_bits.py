"""A network that was cut on the page, in 8 bits beside its floats."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gradio as gr
import onnx
import pytest
import torch

from vision.data.image_folders import LabelledPictures
from vision.pruning import data
from vision.ui.tabs.pruning import eight_bits
from vision.ui.tabs.pruning.cut import Cut


def visitor(language: str) -> Any:
    return SimpleNamespace(session_hash="a", headers={"accept-language": language}, cookies={})


def test_the_cut_network_is_written_and_measured_on_the_page(
        monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = torch.randint(0, 256, (30, 3, 32, 32), dtype=torch.uint8)
    noise = LabelledPictures(pixels, torch.arange(30) % 10, data.CLASSES)
    monkeypatch.setattr(data, "open_pictures", lambda *_: noise)
    cut = Cut("vgg16-drawings", 0.5, "gamma", "", None, "drawings")
    shown, file = eight_bits.write_small(cut, visitor("en"))
    kinds = {part.data_type for part in onnx.load(file.value["path"]).graph.initializer
             if len(part.dims) == 4}
    assert kinds == {onnx.TensorProto.INT8}
    assert "in 8 bits" in shown and "30 test pictures" in shown and shown.count(" MB") == 2
    assert "8 位" in eight_bits.write_small(cut, visitor("zh-CN"))[0]


def test_before_a_cut_one_sentence_says_what_to_do() -> None:
    with pytest.raises(gr.Error, match="Nothing has been cut yet"):
        eight_bits.write_small(None, visitor("en"))
