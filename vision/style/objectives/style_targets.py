"""What a style asks for: Gram matrices, of a large picture found tile by tile."""

from __future__ import annotations

import torch

from vision.style.features.vgg_features import VggFeatures
from vision.style.losses import gram
from vision.style.objectives.tiles import cut_tiles, stride_of


@torch.no_grad()
def tiled_grams(vgg: VggFeatures, picture: torch.Tensor, layers: tuple[int, ...]
                ) -> dict[int, torch.Tensor]:
    """Return the Gram matrices (N, C, C) of pictures, tile by tile if they are large."""
    sums: dict[int, torch.Tensor] = {}
    places = dict.fromkeys(layers, 0)
    for tile in cut_tiles(*picture.shape[2:]):
        seen = vgg(tile.of(picture))
        for layer in layers:
            core = tile.core(seen[layer], stride_of(layer))
            sums[layer] = sums.get(layer, 0) + gram(core) * core[0, 0].numel()
            places[layer] += core[0, 0].numel()
    return {layer: matrix / places[layer] for layer, matrix in sums.items()}


def style_targets(vgg: VggFeatures, styles: list[torch.Tensor], layers: tuple[int, ...],
                  blend: float) -> dict[int, torch.Tensor]:
    """Return the Gram matrices (1, C, C) of one style, or of two mixed by `blend`."""
    shares = [1 - blend, blend] if len(styles) == 2 else [1.0]
    seen = [tiled_grams(vgg, style, layers) for style in styles]
    return {layer: torch.stack([share * one[layer] for share, one in
                                zip(shares, seen, strict=True)]).sum(0) for layer in layers}
