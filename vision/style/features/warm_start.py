"""VGG-19 out of public weights: their layout, colours and scale become this project's.

VGG-16 lacks the last convolution of three stages. A kernel that is 1 in its middle for its own
channel and 0 elsewhere, Dirac's, passes its input on; after a ReLU there is nothing below 0, so
the ReLU behind it changes nothing either. With such kernels in the three places VGG-16 is a
VGG-19, and every layer keeps its number.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn

from vision.data import pretrained
from vision.errors import unknown
from vision.style.data import DEVIATION, MEAN
from vision.style.models.vgg19 import Extractor, convolutions_of

State = Mapping[str, torch.Tensor]
BGR = (104.00699, 116.66877, 122.67892)  # what VGG-16 wants subtracted from 0…255, blue first
VGG16 = {1: 2, 2: 2, 3: 3, 4: 3, 5: 1}  # its convolutions of each stage, up to conv5_1
PASSING = (7, 11)  # of VGG-19's convolutions, conv3_4 and conv4_4: VGG-16 has none
SLIM = ("11", "12", "21", "22", "31", "32", "33", "34", "41", "42", "43", "44", "51")


def begin(name: str) -> Extractor:
    """Return an extractor that holds a public network's weights."""
    if name not in BEGINNINGS:
        raise unknown("beginning", name, sorted(BEGINNINGS))
    return BEGINNINGS[name](pretrained.read(name)).eval()


@torch.no_grad()
def from_vgg16(state: State) -> Extractor:
    """Return VGG-19 with VGG-16's convolutions out of a Keras file (H×W×in×out, blue first)."""
    extractor = Extractor("paper", "reflect")
    names = [f"block{stage}/layers/conv2d{f'_{place}' if place else ''}/vars"
             for stage, count in VGG16.items() for place in range(count)]
    own = [layer for place, layer in enumerate(convolutions_of(extractor)) if place not in PASSING]
    for layer, name in zip(own, names, strict=True):
        layer.load_state_dict({"weight": state[f"{name}/0"].permute(3, 2, 0, 1),  # (out, in, H, W)
                               "bias": state[f"{name}/1"]})
    for place in PASSING:
        pass_on(convolutions_of(extractor)[place])
    blue_first = torch.eye(3).flip(0)
    see_normalised(own[0], 255 * blue_first, -torch.tensor(BGR))
    return extractor


@torch.no_grad()
def from_slim(state: State) -> Extractor:
    """Return the slim VGG-19 of a teacher whose first layer, 1×1, does the normalisation."""
    extractor = Extractor("slim", "reflect")
    convolutions = convolutions_of(extractor)
    for layer, name in zip(convolutions, SLIM, strict=True):
        layer.load_state_dict({part: state[f"conv{name}.{part}"] for part in ("weight", "bias")})
    see_normalised(convolutions[0], state["conv0.weight"][:, :, 0, 0], state["conv0.bias"])
    return extractor


@torch.no_grad()
def pass_on(layer: nn.Conv2d) -> None:
    """Give a convolution Dirac's kernel: its output is its input."""
    nn.init.dirac_(layer.weight)
    nn.init.zeros_(layer.get_parameter("bias"))


@torch.no_grad()
def see_normalised(layer: nn.Conv2d, colours: torch.Tensor, shift: torch.Tensor) -> None:
    """Let a first convolution take normalised pictures instead of `colours`·p + `shift`, p in 0…1.

    Where p = deviation·x + mean, both maps become part of its weights (out, 3, 3, 3) and bias.
    """
    wanted = colours * torch.tensor(DEVIATION)  # (3, 3): of x
    constant = colours @ torch.tensor(MEAN) + shift  # (3,)
    layer.get_parameter("bias").add_(torch.einsum("oihw,i->o", layer.weight, constant))
    layer.weight.copy_(torch.einsum("oihw,ij->ojhw", layer.weight, wanted))


BEGINNINGS = {"vgg16-bsds": from_vgg16, "vgg19-slim-teacher": from_slim}
SIZES: Mapping[str, str] = {"vgg16-bsds": "paper", "vgg19-slim-teacher": "slim"}
