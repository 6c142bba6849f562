"""ONNX of any network: pools of any size, differences that are found, and what cannot be written.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from vision.errors import UserError
from vision.onnx_export import Report, Whole, difference, fixed_pools, regions, to_onnx, written

PLAIN = ((0.0,) * 3, (1.0,) * 3)


@pytest.mark.parametrize("bins, size", [(1, (9, 12)), (2, (9, 12)), (6, (9, 12)), (3, (2, 7))])
def test_pools_of_any_size_are_what_torch_pools(bins: int, size: tuple[int, int]) -> None:
    x = torch.randn(2, 3, *size)
    pool = nn.AdaptiveAvgPool2d(bins)
    fixed = fixed_pools(nn.Sequential(nn.AdaptiveAvgPool2d(bins)))
    assert not isinstance(fixed[0], nn.AdaptiveAvgPool2d)  # type: ignore[index]
    assert torch.allclose(fixed(x), pool(x), atol=1e-6)
    assert torch.allclose(regions(bins, 11).sum(1), torch.ones(bins))


def test_the_network_itself_stays_as_it_is() -> None:
    network = nn.Sequential(nn.AdaptiveAvgPool2d(5), nn.Conv2d(3, 2, 1))
    content, apart = to_onnx(Whole(network, *PLAIN), (7, 8))
    assert isinstance(network[0], nn.AdaptiveAvgPool2d) and apart < 1e-5 and len(content) > 100


def test_a_file_that_answers_otherwise_is_refused() -> None:
    torch.manual_seed(0)
    content = written(Whole(nn.Conv2d(3, 2, 1), *PLAIN), torch.zeros(1, 3, 8, 8))
    with pytest.raises(UserError, match=r"answer differently, by .*up to 0.001"):
        difference(content, Whole(nn.Conv2d(3, 2, 1), *PLAIN), (8, 8))


def test_what_cannot_be_written_says_why() -> None:
    class Odd(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.special.bessel_j0(x)

    with pytest.raises(UserError, match=r"cannot be written as ONNX: .*bessel"):
        to_onnx(Whole(Odd(), *PLAIN), (8, 8))


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_a_missing_package_gets_one_sentence(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.onnx_export.importlib.util.find_spec",
                        lambda name: None if name == package else object())
    with pytest.raises(UserError, match=f"needs the package '{package}'"):
        to_onnx(Whole(nn.Identity(), *PLAIN), (8, 8))


def test_a_report_says_how_it_was_checked() -> None:
    assert "differs by 2.0e-06" in str(Report(Path("x.onnx"), "code", 2e-6))
    assert "differs" not in str(Report(Path("x.safetensors"), "code"))
