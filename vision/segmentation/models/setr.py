"""SETR: the picture as a sequence of patches, a plain transformer, and a decoder that grows.

Zheng et al.: "Rethinking Semantic Segmentation from a Sequence-to-Sequence Perspective with
Transformers", CVPR 2021, arXiv:2012.15840. Figure 1 (a) is the encoder, (b) the decoder SETR-PUP:
progressive upsampling, twice at a time. The encoder is ViT, Dosovitskiy et al., arXiv:2010.11929.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.models.layers import ConvNormReLU, grow

PATCH = 16


@dataclass(frozen=True)
class Shape:
    """Width, heads and depth of the transformer, its grid of positions, the decoder's width."""

    width: int
    heads: int
    depth: int
    grid: tuple[int, int]
    decoder: int


SHAPES = {
    "compact": Shape(192, 6, 5, (18, 24), 64),
    "paper": Shape(1024, 16, 24, (48, 48), 256),  # ViT-Large, Table 1, at 768×768
}


class Block(nn.Module):
    """Self-attention and an MLP, each after a normalisation and around a shortcut."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.output = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(),
                                 nn.Linear(4 * width, width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.output(self.attend(self.norm1(x)))  # (N, places, width)
        return x + self.mlp(self.norm2(x))

    def attend(self, x: torch.Tensor) -> torch.Tensor:
        """Return softmax(Q Kᵀ / √d) V of all heads side by side (Equation 1)."""
        query, key, value = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value)
        return seen.transpose(1, 2).flatten(2)  # (N, heads, places, d) → (N, places, width)


class SETR(nn.Module):
    """Patches with positions, transformer blocks, and four doublings to full size."""

    def __init__(self, shape: Shape, classes: int) -> None:
        super().__init__()
        self.embed = nn.Conv2d(3, shape.width, PATCH, PATCH)
        self.positions = nn.Parameter(torch.zeros(1, shape.width, *shape.grid))
        nn.init.normal_(self.positions, std=0.02)
        self.blocks = nn.Sequential(*(Block(shape.width, shape.heads) for _ in range(shape.depth)))
        self.norm = nn.LayerNorm(shape.width)
        inputs = (shape.width, *[shape.decoder] * 3)
        self.decoder = nn.ModuleList(ConvNormReLU(width, shape.decoder) for width in inputs)
        self.head = nn.Conv2d(shape.decoder, classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.embed(x)  # (N, width, H / 16, W / 16)
        y = y + grow(self.positions, y)
        places = self.blocks(y.flatten(2).transpose(1, 2))  # (N, H·W / 256, width)
        y = self.norm(places).transpose(1, 2).unflatten(2, y.shape[2:])
        for stage in self.decoder[:-1]:
            y = functional.interpolate(stage(y), scale_factor=2, mode="bilinear")  # … H / 2, W / 2
        return grow(self.head(self.decoder[-1](y)), x)  # (N, classes, H, W)


@ARCHITECTURES.register("setr", paper="arXiv:2012.15840", year=2020, after="fcn32s",
                        idea="a plain transformer over patches: all see all from the start")
def setr(*, classes: int, size: str = "compact") -> SETR:
    """Build a SETR-PUP: `compact` has five narrow blocks, `paper` is ViT-Large."""
    return SETR(SHAPES[size], classes)
