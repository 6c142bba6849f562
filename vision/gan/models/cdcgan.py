"""A conditional DCGAN: the label joins the noise as a one-hot code and the picture as planes.

Radford et al. 2015, arXiv:1511.06434, with the conditioning of Mirza, Osindero 2014,
arXiv:1411.1784.
"""

from __future__ import annotations

from vision.gan.models import ARCHITECTURES
from vision.gan.models.dcgan import build
from vision.gan.models.pair import GREY, Pair, Shape


@ARCHITECTURES.register("cdcgan", paper="arXiv:1511.06434", year=2015, draws=True,
                        conditional=True, idea="a DCGAN that is told the label")
def cdcgan(*, classes: int, size: str = "compact", shape: Shape = GREY) -> Pair:
    """Build a DCGAN whose two nets also see the label."""
    return build(classes, size, shape)
