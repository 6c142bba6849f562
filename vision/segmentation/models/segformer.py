"""SegFormer: a transformer that shrinks like a convolutional net, and a decoder of four MLPs.

Xie, Wang, Yu, Anandkumar, Alvarez, Luo: "SegFormer: Simple and Efficient Design for Semantic
Segmentation with Transformers", NeurIPS 2021, arXiv:2105.15203. Figure 2 is `forward`; overlapping
patches, Mix-FFN and reduced attention are §3.1, the decoder is Equation 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.models.layers import ConvNormReLU, grow

REDUCTIONS = (8, 4, 2, 1)  # keys and values are so many times fewer in height and width


@dataclass(frozen=True)
class Shape:
    """Widths, heads and depths of the four stages, and the width of the decoder."""

    widths: tuple[int, ...]
    heads: tuple[int, ...]
    depths: tuple[int, ...]
    decoder: int


SHAPES = {
    "compact": Shape((32, 64, 128, 192), (1, 2, 4, 6), (2, 2, 3, 2), 128),
    "paper": Shape((32, 64, 160, 256), (1, 2, 5, 8), (2, 2, 2, 2), 256),  # B0, Table 6
}


class Attention(nn.Module):
    """Every pixel asks a coarser copy of the map (Equation 2)."""

    def __init__(self, width: int, heads: int, reduction: int) -> None:
        super().__init__()
        self.heads = heads
        self.ask = nn.Linear(width, width)
        self.answer = nn.Linear(width, 2 * width)
        self.output = nn.Linear(width, width)
        self.reduce = nn.Conv2d(width, width, reduction, reduction) if reduction > 1 else None
        self.norm = nn.LayerNorm(width) if reduction > 1 else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        coarse = x  # (N, h, w, C)
        if self.reduce:
            coarse = self.norm(self.reduce(x.movedim(3, 1)).movedim(1, 3))  # (N, h / r, w / r, C)
        query = self._split(self.ask(x))  # (N, heads, h·w, C / heads)
        key, value = (self._split(part) for part in self.answer(coarse).chunk(2, dim=-1))
        seen = functional.scaled_dot_product_attention(query, key, value)  # as the query
        return self.output(seen.transpose(1, 2).reshape(x.shape))

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        """Return (N, heads, places, C / heads) from (N, h, w, C)."""
        return x.flatten(1, 2).unflatten(-1, (self.heads, -1)).transpose(1, 2)


class MixFFN(nn.Module):
    """An MLP with a depthwise 3×3 convolution inside, instead of positions (Equation 3)."""

    def __init__(self, width: int, expansion: int = 4) -> None:
        super().__init__()
        inner = expansion * width
        self.widen = nn.Linear(width, inner)
        self.mix = nn.Conv2d(inner, inner, 3, padding=1, groups=inner)
        self.narrow = nn.Linear(inner, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.mix(self.widen(x).movedim(3, 1)).movedim(1, 3)  # (N, h, w, inner)
        return self.narrow(functional.gelu(y))


class Block(nn.Module):
    """Attention and Mix-FFN, each after a normalisation and around a shortcut."""

    def __init__(self, width: int, heads: int, reduction: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads, reduction)
        self.ffn = MixFFN(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attention(self.norm1(x))  # (N, h, w, C)
        return x + self.ffn(self.norm2(x))  # (N, h, w, C)


class Stage(nn.Module):
    """Merge overlapping patches, then some blocks."""

    def __init__(self, inputs: int, width: int, heads: int, depth: int, place: int) -> None:
        super().__init__()
        kernel, stride = (7, 4) if place == 0 else (3, 2)
        self.merge = nn.Conv2d(inputs, width, kernel, stride, kernel // 2)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.blocks = nn.Sequential(*(Block(width, heads, REDUCTIONS[place])
                                      for _ in range(depth)))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.norm1(self.merge(x).movedim(1, 3))  # (N, h, w, width)
        return self.norm2(self.blocks(y)).movedim(3, 1)  # (N, width, h, w)


class SegFormer(nn.Module):
    """Four stages at 1/4 to 1/32, each mapped to one width, enlarged, joined and classified."""

    def __init__(self, shape: Shape, classes: int) -> None:
        super().__init__()
        self.stages = nn.ModuleList(map(Stage, (3, *shape.widths[:-1]), shape.widths, shape.heads,
                                        shape.depths, range(4)))
        self.mlps = nn.ModuleList(nn.Conv2d(width, shape.decoder, 1) for width in shape.widths)
        self.fuse = ConvNormReLU(4 * shape.decoder, shape.decoder, 1)
        self.head = nn.Sequential(nn.Dropout2d(0.1), nn.Conv2d(shape.decoder, classes, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y, maps = x, []
        for stage, mlp in zip(self.stages, self.mlps, strict=True):
            y = stage(y)
            maps.append(mlp(y))  # (N, decoder, H / 4 … H / 32, W / 4 … W / 32)
        joined = torch.cat([grow(each, maps[0]) for each in maps[::-1]], dim=1)  # at 1 / 4
        return grow(self.head(self.fuse(joined)), x)  # (N, classes, H, W)


@ARCHITECTURES.register("segformer", paper="arXiv:2105.15203", year=2021, after="setr",
                        idea="a hierarchical transformer without positions, and an all-MLP decoder")
def segformer(*, classes: int, size: str = "compact") -> SegFormer:
    """Build a SegFormer: `paper` is MiT-B0, `compact` a little deeper and narrower."""
    return SegFormer(SHAPES[size], classes)
