"""Slim, then quantise: a network in 8-bit whole numbers, beside what it was in float.

Static quantisation after training: pictures run through the network once, so that the range of
every map is known; weights have a scale for each filter (Nagel et al., arXiv:2106.08295,
sections 2 and 4).
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from vision import checkpoints
from vision.checkpoints import Model
from vision.data.image_folders import LabelledPictures
from vision.errors import UserError
from vision.files.atomic_files import write_atomically
from vision.options import Verb, option, within
from vision.pruning.data import SETS, open_pictures, require_classes
from vision.pruning.export import to_onnx
from vision.pruning.predict import load
from vision.timing import milliseconds_in_turns

BATCH, ROUNDS = 50, 30


@dataclass(frozen=True)
class Config:
    """Settings of `quantise`."""

    checkpoint: Path = option(checkpoints.FOLDER / "pruning" / "vgg16-cut-70.safetensors",
                              "the checkpoint to quantise")
    data: str = option("cifar10", "the data set that ranges and accuracy come from",
                       lambda: list(SETS))
    seen: int = option(200, "pictures to learn from that the ranges are taken of")
    limit: int = option(1000, "use only so many test pictures; 0 is all")
    output: Path = option(Path("runs/pruning/network-8-bit.onnx"), "the .onnx to write")


@dataclass(frozen=True)
class Report:
    """Bytes, accuracy and milliseconds of one picture: in float, and in 8 bits."""

    path: Path
    file_bytes: tuple[int, int]
    accuracy: tuple[float, float]
    milliseconds: tuple[float, float]

    def as_json(self) -> dict[str, Any]:
        """Return everything in plain types."""
        return {**asdict(self), "path": str(self.path)}

    def __str__(self) -> str:
        return "\n".join([
            "              float     8 bits",
            f"bytes    {self.file_bytes[0]:>10,} {self.file_bytes[1]:>10,}",
            f"accuracy {self.accuracy[0]:>10.4f} {self.accuracy[1]:>10.4f}",
            f"ms       {self.milliseconds[0]:>10.3f} {self.milliseconds[1]:>10.3f}",
            str(self.path)])


def quantised(content: bytes, pictures: LabelledPictures) -> bytes:
    """Return an ONNX network in 8 bits, its ranges taken of these pictures."""
    from onnxruntime import quantization

    class Ranges(quantization.CalibrationDataReader):
        def __init__(self) -> None:
            self.parts = batches(pictures)

        def get_next(self) -> dict[str, np.ndarray] | None:
            return next(self.parts, None)

    with tempfile.TemporaryDirectory() as folder:
        before, after = (Path(folder) / f"{name}.onnx" for name in ("float", "whole"))
        before.write_bytes(content)
        quantization.quantize_static(
            str(before), str(after), Ranges(), per_channel=True,
            activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8)
        return after.read_bytes()


def batches(pictures: LabelledPictures) -> Iterator[dict[str, np.ndarray]]:
    """Yield pictures as an ONNX network takes them, (n, 3, 32, 32) in 0…1."""
    for part in pictures.pixels.split(BATCH):
        yield {"pictures": (part.float() / 255).numpy()}


def accuracy(session: Any, pictures: LabelledPictures) -> float:
    """Return the share of pictures that an ONNX network names rightly."""
    said = np.concatenate([session.run(None, part)[0].argmax(1) for part in batches(pictures)])
    return float((said == pictures.labels.numpy()).mean())


def run(config: Config) -> Report:
    """Quantise one checkpoint, and measure it before and after."""
    within(config, seen=(1, 10**5), limit=(0, 10**9))
    if config.output.suffix != ".onnx":
        raise UserError("'{file}' has an ending that names no format", "'.onnx' is accepted here",
                        "choose another name", file=config.output.name)
    model = load(config.checkpoint)
    test = open_pictures(config.data, "test").first(config.limit)
    require_classes(model.card.classes, test.classes)
    return write(model, open_pictures(config.data, "train").first(config.seen), test,
                 config.output)


def write(model: Model, seen: LabelledPictures, test: LabelledPictures, output: Path) -> Report:
    """Write a network in 8 bits, its ranges taken of some pictures, measured on others."""
    content, _ = to_onnx(model)  # says what is missing if ONNX is not installed
    small = quantised(content, seen)
    write_atomically(output, small)
    import onnxruntime

    alone = onnxruntime.SessionOptions()
    alone.intra_op_num_threads = 1  # threads of two sessions would wait for each other
    sessions = [onnxruntime.InferenceSession(each, alone, providers=["CPUExecutionProvider"])
                for each in (content, small)]
    right = [accuracy(session, test) for session in sessions]
    one = next(batches(test.first(1)))
    slow, fast = milliseconds_in_turns(
        [functools.partial(session.run, None, one) for session in sessions], ROUNDS)
    return Report(output, (len(content), len(small)), (right[0], right[1]), (slow, fast))


VERB = Verb(Config, run, "Write a network in 8 bits, and measure it beside the float one.")
