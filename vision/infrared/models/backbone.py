"""Bodies for pictures of one channel: ResNet (arXiv:1512.03385), also as classifier, and others.

Both begin with the same first convolution of one channel, so weights learnt by classifying grey
source pictures go over to the detector as they are; nothing is copied from colour to grey.
"""

from __future__ import annotations

import torch
from torch import nn
from torchvision import models
from torchvision.models._utils import IntermediateLayerGetter
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

from vision.efficientnet_lite import WIDTHS, EfficientNetLite
from vision.infrared.models import ARCHITECTURES

DEPTHS = {"resnet18": models.resnet18, "resnet50": models.resnet50, "resnet101": models.resnet101}
LITE = "efficientnet_lite0"
BODIES = (*DEPTHS, LITE)
LEVELS = ("p2", "p3", "p4", "p5")  # strides 4, 8, 16, 32
FLATTEST = 0.02  # a picture with less contrast than this is left flat


@ARCHITECTURES.register("classifier", paper="arXiv:1512.03385", year=2015)
def classifier(*, classes: int, backbone: str = "resnet18") -> nn.Module:
    """Return a ResNet that classifies grey pictures (N, 1, H, W) in 0…1."""
    return Classifier(grey_resnet(backbone, classes))


def grey_resnet(name: str, classes: int = 1000) -> models.ResNet:
    """Return torchvision's ResNet with a first convolution of one channel."""
    if name not in DEPTHS:
        raise TypeError(f"backbone '{name}', known are {', '.join(DEPTHS)}")
    net = DEPTHS[name](weights=None, num_classes=classes, zero_init_residual=True)
    net.conv1 = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=False)
    nn.init.kaiming_normal_(net.conv1.weight, mode="fan_out", nonlinearity="relu")
    return net


def standardise(pictures: torch.Tensor) -> torch.Tensor:
    """Return each picture (N, 1, H, W) with mean 0 and deviation 1, whatever its range was."""
    deviation, mean = torch.std_mean(pictures.float(), (1, 2, 3), keepdim=True)  # (N, 1, 1, 1)
    return (pictures - mean) / deviation.clamp_min(FLATTEST)


class Classifier(nn.Module):
    """A grey ResNet behind the normalisation that the detector uses too."""

    def __init__(self, body: models.ResNet) -> None:
        super().__init__()
        self.body = body

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return logits (N, classes)."""
        return self.body(standardise(pictures))


class GreyLite(EfficientNetLite):
    """EfficientNet-Lite0 for one channel, its maps from stride 4 on by their names."""

    def __init__(self) -> None:
        super().__init__(channels=1)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:  # type: ignore[override]
        """Return features (N, C, H/s, W/s) at s = 4, 8, 16, 32 of x (N, 1, H, W)."""
        return dict(zip(LEVELS, super().forward(x)[1:], strict=True))


class Pyramid(nn.Module):
    """Feature pyramid (arXiv:1612.03144) over a grey body, every level of the same width."""

    def __init__(self, name: str, width: int) -> None:
        super().__init__()
        self.body, inputs = body_of(name)
        self.pyramid = FeaturePyramidNetwork(inputs, width, LastLevelMaxPool(), nn.BatchNorm2d)

    def forward(self, x: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return float features (N, width, H/s, W/s) at s = 4, 8, 16, 32, 64 by their names."""
        maps = self.pyramid(self.body(x))
        return {name: features.float() for name, features in maps.items()}

    @property
    def first(self) -> list[nn.Module]:
        """Return the modules that come first, up to stride 4."""
        if isinstance(self.body, GreyLite):
            return self.body.first
        return [self.body.get_submodule(name) for name in ("conv1", "bn1", "layer1")]


def body_of(name: str) -> tuple[nn.Module, list[int]]:
    """Return a body that gives the maps of LEVELS, and how many channels each of them has."""
    if name == LITE:
        return GreyLite(), list(WIDTHS[1:])
    net = grey_resnet(name)
    stages = {f"layer{place}": level for place, level in enumerate(LEVELS, 1)}
    inputs = [net.fc.in_features // 2**place for place in (3, 2, 1, 0)]
    return IntermediateLayerGetter(net, stages), inputs
