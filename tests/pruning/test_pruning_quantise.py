"""Static 8-bit quantisation after surgery."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from networks import perturbed

from vision import checkpoints
from vision.checkpoints import Card
from vision.data.image_folders import LabelledPictures
from vision.pruning.data import CLASSES, PREPROCESS, normalise, open_pictures
from vision.pruning.plan import make_plan
from vision.pruning.quantise import accuracy
from vision.pruning.surgery import prune


def test_a_cut_network_in_eight_bits_is_small_and_says_nearly_the_same(
        tmp_path: Path, cli: Callable[..., Any]) -> None:
    module = prune(perturbed("vgg16", "compact"), make_plan(perturbed("vgg16", "compact"), 0.5))
    path = checkpoints.save(tmp_path / "x.safetensors", module, Card(
        "pruning", "vgg16", module.config, CLASSES, PREPROCESS))
    output = tmp_path / "x.onnx"
    answer = cli("pruning", "quantise", "--checkpoint", path, "--data", "drawings", "--seen", 60,
                 "--limit", 60, "--output", output, "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out.splitlines()[-1])
    assert found["file_bytes"][1] == output.stat().st_size < 0.4 * found["file_bytes"][0]
    kinds = {part.data_type for part in onnx.load(output).graph.initializer if len(part.dims) == 4}
    assert kinds == {onnx.TensorProto.INT8}
    session = onnxruntime.InferenceSession(str(output))
    test = open_pictures("drawings", "test").first(60)
    (said,) = session.run(None, {"pictures": (test.pixels.float() / 255).numpy()})
    with torch.inference_mode():
        wanted = module(normalise(test.pixels)).numpy()
    assert np.corrcoef(said.ravel(), wanted.ravel())[0, 1] > 0.97
    assert found["accuracy"] == [float((each.argmax(1) == test.labels.numpy()).mean())
                                 for each in (wanted, said)]
    assert all(time > 0 for time in found["milliseconds"])


def test_accuracy_is_over_all_batches() -> None:
    class Session:
        def run(self, _: None, given: dict[str, np.ndarray]) -> list[np.ndarray]:
            return [np.eye(2)[(given["pictures"][:, 0, 0, 0] > 0.5).astype(int)]]

    pixels = torch.zeros(60, 3, 32, 32, dtype=torch.uint8)
    pixels[55:] = 255
    seen = LabelledPictures(pixels, torch.cat([torch.zeros(54), torch.ones(6)]).long(), ("a", "b"))
    assert accuracy(Session(), seen) == 59 / 60


def test_odd_files_and_classes_get_one_sentence(tmp_path: Path, cli: Callable[..., Any]) -> None:
    answer = cli("pruning", "quantise", "--output", tmp_path / "x.bin")
    assert answer.code == 2 and "'.onnx' is accepted here" in answer.err
