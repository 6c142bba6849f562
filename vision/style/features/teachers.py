"""Public networks as teachers of an extractor, and as other eyes that judge a painting.

Feature matching asks that what a teacher sees be a linear map of what the pupil sees. Then the
teacher's Gram matrix is A·G·Aᵀ of the pupil's G, and who paints for one paints for the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import nn
from torch.nn import functional

from vision.data import pretrained
from vision.style.features.vgg_features import VggFeatures
from vision.style.features.warm_start import begin
from vision.style.models.vgg19 import Extractor, rectified

LAYERS = (0, 5, 10, 19, 25, 28)  # those that the book's losses look at
RIDGE = 1e-4  # beside the features' own mean square
WIDENED = {0: "11", 5: "21", 10: "31", 19: "41", 28: "51"}  # by layer: the slim teacher's `aux`


class Teacher:
    """A public network as a function: normalised pictures (N, 3, H, W) to features by layer.

    The slim one has learnt to tell the channels of the full VGG-19 from its own, by 1×1 layers.
    """

    def __init__(self, name: str, device: torch.device | str = "cpu",
                 dtype: torch.dtype = torch.float32) -> None:
        self.name = name
        self.vgg = VggFeatures(begin(name).features, LAYERS, device=device, dtype=dtype)
        self.widened = widened(name, device, dtype)

    @torch.no_grad()
    def __call__(self, x: torch.Tensor) -> dict[int, torch.Tensor]:
        """Return the features (N, C, h, w) of each layer, float32, rectified, and where x is."""
        seen = {layer: features.relu()
                for layer, features in self.vgg(x.to(self.vgg.device)).items()}
        return {layer: (self.widened[layer](features).relu() if layer in self.widened
                        else features).to(x.device, torch.float32)
                for layer, features in seen.items()}


def widened(name: str, device: torch.device | str, dtype: torch.dtype) -> dict[int, nn.Conv2d]:
    """Return the 1×1 layers by which the slim teacher gives the full network's channels."""
    state = pretrained.read(name) if name == "vgg19-slim-teacher" else {}
    found = {}
    for layer, place in WIDENED.items() if state else ():
        weight = state[f"conv{place}_aux.weight"]  # (C, c, 1, 1)
        found[layer] = nn.Conv2d(weight.shape[1], weight.shape[0], 1)
        found[layer].load_state_dict({"weight": weight, "bias": state[f"conv{place}_aux.bias"]})
        found[layer].requires_grad_(False).to(device, dtype)
    return found


class Pupil(nn.Module):
    """An extractor that learns, and for each teacher's layer the linear map to what that sees."""

    def __init__(self, extractor: Extractor, widths: dict[str, dict[int, int]]) -> None:
        super().__init__()
        self.extractor = extractor
        own = {layer: len(extractor.get_parameter(f"features.{layer}.weight")) for layer in LAYERS}
        self.maps = nn.ModuleDict({f"{name}:{layer}": nn.Conv2d(own[layer], width, 1)
                                   for name, layers in widths.items()
                                   for layer, width in layers.items()})

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return what each teacher is thought to see at each layer, by the map's name."""
        seen = features(self.extractor, x)
        return {name: map_(seen[int(name.split(":")[1])]) for name, map_ in self.maps.items()}


def features(extractor: Extractor, x: torch.Tensor) -> dict[int, torch.Tensor]:
    """Return an extractor's rectified features of each layer, so that it can learn."""
    return rectified(extractor.features, LAYERS, x)


@torch.no_grad()
def fit(pupil: Pupil, teachers: Sequence[Teacher], pictures: Iterable[torch.Tensor]) -> None:
    """Give a pupil the maps that fit best what its teachers see in pictures (n, 3, H, W)."""
    squares: dict[str, torch.Tensor] = {}
    products: dict[str, torch.Tensor] = {}
    for x in pictures:
        own = features(pupil.extractor, x)
        for teacher in teachers:
            for layer, seen in teacher(x).items():
                name, rows = f"{teacher.name}:{layer}", with_ones(own[layer])  # (M, c + 1)
                squares[name] = squares.get(name, 0) + rows.T @ rows
                products[name] = products.get(name, 0) + rows.T @ seen.permute(
                    0, 2, 3, 1).flatten(0, 2).double()
    for name, map_ in pupil.maps.items():
        ridge = RIDGE * squares[name].diagonal().mean() * torch.eye(len(squares[name]))
        best = torch.linalg.solve(squares[name] + ridge, products[name]).T.float()  # (C, c + 1)
        map_.load_state_dict({"weight": best[:, :-1, None, None], "bias": best[:, -1]})


def with_ones(seen: torch.Tensor) -> torch.Tensor:
    """Return features (N, c, h, w) as rows with a 1 at their end, float64 (N·h·w, c + 1)."""
    return functional.pad(seen.permute(0, 2, 3, 1).flatten(0, 2).double(), (0, 1), value=1)


def unexplained(guess: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
    """Return the share of features' variance (N, C, h, w) that a guess leaves unexplained."""
    spread = (seen - seen.mean((0, 2, 3), keepdim=True)).square().mean()
    return (guess.float() - seen).square().mean() / spread.clamp_min(1e-6)


def widths_of(teachers: Sequence[Teacher]) -> dict[str, dict[int, int]]:
    """Return how many channels each teacher has at each layer."""
    probe = torch.zeros(1, 3, 32, 32)
    return {teacher.name: {layer: seen.shape[1] for layer, seen in teacher(probe).items()}
            for teacher in teachers}
