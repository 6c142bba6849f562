"""The network that paints at once: its shape, its training, its command line; the extractors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from sights import CONTENT, STYLE, TINY, extractor, picture

from vision import checkpoints
from vision.errors import UserError
from vision.style import data, predict, train
from vision.style.evaluate import evaluate
from vision.style.features import extractor as extractors
from vision.style.models import ARCHITECTURES
from vision.style.models.vgg19 import Extractor
from vision.style.settings import BOOK, FAST
from vision.training.progress import Step


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> train.Config:
    """A tiny training on a folder of pictures, with the tiny extractor as the bundled one."""
    monkeypatch.setattr(train, "open_extractor", lambda name: extractor())
    monkeypatch.setattr(predict, "open_extractor", lambda name: extractor())
    (tmp_path / "own").mkdir()
    for seed in range(3):
        Image.fromarray(picture(seed)).save(tmp_path / "own" / f"{seed}.png")
    Image.fromarray(STYLE).save(tmp_path / "style.png")
    return train.Config(style=(tmp_path / "style.png",), contents=str(tmp_path / "own"),
                        size="tiny", steps=6, batch=2, side=64, style_side=64, precision="fp32",
                        save_every=2, output=tmp_path / "x.safetensors")


@pytest.mark.parametrize("size", ["tiny", "compact"])
@pytest.mark.parametrize("height, width", [(32, 32), (41, 66)])
def test_a_painting_has_the_size_of_its_content(size: str, height: int, width: int) -> None:
    net = ARCHITECTURES.build("forward", size=size)
    assert net(torch.randn(2, 3, height, width)).shape == (2, 3, height, width)


def test_its_size_is_the_published_one_and_what_ships_is_small() -> None:
    counts = {size: sum(p.numel() for p in ARCHITECTURES.build("forward", size=size).parameters())
              for size in ("paper", "compact")}
    assert counts["paper"] == 1_679_235  # of PyTorch's fast_neural_style example, as in the paper
    assert 2 * counts["compact"] < 2 * 10**6


def test_a_training_that_breaks_off_ends_as_if_nothing_had_happened(config: train.Config,
                                                                    tmp_path: Path) -> None:
    class Broken(Exception):
        pass

    def breaking(step: Step) -> None:
        if step.number == 5:
            raise Broken

    whole = load_file(train.train(config))
    config = replace(config, output=tmp_path / "broken.safetensors")
    with pytest.raises(Broken):
        train.train(config, breaking)
    numbers: list[int] = []
    broken = load_file(train.train(config, lambda step: numbers.append(step.number)))
    assert numbers == [5, 6] and whole.keys() == broken.keys()
    assert all(torch.equal(whole[name], broken[name]) for name in whole)


def test_training_lowers_the_loss_and_shows_paintings(config: train.Config) -> None:
    steps: list[Step] = []
    shown: list[np.ndarray] = []

    def on_step(step: Step) -> bool:
        steps.append(step)
        if step.number in (1, 20):
            shown.append(predict.paint(step.sample, CONTENT, 64))
        return step.number == 20

    path = train.train(replace(config, steps=40, learning_rate=1e-2), on_step)
    losses = [step.values["loss"] for step in steps]
    assert len(steps) == 20 and np.mean(losses[-5:]) < 0.8 * np.mean(losses[:5])
    assert shown[0].shape == (43, 64, 3) and not np.array_equal(*shown)
    model = predict.load(path)
    assert model.card.steps == 20 and model.card.data["styles"] == ["style"]
    assert str(config.contents) not in model.card.to_json()


def test_a_report_judges_every_painting_alike(config: train.Config) -> None:
    network = predict.load(train.train(replace(config, steps=1)))
    report = evaluate(extractor(), CONTENT, STYLE, replace(TINY, steps=(20,)), network)
    first, full, auto, once = report.rows
    assert first.losses["content"] == 0 and full.total < first.total
    assert auto.total == pytest.approx(full.total, rel=0.03)
    assert once.total > full.total and "network, one pass" in str(report)
    assert report.as_json()["rows"][1].as_json()["total"] == full.total


def test_the_command_line(cli: Callable[..., Any], config: train.Config, tmp_path: Path) -> None:
    content = tmp_path / "own" / "0.png"
    answer = cli("style", "predict", content, "--style", config.style[0], "--side", 64,
                 "--steps", 3, "--output", tmp_path / "out.png", "--json")
    steps = FAST.steps[0] + 3  # all at half the size
    assert answer.code == 0 and f'"steps": {steps}' in answer.out
    assert np.asarray(Image.open(tmp_path / "out.png")).shape == (43, 64, 3)
    path = train.train(replace(config, steps=1))
    at_once = cli("style", "predict", content, "--checkpoint", path, "--side", 80,
                  "--output", tmp_path / "once.png")
    assert at_once.code == 0 and Image.open(tmp_path / "once.png").size == (80, 53)
    for words, wanted in ((("--side", 64), "no style picture"),
                          (("--style", config.style[0], "--side", 9), "side"),
                          (("--checkpoint", tmp_path / "none.safetensors"), "no checkpoint")):
        wrong = cli("style", "predict", content, *words)
        assert wrong.code == 2 and wanted in wrong.err and "Traceback" not in wrong.err


def test_flags_change_the_last_pass_of_a_preset() -> None:
    chosen = predict.settings_of(predict.Config(Path("x"), preset="book", steps=7, side=600,
                                                tv_weight=1.0))
    assert (chosen.sides, chosen.steps) == ((225, 600), (500, 7))
    assert chosen.tv_weight == 1 and chosen.style_weight == BOOK.style_weight


@pytest.mark.parametrize("name", ["side", "steps"])
def test_a_flag_of_0_is_refused_and_not_left_out(name: str) -> None:
    with pytest.raises(UserError, match=f"(?i){name}.* 0"):
        predict.settings_of(replace(predict.Config(Path("x")), **{name: 0}))


def test_an_extractor_does_not_paint(tmp_path: Path) -> None:
    card = checkpoints.Card("style", "vgg19", {"size": "compact"})
    path = checkpoints.save(tmp_path / "vgg19.safetensors", extractor(), card)
    with pytest.raises(UserError, match="does not paint"):
        predict.load(path)


def test_contents_always_exist() -> None:
    contents = data.open_contents("photographs")
    assert len(contents) == len(data.PHOTOGRAPHS) and all(one.ndim == 3 for one in contents)
    first, again, other = (data.cut(contents, np.random.default_rng(seed), 48)
                           for seed in (0, 0, 1))
    assert first.shape == (3, 48, 48) and torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no pictures"):
        data.open_contents(str(tmp_path))
    with pytest.raises(UserError, match="no content source called"):
        data.open_contents("nothing")


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Extractor]:
    """Tiny "ImageNet weights" at an address on this disk; torch keeps them in an empty folder."""
    wanted = Extractor("compact")
    torch.save({**wanted.state_dict(), "classifier.0.bias": torch.zeros(1)}, tmp_path / "made.pth")
    digest = hashlib.sha256((tmp_path / "made.pth").read_bytes()).hexdigest()[:8]
    file = (tmp_path / "made.pth").rename(tmp_path / f"vgg19-{digest}.pth")
    monkeypatch.setattr(extractors, "_address", file.as_uri)
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    monkeypatch.setattr(extractors, "Extractor", lambda size: Extractor("compact"))
    extractors._imagenet.cache_clear()
    yield wanted
    extractors._imagenet.cache_clear()


def test_imagenet_weights_are_fetched_when_asked_for(published: Extractor) -> None:
    with pytest.raises(UserError, match="not on this machine"):
        extractors.open_extractor("imagenet")
    told: list[float] = []
    path = extractors.fetch_imagenet(told.append)
    assert told[-1] == 1 and told == sorted(told) and path == extractors.imagenet_path()
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    found = extractors.open_extractor("imagenet").state_dict()
    assert all(torch.equal(found[name], tensor)
               for name, tensor in published.state_dict().items())


def test_weights_that_cannot_be_fetched_are_told(published: Extractor, tmp_path: Path,
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("file:///nowhere/vgg19-01234567.pth",
                    (tmp_path / "vgg19-01234567.pth").as_uri()):
        (tmp_path / "vgg19-01234567.pth").write_bytes(b"something else")
        monkeypatch.setattr(extractors, "_address", lambda address=address: address)
        with pytest.raises(UserError, match="could not be fetched"):
            extractors.fetch_imagenet()
        assert not any(extractors.imagenet_path().parent.iterdir())


def test_unknown_extractors_are_told() -> None:
    with pytest.raises(UserError, match="did you mean 'bundled'"):
        extractors.open_extractor("bundeld")
