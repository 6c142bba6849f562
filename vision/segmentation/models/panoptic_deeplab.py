"""Panoptic-DeepLab: a semantic answer, the centre of each object, and every pixel's way to it.

Cheng et al.: "Panoptic-DeepLab", CVPR 2020, arXiv:1911.10194. Figure 2 is `forward`: one encoder,
and a context and a decoder of its own for each of the two tasks (§3.1). `objects.py` makes the
truth of the second and turns what it says into objects.
"""

from __future__ import annotations

import torch

from vision.segmentation.models import ARCHITECTURES, Outputs
from vision.segmentation.models.deeplab import DECODERS, DeepLabV3Plus, FineDecoder
from vision.segmentation.models.encoders import ENCODERS, OWN, Encoder, residual
from vision.segmentation.models.layers import grow

OBJECTS = 3  # what is said of objects: how near a centre is, and how far down and right it lies


class Instances(FineDecoder):
    """A context and a decoder like the semantic one's, half as wide."""

    def __init__(self, encoder: Encoder, width: int, low: int) -> None:
        super().__init__()
        self.add_decoder(encoder, width // 2, low // 2, OBJECTS)

    def forward(self, maps: list[torch.Tensor]) -> torch.Tensor:
        return self.decode(maps)  # (N, 3, H / 4, W / 4)


class PanopticDeepLab(DeepLabV3Plus):
    """DeepLab v3+ with a second branch, whose weights it can therefore begin with."""

    def __init__(self, encoder: Encoder, width: int, low: int, classes: int) -> None:
        super().__init__(encoder, width, low, classes)
        self.instances = Instances(encoder, width, low)

    def forward(self, x: torch.Tensor) -> torch.Tensor | Outputs:
        if not self.training:
            return super().forward(x)  # (N, classes, H, W)
        logits, objects = self.find(x)
        return Outputs(logits, objects=objects)

    def find(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Return logits (N, classes, H, W) and what is said of objects (N, 3, H / 4, W / 4)."""
        maps = self.encoder(x)
        return grow(self.decode(maps), x), self.instances(maps)


@ARCHITECTURES.register("panoptic_deeplab", paper="arXiv:1911.10194", year=2020,
                        after="deeplab_v3plus", objects=True, encoders=ENCODERS,
                        idea="each object's centre, and every pixel's way to it: objects apart")
def panoptic_deeplab(*, classes: int, size: str = "compact", encoder: str = OWN
                     ) -> PanopticDeepLab:
    """Build a Panoptic-DeepLab: `compact` on the small encoder, `paper` on ResNet-101."""
    return PanopticDeepLab(residual(size, 16, encoder), *DECODERS[size], classes)
