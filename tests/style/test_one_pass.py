"""Networks that paint in one pass, told a style as a vector: several learnt ones, or any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sights import CONTENT, STYLE, extractor, picture

from vision import checkpoints
from vision.errors import UserError
from vision.style import predict, train
from vision.style.features.vgg_features import POOLS, VggFeatures
from vision.style.models import ARCHITECTURES
from vision.style.models.styled import StyledNorm
from vision.style.objectives.targets import LEARNT, Targets
from vision.style.taught_styles import TaughtStyles, part
from vision.training.progress import Step
from vision.training.run import Run


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> train.Config:
    """A tiny training by two styles on a folder of pictures, seen by the tiny extractor."""
    monkeypatch.setattr(train, "open_extractor", lambda name: extractor())
    (tmp_path / "own").mkdir()
    for seed in range(3):
        Image.fromarray(picture(seed)).save(tmp_path / "own" / f"{seed}.png")
    styles = (tmp_path / "bright.png", tmp_path / "dark.png")
    for path, pixels in zip(styles, (STYLE, 255 - STYLE), strict=True):
        Image.fromarray(pixels).save(path)
    return train.Config(arch="any_style", style=styles, contents=str(tmp_path / "own"),
                        size="tiny", steps=2, batch=2, side=64, style_side=64, precision="fp32",
                        output=tmp_path / "x.safetensors")


def targets() -> Targets:
    layers = (*LEARNT.content_layers, *LEARNT.style_layers)
    torch.manual_seed(0)
    return Targets(VggFeatures(extractor().get_submodule("features"), layers),
                   torch.randn(3, 3, 64, 64))


def test_a_norm_without_a_style_is_plain_and_a_mixture_lies_between() -> None:
    norm, x = StyledNorm(4, 2), torch.randn(1, 4, 8, 8)
    plain = torch.nn.functional.instance_norm(x)
    torch.testing.assert_close(norm(x, torch.zeros(1, 2)), plain)
    torch.nn.init.normal_(norm.gain)
    torch.nn.init.normal_(norm.shift)
    first, second, half = (norm(x, torch.tensor([mixture]))
                           for mixture in ((1.0, 0.0), (0.0, 1.0), (0.5, 0.5)))
    torch.testing.assert_close(first, plain * (1 + norm.gain[0, :, None, None])
                               + norm.shift[0, :, None, None])
    torch.testing.assert_close(half, (first + second) / 2)


def test_photographs_are_1_away_from_a_style_and_the_style_is_0() -> None:
    found, style = targets(), 2 + torch.randn(1, 3, 64, 64).cumsum(3) / 4
    grams = found.grams_of(style)
    one = {layer: matrix.expand(3, -1, -1) for layer, matrix in grams.items()}
    photographs = found.objective.base
    shares = found.shares(photographs, photographs, one)
    assert shares[1].mean() == pytest.approx(1, abs=1e-4) and (shares[0] == 0).all()
    assert found.shares(style, style, grams)[1, 0] == pytest.approx(0, abs=1e-5)


def test_a_painter_keeps_what_conv3_3_sees_and_pools_by_means(config: train.Config) -> None:
    found = train.make_targets(config, Run(config), [CONTENT] * 2).objective
    assert set(found.content) == {14} and found.vgg.pool is POOLS["average"]


def test_each_picture_of_a_step_has_a_style_of_its_own() -> None:
    vectors = torch.eye(4)
    grams = [{0: torch.full((1, 2, 2), float(style))} for style in range(4)]
    styles = TaughtStyles(vectors, grams, seed=0)
    told, asked = styles.batch(7, 4, slice(None))
    assert sorted(told.argmax(1).tolist()) == [0, 1, 2, 3]
    assert asked[0][:, 0, 0].tolist() == told.argmax(1).tolist()
    assert torch.equal(styles.batch(7, 4, slice(2, 4))[0], told[2:])


def test_a_part_of_a_style_picture_has_one_size_whatever_it_shows() -> None:
    found = [part(np.random.default_rng(seed), picture(seed), 80) for seed in range(3)]
    assert {tuple(one.shape) for one in found} == {(1, 3, 48, 48)}
    assert not torch.equal(found[0], found[1])


@pytest.mark.parametrize("height, width", [(32, 32), (41, 66)])
def test_any_style_paints_in_the_size_of_the_content(height: int, width: int) -> None:
    net = ARCHITECTURES.build("any_style", size="tiny")
    style = net.statistics(torch.randn(2, 3, 40, 56))
    assert net(torch.randn(2, 3, height, width), style).shape == (2, 3, height, width)


def test_statistics_forget_places_and_see_what_the_extractor_sees() -> None:
    net = ARCHITECTURES.build("any_style", size="tiny")
    seen = extractor()
    x = torch.randn(1, 3, 64, 64)
    found = net.begin(seen.get_submodule("features"), [x, x.flip(3), 2 * x])
    features = net.encoder[:2](x).mean((0, 2, 3)).detach()  # (8,)
    torch.testing.assert_close(found[0, : len(features)].expm1(), features)
    assert torch.equal(net.encoder[0].weight, seen.get_submodule("features.0").weight)
    assert (found[0] - found[2]).abs().max() > 0.1 and torch.equal(net.middle, found.mean(0))


def test_what_ships_is_small() -> None:
    net = ARCHITECTURES.build("any_style")
    assert sum(weights.numel() for weights in net.parameters()) < 10**6  # a byte each


@pytest.mark.parametrize("arch", ["forward", "any_style"])
def test_training_comes_nearer_to_the_styles(config: train.Config, arch: str) -> None:
    steps: list[Step] = []
    path = train.train(replace(config, arch=arch, steps=16, learning_rate=1e-3), steps.append)
    losses = [step.values["loss"] for step in steps]
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])
    model = predict.load(path)
    assert model.card.data["styles"] == ["bright", "dark"] and model.card.data["style_side"] == 64
    if arch == "any_style":
        trained = model.module.get_submodule("encoder").state_dict()
        seen = extractor().get_submodule("features").state_dict()
        assert all(torch.allclose(trained[name], seen[name], atol=0.02) for name in trained)


def test_a_broken_off_training_of_any_style_ends_alike(config: train.Config, tmp_path: Path
                                                       ) -> None:
    class Broken(Exception):
        pass

    def breaking(step: Step) -> None:
        if step.number == 3:
            raise Broken

    config = replace(config, steps=4, save_every=2)
    whole = predict.load(train.train(config)).module.state_dict()
    config = replace(config, output=tmp_path / "broken.safetensors")
    with pytest.raises(Broken):
        train.train(config, breaking)
    broken = predict.load(train.train(config)).module.state_dict()
    assert all(torch.equal(whole[name], broken[name]) for name in whole)


def test_alpha_goes_from_the_content_to_the_style(config: train.Config) -> None:
    model = predict.load(train.train(config))
    own, half, full = (predict.told(model, CONTENT, STYLE, alpha) for alpha in (0, 0.5, 1))
    torch.testing.assert_close(half, (own + full) / 2)
    torch.testing.assert_close(own, predict.told(model, CONTENT, CONTENT, 1))
    first, second = (predict.predict(model, CONTENT, 64, style).picture
                     for style in (STYLE, 255 - STYLE))
    assert first.shape == (43, 64, 3) and not np.array_equal(first, second)
    with pytest.raises(UserError, match="no style picture"):
        predict.predict(model, CONTENT, 64)
    with pytest.raises(UserError, match="alpha"):
        predict.predict(model, CONTENT, 64, STYLE, alpha=1.5)


def test_learnt_styles_are_known_by_name(config: train.Config, cli: Callable[..., Any],
                                         tmp_path: Path) -> None:
    model = predict.load(train.train(replace(config, arch="forward")))
    assert predict.styles_of(model.card) == ["bright", "dark"]
    bright, dark, first = (predict.predict(model, CONTENT, 64, style).picture
                           for style in ("bright", "dark", None))
    assert np.array_equal(bright, first) and not np.array_equal(bright, dark)
    with pytest.raises(UserError, match="no style called 'drak'"):
        predict.predict(model, CONTENT, 64, "drak")
    content = tmp_path / "own" / "0.png"
    answer = cli("style", "predict", content, "--checkpoint", config.output, "--style",
                 "dark.png", "--side", 64, "--output", tmp_path / "dark-painting.png")
    assert answer.code == 0


def test_a_training_goes_on_from_a_network_of_the_same_kind(config: train.Config, tmp_path: Path
                                                            ) -> None:
    first = train.train(config)
    again = replace(config, start=first, steps=1, learning_rate=1e-7, seed=1,
                    output=tmp_path / "again.safetensors")
    whole, still = (predict.load(path) for path in (first, train.train(again)))
    for name, weights in whole.module.state_dict().items():
        torch.testing.assert_close(still.module.state_dict()[name], weights, atol=0.01, rtol=0.02)
    assert still.card.metrics["made_from"] == [whole.card.command]
    with pytest.raises(UserError, match="holds a 'any_style") as caught:
        train.train(replace(again, arch="forward"))
    assert "forward (size tiny, styles 2)" in str(caught.value)


def test_a_training_without_a_style_is_told(config: train.Config) -> None:
    with pytest.raises(UserError, match="no style picture"):
        train.train(replace(config, style=()))


def test_a_network_that_ships_says_by_which_styles_it_learnt() -> None:
    for path in checkpoints.shipped("style"):
        card = checkpoints.read_card(path)
        assert ("styles" in card.data) == (card.arch != "vgg19")
