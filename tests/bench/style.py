"""A step of style transfer beside the plain loop of the book: time, final loss and memory."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import torch
from torch import nn

from tests.bench.table import Row, fastest
from tests.style import plain_loop
from vision.checkpoints import Card, Model
from vision.devices import best_device, precision_for
from vision.malloc_tuning import keep_little
from vision.style.data import to_tensor
from vision.style.descent import Descent
from vision.style.evaluate import judge
from vision.style.features.extractor import BUNDLED, open_extractor
from vision.style.models import ARCHITECTURES, painters
from vision.style.models.vgg19 import Extractor
from vision.style.predict import predict
from vision.style.scene import Scene
from vision.style.settings import BOOK, FAST
from vision.style.transfer import transfer
from vision.ui.tabs.style.tab import warm

SIDES = (225, 450)  # of the comparison with the book's loop
STEPS = 100  # of the comparison of final losses
LARGE = 900  # pixels, of the memory
LIMIT = 1.5  # GB there
STATUS = Path("/proc/self/status")


def rows() -> list[Row | str]:
    """Measure steps at the book's sizes, then the picture that comes out, then the memory."""
    net = extractor()
    return [f"weights: {BUNDLED.name if BUNDLED.is_file() else 'random, no extractor ships yet'}",
            *[row for side in SIDES for row in steps_at(net, side)],
            *slim_steps(net), *quick(), *one_pass(), final_losses(net), *peaks()]


def extractor() -> nn.Module:
    """Return the bundled extractor, or one of its size with random weights."""
    if BUNDLED.is_file():
        return open_extractor("bundled")
    torch.manual_seed(0)
    return Extractor("paper").eval()


def pictures(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a photograph and a style of its size, three to two."""
    from skimage import data

    size = (side, side * 2 // 3)
    return tuple(cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
                 for picture in (data.coffee(), data.chelsea()))


def steps_at(net: nn.Module, side: int) -> Iterator[Row]:
    """Measure one step of each way at a size; weights that need no gradient change the loop."""
    device = best_device()
    ours = {name: descent(net, side, name) for name in ("fp32", "auto")}
    features = [copy.deepcopy(net.get_submodule("features")).to(device) for _ in range(2)]
    features[0].requires_grad_(True)
    features[1].requires_grad_(False)
    content, style = (to_tensor(one, one.shape[:2]).to(device) for one in pictures(side))
    loops = [plain_loop.paint(one, content, style, 10**9) for one in features]
    works = [lambda: float(ours["auto"].step().sum()), lambda: float(ours["fp32"].step().sum()),
             lambda: next(loops[0]), lambda: next(loops[1])]
    seconds = fastest(works, 3)
    names = (f"ours ({precision_for(device)})", "ours (fp32)", "the book's loop",
             "the same without gradients of the weights")
    for name, time in zip(names, seconds, strict=True):
        yield Row(f"{side * 2 // 3}×{side}: {name}", time, seconds[0])


def slim_steps(net: nn.Module, side: int = 450) -> Iterator[Row]:
    """Measure a step of the slim network beside one of the full one and the book's loop."""
    content, style = (to_tensor(one, one.shape[:2]) for one in pictures(side))
    features = copy.deepcopy(net.get_submodule("features")).requires_grad_(True)
    loop = plain_loop.paint(features, content, style, 10**9)
    ours = [descent(one, side, "auto") for one in (open_extractor("slim"), net)]
    works = [lambda: float(ours[0].step().sum()), lambda: float(ours[1].step().sum()),
             lambda: next(loop)]
    seconds = fastest(works, 4)
    names = ("the slim network", "the full network", "the book's loop with the full network")
    for name, time in zip(names, seconds, strict=True):
        yield Row(f"{side * 2 // 3}×{side}: {name}", time, seconds[0])


def quick() -> Iterator[str]:
    """Measure a whole painting of the quick preset: when it is first seen, and when it is done.

    It is one of a page that has warmed up, as a visitor meets it.
    """
    warm()
    content, style = pictures(900)
    begun = perf_counter()
    painting = transfer(open_extractor("slim"), content, [style], FAST)
    next(painting)
    first = perf_counter() - begun
    *_, last = painting
    yield (f"quick preset, {FAST.sides[-1]} px: first frame after {first:.2f} s (limit 0.4), done "
           f"after {perf_counter() - begun:.1f} s (limit 5), {last.step} steps")


def one_pass(side: int = 600) -> Iterator[Row]:
    """Measure a painting in one pass by each kind of network that does so."""
    content, style = pictures(900)
    for name in painters():
        module = ARCHITECTURES.build(name)
        card = Card("style", name, {}, data={"styles": ["any"]})
        model = Model(module.eval().to(memory_format=torch.channels_last), card)
        (seconds,) = fastest([partial(predict, model, content, side, style)], 3)
        yield Row(f"one pass, {side} px: {name}", seconds, 0.5)


def descent(net: nn.Module, side: int, precision: str) -> Descent:
    """Return an optimisation as the book's preset begins it."""
    content, style = pictures(side)
    scene, device = Scene.of(content, [style], BOOK), best_device()
    objective = scene.objective(
        scene.vgg(net, device, precision_for(device, precision)), side)
    weights = torch.tensor(BOOK.weights.as_tuple(), device=device)[:, None]
    return Descent(objective, scene.begin(side).to(device), weights, "adam", BOOK.rate, 200)


def final_losses(net: nn.Module) -> str:
    """Return both final losses, judged in float32, after the same steps."""
    content, style = pictures(SIDES[0])
    scene, device = Scene.of(content, [style], BOOK), best_device()
    ours = judge(net, scene, last(net, content, style, SIDES[0], STEPS, "auto"))
    features = copy.deepcopy(net.get_submodule("features")).to(device).requires_grad_(False)
    x, y = (to_tensor(one, one.shape[:2]).to(device) for one in (content, style))
    *_, (_, painted) = islice(plain_loop.paint(features, x, y, STEPS), STEPS)
    theirs = judge(net, scene, scene.finished(painted))
    change = sum(ours.values()) / sum(theirs.values()) - 1
    return (f"final loss after {STEPS} steps at 150×225, judged in fp32: ours "
            f"{sum(ours.values()):.4f}, the book's loop {sum(theirs.values()):.4f} ({change:+.2%})")


def last(net: nn.Module, content: np.ndarray, style: np.ndarray, side: int, steps: int,
         precision: str) -> np.ndarray:
    """Return the picture after some steps of the book's first pass."""
    settings = replace(BOOK, sides=(side,), steps=(steps,), decay_every=(200,),
                       precision=precision)
    *_, frame = transfer(net, content, [style], settings)
    return frame.picture


def peaks() -> Iterator[str]:
    """Measure the peak memory at 600×900, each way in a fresh process of its own."""
    if not STATUS.is_file():
        yield "peak memory: left out, only Linux tells it of one process"
        return
    for work, name in ((ours, f"ours (limit {LIMIT})"), (the_loop, "the book's loop")):
        code = f"from tests.bench.style import {work.__name__}, peak; {work.__name__}(); peak()"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                              check=True, cwd=Path(__file__).resolve().parents[2])
        yield f"peak memory of a process at 600×900: {int(done.stdout) / 2**20:.2f} GB, {name}"


def peak() -> None:
    """Print this process's peak memory in KiB; `ru_maxrss` would begin at its parent's."""
    print(next(line.split()[1] for line in STATUS.read_text().splitlines()
               if line.startswith("VmHWM")))


def ours() -> None:
    """Paint three steps at 600×900, in a program that keeps as little as the page does."""
    keep_little()
    last(extractor(), *pictures(LARGE), LARGE, 3, "auto")


def the_loop() -> None:
    """Paint three steps at 600×900 as the book does."""
    features = extractor().get_submodule("features").requires_grad_(True)
    content, style = (to_tensor(one, one.shape[:2]) for one in pictures(LARGE))
    list(islice(plain_loop.paint(features, content, style, 10**9), 3))
