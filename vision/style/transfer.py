"""Style transfer as a stream of frames that can be steered while it runs.

    controls = Controls()
    for frame in transfer(open_extractor("slim"), content, [style], FAST, controls):
        show(frame.picture, frame.curves, frame.seconds_left)

`content` and `styles` are RGB pictures (uint8 H×W×3) of any size; two styles are blended. Another
thread may call `controls.steer(Weights(...))`, `pause()`, `resume()` and `stop()` at any moment.
A frame comes after the first step, then several times a second, also during a pause, and after
the last step. `start` goes on from a picture: "100 more" is `replace(settings, steps=(100,), …)`
with the last picture as `start`, "double size" is the same with another `sides`.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from vision.devices import best_device, precision_for
from vision.errors import UserError
from vision.gpu_fallback import give_notice, is_full
from vision.style.clock import EVERY, Clock
from vision.style.data import check_picture
from vision.style.descent import Descent
from vision.style.features.vgg_features import VggFeatures
from vision.style.objectives.whole import NAMES
from vision.style.scene import Region, Scene
from vision.style.settings import FAST, Settings, Weights

AHEAD = 10  # steps that a GPU may run before anyone looks at their losses
EXPLODED = 100.0  # times the first loss
TRIES = 4  # at ever smaller rates
FELL_BACK = "fell_back"  # notice: the losses grew, so it goes on in float32 at a smaller rate
ON_CPU = "on_cpu"  # notice: the GPU's memory is full, so it goes on without
NOT_CAPTURED = "not_captured"  # notice: the GPU takes each kernel by itself, which is slower


class Controls:
    """What others may ask of a running transfer, from any thread."""

    deep = False  # whether every frame holds its picture in 16 bits, or the last one only

    def __init__(self) -> None:
        self._weights: Weights | None = None
        self._going = threading.Event()
        self._going.set()
        self._stopping = threading.Event()

    def steer(self, weights: Weights) -> None:
        """Change the weights from the next step on."""
        self._weights = weights

    def pause(self) -> None:
        """Hold the run after its present step."""
        self._going.clear()

    def resume(self) -> None:
        """Let a held run go on."""
        self._going.set()

    def stop(self) -> None:
        """End the run after its present step; its last frame holds the picture so far."""
        self._stopping.set()
        self._going.set()

    @property
    def paused(self) -> bool:
        """Return whether the run is held."""
        return not self._going.is_set()

    @property
    def stopping(self) -> bool:
        """Return whether the run is to end."""
        return self._stopping.is_set()

    def weights(self, otherwise: Weights) -> Weights:
        """Return the weights asked for last, or else the given ones."""
        return self._weights or otherwise

    def wait(self, seconds: float) -> bool:
        """Wait until the run may go on, at most so long; return whether it may."""
        return self._going.wait(seconds)


@dataclass(frozen=True, eq=False)
class Frame:
    """Where a transfer stands after some step."""

    step: int
    total: int
    picture: np.ndarray  # uint8 (H, W, 3)
    curves: np.ndarray  # (step, 3), the weighted losses of every step in the order of NAMES
    marks: tuple[int, ...]  # steps after which other weights held
    seconds: float  # without pauses
    seconds_left: float
    paused: bool = False
    deep: np.ndarray | None = None  # the picture in 16 bits, uint16 (H, W, 3); the last one has it
    notice: str = ""  # FELL_BACK, ON_CPU or NOT_CAPTURED, once that has happened

    @property
    def losses(self) -> dict[str, float]:
        """Return the weighted losses of the last step by name."""
        return dict(zip(NAMES, self.curves[-1].tolist(), strict=True))

    @property
    def last(self) -> bool:
        """Return whether all steps are done."""
        return self.step == self.total


def transfer(extractor: nn.Module, content: np.ndarray, styles: Sequence[np.ndarray],
             settings: Settings = FAST, controls: Controls | None = None,
             mask: np.ndarray | None = None, start: np.ndarray | None = None,
             others: Sequence[Region] = ()) -> Generator[Frame, None, None]:
    """Return the frames of one transfer; what a user gave is checked at once.

    A mask (H×W, the content's size) limits what is painted, and other regions have styles of their
    own; `start` is a picture to go on from.
    """
    scene = Scene.of(content, styles, settings, mask, others)
    first = None if start is None else check_picture(start)
    return _Painting(extractor, scene, controls or Controls()).frames(first)


class _Painting:
    """One transfer: its passes, what was measured, and how long it takes."""

    def __init__(self, extractor: nn.Module, scene: Scene, controls: Controls) -> None:
        self.extractor, self.scene, self.controls = extractor, scene, controls
        self.settings, self.device = scene.settings, best_device()
        self.vgg: VggFeatures | None = None
        self.rate, self.weights = self.settings.rate, controls.weights(self.settings.weights)
        self.clock = Clock(self.settings)
        self.curves = np.zeros((self.settings.total, 3), np.float32)
        self.marks: list[int] = []
        self.step, self.notice = 0, ""
        self.sound = 0  # the step after which `good`, the last sound picture, was judged
        self.first: torch.Tensor | None = None  # unweighted losses at the beginning of the pass

    def frames(self, picture: np.ndarray | None) -> Generator[Frame, None, None]:
        """Paint pass after pass, each from the enlarged picture of the one before."""
        for number, side in enumerate(self.settings.sides):
            self.first, self.good = None, self.scene.begin(side) if picture is None else (
                self.scene.canvas(picture, self.scene.size(side)))
            for frame in self._pass(number):
                picture = frame.picture
                yield frame
            if self.controls.stopping:
                return

    def _pass(self, number: int) -> Generator[Frame, None, None]:
        """Paint at one size, and on the CPU from the last sound picture if the GPU is full."""
        end = self.step + self.settings.steps[number]
        self.clock.begin(number)
        try:
            if self.notice != ON_CPU:
                yield from self._on(best_device(), number, end)
                return
        except RuntimeError as error:
            if not is_full(error):
                raise
            self.step, self.good, self.notice = self.sound, self.good.cpu(), ON_CPU
        give_notice()
        yield from self._on(torch.device("cpu"), number, end)

    def _on(self, device: torch.device, number: int, end: int) -> Generator[Frame, None, None]:
        """Paint on a device until a step, and yield a frame now and then."""
        if self.vgg is None or device != self.device:
            self._look(device)
        descent, waiting = self._descent(number), []
        ending = self.controls.stopping
        while not ending:
            self._steer(descent)
            waiting.append((descent.step(), self.weights.as_tuple()))
            self.step += 1
            ending = self.step == end or self.controls.stopping
            if len(waiting) < self.ahead and self.first is not None and not ending:
                continue
            self.first = waiting[0][0].cpu() if self.first is None else self.first
            if self._sound(waiting):
                self.good, self.sound = descent.judged.clone(), self.step
                if self.clock.due() or ending:
                    yield self._frame(descent.pictures, ending or self.controls.deep)
            else:
                self.step, ending = self.step - len(waiting), False
                descent = self._descent(number)
            waiting = []
            yield from self._pauses(descent)
            if self.controls.stopping and not ending:  # while its last frame was looked at
                ending = True
                yield self._frame(descent.pictures, deep=True)

    def _look(self, device: torch.device) -> None:
        """Look at pictures on a device from now on, as precisely as that is fast there."""
        self.device, self.ahead = device, 1 if device.type == "cpu" else AHEAD
        slowed = self.rate < self.settings.rate
        precision = "no" if slowed else precision_for(device, self.settings.precision)
        self.vgg = self.scene.vgg(self.extractor, device, precision)

    def _descent(self, number: int) -> Descent:
        """Return the optimisation of one pass, begun at the last sound picture."""
        assert self.vgg is not None
        objective = self.scene.objective(self.vgg, self.settings.sides[number])
        descent = Descent(objective, self.good.to(self.device), self._weights(),
                          self.settings.optimizer, self.rate, self.settings.decay_every[number])
        if descent.uncaptured:
            self.notice = self.notice or NOT_CAPTURED
        return descent

    def _weights(self) -> torch.Tensor:
        return torch.tensor(self.weights.as_tuple(), device=self.device)[:, None]  # (3, 1)

    def _steer(self, descent: Descent) -> None:
        """Take over weights that were changed, and remember when."""
        wanted = self.controls.weights(self.weights)
        if wanted != self.weights:
            self.weights = wanted
            self.marks.append(self.step)
            descent.weights.copy_(self._weights())

    def _sound(self, waiting: Sequence[tuple[torch.Tensor, tuple[float, ...]]]) -> bool:
        """Record the weighted losses of the latest steps, unless they exploded."""
        self.clock.count(len(waiting))
        weights = np.array([weights for _, weights in waiting], np.float32)  # (steps, 3)
        losses = weights * torch.stack([raw[:, 0] for raw, _ in waiting]).cpu().numpy()
        assert self.first is not None
        bound = EXPLODED * (weights @ self.first[:, 0].numpy())  # (steps,)
        if not np.isfinite(losses).all() or (losses.sum(1) > bound).any():
            self._slow_down()
            return False
        self.curves[self.step - len(waiting) : self.step] = losses
        return True

    def _slow_down(self) -> None:
        """Go on in float32 with a tenth of the rate."""
        if self.rate < self.settings.rate / 10**TRIES:
            raise UserError("the losses grow without bound", "smaller weights are accepted",
                            "lower the weights or the learning rate")
        self.rate, self.notice = self.rate / 10, FELL_BACK
        self.vgg = self.scene.vgg(self.extractor, self.device)

    def _pauses(self, descent: Descent) -> Generator[Frame, None, None]:
        """Yield the same frame again and again while the run is held."""
        while self.controls.paused and not self.controls.stopping:
            yield replace(self._frame(descent.pictures), paused=True)
            self.controls.wait(EVERY)
            self.clock.resume()

    def _frame(self, x: torch.Tensor, deep: bool = False) -> Frame:
        return Frame(self.step, self.settings.total, self.scene.finished(x),
                     self.curves[: self.step].copy(), tuple(self.marks), self.clock.seconds,
                     self.clock.left, deep=self.scene.deep(x) if deep else None,
                     notice=self.notice)
