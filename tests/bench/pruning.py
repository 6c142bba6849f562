"""Slimming every family: plan, count and surgery against their limits, and what a cut saves."""

from __future__ import annotations

import torch

from tests.bench.table import Row, fastest
from vision.pruning.count import count, count_config, latency
from vision.pruning.criteria import CRITERIA
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import Network
from vision.pruning.plan import make_plan
from vision.pruning.surgery import prune

RATIO = 0.7
PLAN, SURGERY = 0.05, 1.0  # seconds


def rows() -> list[Row | str]:
    """Measure every family."""
    return [row for arch in ARCHITECTURES.names() for row in family(arch)]


def family(arch: str) -> list[Row | str]:
    """Measure what the ratio slider and the cut button do, then the cut network itself."""
    module = made(arch)
    plan = make_plan(module, RATIO)
    config = module.cut_config(plan.widths)
    plans = fastest([lambda name=name: make_plan(module, RATIO, name) for name in CRITERIA], 5)
    counting, cutting = fastest([lambda: count_config(arch, config),
                                 lambda: prune(module, plan)], 5)
    return [
        *[Row(f"{arch}, plan by {name}", seconds, PLAN)
          for name, seconds in zip(CRITERIA, plans, strict=True)],
        Row(f"{arch}, count", counting),
        Row(f"{arch}, surgery", cutting, SURGERY),
        saved(arch, module, prune(module, plan)),
    ]


def made(arch: str) -> Network:
    """Return a network whose scales are all different, as after sparse training."""
    torch.manual_seed(0)
    module: Network = ARCHITECTURES.build(arch, classes=10).eval()
    for gamma in module.gammas:
        torch.nn.init.uniform_(gamma)
    return module


def saved(arch: str, full: Network, small: Network, batch: int = 64) -> str:
    """Return what the cut network costs beside the full one, in one line."""
    before, after = (latency(module, batch, seconds=2) for module in (full, small))
    work = count(small).multiply_adds / count(full).multiply_adds
    return (f"{arch}, batch {batch}: {before:.0f} ms → {after:.0f} ms, {before / after:.2f}× as "
            f"fast with {work:.0%} of the multiply-adds")
