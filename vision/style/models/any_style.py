"""A network that paints any picture in the style of any other in a single pass.

What a fixed VGG-19 sees of the content is normalised, so that it has no style of its own, and
painted by convolutions whose scales and shifts are told by the style: the means and deviations of
what the same VGG-19 sees of the style picture. These statistics are those of Huang, Belongie,
"Arbitrary Style Transfer in Real-time with Adaptive Instance Normalization", arXiv:1703.06868;
to learn how each layer is to follow them is Ghiasi et al., arXiv:1705.06830.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn
from torch.nn import functional

from vision.style.models import ARCHITECTURES
from vision.style.models.styled import Block, Residual, convolution
from vision.style.models.vgg19 import SHARE, layers, rectified

SEEN = {0: 64, 5: 128, 10: 256, 19: 512}  # conv1_1 to conv4_1, whose statistics are the style
FINEST, FINE, COARSE = 5, 10, 19  # what is painted from
STYLE = 64  # numbers that remain of the statistics
RESIDUALS = 3
MULTIPLE = 8  # of the sides, because VGG-19 halves three times up to conv4_1
SIZES = {"tiny": ("compact", 8), "compact": ("slim", 64)}  # which VGG-19, and channels to paint


class AnyStyle(nn.Module):
    """Normalised contents (N, 3, H, W) and the statistics of styles in, paintings out."""

    def __init__(self, vgg: str, width: int) -> None:
        super().__init__()
        self.encoder = layers(SHARE[vgg], "reflect")[: COARSE + 1].requires_grad_(False)
        channels = {layer: width // SHARE[vgg] for layer, width in SEEN.items()}
        count = 2 * sum(channels.values())
        self.middle: torch.Tensor  # (count,), of the statistics of many pictures
        self.spread: torch.Tensor
        self.register_buffer("middle", torch.zeros(count))
        self.register_buffer("spread", torch.ones(count))
        self.bottleneck = nn.Linear(count, STYLE)
        self.coarse = Block(channels[COARSE], width, 3, STYLE)
        self.layers = nn.ModuleList([
            Block(width + channels[FINE], width, 3, STYLE),  # (N, width, H/4, W/4)
            *(Residual(width, STYLE) for _ in range(RESIDUALS)),
            Block(width + channels[FINEST], width // 2, 3, STYLE),  # (N, width/2, H/2, W/2)
            Block(width // 2, width // 4, 3, STYLE, enlarge=2),
        ])
        self.last = convolution(width // 4, 3, 9)

    @torch.no_grad()
    def begin(self, features: nn.Module, pictures: Iterable[torch.Tensor]) -> torch.Tensor:
        """See with a VGG-19's features, and return the statistics of pictures, which are usual."""
        state = features.state_dict()
        self.encoder.load_state_dict({name: state[name] for name in self.encoder.state_dict()})
        found = torch.cat([self.statistics(one) for one in pictures])  # (N, count)
        self.middle.copy_(found.mean(0))
        self.spread.copy_(found.std(0).clamp_min(0.05))
        return found

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        height, width = x.shape[2:]
        x = functional.pad(x, (0, -width % MULTIPLE, 0, -height % MULTIPLE), "replicate")
        seen = self.look(x)
        coarse, fine, finest = (functional.instance_norm(seen[layer])
                                for layer in (COARSE, FINE, FINEST))
        told = self.bottleneck(  # (N, 64)
            (style - self.middle) / self.spread / len(self.middle) ** 0.5)
        x = joined(self.coarse(coarse, told), fine)  # (N, width + C, H/4, W/4)
        *coarser, half, full = self.layers
        for layer in coarser:
            x = layer(x, told)  # (N, width, H/4, W/4)
        x = full(half(joined(x, finest), told), told)  # (N, width/4, H, W)
        return self.last(x)[:, :, :height, :width]

    @torch.no_grad()
    def look(self, x: torch.Tensor) -> dict[int, torch.Tensor]:
        """Return the rectified features (N, C, h, w) of each layer that is seen."""
        return rectified(self.encoder, SEEN, x)

    def statistics(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return means and deviations of what is seen (N, count), as logarithms of 1 and more.

        Between two such vectors lie the styles between two pictures.
        """
        parts = []
        for features in self.look(pictures).values():
            deviation, mean = torch.std_mean(features.float(), (2, 3), correction=0)  # (N, C)
            parts += [mean, deviation]
        return torch.cat(parts, 1).log1p()


def joined(x: torch.Tensor, finer: torch.Tensor) -> torch.Tensor:
    """Return features (N, c, h, w) enlarged, followed by what is seen of twice their size."""
    return torch.cat((functional.interpolate(x, scale_factor=2), finer), 1)


@ARCHITECTURES.register("any_style", paper="arXiv:1705.06830", year=2017, paints=True,
                        idea="paints the style of any picture in a single pass")
def any_style(*, size: str = "compact") -> AnyStyle:
    """Build the network; `tiny` is for tests."""
    return AnyStyle(*SIZES[size])
