"""The three losses of a picture against its targets, which are computed once."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch.nn import functional

from vision.style.features.vgg_features import VggFeatures
from vision.style.losses import content_loss, gram, style_loss, tv_loss
from vision.style.settings import Settings

NAMES = ("content", "style", "tv")


@dataclass(frozen=True, eq=False)
class Part:
    """Where one style is wanted: its Gram matrices (N, C, C) by layer, and a mask (1, 1, H, W).

    Of the style loss it has its share of what is painted, so that every pixel counts alike.
    """

    grams: dict[int, torch.Tensor]
    mask: torch.Tensor | None = None  # none is everywhere
    share: float | torch.Tensor = 1.0


class Objective:
    """What is to be minimised: how far pictures (N, 3, H, W) are from content and style.

    Guided Gram matrices for each region: Gatys et al., arXiv:1611.07865, section 4.
    """

    def __init__(self, vgg: VggFeatures, content: torch.Tensor, parts: Sequence[Part],
                 settings: Settings) -> None:
        self.vgg, self.base = vgg, content
        self.parts, self.mask = shared(parts), united(parts)
        self.layer_weights = {layer: weight / vgg.share**2  # fewer channels, larger matrices
                              for layer, weight in settings.layer_weights().items()}
        self.content = self.content_targets(content, settings.content_layers)

    def about(self, contents: torch.Tensor, grams: dict[int, torch.Tensor]) -> Objective:
        """Return the same objective for other contents (N, 3, H, W) and their styles' matrices."""
        other = copy.copy(self)
        other.base, other.parts = contents, (replace(self.parts[0], grams=grams),)
        other.content = self.content_targets(contents, tuple(self.content))
        return other

    @torch.no_grad()
    def content_targets(self, content: torch.Tensor, layers: tuple[int, ...]
                        ) -> dict[int, torch.Tensor]:
        """Return the content's features (N, C, h, w) of each layer."""
        seen = self.vgg(content)
        return {layer: seen[layer] for layer in layers}

    def region(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return pictures that are the content itself outside the mask."""
        return pictures if self.mask is None else torch.lerp(self.base, pictures, self.mask)

    def losses(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return content, style and total variation loss of each picture, unweighted: (3, N)."""
        content = style = pictures.new_zeros(len(pictures))
        for layer, seen in self.vgg.walk(pictures):
            if layer in self.content:
                content = content + content_loss(seen, self.content[layer])
            for part in self.parts:
                if layer in part.grams:
                    weight = part.share * self.layer_weights[layer]
                    found = gram(seen, fitted(part.mask, seen))
                    style = style + weight * style_loss(found, part.grams[layer])
        return torch.stack((content, style, tv_loss(pictures)))

    def slope(self, values: torch.Tensor, weights: torch.Tensor
              ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the losses (3, N), and the gradient of their weighted sum, (N, 3, H, W)."""
        values = values.detach().requires_grad_()
        losses = self.losses(self.region(values))
        (slope,) = torch.autograd.grad((weights * losses).sum(), values)
        return losses.detach(), slope.contiguous()


def united(parts: Sequence[Part]) -> torch.Tensor | None:
    """Return the mask of all that is painted, none if that is everything."""
    masks = [part.mask for part in parts if part.mask is not None]
    return torch.stack(masks).amax(0) if len(masks) == len(parts) else None


def shared(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return parts with their shares of the area that all of them paint."""
    if len(parts) == 1:
        return tuple(parts)
    areas = [1.0 if part.mask is None else part.mask.mean() for part in parts]
    return tuple(replace(part, share=area / sum(areas))
                 for part, area in zip(parts, areas, strict=True))


def fitted(mask: torch.Tensor | None, features: torch.Tensor) -> torch.Tensor | None:
    """Return a mask (1, 1, H, W) at the size of features."""
    if mask is None:
        return None
    return functional.interpolate(mask, features.shape[2:], mode="area")
