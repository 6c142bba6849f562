"""A network that paints in a single pass, in one style or in any of those that it has learnt.

Johnson, Alahi, Fei-Fei: "Perceptual Losses for Real-Time Style Transfer and Super-Resolution",
arXiv:1603.08155, with instance normalisation (Ulyanov, Vedaldi, Lempitsky, arXiv:1607.08022). It
enlarges by repeating pixels before a convolution, which leaves no checkerboard (Odena, Dumoulin,
Olah, doi:10.23915/distill.00003).

All styles share the convolutions; each has a scale and a shift of its own for every channel
(Dumoulin, Shlens, Kudlur: "A Learned Representation for Artistic Style", arXiv:1610.07629).
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from vision.style.models import ARCHITECTURES
from vision.style.models.styled import Block, Residual, convolution

WIDTHS = {"tiny": (4, 8, 8), "compact": (24, 48, 96), "paper": (32, 64, 128)}
RESIDUALS = 5
MULTIPLE = 4  # of the sides, because it halves twice


class Forward(nn.Module):
    """Normalised pictures (N, 3, H, W) in and out, of any size.

    A mixture (N, styles) says how much of each style a painting takes; none is the first alone.
    """

    def __init__(self, widths: tuple[int, int, int], styles: int = 1) -> None:
        super().__init__()
        full, half, quarter = widths
        self.styles = styles
        self.layers = nn.ModuleList([
            Block(3, full, 9, styles),
            Block(full, half, 3, styles, stride=2),
            Block(half, quarter, 3, styles, stride=2),  # (N, quarter, H/4, W/4)
            *(Residual(quarter, styles) for _ in range(RESIDUALS)),
            Block(quarter, half, 3, styles, enlarge=2),
            Block(half, full, 3, styles, enlarge=2),
        ])
        self.last = convolution(full, 3, 9)

    def forward(self, x: torch.Tensor, mixture: torch.Tensor | None = None) -> torch.Tensor:
        height, width = x.shape[2:]
        mixture = self.only(0, x) if mixture is None else mixture
        x = functional.pad(x, (0, -width % MULTIPLE, 0, -height % MULTIPLE), "replicate")
        for layer in self.layers:
            x = layer(x, mixture)
        return self.last(x)[:, :, :height, :width]

    def only(self, style: int, x: torch.Tensor) -> torch.Tensor:
        """Return the mixture (N, styles) that is one style alone, for pictures (N, 3, H, W)."""
        return torch.eye(self.styles, device=x.device)[style].expand(len(x), -1)


@ARCHITECTURES.register("forward", paper="arXiv:1610.07629", year=2016, paints=True,
                        idea="paints the styles that it has learnt in a single pass")
def forward(*, size: str = "compact", styles: int = 1) -> Forward:
    """Build the network; `tiny` is for tests."""
    return Forward(WIDTHS[size], styles)
