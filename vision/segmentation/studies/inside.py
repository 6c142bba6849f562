"""Look inside a model: switch parts of it off, cut it down, and read its attention."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from vision.checkpoints import Model
from vision.errors import UserError
from vision.gpu_fallback import or_on_cpu
from vision.segmentation.predict import model_input, predict


def skips(model: Model) -> int:
    """Return how many skip connections a model of the U-Net family has."""
    return len(getattr(model.module, "decoder", ()))


def branches(model: Model) -> list[nn.Module]:
    """Return the branches that look at different ranges side by side: ASPP's or the pyramid's."""
    found = [module.branches for module in model.module.modules()
             if isinstance(getattr(module, "branches", None), nn.ModuleList)]
    return list(found[0]) if found else []  # type: ignore[arg-type]


def without_skips(model: Model, picture: np.ndarray, off: Iterable[int]) -> np.ndarray:
    """Return the labels with some skips, counted from the deepest, carrying nothing but 0."""
    module: Any = copy.deepcopy(model.module)  # others use the model while we change it

    def silent(stage: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
        x, skip = inputs
        return x, torch.zeros_like(skip)

    for place in off:
        module.decoder[place].register_forward_pre_hook(silent)
    return predict(Model(module, model.card), picture, refined=False).labels


def without_branches(model: Model, picture: np.ndarray, off: Iterable[int]) -> np.ndarray:
    """Return the labels with some branches answering nothing but 0."""
    copied = Model(copy.deepcopy(model.module), model.card)
    parts = branches(copied)

    def silent(branch: nn.Module, inputs: Any, output: torch.Tensor) -> torch.Tensor:
        return torch.zeros_like(output)

    for place in off:
        parts[place].register_forward_hook(silent)
    return predict(copied, picture, refined=False).labels


@or_on_cpu
@torch.inference_mode()
def attention(model: Model, picture: np.ndarray) -> list[np.ndarray]:
    """Return each gate's map (float H×W in 0…1) at the size of the picture, coarse to fine."""
    module: Any = model.module
    _, maps = module.decode(model_input(model, picture))
    return [functional.interpolate(each.float(), picture.shape[:2], mode="bilinear",
                                   align_corners=False)[0, 0].cpu().numpy() for each in maps]


def at_depth(model: Model, picture: np.ndarray, depth: int) -> tuple[np.ndarray, float]:
    """Return the labels of a U-Net++ cut down to L1 … L4, and the seconds they took."""
    if not 1 <= depth <= 4:
        raise UserError("the setting '{name}' is {value}",
                        "numbers from {low} to {high} are accepted", "choose another",
                        name="depth", value=depth, low=1, high=4)

    result = predict(Model(_Cut(model.module, depth), model.card), picture)
    return result.labels, result.seconds


class _Cut(nn.Module):
    """A nest that always answers at one depth."""

    def __init__(self, nest: nn.Module, depth: int) -> None:
        super().__init__()
        self.nest, self.depth = nest, depth

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.nest(x, self.depth)
