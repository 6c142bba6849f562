"""The networks that see: out of public weights, balanced, taught, and judged by other networks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from sights import CONTENT, STYLE, TINY, extractor, picture
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn import functional

from vision import checkpoints
from vision.data import pretrained
from vision.errors import UserError
from vision.style import other_eyes
from vision.style.data import normalise
from vision.style.evaluate import evaluate
from vision.style.features import teachers, train, warm_start
from vision.style.features.balance import balance
from vision.style.features.teachers import LAYERS
from vision.style.losses import gram, style_loss
from vision.style.models import ARCHITECTURES
from vision.style.models.vgg19 import Extractor, convolutions_of
from vision.style.scene import Scene
from vision.style.transfer import transfer

PICTURES = np.stack([picture(seed, 48, 64) for seed in range(4)])
PIXELS = torch.from_numpy(PICTURES).permute(0, 3, 1, 2)  # (4, 3, 48, 64)


def vgg16_state(width: int = 64) -> dict[str, torch.Tensor]:
    """Random weights as the Keras file has them, in which the widths are published ones."""
    torch.manual_seed(3)
    state, inputs = {}, 3
    for stage, count in warm_start.VGG16.items():
        outputs = min(width * 2 ** (stage - 1), 8 * width)
        for place in range(count):
            name = f"block{stage}/layers/conv2d{f'_{place}' if place else ''}/vars"
            state[f"{name}/0"] = torch.randn(3, 3, inputs, outputs) * (2 / (9 * inputs)) ** 0.5
            state[f"{name}/1"] = torch.randn(outputs)
            inputs = outputs
    return state


def slim_state() -> dict[str, torch.Tensor]:
    """Random weights as the slim teacher's file has them."""
    torch.manual_seed(4)
    state, inputs = {"conv0.weight": 255 * torch.eye(3).flip(0)[..., None, None],
                     "conv0.bias": torch.tensor([-104.0, -117.0, -123.0])}, 3
    for name in warm_start.SLIM:
        outputs = min(16 * 2 ** (int(name[0]) - 1), 128)
        state[f"conv{name}.weight"] = torch.randn(outputs, inputs, 3, 3) * (
            2 / (9 * inputs)) ** 0.5
        state[f"conv{name}.bias"] = torch.randn(outputs)
        inputs = outputs
    for name in teachers.WIDENED.values():
        width = len(state[f"conv{name}.bias"])
        state[f"conv{name}_aux.weight"] = torch.randn(4 * width, width, 1, 1) / width
        state[f"conv{name}_aux.bias"] = torch.randn(4 * width)
    return state


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the slim teacher be a random network of its shape, and every network be here."""
    monkeypatch.setattr(pretrained, "read", lambda name: slim_state())
    monkeypatch.setattr(pretrained, "present", lambda name: name == "vgg19-slim-teacher")


def test_a_dirac_kernel_behind_a_relu_changes_nothing() -> None:
    layer = nn.Conv2d(8, 8, 3, padding=1, padding_mode="reflect")
    warm_start.pass_on(layer)
    x = torch.randn(2, 8, 7, 9)
    assert torch.equal(layer(x.relu()).relu(), x.relu())
    assert not torch.equal(layer(x).relu(), x), "without the ReLU before it, it does"


def test_vgg19_out_of_vgg16_sees_what_keras_would() -> None:
    state = vgg16_state()
    found = teachers.features(warm_start.from_vgg16(state).eval(), normalise(PIXELS))
    x = PIXELS.flip(1).float() - torch.tensor([104.00699, 116.66877, 122.67892])[:, None, None]
    wanted, number = {}, 0
    for stage, count in warm_start.VGG16.items():  # VGG-16 as Keras has it, blue first
        for place in range(count):
            name = f"block{stage}/layers/conv2d{f'_{place}' if place else ''}/vars"
            kernel = torch.from_numpy(np.ascontiguousarray(
                state[f"{name}/0"].numpy().transpose(3, 2, 0, 1)))
            x = functional.conv2d(functional.pad(x, (1,) * 4, "reflect"), kernel,
                                  state[f"{name}/1"]).relu()
            wanted[number] = x
            number += 2
        if stage in (3, 4):
            wanted[number] = x  # conv3_4 and conv4_4 pass on what they are given
            number += 2
        x = functional.max_pool2d(x, 2)
        number += 1
    for layer in LAYERS:
        scale = float(wanted[layer].abs().max())
        assert torch.allclose(found[layer], wanted[layer], atol=1e-4 * scale), layer


def test_the_slim_network_sees_what_its_teacher_does() -> None:
    state = slim_state()
    found = teachers.features(warm_start.from_slim(state).eval(), normalise(PIXELS))
    x = functional.conv2d(PIXELS.float() / 255, state["conv0.weight"], state["conv0.bias"])
    for name, number in zip(warm_start.SLIM, (0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28),
                            strict=True):
        x = functional.conv2d(functional.pad(x, (1,) * 4, "reflect"), state[f"conv{name}.weight"],
                              state[f"conv{name}.bias"]).relu()
        if number in LAYERS:
            assert torch.allclose(found[number], x, rtol=1e-3, atol=1e-3 * float(x.max())), name
        x = functional.max_pool2d(x, 2) if name in ("12", "22", "34", "44") else x


@torch.no_grad()
@pytest.mark.parametrize("size", ["compact", "slim"])
def test_every_layer_counts_alike_in_every_network(size: str) -> None:
    torch.manual_seed(1)
    net, x = Extractor(size, "reflect").eval(), normalise(PIXELS)
    before = teachers.features(net, x)
    balance(net, x, 0.5)
    after = teachers.features(net, x)
    share = 64 / net.features[0].out_channels
    for layer in LAYERS[:-1]:  # the last one is balanced without its ReLU
        matrices = gram(after[layer])
        loss = style_loss(matrices, matrices.roll(1, 0)).mean() / share**2
        assert float(loss) == pytest.approx(0.5, rel=1e-3)
        ratio = after[layer].norm() / before[layer].norm()
        assert torch.allclose(after[layer], ratio * before[layer], rtol=1e-3, atol=1e-3)


def test_a_slim_networks_style_counts_as_a_full_ones() -> None:
    def wide(times: int) -> Extractor:
        """A network whose channels are all there `times` over."""
        net = Extractor({1: "compact", 2: "slim"}[times]).eval()
        for own, other in zip(convolutions_of(net), convolutions_of(extractor()), strict=True):
            repeats = (times, 1 if own.in_channels == 3 else times, 1, 1)
            share = 1 if own.in_channels == 3 else times
            own.weight.data = other.weight.data.repeat(repeats) / share
            own.bias.data = other.bias.data.repeat(times)
        return net

    losses = [next(transfer(wide(times), CONTENT, [STYLE], TINY)).losses for times in (1, 2)]
    for name in ("content", "style"):
        assert losses[0][name] == pytest.approx(losses[1][name], rel=1e-3, abs=1e-6)


def test_a_canvas_is_mirrored_beyond_its_edges_and_cut_again() -> None:
    scene = Scene.of(CONTENT, [STYLE], replace(TINY, margin=5))
    canvas = scene.canvas(CONTENT, (64, 96))
    assert canvas.shape == (1, 3, 74, 106)
    assert torch.equal(canvas[..., 4, 5:-5], canvas[..., 6, 5:-5])
    assert np.array_equal(scene.finished(canvas), CONTENT)
    mask = np.zeros(CONTENT.shape[:2], np.uint8)
    mask[:, :48] = 1
    settings = replace(TINY, sides=(96,), margin=5)
    *_, last = transfer(extractor(), CONTENT, [STYLE], settings, mask=mask)
    assert np.array_equal(last.picture[:, 48:], CONTENT[:, 48:])
    assert not np.array_equal(last.picture[:, :48], CONTENT[:, :48])


class Far:
    """What sees on a GPU."""

    device = torch.device("cuda")

    def __call__(self, x: torch.Tensor) -> dict[int, torch.Tensor]:
        assert x.device.type == "cuda"
        return {0: x}


def test_a_teacher_on_a_gpu_tells_a_pupil_that_is_not_there_yet(public: None,
                                                                monkeypatch: pytest.MonkeyPatch
                                                                ) -> None:
    monkeypatch.setattr(teachers, "begin", lambda name: Extractor("compact"))
    monkeypatch.setattr(teachers, "VggFeatures", lambda *args, **settings: Far())
    teacher = teachers.Teacher("vgg16-bsds")
    with FakeTensorMode():  # of a GPU nothing but its name has to be here
        assert teacher(torch.zeros(1, 3, 8, 8))[0].device.type == "cpu"


@torch.no_grad()
def test_maps_that_are_fitted_explain_what_is_linear(public: None) -> None:
    teacher = teachers.Teacher("vgg19-slim-teacher")
    pupil = teachers.Pupil(warm_start.begin("vgg19-slim-teacher"), teachers.widths_of([teacher]))
    x = normalise(PIXELS)
    teachers.fit(pupil, [teacher], [x])
    losses = {layer: float(teachers.unexplained(
        pupil(x)[f"vgg19-slim-teacher:{layer}"], seen)) for layer, seen in teacher(x).items()}
    assert losses[25] < 1e-3, "its own features, for this layer has no wider ones"
    assert max(losses.values()) < 0.9


@pytest.fixture
def config(tmp_path: Path, public: None) -> train.Config:
    (tmp_path / "own").mkdir()
    for seed in range(4):
        Image.fromarray(picture(seed)).save(tmp_path / "own" / f"{seed}.png")
    return train.Config(
        size="compact", teacher=("vgg19-slim-teacher",), photographs=str(tmp_path / "own"),
        side=32, batch=2, steps=4, precision="fp32", save_every=2,
        output=tmp_path / "x.safetensors")


def test_a_pupil_learns_what_its_teacher_sees(config: train.Config) -> None:
    losses = []
    path = train.train(replace(config, steps=30, learning_rate=1e-3),
                                 lambda step: losses.append(step.values["vgg19-slim-teacher"]))
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])
    model = checkpoints.load(path, ARCHITECTURES)
    assert model.card.data["teachers"] == ["vgg19-slim-teacher"]
    assert "MIT" in model.card.data["licences"].values()
    assert 0 < model.card.metrics["unexplained"]["vgg19-slim-teacher"] < 10
    assert model.module.features[0].padding_mode == "reflect"


def test_a_teaching_that_breaks_off_ends_as_if_nothing_had_happened(
        config: train.Config, tmp_path: Path) -> None:
    class Broken(Exception):
        pass

    def breaking(step: object) -> None:
        if step.number == 3:
            raise Broken

    whole = train.train(replace(config, output=tmp_path / "whole.safetensors"))
    with pytest.raises(Broken):
        train.train(config, breaking)
    torn = train.train(config)
    first, second = (checkpoints.load(path, ARCHITECTURES).module.state_dict()
                     for path in (whole, torn))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_without_a_step_it_stays_as_it_begins(config: train.Config) -> None:
    path = train.train(replace(config, size="slim", begin="vgg19-slim-teacher", steps=0))
    model, begun = checkpoints.load(path, ARCHITECTURES), warm_start.from_slim(slim_state())
    assert model.card.data["begins_with"] == "vgg19-slim-teacher"
    assert model.card.data["teachers"] == []
    x = normalise(PIXELS)
    pair = [teachers.features(net.eval(), x)[19] for net in (model.module, begun)]
    same = torch.corrcoef(torch.stack([one.flatten() for one in pair]))[0, 1]
    assert same > 0.999  # but for its scale and 8 bits


def test_a_beginning_of_another_size_is_told(config: train.Config) -> None:
    with pytest.raises(UserError, match="'vgg16-bsds' has the size 'paper', not 'compact'"):
        train.train(replace(config, begin="vgg16-bsds"))


def test_photographs_are_held_back_to_measure_with() -> None:
    learnt, measured = train.split([np.full((1, 1), number) for number in range(25)])
    assert [int(one[0, 0]) for one in measured] == [0, 10, 20]
    assert len(learnt) == 22 and not {int(one[0, 0]) for one in learnt} & {0, 10, 20}


def test_others_are_asked_what_they_see(public: None) -> None:
    scene = Scene.of(CONTENT, [STYLE], replace(TINY, sides=(96,)))
    untouched = other_eyes.seen_by("vgg19-slim-teacher", scene, CONTENT)
    assert untouched.style == pytest.approx(1) and untouched.content == pytest.approx(0, abs=1e-6)
    own = other_eyes.seen_by("vgg19-slim-teacher", scene, picture(2, 64, 96))
    assert own.content > 0.01
    report = evaluate(extractor(), CONTENT, STYLE, replace(TINY, steps=(2,)))
    assert [*report.rows[0].others] == ["vgg19-slim-teacher"]
    assert "vgg16-bsds" in report.left_out and "vgg19-slim-teacher sees style" in str(report)
