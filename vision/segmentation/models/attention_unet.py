"""Attention U-Net: a gate on every skip lets through only what the coarser level asks for.

Oktay et al.: "Attention U-Net: Learning Where to Look for the Pancreas", MIDL 2018,
arXiv:1804.03999. Figure 2 and Equations 1 and 2 are `Gate`; Figure 1 is `decode`.
"""

from __future__ import annotations

import torch
from torch import nn

from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.models.encoders import ENCODERS, OWN, Lite
from vision.segmentation.models.layers import grow
from vision.segmentation.models.unet import Shrinking, decoder_of, encoder_of


class Gate(nn.Module):
    """One number from 0 to 1 for every place of a skip, asked for by the signal from below."""

    def __init__(self, skip: int, signal: int) -> None:
        super().__init__()
        inner = max(skip // 2, 8)
        self.of_skip = nn.Conv2d(skip, inner, 2, stride=2, bias=False)  # W_x, to the coarse grid
        self.of_signal = nn.Conv2d(signal, inner, 1)  # W_g and b_g
        self.psi = nn.Sequential(nn.ReLU(), nn.Conv2d(inner, 1, 1), nn.Sigmoid())  # ψ, b_ψ, σ₂
        mix = nn.Conv2d(skip, skip, 1, bias=False)
        nn.init.dirac_(mix.weight)  # at first the skip passes as it is
        self.output = nn.Sequential(mix, nn.BatchNorm2d(skip))

    def forward(self, skip: torch.Tensor, signal: torch.Tensor
                ) -> tuple[torch.Tensor, torch.Tensor]:
        attention = self.psi(self.of_skip(skip) + self.of_signal(signal))  # (N, 1, h / 2, w / 2)
        attention = grow(attention, skip)  # (N, 1, h, w)
        return self.output(skip * attention), attention  # (N, skip, h, w), (N, 1, h, w)


class AttentionUNet(nn.Module):
    """U-Net whose skips pass gates."""

    def __init__(self, encoder: Shrinking | Lite, widths: tuple[int, ...], classes: int) -> None:
        super().__init__()
        *skips, deepest = encoder.widths
        self.encoder = encoder
        self.gates = nn.ModuleList(map(Gate, skips[::-1], (deepest, *widths)))
        self.decoder = decoder_of(encoder.widths, widths)
        self.head = nn.Conv2d(widths[-1], classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.decode(x)[0]  # (N, classes, H, W)

    def decode(self, x: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Return the logits and every gate's map (N, 1, h, w), coarse to fine."""
        *skips, y = self.encoder(x)
        maps = []
        for gate, up in zip(self.gates, self.decoder, strict=True):
            skip, attention = gate(skips.pop(), y)
            y = up(y, skip)
            maps.append(attention)
        return grow(self.head(y), x), maps


@ARCHITECTURES.register("attention_unet", paper="arXiv:1804.03999", year=2018, after="unet",
                        inside="attention", encoders=ENCODERS,
                        idea="gates on the skips, steered from below, show where the net looks")
def attention_unet(*, classes: int, size: str = "compact", encoder: str = OWN) -> AttentionUNet:
    """Build an Attention U-Net: encoders and widths are the U-Net's."""
    return AttentionUNet(*encoder_of(size, encoder), classes)
