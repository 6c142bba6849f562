"""A network that was cut, told by its narrower layers, so that it can be built again."""

from __future__ import annotations

import torch
from torch import nn

from vision.channels.graph import CONVOLUTIONS
from vision.channels.surgery import channels, shorten


def layers(module: nn.Module) -> dict[str, nn.Module]:
    """Return the layers that can be made narrower, by name."""
    return {name: part for name, part in module.named_modules()
            if isinstance(part, (*CONVOLUTIONS, nn.BatchNorm2d))}


def narrower(small: nn.Module, whole: nn.Module) -> dict[str, list[int]]:
    """Return how many channels the layers take and give that are narrower than they were."""
    was = layers(whole)
    found = {name: [channels(part, "in"), channels(part, "out")]
             for name, part in layers(small).items()}
    return {name: sides for name, sides in found.items()
            if sides != [channels(was[name], "in"), channels(was[name], "out")]}


def narrowed(module: nn.Module, slim: dict[str, list[int]]) -> nn.Module:
    """Return a new network with its layers as narrow as `narrower` said, for other weights."""
    known = layers(module)
    for name, (taken, given) in slim.items():
        part = known[name]
        sides = {"out": given} if isinstance(part, nn.BatchNorm2d) or getattr(
            part, "groups", 1) > 1 else {"in": taken, "out": given}
        for side, count in sides.items():
            if type(count) is not int or not 1 <= count <= channels(part, side):
                raise ValueError(f"{count!r} channels where 1 to {channels(part, side)} can be")
            shorten(part, side, torch.arange(count))
    return module
