"""What happens inside: Gram matrices of style and picture, and who pulls at which pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from vision.devices import best_device
from vision.gpu_fallback import or_on_cpu
from vision.style.losses import gram, style_loss
from vision.style.objectives.whole import NAMES, Objective, fitted
from vision.style.scene import Region, Scene
from vision.style.settings import LAYERS, Settings, Weights

CHANNELS = 48  # of a Gram matrix that is shown


@dataclass(frozen=True, eq=False)
class Layer:
    """One style layer: the Gram matrices of its strongest channels, and how far they are apart."""

    number: int
    style: np.ndarray  # float32 (c, c)
    picture: np.ndarray  # float32 (c, c)
    loss: float  # weighted, of the whole matrix
    gap: float  # |G − A| / |A| of the whole matrix

    @property
    def name(self) -> str:
        """Return the layer's name in the paper."""
        return LAYERS[self.number]


@dataclass(frozen=True, eq=False)
class Inside:
    """A look at one moment: each style layer, each content layer's loss, and the three pulls."""

    layers: tuple[Layer, ...]
    content: dict[int, float]  # weighted content loss by layer
    pulls: dict[str, np.ndarray]  # float32 (H, W) by loss: the length of its gradient


@or_on_cpu
def look_inside(extractor: nn.Module, content: np.ndarray, styles: Sequence[np.ndarray],
                picture: np.ndarray, settings: Settings, mask: np.ndarray | None = None,
                others: Sequence[Region] = (), device: torch.device | None = None) -> Inside:
    """Return what the losses say of a painting at its own size, the matrices of one region."""
    scene = Scene.of(content, styles, settings, mask, others)
    device, side = device or best_device(), max(picture.shape[:2])
    objective = scene.objective(scene.vgg(extractor, device), side)
    x = scene.canvas(picture, scene.size(side)).to(device)
    return Inside(_layers(objective, x, settings), _contents(objective, x, settings),
                  _pulls(objective, x, settings.weights, scene.inside))


def of_content(layers: Sequence[int], settings: Settings) -> Settings:
    """Return settings that rebuild, from noise, what these layers know of the content."""
    return replace(settings, start="noise", content_layers=tuple(layers), style_weight=0.0)


def of_style(layers: Sequence[int], settings: Settings) -> Settings:
    """Return settings that rebuild, from noise, what these layers know of the style."""
    return replace(settings, start="noise", style_layers=tuple(layers), style_layer_weights=(),
                   content_weight=0.0)


@torch.no_grad()
def _layers(objective: Objective, x: torch.Tensor, settings: Settings) -> tuple[Layer, ...]:
    seen = objective.vgg(objective.region(x))
    found, part = [], objective.parts[0]
    for number, target in part.grams.items():
        own = gram(seen[number], fitted(part.mask, seen[number]))  # (1, C, C)
        weight = settings.style_weight * objective.layer_weights[number]
        kept = target[0].diagonal().argsort(descending=True)[:CHANNELS]
        wanted, present = (matrix[0][kept][:, kept].cpu().numpy() for matrix in (target, own))
        found.append(Layer(number, wanted, present, weight * float(style_loss(own, target)),
                           float((own - target).norm() / target.norm().clamp_min(1e-12))))
    return tuple(found)


@torch.no_grad()
def _contents(objective: Objective, x: torch.Tensor, settings: Settings) -> dict[int, float]:
    seen = objective.vgg(objective.region(x))
    return {number: settings.content_weight * float((seen[number] - target).square().mean())
            for number, target in objective.content.items()}


def _pulls(objective: Objective, x: torch.Tensor, weights: Weights, inside: slice
           ) -> dict[str, np.ndarray]:
    """Return the length of each weighted loss's gradient at each pixel."""
    x = x.clone().requires_grad_()
    losses = objective.losses(objective.region(x))[:, 0]
    pulls = {}
    for name, loss, weight in zip(NAMES, losses, weights.as_tuple(), strict=True):
        (slope,) = torch.autograd.grad(weight * loss, x, retain_graph=True, allow_unused=True,
                                       materialize_grads=True)
        pulls[name] = slope[0].norm(dim=0)[inside, inside].cpu().numpy()  # (H, W)
    return pulls
