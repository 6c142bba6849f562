"""The fastest device that is there, and the numbers in which it computes fastest."""

from __future__ import annotations

import functools
import logging
import os
import time

import torch
from torch import nn

from vision.errors import UserError, cut

PRECISIONS = ("auto", "bf16", "fp32")
log = logging.getLogger(__name__)


def best_device() -> torch.device:
    """Return the fastest device present: CUDA, then MPS, then the CPU; or VISION_DEVICE."""
    if chosen := os.environ.get("VISION_DEVICE"):
        return named(chosen)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def named(name: str) -> torch.device:
    """Return the device of a name."""
    try:
        return torch.device(name)
    except RuntimeError as error:
        raise UserError("there is no device '{name}'",
                        "names such as cpu, cuda, cuda:1 and mps are accepted",
                        "change VISION_DEVICE", name=cut(name)) from error


def has_bf16(kind: str) -> bool:
    """Return whether a kind of device computes in bfloat16 itself, which nothing else does fast."""
    if kind == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return kind == "cpu" and torch.ops.mkldnn._is_mkldnn_bf16_supported()


@functools.cache
def bf16_is_faster(kind: str) -> bool:
    """Return whether a convolution runs clearly faster in bfloat16 here, measured once."""
    if kind != "cpu" or not has_bf16(kind):
        return has_bf16(kind)
    layer = nn.Conv2d(64, 64, 3, padding=1).to(memory_format=torch.channels_last)
    picture = torch.zeros(1, 64, 48, 48).to(memory_format=torch.channels_last)
    with torch.inference_mode():
        full = _fastest(layer, picture)
        return 1.1 * _fastest(layer.bfloat16(), picture.bfloat16()) < full


def _fastest(layer: nn.Module, picture: torch.Tensor, times: int = 5) -> float:
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        layer(picture)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def precision_for(device: torch.device, wanted: str = "auto") -> str:
    """Return 'bf16' or 'no' in Accelerate's words for 'auto', 'bf16' or 'fp32'."""
    if wanted not in PRECISIONS:
        raise UserError("there is no precision '{wanted}'", "known are auto, bf16, fp32",
                        "choose one of them", wanted=wanted)
    if wanted == "bf16" and not has_bf16(device.type):
        log.warning("this device has no bfloat16, so it computes in float32")
        return "no"
    faster = wanted == "bf16" or (wanted == "auto" and bf16_is_faster(device.type))
    return "bf16" if faster else "no"
