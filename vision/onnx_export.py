"""Networks as ONNX: written by PyTorch, then run by onnxruntime and compared with the network."""

from __future__ import annotations

import copy
import importlib.util
import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from vision.errors import UserError, cut

OPSET = 17
CLOSE = 1e-3  # how far any logit may be from the network's
NEEDED = ("onnx", "onnxruntime")


@dataclass(frozen=True)
class Report:
    """An exported file, a few lines of Python that load it, and how far off its logits are."""

    path: Path
    snippet: str
    difference: float | None = None  # the largest of all logits; none if it is no ONNX

    def as_json(self) -> dict[str, Any]:
        """Return all of it in plain types."""
        return {"path": str(self.path), "snippet": self.snippet, "difference": self.difference}

    def __str__(self) -> str:
        checked = ("" if self.difference is None else
                   f" (onnxruntime differs by {self.difference:.1e} at most)")
        return f"{self.path}{checked}\n\n{self.snippet}"


class Whole(nn.Module):
    """A network with its normalisation in front: pictures in 0…1 to logits."""

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, network: nn.Module, mean: Sequence[float], deviation: Sequence[float]
                 ) -> None:
        super().__init__()
        self.network = fixed_pools(copy.deepcopy(network).cpu().float())
        self.register_buffer("mean", torch.tensor(mean)[:, None, None])
        self.register_buffer("deviation", torch.tensor(deviation)[:, None, None])

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.network((pictures - self.mean) / self.deviation)  # (N, classes, …)


class FixedPool(nn.Module):
    """What AdaptiveAvgPool2d does to maps of one size, as two products with fixed matrices."""

    def __init__(self, bins: int) -> None:
        super().__init__()
        self.bins = bins

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        down, along = (regions(self.bins, int(side)) for side in x.shape[-2:])
        return down.to(x) @ x @ along.T.to(x)  # (bins, h) · (N, C, h, w) · (w, bins)


def regions(bins: int, side: int) -> torch.Tensor:
    """Return a matrix (bins, side) whose rows average the regions of adaptive pooling."""
    rows = torch.zeros(bins, side)
    for index in range(bins):
        start, stop = index * side // bins, -(-(index + 1) * side // bins)
        rows[index, start:stop] = 1 / (stop - start)
    return rows


def fixed_pools(network: nn.Module) -> nn.Module:
    """Change a network's pools to what ONNX knows: it has none whose regions differ in size."""
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.AdaptiveAvgPool2d) and isinstance(child.output_size, int):
                setattr(module, name, FixedPool(child.output_size))
    return network


def to_onnx(whole: Whole, size: tuple[int, int]) -> tuple[bytes, float]:
    """Return `pictures`, float (N, 3, *size) in 0…1, to `logits` as ONNX, and its difference."""
    for package in NEEDED:
        if importlib.util.find_spec(package) is None:
            raise UserError("writing ONNX needs the package '{package}'",
                            "it is written with onnx and checked with onnxruntime",
                            "run 'pip install onnx onnxruntime'", package=package)
    content = written(whole.eval(), torch.zeros(1, 3, *size))
    return content, difference(content, whole, size)


def written(whole: Whole, example: torch.Tensor) -> bytes:
    """Return the network as ONNX for any number of pictures of the example's size.

    PyTorch's older exporter is used: it needs no package besides torch and `onnx`.
    """
    file, axes = io.BytesIO(), {"pictures": {0: "n"}, "logits": {0: "n"}}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(whole, (example,),
                              file,  # type: ignore[arg-type]  # a file object is as good as a path
                              dynamo=False, opset_version=OPSET, input_names=["pictures"],
                              output_names=["logits"], dynamic_axes=axes)
    except (torch.onnx.OnnxExporterError, RuntimeError, TypeError) as error:
        raise UserError("this network cannot be written as ONNX: {reason}",
                        "networks of operations that ONNX knows are accepted", "choose another",
                        reason=cut(str(error).strip().split("\n")[0], 200)) from error
    return file.getvalue()


@torch.inference_mode()
def difference(content: bytes, whole: Whole, size: tuple[int, int]) -> float:
    """Return how far apart onnxruntime and the network are on two pictures of noise.

    The network counts in float64: where two maxima are all but equal, float32 may take either.
    """
    import onnxruntime

    pictures = torch.rand(2, 3, *size, generator=torch.Generator().manual_seed(0))
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"pictures": pictures.numpy()})
    wanted = whole.double()(pictures.double())
    apart = float((torch.from_numpy(found) - wanted).abs().max())
    if not apart <= CLOSE:
        raise UserError("the ONNX file would answer differently, by {apart:.2g}",
                        "differences up to {close:g} are accepted",
                        "choose another network, or another version of onnxruntime",
                        apart=apart, close=CLOSE)
    return apart
