"""Losses, convolutions and colours, each against a plain second way to compute it."""

from __future__ import annotations

import numpy as np
import plain_loop
import pytest
import torch
from sights import extractor, picture
from torch import nn
from torchvision.models.vgg import cfgs, make_layers

from vision.style import colours, losses
from vision.style.data import normalise, size_at, to_picture, to_tensor
from vision.style.features.convolution import Convolution
from vision.style.features.vgg_features import VggFeatures
from vision.style.settings import LAYERS


def test_gram_is_the_sum_over_places() -> None:
    x = torch.randn(2, 3, 4, 5)
    found = losses.gram(x)
    for n in range(2):
        for i in range(3):
            for j in range(3):
                wanted = sum(float(x[n, i, h, w] * x[n, j, h, w])
                             for h in range(4) for w in range(5)) / (3 * 4 * 5)
                assert float(found[n, i, j]) == pytest.approx(wanted, rel=1e-4, abs=1e-6)


def test_gram_of_a_region_is_that_of_the_region_cut_out() -> None:
    x, mask = torch.randn(1, 3, 4, 6), torch.zeros(1, 1, 4, 6)
    mask[..., 2:] = 1
    assert torch.allclose(losses.gram(x, mask), losses.gram(x[..., 2:]), atol=1e-6)


@pytest.mark.parametrize("masked", [False, True])
def test_the_slope_of_gram_is_autograds(masked: bool) -> None:
    torch.manual_seed(0)
    x, target = torch.randn(2, 4, 3, 5, requires_grad=True), torch.randn(2, 4, 4)
    mask = torch.rand(1, 1, 3, 5) if masked else None
    weights = torch.ones(1, 1, 3, 5) if mask is None else mask
    plain = torch.einsum("nihw,njhw->nij", x * weights, x) / (4 * weights.sum())
    pair = [torch.autograd.grad(((gram - target) ** 3).sum(), x)[0]
            for gram in (losses.gram(x, mask), plain)]
    assert torch.allclose(*pair, rtol=1e-4, atol=1e-6)


def test_a_region_may_be_part_of_one_place_or_nothing() -> None:
    """Places that weigh 0.25 each in all 0.5 mean what whole ones do; of nothing it is 0."""
    x, mask = torch.randn(1, 3, 4, 6), torch.zeros(1, 1, 4, 6)
    assert torch.equal(losses.gram(x, mask), torch.zeros(1, 3, 3))
    mask[..., 1, 2:4] = 0.25
    wanted = losses.gram(x[:, :, 1:2, 2:4])
    assert torch.allclose(losses.gram(x, mask), wanted, atol=1e-6)


def test_half_precision_features_are_compared_in_full_precision() -> None:
    """In bfloat16 300 + 1 is 300: sums of squares that are wrong in the third digit."""
    x, target = (torch.randn(2, 4, 16, 16).bfloat16() for _ in range(2))
    wanted = (x.double() - target.double()).square().mean((1, 2, 3)).float()
    assert torch.allclose(losses.content_loss(x, target), wanted, rtol=1e-5)
    x.requires_grad_()
    mask = torch.rand(1, 1, 16, 16).bfloat16()
    found = losses.gram(x, mask)
    assert found.dtype == torch.float32
    assert torch.autograd.grad(found.sum(), x)[0].dtype == torch.bfloat16
    weighed = losses.gram(x.float(), mask.float())
    assert torch.allclose(found, weighed, rtol=0.02, atol=0.02)
    assert torch.allclose(losses.gram(x, mask.float()), found, rtol=0.01, atol=0.01)


def test_losses_are_the_books_for_each_picture_of_a_batch() -> None:
    x, target = torch.randn(3, 3, 7, 6), torch.randn(1, 3, 7, 6)
    content, tv = losses.content_loss(x, target), losses.tv_loss(x)
    style = losses.style_loss(losses.gram(x), losses.gram(target))
    for n in range(3):
        own = plain_loop.matrix_of(x[n : n + 1]) - plain_loop.matrix_of(target)
        assert float(style[n]) == pytest.approx(float((own**2).mean()), rel=1e-4)
        assert float(content[n]) == pytest.approx(float(((x[n] - target[0]) ** 2).mean()))
        assert float(tv[n]) == pytest.approx(float(plain_loop.variation(x[n : n + 1])), rel=1e-5)


@pytest.mark.parametrize("padding", ["zeros", "reflect"])
@pytest.mark.parametrize("rectified", [False, True])
@pytest.mark.parametrize("inputs, outputs, size", [(3, 16, (9, 11)), (16, 8, (2, 3))])
def test_the_fast_convolution_is_the_usual_one(padding: str, rectified: bool, inputs: int,
                                               outputs: int, size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    layer = nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode=padding).requires_grad_(False)
    x = torch.randn(2, inputs, *size).to(memory_format=torch.channels_last).requires_grad_()
    slope = torch.randn(2, outputs, *size)
    wanted = layer(x).relu() if rectified else layer(x)
    found = Convolution(layer.to(memory_format=torch.channels_last), rectified)(x)
    assert torch.allclose(found, wanted, atol=1e-5)
    slopes = [torch.autograd.grad(y, x, slope)[0] for y in (found, wanted)]
    assert torch.allclose(*slopes, atol=1e-5)


def test_an_extractor_sees_what_torchvisions_network_gives_the_books_loop() -> None:
    torch.manual_seed(0)
    net = make_layers(cfgs["E"])[:29].requires_grad_(False)
    vgg = VggFeatures(net, (0, 5, 10, 19, 25, 28))
    x = torch.randn(1, 3, 40, 48)
    found = vgg(x)
    contents, styles = plain_loop.extract(net, x)
    wanted = dict(zip([*plain_loop.STYLE_LAYERS, 25], [*styles, *contents], strict=True))
    assert found.keys() == wanted.keys()
    for number, features in wanted.items():
        assert torch.allclose(found[number], features, rtol=1e-3, atol=1e-5), number
    assert found[28].min() < 0 <= found[25].min()  # only the deepest is not rectified
    assert set(LAYERS) == {n for n, layer in enumerate(net) if isinstance(layer, nn.Conv2d)}


def test_a_sight_is_no_deeper_than_asked_and_may_average() -> None:
    features = extractor().features
    assert max(VggFeatures(features, (5,)).steps) == 5
    x = torch.rand(1, 3, 32, 32)
    first = VggFeatures(features, (0, 2))(x)[2].relu()
    averaged, largest = (VggFeatures(features, (5,), pooling)(x)[5]
                         for pooling in ("average", "max"))
    layer = features[5]
    assert torch.allclose(averaged, layer(nn.functional.avg_pool2d(first, 2)), atol=1e-4)
    assert torch.allclose(largest, layer(nn.functional.max_pool2d(first, 2)), atol=1e-4)


def test_pictures_go_in_and_come_out() -> None:
    small = picture(3, 40, 60)
    x = to_tensor(small, (40, 60))
    assert (to_picture(x) == small).all()
    wanted = (torch.from_numpy(small[5, 7]) / 255 - torch.tensor([0.485, 0.456, 0.406])
              ) / torch.tensor([0.229, 0.224, 0.225])
    assert torch.allclose(x[0, :, 5, 7], wanted, atol=1e-6)
    assert to_picture(normalise(torch.full((1, 3, 2, 2), 255)) * 9).max() == 255
    assert size_at(small, 30) == (32, 48) and size_at(small, 600) == (400, 600)


def test_matched_colours_have_the_contents_mean_and_covariance() -> None:
    random = np.random.default_rng(0)
    content = (random.normal(120, 12, (60, 60, 3)) + random.normal(0, 15, (60, 60, 1)))
    style = random.normal((90, 140, 110), (30, 15, 22), (50, 70, 3))
    content, style = (values.clip(0, 255).astype(np.uint8) for values in (content, style))
    found = colours.matched(style, content).reshape(-1, 3).astype(float)
    wanted = content.reshape(-1, 3).astype(float)
    assert np.allclose(found.mean(0), wanted.mean(0), atol=0.5)
    assert np.allclose(np.cov(found.T), np.cov(wanted.T), rtol=0.03, atol=3)


def test_luminance_changes_no_colour_differences() -> None:
    content = np.full((4, 4, 3), (90, 120, 150), np.uint8)
    painted = np.full((4, 4, 3), (140, 140, 140), np.uint8)
    found = colours.coloured(painted, content)
    assert abs(colours.luminance(found).mean() - 140) < 1
    assert (found[..., 2].astype(int) - found[..., 0] == 60).all()
    grey = colours.grey_like(picture(4), content)
    assert (grey == grey[..., :1]).all() and abs(grey.mean() - colours.luminance(content)[0, 0]) < 1
