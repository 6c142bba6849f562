"""How fast a plan, a cut and a count are for every family, and what a cut saves in milliseconds.

Run it with `python -m tests.bench.pruning`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

import torch

from vision.pruning.count import count, count_config, latency
from vision.pruning.criteria import CRITERIA
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import Network
from vision.pruning.plan import make_plan
from vision.pruning.surgery import prune

RATIO = 0.7
LIMITS = {"plan": 50, "surgery": 1000}  # milliseconds


def milliseconds(work: Callable[[], object], times: int = 5) -> float:
    """Return the median time of some work after doing it once."""
    seconds = []
    for _ in range(times + 1):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return 1000 * median(seconds[1:])


def made(arch: str) -> Network:
    """Return a network whose scales are all different, as after sparse training."""
    torch.manual_seed(0)
    module: Network = ARCHITECTURES.build(arch, classes=10).eval()
    for gamma in module.gammas:
        torch.nn.init.uniform_(gamma)
    return module


def times(arch: str) -> dict[str, float]:
    """Return the milliseconds of everything the ratio slider and the cut button do."""
    module = made(arch)
    plan = make_plan(module, RATIO)
    config = module.cut_config(plan.widths)
    return {
        **{f"plan, {name}": milliseconds(lambda name=name: make_plan(module, RATIO, name))
           for name in CRITERIA},
        "count": milliseconds(lambda: count_config(arch, config)),
        "surgery": milliseconds(lambda: prune(module, plan)),
    }


def saved(arch: str, batch: int = 64) -> str:
    """Return what the cut network costs beside the full one, in one line."""
    full = made(arch)
    small = prune(full, make_plan(full, RATIO))
    before, after = (latency(module, batch, seconds=2) for module in (full, small))
    work = count(small).multiply_adds / count(full).multiply_adds
    return (f"batch {batch}: {before:.0f} ms → {after:.0f} ms, {before / after:.2f}× as fast "
            f"with {work:.0%} of the multiply-adds")


def main() -> None:
    """Measure every family and print what was found."""
    for arch in ARCHITECTURES.names():
        print(arch)
        for name, value in times(arch).items():
            limit = LIMITS.get(name.split(",")[0], float("inf"))
            print(f"  {name:22} {value:8.1f} ms{'' if value <= limit else f', above {limit}'}")
        print(f"  {saved(arch)}")


if __name__ == "__main__":
    main()
