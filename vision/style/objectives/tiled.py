"""The losses of a picture that is too large to be seen at once, as if it were.

A Gram matrix is a mean over places, so that of the whole is known once every tile was seen. What
the style loss asks of that matrix is then a linear task for each tile, and the slope of the whole
picture is the sum of its tiles' slopes. Tiles overlap by all but six pixels of what the network
sees around a place, and where they do both slopes are added: there is no seam to be hidden.
"""

from __future__ import annotations

import torch

from vision.style.features.vgg_features import VggFeatures
from vision.style.losses import content_loss, gram, style_loss, tv_loss
from vision.style.objectives.tiles import cut_tiles, stride_of
from vision.style.objectives.whole import Objective, Part, fitted
from vision.style.settings import Settings

Matrices = list[dict[int, torch.Tensor]]  # for each part, by layer


class TiledObjective(Objective):
    """The same losses of one picture (1, 3, H, W), in the memory of a tile."""

    def __init__(self, vgg: VggFeatures, content: torch.Tensor, parts: list[Part],
                 settings: Settings) -> None:
        self.tiles = cut_tiles(*content.shape[2:])
        self.content_layers = settings.content_layers
        super().__init__(vgg, content, parts, settings)

    @torch.no_grad()
    def content_targets(self, content: torch.Tensor, layers: tuple[int, ...]
                        ) -> dict[int, torch.Tensor]:
        """Keep what each tile shows of the content; there is no whole one to return."""
        self.kept = []
        for tile in self.tiles:
            seen = self.vgg(tile.of(content))
            self.kept.append({layer: tile.core(seen[layer], stride_of(layer)).to(
                self.vgg.dtype).clone() for layer in layers})
        return {}

    @torch.no_grad()
    def losses(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return content, style and total variation loss, unweighted: (3, 1)."""
        return self._losses(*self._measure(pictures), pictures)

    def slope(self, values: torch.Tensor, weights: torch.Tensor
              ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the losses (3, 1), and the gradient of their weighted sum, (1, 3, H, W)."""
        with torch.no_grad():
            pictures = self.region(values)
            content, matrices = self._measure(pictures)
            losses = self._losses(content, matrices, pictures)
        slope = torch.zeros_like(pictures)
        for number, tile in enumerate(self.tiles):
            tile.of(slope).add_(self._pull(number, pictures, matrices, weights))
        x = pictures.detach().requires_grad_()
        slope += torch.autograd.grad((weights[2] * tv_loss(x)).sum(), x)[0]
        return losses, slope if self.mask is None else slope * self.mask

    def _losses(self, content: torch.Tensor, matrices: Matrices, pictures: torch.Tensor
                ) -> torch.Tensor:
        style = sum((part.share * self.layer_weights[layer] * style_loss(found[layer], target)
                     for part, found in zip(self.parts, matrices, strict=True)
                     for layer, target in part.grams.items()), torch.zeros_like(content))
        return torch.stack((content, style, tv_loss(pictures)))

    def _measure(self, pictures: torch.Tensor) -> tuple[torch.Tensor, Matrices]:
        """Return the content loss (1,) and each part's matrices of the whole picture."""
        content = pictures.new_zeros(1)
        matrices: Matrices = [dict.fromkeys(part.grams, pictures.new_zeros(())) for part in
                              self.parts]
        for number, tile in enumerate(self.tiles):
            for layer, seen in self.vgg.walk(tile.of(pictures)):
                content += self._content(number, layer, seen)
                for part, found in zip(self.parts, matrices, strict=True):
                    if layer in part.grams:
                        found[layer] = found[layer] + self._gram(number, part, layer, seen)
        return content, matrices

    def _pull(self, number: int, pictures: torch.Tensor, matrices: Matrices,
              weights: torch.Tensor) -> torch.Tensor:
        """Return what one tile adds to the slope, at its pixels and those of its edge."""
        x = self.tiles[number].of(pictures).detach().clone().requires_grad_()
        asked = x.new_zeros(())
        for layer, seen in self.vgg.walk(x):
            asked = asked + (weights[0] * self._content(number, layer, seen)).sum()
            for part, found in zip(self.parts, matrices, strict=True):
                if (target := part.grams.get(layer)) is not None:
                    wanted = 2 * (found[layer] - target) / target[0].numel()  # of the loss, by G
                    asked = asked + (weights[1] * part.share * self.layer_weights[layer] * (
                        wanted * self._gram(number, part, layer, seen)).sum()).sum()
        return torch.autograd.grad(asked, x)[0]

    def _content(self, number: int, layer: int, seen: torch.Tensor) -> torch.Tensor:
        """Return a layer's part of a tile's share of the content loss, (1,)."""
        if (target := self.kept[number].get(layer)) is None:
            return seen.new_zeros(1).float()
        core = self.tiles[number].core(seen, stride_of(layer))
        return core[0, 0].numel() / self.places(layer) * content_loss(core, target)

    def _gram(self, number: int, part: Part, layer: int, seen: torch.Tensor) -> torch.Tensor:
        """Return a tile's share of a part's Gram matrix, (1, C, C)."""
        tile, stride = self.tiles[number], stride_of(layer)
        core = tile.core(seen, stride)
        if part.mask is None:
            return gram(core) * (core[0, 0].numel() / self.places(layer))
        around = fitted(tile.of(part.mask), seen)
        assert around is not None
        mask = tile.core(around, stride)
        whole = part.mask.mean() * self.places(layer)
        return gram(core, mask) * (mask.sum() / whole)

    def places(self, layer: int) -> int:
        """Return how many places a layer has in the whole picture."""
        height, width = (side // stride_of(layer) for side in self.base.shape[2:])
        return height * width
