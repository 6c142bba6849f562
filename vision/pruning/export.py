"""Write a network for other programs: ONNX, or the checkpoint itself at another place."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vision import checkpoints, onnx_export
from vision.checkpoints import Model
from vision.errors import UserError
from vision.files.atomic_files import write_atomically
from vision.onnx_export import Report, Whole
from vision.options import Verb, option
from vision.pruning.data import DEVIATION, MEAN, SIDE
from vision.pruning.predict import load

SNIPPETS = {
    "onnx": """import numpy as np, onnxruntime
from PIL import Image, ImageOps

session = onnxruntime.InferenceSession("{name}")
picture = ImageOps.fit(Image.open("picture.png").convert("RGB"), (32, 32))  # the middle square
pixels = np.asarray(picture, np.float32).transpose(2, 0, 1)[None] / 255  # (1, 3, 32, 32)
(logits,) = session.run(None, {{"pictures": pixels}})
print({classes}[logits[0].argmax()])
""",
    "safetensors": """from pathlib import Path
from vision.images import read_picture
from vision.pruning.predict import load, predict

model = load(Path("{name}"))
print(predict(model, read_picture("picture.png")))
""",
}


def to_onnx(model: Model) -> tuple[bytes, float]:
    """Return the model as ONNX, `pictures` (N, 3, 32, 32) to `logits`, and how far off it is."""
    return onnx_export.to_onnx(Whole(model.module, MEAN, DEVIATION), (SIDE, SIDE))


def snippet(path: Path, classes: tuple[str, ...]) -> str:
    """Return a few lines of Python that load an exported file and name a picture."""
    return SNIPPETS[path.suffix[1:]].format(name=path.name, classes=list(classes))


def export(model: Model, path: Path) -> Report:
    """Write a model in the format that the ending of the path names."""
    apart = None
    if path.suffix == ".onnx":
        content, apart = to_onnx(model)
        write_atomically(path, content)
    elif path.suffix == ".safetensors":
        checkpoints.save(path, model.module, model.card)
    else:
        raise UserError("'{file}' has an ending that names no format",
                        ".onnx and .safetensors are accepted", "choose one of them",
                        file=path.name)
    return Report(path, snippet(path, model.card.classes), apart)


@dataclass(frozen=True)
class Config:
    """Settings of `export`."""

    checkpoint: Path = option(checkpoints.FOLDER / "pruning" / "vgg16.safetensors",
                              "the checkpoint to export")
    output: Path = option(Path("runs/pruning/network.onnx"), "a .onnx or .safetensors to write")


def run(config: Config) -> Report:
    """Export one checkpoint."""
    return export(load(config.checkpoint), config.output)


VERB = Verb(Config, run, "Write a checkpoint as ONNX, or as .safetensors at another place.")
