"""A painting that several visitors ask for alike is painted once; each may still steer their own.

Whoever needs the next frame paints it, in turns with the other paintings. Who moves a slider or
stops goes on alone: with that very run if nobody else follows it, else from the picture so far.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from typing import NamedTuple
from weakref import WeakValueDictionary

import numpy as np

from vision.style.clock import EVERY
from vision.style.settings import Settings, Weights
from vision.style.transfer import Controls, Frame
from vision.ui.shell.memory_budget import BUDGET
from vision.ui.shell.turns import Turns
from vision.ui.tabs.style.studio import rest_of

TURNS = Turns(2)  # a slice of a painting is what is painted until its next frame
PACE = 0.15  # seconds from one frame that is there already to the next
MOST_BYTES = 32e6  # of one run's frames for those who come later
MOST_KEPT = 4  # runs of the page's own pictures that are kept when nobody follows them
Begin = Callable[[Settings, Controls, "np.ndarray | None"], Iterator[Frame]]


class Beginning(NamedTuple):
    """How a painting begins, and how many bytes it takes in its turns."""

    frames: Begin
    need: float

    def run(self, settings: Settings, start: np.ndarray | None = None,
            to: Controls | None = None) -> SharedRun:
        """Return a run that begins now, perhaps from a picture, and that hears one visitor if any.
        """
        relay = Relay()
        relay.to = to
        return SharedRun(self.frames(settings, relay, start), relay, self.need)


class Relay(Controls):
    """What a shared run hears: nothing, until it belongs to one visitor."""

    to: Controls | None = None

    @property
    def deep(self) -> bool:  # type: ignore[override]
        """Return whether every frame may be somebody's last one."""
        return self.to is None

    @property
    def paused(self) -> bool:
        """Return whether its visitor holds the run."""
        return self.to is not None and self.to.paused

    @property
    def stopping(self) -> bool:
        """Return whether its visitor wants it to end."""
        return self.to is not None and self.to.stopping

    def weights(self, otherwise: Weights) -> Weights:
        """Return the weights that its visitor asked for last, or else the given ones."""
        return self.to.weights(otherwise) if self.to else otherwise

    def wait(self, seconds: float) -> bool:
        """Wait until the run may go on, at most so long."""
        return self.to.wait(seconds) if self.to else True


class Seen(NamedTuple):
    """A frame, its number, and whether it was there before it was asked for."""

    number: int
    frame: Frame
    known: bool


class SharedRun:
    """One transfer and its frames, for all who follow it."""

    def __init__(self, source: Iterator[Frame], relay: Relay, need: float) -> None:
        self.source, self.relay, self.need = source, relay, need
        self.frames: OrderedDict[int, Frame] = OrderedDict()
        self.count = self.followers = 0
        self.painting = self.ended = False
        self.error: BaseException | None = None
        self.changed = threading.Condition()

    def at(self, number: int) -> Seen | None:
        """Return a frame, or the first later one that is kept; None after the last."""
        with self.changed:
            while number >= self.count and not self.ended and self.painting:
                self.changed.wait(1.0)
            if number < self.count:
                first = max(number, next(iter(self.frames)))
                return Seen(first, self.frames[first], known=True)
            if self.ended:
                if self.error:
                    raise self.error
                return None
            self.painting = True
        return self._paint()

    def _paint(self) -> Seen | None:
        frame: Frame | None = None
        try:
            frame = self._next()
        except BaseException as error:
            self.error = error
            raise
        finally:
            with self.changed:
                self.painting, self.ended = False, frame is None
                if frame is not None:
                    self._only_newest_deep()
                    self.frames[self.count] = frame
                    self.count += 1
                    self._forget()
                self.changed.notify_all()
        return Seen(self.count - 1, frame, known=False) if frame else None

    def _next(self) -> Frame | None:
        if self.relay.paused:  # it only waits
            return next(self.source, None)
        with TURNS.turn(new=not self.count), BUDGET.holding(self.need):
            return next(self.source, None)

    def _only_newest_deep(self) -> None:
        """Let the frame before do with 8 bits, for 16 take twice as many bytes again."""
        if self.frames:
            number, before = self.frames.popitem()
            self.frames[number] = replace(before, deep=None)

    def _forget(self) -> None:
        """Let go of the oldest frames when there are too many."""
        most = MOST_BYTES / max(next(reversed(self.frames.values())).picture.nbytes, 1)
        while len(self.frames) > max(most, 1):
            self.frames.popitem(last=False)


LOCK = threading.Lock()
RUNS: WeakValueDictionary[Hashable, SharedRun] = WeakValueDictionary()
KEPT: OrderedDict[Hashable, SharedRun] = OrderedDict()


def question(extractor: str, content: np.ndarray, styles: list[np.ndarray], settings: Settings
             ) -> Hashable:
    """Return what tells a painting from all others."""
    pictures = tuple((each.shape, hashlib.sha256(np.ascontiguousarray(each).tobytes()).digest())
                     for each in (content, *styles))
    return extractor, pictures, settings


def join(asked: Hashable, begun: Callable[[], SharedRun], everybodys: bool) -> SharedRun:
    """Return the run of a question, begun now unless others follow one or it is kept."""
    with LOCK:
        run = RUNS.get(asked)
        if run is None or run.relay.to is not None or run.error:
            run = RUNS[asked] = begun()
        run.followers += 1
        if everybodys:
            KEPT[asked] = run
            KEPT.move_to_end(asked)
            while len(KEPT) > MOST_KEPT:
                KEPT.popitem(last=False)
        return run


def claimed(run: SharedRun, controls: Controls) -> bool:
    """Give a run to its only follower; return whether it is theirs."""
    with LOCK:
        alone = run.followers == 1 and not run.ended
        if alone:
            run.relay.to = controls
            for asked in [asked for asked, kept in KEPT.items() if kept is run]:
                del KEPT[asked]
        return alone


def left(run: SharedRun) -> None:
    """Note that a follower has gone."""
    with LOCK:
        run.followers -= 1


def steered(controls: Controls, settings: Settings) -> bool:
    """Return whether other weights are wanted than those that a run began with."""
    return controls.weights(settings.weights) != settings.weights


def follow(run: SharedRun, settings: Settings, controls: Controls, begins: Beginning
           ) -> Iterator[Frame]:
    """Yield a run's frames, and a visitor's own after they have changed something."""
    number, last, mine = 0, None, False
    try:
        while True:
            held = controls.paused and not controls.stopping
            if not mine and (held or controls.stopping or steered(controls, settings)):
                mine = claimed(run, controls)
                if not mine and not held:
                    break
            if held and not mine:
                if last is not None:
                    yield replace(last, paused=True)
                controls.wait(EVERY)
                continue
            seen = run.at(number)
            if seen is None:
                return
            number, last = seen.number + 1, seen.frame
            yield last
            if seen.known:
                time.sleep(PACE)
    finally:
        left(run)
    yield from apart(last, settings, controls, begins)


def apart(last: Frame | None, settings: Settings, controls: Controls, begins: Beginning
          ) -> Iterator[Frame]:
    """Yield the frames of a run of one's own, which goes on from a frame that others see too."""
    rest = settings if last is None else rest_of(settings, last.step)
    if controls.stopping or rest is None:
        return
    for frame in frames_of(begins.run(rest, None if last is None else last.picture, controls)):
        yield frame if last is None else after(last, frame)


def frames_of(run: SharedRun) -> Iterator[Frame]:
    """Yield all frames of a run."""
    number = 0
    while (seen := run.at(number)) is not None:
        number = seen.number + 1
        yield seen.frame


def after(before: Frame, frame: Frame) -> Frame:
    """Return a frame of a run that began where another frame was."""
    marks = (*before.marks, before.step, *(before.step + mark for mark in frame.marks))
    return replace(frame, step=before.step + frame.step, total=before.step + frame.total,
                   curves=np.concatenate([before.curves, frame.curves]), marks=marks,
                   seconds=before.seconds + frame.seconds)
