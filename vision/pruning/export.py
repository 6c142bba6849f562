"""Write a network for other programs: ONNX, or the checkpoint itself at another place."""

from __future__ import annotations

import copy
import importlib.util
import io
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from vision import checkpoints
from vision.checkpoints import Model
from vision.errors import UserError
from vision.options import Verb, option
from vision.pruning.data import DEVIATION, MEAN, SIDE
from vision.pruning.predict import load

OPSET = 17
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


class Whole(nn.Module):
    """A network with its preprocessing in front: pictures in 0…1 to logits."""

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None])
        self.register_buffer("deviation", torch.tensor(DEVIATION)[:, None, None])

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.network((pictures - self.mean) / self.deviation)  # (N, classes)


def to_onnx(model: Model) -> bytes:
    """Return the model as ONNX: `pictures`, float (N, 3, 32, 32) in 0…1, to `logits`.

    PyTorch's older exporter is used: it needs no package besides torch and `onnx`.
    """
    if importlib.util.find_spec("onnx") is None:
        raise UserError("writing ONNX needs the package 'onnx'",
                        "the format safetensors is accepted without it", "run 'pip install onnx'")
    whole = Whole(copy.deepcopy(model.module).cpu().float()).eval()
    written = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(whole, (torch.zeros(1, 3, SIDE, SIDE),),
                          written,  # type: ignore[arg-type]  # a file object is as good as a path
                          dynamo=False, opset_version=OPSET, input_names=["pictures"],
                          output_names=["logits"],
                          dynamic_axes={"pictures": {0: "n"}, "logits": {0: "n"}})
    return written.getvalue()


def snippet(path: Path, classes: tuple[str, ...]) -> str:
    """Return a few lines of Python that load an exported file and name a picture."""
    return SNIPPETS[path.suffix[1:]].format(name=path.name, classes=list(classes))


@dataclass(frozen=True)
class Report:
    """An exported file, and a few lines of Python that load it."""

    path: Path
    snippet: str

    def as_json(self) -> dict[str, str]:
        """Return both in plain types."""
        return {"path": str(self.path), "snippet": self.snippet}

    def __str__(self) -> str:
        return f"{self.path}\n\n{self.snippet}"


def export(model: Model, path: Path) -> Report:
    """Write a model in the format that the ending of the path names."""
    if path.suffix == ".onnx":
        checkpoints.write_atomically(path, to_onnx(model))
    elif path.suffix == ".safetensors":
        checkpoints.save(path, model.module, model.card)
    else:
        raise UserError("'{file}' has an ending that names no format",
                        ".onnx and .safetensors are accepted", "choose one of them",
                        file=path.name)
    return Report(path, snippet(path, model.card.classes))


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
