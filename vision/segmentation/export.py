"""Write a model of pictures as ONNX, with the shortest script that runs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vision import checkpoints, onnx_export
from vision.checkpoints import Model
from vision.errors import UserError
from vision.files.atomic_files import write_atomically
from vision.images import working_size
from vision.onnx_export import Report, Whole
from vision.options import Verb, option, within
from vision.segmentation.models import dimensions, facts
from vision.segmentation.predict import load

SIDES = (32, 2048)  # of the pictures that a file may be made for
MIDDLE, SPREAD = (128 / 255,) * 3, (64 / 255,) * 3  # `predict.to_tensor`, for pictures in 0…1
SNIPPET = """import numpy as np, onnxruntime
from PIL import Image

classes = {classes}
session = onnxruntime.InferenceSession("{name}")
picture = Image.open("picture.png").convert("RGB")
seen = picture.resize(({width}, {height}), Image.Resampling.BOX)
pixels = np.asarray(seen, np.float32).transpose(2, 0, 1)[None] / 255  # (1, 3, {height}, {width})
(logits,) = session.run(None, {{"pictures": pixels}})  # (1, {count}, {height}, {width})
labels = logits[0].argmax(0).astype(np.uint8){refined}
print({{classes[i]: f"{{(labels == i).mean():.0%}}" for i in np.unique(labels)}})
Image.fromarray(labels).resize(picture.size, Image.Resampling.NEAREST).save("labels.png")
"""
REFINED = "  # before the CRF, which is no network and not in the file"


@dataclass(frozen=True)
class Config:
    """Settings of `export`."""

    checkpoint: Path = option(checkpoints.FOLDER / "segmentation" / "unet.safetensors",
                              "the checkpoint to export")
    height: int = option(360, "height of the pictures that it is for")
    width: int = option(480, "their width; the file works at the model's own size of this shape")
    output: Path = option(Path("runs/segmentation/model.onnx"), "the .onnx to write")


def export(model: Model, path: Path, size: tuple[int, int] = (360, 480)) -> Report:
    """Write a model as ONNX for pictures of the shape of `size` (height, width)."""
    if path.suffix != ".onnx":
        raise UserError("'{file}' has an ending that names no format", ".onnx is accepted",
                        "change --output", file=path.name)
    if dimensions(model.card.arch) == 3:
        raise UserError("'{file}' segments volumes", "a model of pictures is accepted here",
                        "choose another with --checkpoint", file=model.card.arch)
    seen = working_size(size, model.card.preprocess["short_side"])
    content, apart = onnx_export.to_onnx(Whole(model.module, MIDDLE, SPREAD), seen)
    write_atomically(path, content)
    return Report(path, snippet(model, path, seen), apart)


def snippet(model: Model, path: Path, seen: tuple[int, int]) -> str:
    """Return a few lines of Python that segment a picture with an exported file."""
    refined = REFINED if facts(model.card.arch).get("crf") else ""
    return SNIPPET.format(name=path.name, classes=list(model.card.classes), height=seen[0],
                          width=seen[1], count=len(model.card.classes), refined=refined)


def run(config: Config) -> Report:
    """Export one checkpoint."""
    within(config, height=SIDES, width=SIDES)
    return export(load(config.checkpoint), config.output, (config.height, config.width))


VERB = Verb(Config, run, "Write a model of pictures as ONNX, checked with onnxruntime.")
