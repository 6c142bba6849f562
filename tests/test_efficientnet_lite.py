"""EfficientNet-Lite0's body: against the public weights' own answers, and its own dilated form."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from vision.data import pretrained
from vision.efficientnet_lite import PUBLIC, WIDTHS, EfficientNetLite, Same, take_public
from vision.segmentation.models.encoders import Lite
from vision.segmentation.predict import to_tensor

SEEN = {"chelsea": {281, 282, 285}, "coffee": {967, 504}, "rocket": {657, 744}}
"""Photographs of scikit-image, and the places of their names among ImageNet's thousand: tabby,
tiger and Egyptian cat; espresso, coffee mug; missile, projectile."""


def test_maps_have_strides_2_to_32() -> None:
    with torch.device("meta"):
        maps = EfficientNetLite()(torch.empty(1, 3, 64, 96))
    assert [tuple(each.shape) for each in maps] == [
        (1, width, 64 // stride, 96 // stride)
        for width, stride in zip(WIDTHS, (2, 4, 8, 16, 32), strict=True)]


def test_it_sees_pictures_as_the_public_network_did() -> None:
    encoder, seen = Lite(), []
    encoder.body.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    picture = np.arange(256, dtype=np.uint8).repeat(16).reshape(64, 64)[..., None].repeat(3, 2)
    with torch.inference_mode():
        encoder.eval()(to_tensor(picture))
    wanted = (torch.from_numpy(picture).float() - 127) / 128
    torch.testing.assert_close(seen[0][0].permute(1, 2, 0), wanted)


def test_a_stride_of_16_dilates_with_the_same_weights() -> None:
    """Of a map that is the same everywhere, a dilated network sees what the other one sees."""
    torch.manual_seed(0)
    plain, dilated = EfficientNetLite().eval(), EfficientNetLite(stride=16).eval()
    dilated.load_state_dict(plain.state_dict())
    with torch.inference_mode():
        maps = plain(torch.ones(1, 3, 256, 256))
        others = dilated(torch.ones(1, 3, 256, 256))
    assert [each.shape[-1] for each in others] == [128, 64, 32, 16, 16]
    for one, other in zip(maps[:4], others[:4], strict=True):
        assert torch.equal(one, other)
    assert torch.allclose(maps[4].mean((2, 3)), others[4].mean((2, 3)), rtol=0.3, atol=0.3)


@pytest.mark.parametrize(("kernel", "stride", "dilation"), [
    (3, 1, 1), (3, 2, 1), (5, 2, 1), (5, 1, 2), (3, 1, 2)])
def test_padding_is_tensorflows(kernel: int, stride: int, dilation: int) -> None:
    """As many zeros as needed, the odd one behind; here the pad is made by hand."""
    layer = Same(2, 4, kernel, stride, kernel // 2 * dilation, dilation, bias=False)
    x = torch.randn(1, 2, 12, 16)
    reach = dilation * (kernel - 1) + 1
    total = [max((size // stride - 1) * stride + reach - size, 0) for size in (16, 12)]
    padded = functional.pad(x, [part for each in total for part in (each // 2, each - each // 2)])
    wanted = functional.conv2d(padded, layer.weight, None, stride, 0, dilation)
    assert torch.allclose(layer(x), wanted, atol=1e-6)


def test_grey_pictures_see_the_sum_of_the_colours() -> None:
    colour, grey = EfficientNetLite(), EfficientNetLite(channels=1)
    take_public(grey, colour.state_dict())
    picture = torch.randn(1, 1, 32, 32)
    with torch.inference_mode():
        wanted = colour.stem[0](picture.expand(-1, 3, -1, -1)) / 2
        assert torch.allclose(grey.stem[0](picture), wanted, atol=1e-5)


@pytest.mark.data
def test_photographs_get_their_imagenet_names() -> None:
    """The public head on our body, behind the encoder's own scaling: the first five names."""
    data = pytest.importorskip("skimage.data")
    if not pretrained.present(PUBLIC):
        pytest.skip(f"{PUBLIC} is not here")
    weights = pretrained.read(PUBLIC)
    encoder = Lite(finest=2).eval()
    take_public(encoder.body, weights)
    for name, wanted in SEEN.items():
        picture = square(getattr(data, name)())
        with torch.inference_mode():
            last = encoder(to_tensor(picture))[-1]  # (1, 320, 7, 7)
            best = head(weights, last)[0].topk(5).indices.tolist()
        assert wanted & set(best), f"{name}: {best}"


def square(picture: np.ndarray) -> np.ndarray:
    """Return the middle of a picture at 224×224."""
    import cv2

    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    return cv2.resize(picture[top:top + side, left:left + side, :3], (224, 224),
                      interpolation=cv2.INTER_AREA)


def head(weights: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """Return the public classifier's scores (1, 1000) from the body's last map."""
    norm = nn.BatchNorm2d(1280, eps=1e-3).eval()
    norm.load_state_dict({name.removeprefix("_bn1."): value for name, value in weights.items()
                          if name.startswith("_bn1.")})
    y = functional.relu6(norm(functional.conv2d(x, weights["_conv_head.weight"])))
    return functional.linear(y.mean((2, 3)), weights["_fc.weight"], weights["_fc.bias"])


def test_one_channel_alone_learns_in_full_precision() -> None:
    torch.manual_seed(0)
    alone = Same(8, 8, 5, 2, 2, 1, 8, bias=False)
    x = torch.randn(2, 8, 16, 16).to(torch.bfloat16)
    with torch.autocast("cpu", torch.bfloat16):
        found = alone(x)
    assert found.dtype == torch.bfloat16
    found.float().square().sum().backward()
    weight = alone.weight.detach().clone().requires_grad_()
    sharp = functional.conv2d(functional.pad(x.float(), (1, 2, 1, 2)), weight, stride=2, groups=8)
    sharp.backward(2 * found.detach().float())
    torch.testing.assert_close(alone.weight.grad, weight.grad, rtol=0.0, atol=0.0)
