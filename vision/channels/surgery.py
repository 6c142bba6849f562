"""Which channels of a graph go, and a network without them, or with zeros in their place."""

from __future__ import annotations

import copy

import numpy as np
import torch
from torch import nn

from vision.channels.graph import CONVOLUTIONS, Space


def scores(module: nn.Module, spaces: list[Space]) -> dict[str, np.ndarray]:
    """Return the mean |γ| of each channel of the spaces that can be cut, by the space's name."""
    found = {}
    for space in spaces:
        if not space.refusal:
            gammas = [module.get_parameter(f"{name}.weight")[first : first + space.size].abs()
                      for name, first in space.norms]
            found[space.name] = torch.stack(gammas).mean(0).detach().float().cpu().numpy()
    return found


def lowest(scores: dict[str, np.ndarray], ratio: float) -> dict[str, np.ndarray]:
    """Return which channels stay when the lowest share of all goes; the best of each space stays.
    """
    if not scores:
        return {}
    together = np.concatenate(list(scores.values()))
    stays = np.ones(len(together), bool)
    stays[np.argsort(together, kind="stable")[: int(round(ratio * len(together), 6))]] = False
    ends = np.cumsum([len(part) for part in scores.values()])[:-1]
    masks = dict(zip(scores, np.split(stays, ends), strict=True))
    for name, mask in masks.items():
        mask[scores[name].argmax()] = True
    return masks


@torch.no_grad()
def masked(module: nn.Module, spaces: list[Space], masks: dict[str, np.ndarray]) -> nn.Module:
    """Return a copy whose channels that go are zeros on their whole way."""
    module = copy.deepcopy(module)
    for space in spaces:
        gone = np.flatnonzero(~masks[space.name]) if space.name in masks else ()
        for kind in ("makers", "norms", "depthwise"):
            for name, first in getattr(space, kind) if len(gone) else ():
                silence(module.get_submodule(name), [first + int(place) for place in gone])
    return module


def silence(part: nn.Module, places: list[int]) -> None:
    """Let some outputs of a layer be 0."""
    weight = part.get_parameter("weight")
    (weight.transpose(0, 1) if isinstance(part, nn.ConvTranspose2d) else weight)[places] = 0
    if getattr(part, "bias", None) is not None:
        part.get_parameter("bias")[places] = 0


def cut(module: nn.Module, spaces: list[Space], masks: dict[str, np.ndarray]) -> nn.Module:
    """Return a smaller copy without the channels that go."""
    module = copy.deepcopy(module)
    sides: dict[tuple[str, str], np.ndarray] = {}  # of each layer, what stays of what it has
    for space in (space for space in spaces if space.name in masks):
        for kind, side in (("makers", "out"), ("norms", "out"), ("depthwise", "out"),
                           ("readers", "in")):
            for name, first in getattr(space, kind):
                whole = sides.setdefault((name, side), np.ones(
                    channels(module.get_submodule(name), side), bool))
                whole[first : first + space.size] = masks[space.name]
    for (name, side), stays in sides.items():
        shorten(module.get_submodule(name), side, torch.from_numpy(stays.nonzero()[0]))
    return module


def channels(part: nn.Module, side: str) -> int:
    """Return how many channels a layer takes `in` or gives `out`."""
    return int(part.num_features if isinstance(part, nn.BatchNorm2d)
               else getattr(part, f"{side}_channels"))


@torch.no_grad()
def shorten(part: nn.Module, side: str, index: torch.Tensor) -> None:
    """Leave a layer only some of the channels that it takes or gives."""
    narrow = isinstance(part, CONVOLUTIONS) and part.groups > 1
    axis = int((side == "in") != isinstance(part, nn.ConvTranspose2d))
    axis = 0 if narrow or isinstance(part, nn.BatchNorm2d) else axis
    for name, tensor in [*part.named_parameters(recurse=False), *part.named_buffers(recurse=False)]:
        if tensor.ndim and (name == "weight" or side == "out"):
            small = tensor.index_select(axis if name == "weight" else 0, index.to(tensor.device))
            setattr(part, name, nn.Parameter(small) if isinstance(tensor, nn.Parameter) else small)
    if isinstance(part, nn.BatchNorm2d):
        part.num_features = len(index)
    elif narrow:
        part.groups = part.in_channels = part.out_channels = len(index)  # type: ignore[assignment]
    else:
        setattr(part, f"{side}_channels", len(index))
