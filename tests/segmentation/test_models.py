"""Every registered architecture: registering is being tested."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from vision import checkpoints
from vision.checkpoints import Card
from vision.segmentation.data import CLASSES
from vision.segmentation.models import ARCHITECTURES

NAMES = ARCHITECTURES.names()
MOST_BYTES = {"unet": 6e6}
MOST_BYTES_OF_ANY = 10e6


def built(name: str, size: str = "compact", classes: int = len(CLASSES)) -> nn.Module:
    torch.manual_seed(0)
    return ARCHITECTURES.build(name, classes=classes, size=size)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("classes", "height", "width"), [(11, 64, 96), (2, 96, 64), (19, 32, 160)])
def test_logits_have_the_size_of_the_picture(name: str, classes: int, height: int, width: int
                                             ) -> None:
    module = built(name, classes=classes).eval()
    with torch.inference_mode():
        logits = module(torch.randn(2, 3, height, width))
    assert logits.shape == (2, classes, height, width) and torch.isfinite(logits).all()


@pytest.mark.parametrize("name", NAMES)
def test_gradients_reach_every_parameter(name: str) -> None:
    module = built(name).train()
    (module(torch.randn(2, 3, 64, 96)) * torch.randn(2, len(CLASSES), 64, 96)).sum().backward()
    dead = [key for key, parameter in module.named_parameters()
            if parameter.grad is None or not parameter.grad.abs().max() > 0]
    assert dead == []


@pytest.mark.parametrize("name", NAMES)
def test_the_compact_checkpoint_is_small_and_comes_back(name: str, tmp_path: Path) -> None:
    module = built(name)
    config = {"classes": len(CLASSES), "size": "compact"}
    path = checkpoints.save(tmp_path / "x.safetensors", module,
                            Card("segmentation", name, config, CLASSES))
    assert path.stat().st_size <= MOST_BYTES.get(name, MOST_BYTES_OF_ANY)
    loaded = checkpoints.load(path, ARCHITECTURES).module
    picture = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.allclose(loaded(picture), module.half().float().eval()(picture), atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", ["compact", "paper"])
def test_it_builds_without_memory_and_hides_no_state(name: str, size: str) -> None:
    with torch.device("meta"):
        module = built(name, size)
    saved = set(module.state_dict())
    assert {key for key, _ in module.named_buffers()} <= saved
    tensors = [*module.parameters(), *module.buffers()]
    assert tensors and {tensor.device.type for tensor in tensors} == {"meta"}


@pytest.mark.parametrize("name", NAMES)
def test_pictures_of_a_batch_do_not_touch_each_other(name: str) -> None:
    module = built(name).eval()
    pictures = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        both, alone = module(pictures), module(pictures[:1])
    assert torch.allclose(both[:1], alone, atol=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_paper_and_year_are_given(name: str) -> None:
    entry = ARCHITECTURES[name]
    assert entry.paper.startswith("arXiv:") and 2010 < entry.year < 2030 and entry.facts["idea"]


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
