"""Every registered architecture: registering is being tested."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from vision import checkpoints
from vision.checkpoints import Card
from vision.errors import UserError
from vision.quantised import round_rows
from vision.segmentation.data import CLASSES
from vision.segmentation.models import ARCHITECTURES, Outputs, dimensions, having
from vision.segmentation.models.encoders import ENCODERS, LITE
from vision.segmentation.objectives.criterion import Target, criterion
from vision.segmentation.objectives.losses import LOSSES

WITH_LITE = [f"{name}+{LITE}" for name in having(encoders=ENCODERS)]
NAMES = [*ARCHITECTURES.names(), *WITH_LITE]
FAMILIES = ("unet", "fcn8s", "deeplab_v3", "segformer", "vnet", "wnet", "ynet")
"""One of each kind of net and of loss; the others differ in layers, whose gradients are tested."""

MOST_BYTES = 6e6
PUBLISHED = {  # classes, millions of parameters, where it says so
    "fcn32s": (21, 134, 0.01, "arXiv:1411.4038, Table 1"),
    "deeplab_v1": (21, 20.5, 0.01, "arXiv:1412.7062, Table 2"),
    "unetpp": (1, 9.04, 0.005, "arXiv:1807.10165, Table 2"),
    "segformer": (150, 3.8, 0.03, "arXiv:2105.15203, Table 1, B0"),
}


def config_of(name: str, size: str = "compact", classes: int = len(CLASSES)) -> dict[str, Any]:
    encoder = {"encoder": LITE} if name in WITH_LITE else {}
    return {"classes": classes, "size": size, **encoder}


def arch_of(name: str) -> str:
    return name.removesuffix(f"+{LITE}")


def built(name: str, size: str = "compact", classes: int = len(CLASSES)) -> nn.Module:
    torch.manual_seed(0)
    return ARCHITECTURES.build(arch_of(name), **config_of(name, size, classes))


def samples(name: str, *sides: int, count: int = 2, depth: int = 16) -> torch.Tensor:
    """Random pictures, or for an architecture of volumes, volumes of some depth."""
    if dimensions(arch_of(name)) == 3:
        return torch.randn(count, 1, depth, *sides)
    return torch.randn(count, 3, *sides)


def tensors(said: torch.Tensor | Outputs) -> list[torch.Tensor]:
    """Everything a module says."""
    parts = said if isinstance(said, Outputs) else [said]
    return [part for each in parts if each is not None
            for part in (each if isinstance(each, tuple) else [each])]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("classes", "height", "width"), [(2, 96, 64), (19, 32, 160)])
def test_logits_have_the_size_of_the_picture(name: str, classes: int, height: int, width: int
                                             ) -> None:
    module = built(name, classes=classes).eval()
    x = samples(name, height, width)
    with torch.inference_mode():
        logits = module(x)
    assert logits.shape == (2, classes, *x.shape[2:]) and torch.isfinite(logits).all()


@pytest.mark.parametrize("name", NAMES)
def test_gradients_reach_every_parameter(name: str) -> None:
    module = built(name).train()
    x = samples(name, 64, 96)
    said = module(x)
    assert tensors(said)[0].shape == (2, len(CLASSES), *x.shape[2:])
    torch.stack([(part * torch.randn_like(part)).sum() for part in tensors(said)]).sum().backward()
    dead = [key for key, parameter in module.named_parameters()
            if parameter.grad is None or not parameter.grad.abs().max() > 0]
    assert dead == []


@pytest.mark.parametrize("name", NAMES)
def test_the_compact_checkpoint_is_small_and_comes_back(name: str, tmp_path: Path) -> None:
    module = built(name)
    path = checkpoints.save(tmp_path / "x.safetensors", module, Card(
        "segmentation", arch_of(name), config_of(name), CLASSES), bits=8)
    assert path.stat().st_size <= MOST_BYTES
    loaded = checkpoints.load(path, ARCHITECTURES).module
    picture = samples(name, 64, 64, count=1)
    with torch.inference_mode():
        assert torch.allclose(loaded(picture), round_rows(module).eval()(picture), atol=1e-4)


@pytest.mark.parametrize(("name", "size"), [
    *((name, "compact") for name in NAMES), *((name, "paper") for name in ARCHITECTURES.names())])
def test_it_builds_without_memory_and_hides_no_state(name: str, size: str) -> None:
    with torch.device("meta"):
        module = built(name, size)
    saved = set(module.state_dict())
    assert {key for key, _ in module.named_buffers()} <= saved
    kept = [*module.parameters(), *module.buffers()]
    assert kept and {tensor.device.type for tensor in kept} == {"meta"}


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_an_unknown_size_is_refused(name: str) -> None:
    with torch.device("meta"), pytest.raises(UserError, match="cannot be built"):
        built(name, "huge")


@pytest.mark.parametrize("name", NAMES)
def test_pictures_of_a_batch_do_not_touch_each_other(name: str) -> None:
    module = built(name).eval()
    pictures = samples(name, 64, 64)
    with torch.inference_mode():
        both, alone = module(pictures), module(pictures[:1])
    assert torch.allclose(both[:1], alone, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_bfloat16_gives_finite_logits_and_gradients(name: str) -> None:
    """Volumes are deeper here, since oneDNN fails on maps that are two voxels deep.

    Its weight gradient of a bf16 3-D convolution then holds memory that nobody wrote: torch 2.15,
    `Conv3d(96, 96, 3, padding=1)` on (2, 96, 2, 4, 8), 15 times out of 15.
    """
    module = built(name).train()
    with torch.autocast("cpu", torch.bfloat16):
        said = module(samples(name, 32, 64, depth=32))
    torch.stack([part.float().square().mean() for part in tensors(said)]).sum().backward()
    assert all(torch.isfinite(part).all() for part in tensors(said))
    assert all(torch.isfinite(parameter.grad).all() for parameter in module.parameters())


@pytest.mark.parametrize("name", FAMILIES)
def test_thirty_steps_learn_two_pictures(name: str) -> None:
    """It ends as soon as it has learnt enough."""
    module = built(name, classes=3).train()
    pictures = samples(name, 32, 64)
    labels = torch.zeros_like(pictures[:, 0], dtype=torch.long)
    labels[0, ..., 32:], labels[1, ..., :32] = 1, 2
    pictures += 2 * labels[:, None]
    target = Target(pictures, labels, torch.tensor([0, 1]))
    optimizer = torch.optim.AdamW(module.parameters(), 2e-3)
    losses = []
    for _ in range(30):
        loss = criterion(module(pictures), target, LOSSES["cross_entropy"], torch.ones(3))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if len(losses) > 3 and sum(losses[-3:]) < 0.8 * sum(losses[:3]):
            return
    pytest.fail(f"the losses were {losses}")


@pytest.mark.parametrize("name", having(encoders=ENCODERS))
def test_an_encoder_that_is_not_there_is_refused(name: str) -> None:
    with torch.device("meta"), pytest.raises(UserError, match="cannot be built"):
        ARCHITECTURES.build(name, classes=2, encoder="resnet")


@pytest.mark.parametrize("name", ARCHITECTURES.names())
def test_paper_and_year_are_given(name: str) -> None:
    entry = ARCHITECTURES[name]
    assert entry.paper.startswith(("arXiv:", "doi:")) and 2010 < entry.year < 2030
    assert entry.idea and entry.link.startswith(("https://arxiv.org/abs/1",
                                                          "https://arxiv.org/abs/2",
                                                          "https://doi.org/10."))


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_paper_size_has_the_published_number_of_parameters(name: str) -> None:
    classes, millions, tolerance, _ = PUBLISHED[name]
    with torch.device("meta"):
        module = built(name, "paper", classes)
    found = sum(parameter.numel() for parameter in module.parameters())
    assert found / 1e6 == pytest.approx(millions, rel=tolerance)


def test_segnets_encoder_has_the_published_number_of_parameters() -> None:
    with torch.device("meta"):
        encoder = built("segnet", "paper").encoder
    found = sum(parameter.numel() for parameter in encoder.parameters())
    assert found / 1e6 == pytest.approx(14.7, rel=0.005)  # arXiv:1511.00561, §3


def test_the_nest_can_be_cut_down() -> None:
    module = built("unetpp").eval()
    picture = torch.randn(1, 3, 64, 96)
    with torch.inference_mode():
        cut = [module(picture, depth=depth) for depth in (1, 2, 3, 4)]
        assert torch.allclose(torch.stack(cut).mean(0), module(picture), atol=1e-4)
        for stage in list(module.encoder)[2:]:
            for parameter in stage.parameters():
                parameter.fill_(float("nan"))
        assert torch.equal(module(picture, depth=1), cut[0])


def test_attention_maps_lie_between_0_and_1() -> None:
    module = built("attention_unet").eval()
    with torch.inference_mode():
        _, maps = module.decode(torch.randn(2, 3, 64, 96))
    assert [tuple(each.shape) for each in maps] == [
        (2, 1, 4, 6), (2, 1, 8, 12), (2, 1, 16, 24), (2, 1, 32, 48), (2, 1, 64, 96)]
    assert all(each.min() >= 0 and each.max() <= 1 for each in maps)


def test_segnet_puts_values_back_where_they_came_from() -> None:
    """Each stage of the decoder reads values where its mirror's maxima were, and 0 beside them."""
    module = built("segnet").eval()
    made: list[torch.Tensor] = []
    read: list[torch.Tensor] = []
    for stage in module.encoder:
        stage.register_forward_hook(lambda _module, _inputs, output: made.append(output))
    for stage in module.decoder:
        stage.register_forward_pre_hook(lambda _module, inputs: read.append(inputs[0]))
    with torch.inference_mode():
        module(torch.randn(2, 3, 64, 96))
    assert len(made) == len(read) == 4
    for before, after in zip(made, read[::-1], strict=True):
        largest = functional.interpolate(functional.max_pool2d(before, 2), scale_factor=2.0)
        came_from = (before == largest) & (before > 0)  # where all four are 0, none is the largest
        assert (after[~came_from & (largest > 0)] == 0).all()
        assert (functional.avg_pool2d((after != 0).float(), 2) <= 0.25).all()
        assert (after[came_from] != 0).float().mean() > 0.1
    assert torch.equal(read[0].sum(), functional.max_pool2d(made[-1], 2).sum())


def test_fcn_starts_as_bilinear_interpolation() -> None:
    from vision.segmentation.models.fcn import Doubling

    x = torch.randn(1, 2, 5, 7)
    wanted = functional.interpolate(x, scale_factor=2, mode="bilinear")
    assert torch.allclose(Doubling(2)(x)[..., 1:-1, 1:-1], wanted[..., 1:-1, 1:-1], atol=1e-6)


def unet_parameters(classes: int) -> int:
    """Figure 1 of arXiv:1505.04597, with batch normalisation and three colour channels."""
    def double(inputs: int, outputs: int) -> int:
        convolutions = 9 * inputs * outputs + 9 * outputs * outputs
        return convolutions + 2 * 2 * outputs  # scale and shift of two normalisations

    down = double(3, 64) + double(64, 128) + double(128, 256) + double(256, 512) + double(512, 1024)
    up = sum(4 * 2 * n * n + n + double(2 * n, n) for n in (512, 256, 128, 64))
    return down + up + 64 * classes + classes


def test_unet_has_the_size_of_the_paper() -> None:
    with torch.device("meta"):
        module = built("unet", "paper")
    found = sum(parameter.numel() for parameter in module.parameters())
    assert found == unet_parameters(11) and found == pytest.approx(31.0e6, rel=0.005)
