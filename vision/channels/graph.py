"""Which tensors share a channel: any network is run once, and every operation is noted.

A *space* is a set of channels that can only go together: the filters that make them, the batch
normalisations and depthwise filters on their way, and the slices of all that read them. Adding two
maps makes their spaces one; joining maps side by side puts spaces beside each other. A space may
be cut if all operations on its way keep a channel of zeros a channel of zeros. Liu et al.,
arXiv:1708.06519, cut it by its scales γ; the idea of a graph is that of Fang et al.,
arXiv:2301.12900.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

KEEP_ZEROS = {  # what maps a channel of zeros to a channel of zeros, and mixes no channels
    "relu", "relu_", "leaky_relu", "leaky_relu_", "silu", "gelu", "relu6", "hardtanh", "hardswish",
    "max_pool2d", "_max_pool2d", "max_pool2d_with_indices", "fn", "avg_pool2d",
    "adaptive_avg_pool2d", "interpolate", "dropout", "dropout2d", "contiguous", "clone", "to"}
ADDS = {"add", "__add__", "__radd__", "__iadd__", "add_"}
CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)
Parts = tuple["Space", ...]  # the spaces side by side that a map's channels are


@dataclass(eq=False)
class Space:
    """Channels that go together: who makes, scales and reads them, each from which channel on."""

    size: int
    makers: list[tuple[str, int]] = field(default_factory=list)
    norms: list[tuple[str, int]] = field(default_factory=list)
    depthwise: list[tuple[str, int]] = field(default_factory=list)
    readers: list[tuple[str, int]] = field(default_factory=list)
    why: str = ""  # it cannot be cut, if it cannot
    same: Space | None = None  # the space that it was found to be one with

    @property
    def root(self) -> Space:
        """Return the space that this one has become."""
        return self.same.root if self.same else self

    @property
    def name(self) -> str:
        """Return the space's name, which is its first maker's."""
        return self.makers[0][0] if self.makers else "input"

    @property
    def refusal(self) -> str:
        """Return in a few words why the channels cannot go, nothing if they can."""
        if self.why:
            return self.why
        if not self.norms:
            return "no batch normalisation scales them"
        return "" if self.readers else "nothing reads them"


def join(one: Space, other: Space) -> None:
    """Make two spaces one."""
    one, other = one.root, other.root
    if one is other:
        return
    other.same = one
    one.why = one.why or other.why
    for kind in ("makers", "norms", "depthwise", "readers"):
        getattr(one, kind).extend(getattr(other, kind))


class Watch(TorchFunctionMode):
    """Notes what each operation does to the channels of its maps, by axis 1."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.parts = dict(module.named_modules())
        self.owner = {id(tensor): name for name, part in self.parts.items()
                      for tensor in part.parameters(recurse=False)}
        self.maps: dict[int, Parts] = {}
        self.alive: list[torch.Tensor] = []  # so that no id is given twice
        self.spaces: list[Space] = []
        self.used: set[str] = set()

    def __torch_function__(self, func: Callable[..., Any], types: Any, args: Any = (),
                           kwargs: Any = None) -> Any:
        """Run an operation, then note it."""
        out = func(*args, **(kwargs or {}))
        if [*flat([out])]:
            self.note(getattr(func, "__name__", str(func)), [*args, *(kwargs or {}).values()], out)
        return out

    def note(self, name: str, values: list[Any], out: Any) -> None:
        """Note one operation."""
        owner = next((self.owner[id(value)] for value in values if id(value) in self.owner), None)
        part = self.parts.get(owner) if owner is not None else None
        maps = [value for value in flat(values) if id(value) in self.maps]
        if isinstance(part, CONVOLUTIONS) and len(maps) == 1:
            self.convolved(str(owner), part, maps[0], out)
        elif isinstance(part, nn.BatchNorm2d) and len(maps) == 1:
            self.place("norms", str(owner), maps[0])
            self.keep(out, self.of(maps[0]))
        elif name in KEEP_ZEROS and len(maps) == 1 and isinstance(out, torch.Tensor):
            self.keep(out, self.of(maps[0]))
        elif name in ADDS and len(maps) == 2 and self.alike(*maps):
            for one, other in zip(self.of(maps[0]), self.of(maps[1]), strict=True):
                join(one, other)
            self.keep(out, self.of(maps[0]))
        elif (name in ("cat", "concat") and axis_of(values) == 1
              and len(maps) == len([*flat(values)])):
            self.keep(out, tuple(part for each in maps for part in self.of(each)))
        elif maps:
            self.end(name, maps, out)

    def of(self, tensor: torch.Tensor) -> Parts:
        """Return the spaces of a map."""
        return tuple(part.root for part in self.maps[id(tensor)])

    def alike(self, one: torch.Tensor, other: torch.Tensor) -> bool:
        """Return whether two maps have the same spaces' sizes in the same order."""
        return [part.size for part in self.of(one)] == [part.size for part in self.of(other)]

    def keep(self, out: torch.Tensor, parts: Parts) -> None:
        """Note the spaces of a new map."""
        self.maps[id(out)] = parts
        self.alive.append(out)

    def new(self, out: torch.Tensor, size: int, why: str = "") -> Space:
        """Note that a map begins a space of its own."""
        space = Space(size, why=why)
        self.spaces.append(space)
        self.keep(out, (space,))
        return space

    def place(self, kind: str, owner: str, tensor: torch.Tensor) -> None:
        """Note that a layer works on a map's channels; if it is used twice, none of them may go."""
        first = 0
        for part in self.of(tensor):
            getattr(part, kind).append((owner, first))
            part.why = part.why or self.used_twice(owner)
            first += part.size
        self.used.add(owner)

    def used_twice(self, owner: str) -> str:
        """Return why a layer's channels cannot go if it has been used before."""
        return f"'{owner}' is used twice" if owner in self.used else ""

    def convolved(self, owner: str, part: nn.Conv2d | nn.ConvTranspose2d, tensor: torch.Tensor,
                  out: torch.Tensor) -> None:
        """Note a convolution: it reads spaces and makes one; a depthwise one lets them pass."""
        twice = self.used_twice(owner)
        if part.groups == 1:
            self.place("readers", owner, tensor)
            self.new(out, part.out_channels, twice).makers.append((owner, 0))
        elif part.groups == part.in_channels == part.out_channels:
            self.place("depthwise", owner, tensor)
            self.keep(out, self.of(tensor))
        else:
            self.end("a convolution in groups", [tensor], out)
            self.maps[id(out)][0].makers.append((owner, 0))

    def end(self, name: str, maps: list[torch.Tensor], out: Any) -> None:
        """Note that an operation is none of those that leave channels apart."""
        for part in (part for each in maps for part in self.of(each)):
            part.why = part.why or f"'{name}' mixes or changes them"
        for each in flat([out]):
            self.new(each, each.shape[1] if each.ndim > 1 else 1, f"'{name}' makes them")


def flat(values: list[Any]) -> Iterator[torch.Tensor]:
    """Yield the tensors among some values, and those in lists of them."""
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from flat(list(value))


def axis_of(values: list[Any]) -> int:
    """Return the axis that maps are joined along."""
    return next((value for value in values if isinstance(value, int)), 0)


@torch.no_grad()
def spaces_of(module: nn.Module, example: torch.Tensor) -> list[Space]:
    """Return the spaces of a network's channels, seen on an example (N, C, H, W)."""
    module = copy.deepcopy(module).eval()
    watch = Watch(module)
    start = example.clone()
    watch.new(start, start.shape[1], "they are the picture's own")
    with watch:
        out = module(start)
    for tensor in flat([out]):
        for part in watch.maps.get(id(tensor), ()):
            part.root.why = part.root.why or "they are the network's answer"
    return [space for space in watch.spaces if space.same is None]
