"""One session's painting: what the run may be told while it paints, and the frames it left."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vision.errors import UserError
from vision.ui.components.pictures import for_screen, size_within
from vision.ui.tabs.style.memory import MOST as MOST_MEMORY
from vision.ui.tabs.style.memory import Needs, fitting_side

if TYPE_CHECKING:
    from PIL.Image import Image

    from vision.style.settings import Settings, Weights
    from vision.style.transfer import Controls, Frame

MOST = 60  # frames that are kept; then every second one goes
FRAME_MS = 90  # milliseconds in the animation
LAST_MS = 1500
WIDEST = 480  # longest side of the animation
MANY_STEPS, FEW = 1000, 24  # up to which side as many steps as wished are done, and how many then


def nothing_painted() -> UserError:
    """Return the mistake of asking for a painting before there is one."""
    return UserError("there is no painting yet", "a finished or stopped one is accepted",
                     "press Paint first")


def palette_of(pictures: list[Image]) -> Image:
    """Return an image whose palette fits all these, for finding one takes as long as ten frames."""
    from PIL import Image

    beside = np.concatenate([np.asarray(picture) for picture in pictures], 1)  # (H, 3 W, 3)
    return Image.fromarray(beside).quantize(256)


class Film:
    """Frames of a painting as JPEG, evenly over its time, few enough to keep for a while."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []
        self._every, self._seen = 1, 0

    def add(self, picture: np.ndarray) -> None:
        """Keep a frame if its turn has come."""
        import cv2

        if self._seen % self._every == 0:
            bgr = cv2.cvtColor(for_screen(picture), cv2.COLOR_RGB2BGR)
            self.frames.append(cv2.imencode(".jpg", bgr)[1].tobytes())
        self._seen += 1
        if len(self.frames) > MOST:
            self.frames, self._every = self.frames[::2], 2 * self._every

    def at(self, share: float) -> np.ndarray:
        """Return the frame at a share of the way, uint8 (H, W, 3)."""
        from vision.images import read_picture

        if not self.frames:
            raise nothing_painted()
        return read_picture(self.frames[round(share * (len(self.frames) - 1))])

    def write(self, path: Path, last: np.ndarray) -> Path:
        """Write an animation of all frames that ends with the last picture."""
        from PIL import Image

        from vision.images import resize

        size = size_within(last.shape, WIDEST)
        frames = (self.at(share) for share in np.linspace(0, 1, len(self.frames)))
        plain = [Image.fromarray(resize(frame, size)) for frame in (*frames, last)]
        colours = palette_of([plain[0], plain[len(plain) // 2], plain[-1]])
        pictures = [picture.quantize(palette=colours) for picture in plain]
        times = [FRAME_MS] * (len(pictures) - 1) + [LAST_MS]
        pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=times, loop=0)
        return path


class Studio:
    """What a session's buttons say to its run, and what that run has painted so far."""

    def __init__(self) -> None:
        self.busy = threading.Lock()
        self.running = self.called = False
        self.runs = 0  # that go on, or wait for another to end
        self.waiting: Controls | None = None  # of the run that goes on, or of the next one
        self.clear()

    def __deepcopy__(self, memory: dict[int, Any]) -> Studio:
        return Studio()

    def clear(self) -> None:
        """Forget the painting."""
        self.film = Film()
        self.picture: np.ndarray | None = None  # uint8 (H, W, 3)
        self.deep: np.ndarray | None = None  # the same in 16 bits, once it is done
        self.start: np.ndarray | None = None  # a picture to go on from
        self.rest: Settings | None = None  # what a pause left to paint when it let others in
        self.curves = np.zeros((0, 3), np.float32)
        self.marks: list[int] = []
        self.seconds = 0.0

    @property
    def controls(self) -> Controls:
        """Return what may be said to the run that goes on, or to the next one."""
        from vision.style.transfer import Controls

        if self.waiting is None:
            self.waiting = Controls()
        return self.waiting

    def steer(self, weights: Weights) -> None:
        """Let other weights hold from the next step on."""
        self.controls.steer(weights)

    def call(self) -> None:
        """Make room for a run that was asked for: end the one that goes on."""
        if self.running:
            self.controls.stop()
        else:
            self.called, self.waiting = True, None

    def halt(self) -> None:
        """End the run that goes on and keep its picture, or the one that waits for its turn."""
        if self.running or self.called:
            self.controls.stop()

    def begin(self, afresh: bool) -> np.ndarray | None:
        """Begin a run and return the picture that it goes on from, if any."""
        start = self.start if afresh else self.painted()
        self.running, self.called, self.rest = True, False, None
        return start

    def end(self) -> None:
        """Let the next run listen anew."""
        self.running, self.waiting = False, None

    def toggle(self) -> bool:
        """Hold the run that goes on, or let it go on; return whether one is to be begun for that.
        """
        if self.rest and not self.running:
            self.call()
            return True
        if self.controls.paused:
            self.controls.resume()
        elif self.running:
            self.controls.pause()
        return False

    def let_go(self, settings: Settings, done: int) -> None:
        """End the run that is held; its steps after so many are kept for later."""
        left = rest_of(settings, done)
        self.halt()
        self.rest = left

    def painted(self) -> np.ndarray:
        """Return the picture so far, or raise if nothing was painted."""
        if self.picture is None:
            raise nothing_painted()
        return self.picture

    def longer(self, settings: Settings, steps: int, grow: int = 1,
               needs: Needs = MOST_MEMORY) -> Settings:
        """Return settings that go on with the picture so far, once as large or larger.

        A large one needs fewer steps: what it was enlarged from is painted already.
        """
        side = self.grown(grow, needs)
        steps = steps if grow == 1 or side <= MANY_STEPS else FEW
        return replace(settings, sides=(side,), steps=(steps,), decay_every=(steps,))

    def grown(self, grow: int, needs: Needs = MOST_MEMORY) -> int:
        """Return the longest side of the painting once it is larger, as far as memory bears it."""
        from vision.style.settings import LARGEST

        height, width = self.painted().shape[:2]
        side = max(height, width)
        fits = fitting_side(height, width, needs)
        return max(min(side * grow, LARGEST, fits), min(side, LARGEST))

    def keep(self, frame: Frame) -> None:
        """Keep a frame."""
        self.picture, self.deep = frame.picture, frame.deep
        self.film.add(frame.picture)

    def take(self, painted: Frame) -> None:
        """Take a finished painting in, so that its run may go on from here."""
        self.keep(painted)
        self.curves, self.seconds = painted.curves, painted.seconds


def rest_of(settings: Settings, done: int) -> Settings | None:
    """Return the passes of a run that are left after so many steps, if any."""
    passes = []
    for side, steps, decay in zip(settings.sides, settings.steps, settings.decay_every,
                                  strict=True):
        if steps > done:
            passes.append((side, steps - done, decay))
        done = max(done - steps, 0)
    if not passes:
        return None
    sides, steps_left, decays = zip(*passes, strict=True)
    return replace(settings, sides=sides, steps=steps_left, decay_every=decays)
