"""Slimming every family: plan, count and surgery against their limits, and what a cut saves."""

from __future__ import annotations

import copy
import importlib.util
import time
from functools import partial

import torch
from torch import nn

from tests.bench.table import Row, fastest
from vision import checkpoints
from vision.checkpoints import Model
from vision.pruning.count import count, count_config, latency
from vision.pruning.criteria import CRITERIA
from vision.pruning.data import available, open_pictures
from vision.pruning.models import ARCHITECTURES, parts
from vision.pruning.models.parts import Network
from vision.pruning.plan import make_plan
from vision.pruning.predict import load, logits, network_of
from vision.pruning.surgery import prune

RATIO = 0.7
ALIVE = 0.3  # where a cut network still works without fine-tuning
WHOLE = ("vgg16-drawings", "vgg16")  # uncut, the better one last
PLAN, SURGERY = 0.05, 1.0  # seconds
BATCH, SIDE = 128, 2048  # pictures of a training step; of the matrices that tell the peak


def rows() -> list[Row | str]:
    """Measure every family, and a shipped network beside Torch-Pruning."""
    measured = [row for arch in ARCHITECTURES.names() for row in family(arch)]
    return [*measured, *learning("vgg16"), *beside_torch_pruning()]


def learning(arch: str) -> list[Row | str]:
    """Measure a training step with and without the matrix product of tiny maps, in bf16."""
    network: Network = ARCHITECTURES.build(arch, classes=10).train()
    network.to(memory_format=torch.channels_last)
    pixels = torch.rand(BATCH, 3, 32, 32).contiguous(memory_format=torch.channels_last)
    one, other = (torch.rand(SIDE, SIDE, dtype=torch.bfloat16) for _ in range(2))

    def step(tiny: int) -> None:
        parts.TINY = tiny
        with torch.autocast("cpu", torch.bfloat16):
            loss = network(pixels).float().square().mean()
        loss.backward()

    usual = parts.TINY
    with_it, without, product = fastest(
        [lambda: step(usual), lambda: step(0), lambda: torch.mm(one, other)], 3)
    parts.TINY = usual
    work = 6 * BATCH * count(network).multiply_adds  # forward, and twice that backward
    peak = 2 * SIDE**3 / product  # of operations a second
    return [Row(f"{arch}, a step of {BATCH} (× of convolutions alone)", with_it, without),
            f"{BATCH / with_it:.0f} pictures a second where it was {BATCH / without:.0f}; "
            f"{work / with_it / peak:.0%} of a large matrix product's speed, "
            f"{work / without / peak:.0%} before"]


def family(arch: str) -> list[Row | str]:
    """Measure what the ratio slider and the cut button do, then the cut network itself."""
    module = made(arch)
    plan = make_plan(module, RATIO)
    config = module.cut_config(plan.widths)
    plans = fastest([partial(make_plan, module, RATIO, name) for name in CRITERIA], 5)
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
    """Return the network that ships, or else one whose scales are as different as after training.
    """
    path = checkpoints.FOLDER / "pruning" / f"{arch}.safetensors"
    if path.exists():
        return network_of(load(path)).cpu()
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


def beside_torch_pruning() -> list[Row | str]:
    """Cut one shipped VGG here and by Torch-Pruning's BN-scale pruner, and compare."""
    shipped = [path for path in checkpoints.shipped("pruning") if path.stem in WHOLE]
    if importlib.util.find_spec("torch_pruning") is None:
        return ["beside Torch-Pruning: left out, torch-pruning is not installed"]
    if not shipped:
        return ["beside Torch-Pruning: left out, no VGG ships"]
    model = load(shipped[-1])
    network = network_of(model).cpu()
    start = time.perf_counter()
    ours = prune(network, make_plan(network, ALIVE))
    here = time.perf_counter() - start
    theirs = copy.deepcopy(network)
    start = time.perf_counter()
    cut_by_torch_pruning(theirs)
    there = time.perf_counter() - start
    return [Row(f"{shipped[-1].stem}, plan and surgery (× of Torch-Pruning)", here, there),
            f"accuracy at {ALIVE:.0%}, no fine-tuning: {accuracy(model, ours):.4f} here, "
            f"{accuracy(model, theirs):.4f} by Torch-Pruning"]


def cut_by_torch_pruning(network: Network) -> None:
    """Cut a network in place with one threshold over all scales, as `make_plan` does."""
    import torch_pruning

    pruner = torch_pruning.pruner.BNScalePruner(
        network, torch.zeros(1, 3, 32, 32), global_pruning=True, pruning_ratio=ALIVE,
        importance=torch_pruning.importance.BNScaleImportance(),
        ignored_layers=[part for part in network.modules() if isinstance(part, nn.Linear)])
    pruner.step()


def accuracy(model: Model, network: nn.Module, count: int = 500) -> float:
    """Return the share of test pictures that a cut network names rightly."""
    wanted = model.card.data["train"][0]
    pictures = open_pictures(wanted if wanted in available() else "drawings", "test").first(count)
    said = logits(Model(network, model.card), pictures.pixels).argmax(1)
    return float((said == pictures.labels).float().mean())
