"""What a network that paints learns by: the losses of the optimisation, as shares.

A style that is far from any photograph would count for more than one that is near. So each loss
is divided by that of photographs: 1 is as far as they are, 0 is the style itself.
"""

from __future__ import annotations

import torch

from vision.style.features.vgg_features import VggFeatures
from vision.style.losses import gram, style_loss
from vision.style.objectives.style_targets import style_targets
from vision.style.objectives.whole import Objective, Part
from vision.style.settings import Settings

Grams = dict[int, torch.Tensor]  # (N, C, C) by layer
LEARNT = Settings(content_layers=(14,), pooling="average")
"""What is looked at: conv3_3 keeps the content, as Johnson et al. have it.

Only conv4_4 would let a painter lose light and shade; maximum pooling would let it weave."""
NEAREST = 0.04  # of how far photographs are from each other: no style counts as nearer


class Targets:
    """The losses of paintings, each in a style of its own, as photographs (M, 3, H, W) scale them.
    """

    @torch.no_grad()
    def __init__(self, vgg: VggFeatures, photographs: torch.Tensor) -> None:
        self.photographs = style_targets(vgg, [photographs], LEARNT.style_layers, 0)
        self.objective = Objective(vgg, photographs, [Part(self.photographs)], LEARNT)
        (features,) = self.objective.content.values()  # (M, C, h, w)
        self.nearest = 0.0
        self.nearest = NEAREST * float(self.distances(self.photographs).mean())
        self.variance = features.float().var((0, 2, 3)).mean()

    @torch.no_grad()
    def grams_of(self, styles: torch.Tensor) -> Grams:
        """Return the Gram matrices of style pictures (N, 3, H, W)."""
        seen = self.objective.vgg(styles)
        return {layer: gram(seen[layer]) for layer in self.photographs}

    @torch.no_grad()
    def distances(self, grams: Grams) -> torch.Tensor:
        """Return the mean style loss of the photographs against each style, (N,)."""
        found = [self.objective.layer_weights[layer] * style_loss(  # (M·N,) → (N,)
            self.photographs[layer].repeat_interleave(len(asked), 0),
            asked.repeat(len(self.photographs[layer]), 1, 1)).view(-1, len(asked)).mean(0)
            for layer, asked in grams.items()]
        return torch.stack(found).sum(0).clamp_min(self.nearest)

    def shares(self, contents: torch.Tensor, paintings: torch.Tensor, grams: Grams
               ) -> torch.Tensor:
        """Return the losses of paintings (N, 3, H, W), the first two by those of photographs.

        The third of (3, N), total variation, is left as it is.
        """
        losses = self.objective.about(contents, grams).losses(paintings)
        distances = self.distances(grams)
        return losses / torch.stack([self.variance.expand_as(distances), distances,
                                     torch.ones_like(distances)])
