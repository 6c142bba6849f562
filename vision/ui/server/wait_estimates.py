"""How long a call has to wait for its answer: what stands before it, by how long such took lately.

A question that was asked before mostly gets the answer that is kept, in no time, and one that is
being computed for somebody else ends with it. So each function has two lists of durations, of new
questions and of known ones, and the calls in the queue are gone through place by place.
"""

from __future__ import annotations

import functools
import hashlib
import heapq
import json
import math
import time
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Hashable
from statistics import fmean
from typing import Any
from weakref import WeakKeyDictionary

from gradio.block_function import BlockFunction
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event, EventQueue, Queue
from gradio.server_messages import (
    EstimationMessage,
    EventMessage,
    ProcessCompletedMessage,
    ProcessStartsMessage,
)

from vision.ui.server.body_limits import SIZE
from vision.ui.server.limits import LIMITS, Limits
from vision.ui.server.place_shares import share_of
from vision.ui.server.replies import address_of

GUESS_SECONDS = 5.0  # a call takes before one was timed
RECENT = 5  # durations that count: how busy the machine is now, not yesterday
QUESTIONS = 2048  # that are remembered to have been answered
LONGEST = 256 * 1024  # bytes of a question that is looked for among them
OVERDUE = 0.25  # of its time so far: what is still to come of a call that takes longer than others


class WaitEstimates:
    """The queue's way of telling how long it takes, instead of one average for each function."""

    def __init__(self, queue: Queue, limits: Limits = LIMITS,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self.queue, self.limits, self.clock = queue, limits, clock
        self.recent: defaultdict[tuple[BlockFunction, bool], deque[float]] = defaultdict(
            lambda: deque(maxlen=RECENT))
        self.answered: OrderedDict[Hashable, None] = OrderedDict()
        self.began: dict[Event, tuple[float, bool | None]] = {}  # when; did it ask what is known
        self.questions: WeakKeyDictionary[Event, Hashable] = WeakKeyDictionary()
        queue.broadcast_estimations = self.tell  # type: ignore[method-assign]
        queue.process_events = self.timed(queue.process_events)  # type: ignore[method-assign]
        queue.send_message = self.announced(queue.send_message)  # type: ignore[method-assign]

    def tell(self, concurrency_id: str, after: int | None = None) -> None:
        """Tell those who wait, or only the last of them, their place and their time."""
        queue = self.queue.event_queue_per_concurrency_id[concurrency_id]
        for rank, (event, seconds) in enumerate(zip(queue.queue, self.waits(queue), strict=True)):
            if rank >= (after or 0):
                self.queue.send_message(event, EstimationMessage(
                    rank=rank, rank_eta=seconds, queue_size=len(queue.queue)))

    def waits(self, queue: EventQueue) -> list[float | None]:
        """Return how long each waiting call has to wait for its answer, None if none can tell."""
        sure, waits = True, list[float | None]()
        for event, begin, end in self.course(queue):
            sure = sure and self.seconds_of(event) is not None
            waits.append((begin if event.streaming else end) if sure else None)
        return waits[len(waits) - len(queue.queue):]

    def course(self, queue: EventQueue) -> list[tuple[Event, float, float]]:
        """Return when the calls at work and in the queue begin and end, in seconds from now."""
        now, ends, free = self.clock(), dict[Hashable, float](), list[float]()
        near, most = defaultdict[str, list[float]](list), queue.concurrency_limit
        course = []
        for event in (*self.at_work(queue), *queue.queue):
            mine, question = near[address_of(event.request.scope)], self.question(event)
            begin = max(freed(free, most), freed(mine, share_of(most, self.limits)))
            gone = now - self.began[event][0] if event in self.began else 0.0
            takes = self.expected(event, question in self.answered or question in ends)
            end = max(begin + takes - gone, OVERDUE * gone, ends.get(question, 0.0))
            ends.setdefault(question, end)
            for places in (free, mine):
                heapq.heappush(places, end)
            course.append((event, begin, end))
        return course

    def at_work(self, queue: EventQueue) -> list[Event]:
        """Return the calls that have left a queue and have no answer yet, in that order."""
        events = [event for job in self.queue.active_jobs for event in job or ()
                  if event.concurrency_id == queue.concurrency_id]
        return sorted(events, key=lambda event: self.began.get(event, (math.inf,))[0])

    def until_free(self, queue: EventQueue) -> float:
        """Return how long it takes until nobody waits or works any more."""
        return max((end for *_, end in self.course(queue)), default=0.0)

    def expected(self, event: Event, known: bool) -> float:
        """Return how long a call will take: as such calls did lately, or as others of its kind."""
        times = self.recent.get((event.fn, known)) or self.recent.get((event.fn, not known))
        return fmean(times) if times else GUESS_SECONDS

    def seconds_of(self, event: Event) -> float | None:
        """Return how long a call's answer takes by itself, None if none of its kind was timed."""
        timed = any(self.recent.get((event.fn, known)) for known in (True, False))
        return self.expected(event, self.question(event) in self.answered) if timed else None

    def question(self, event: Event) -> Hashable:
        """Return what tells a call's question from others: the function, and all it is given."""
        if event not in self.questions:
            short = event.request.scope.get(SIZE, 0) <= LONGEST
            self.questions[event] = (event.fn, digest(event.data) if short else event._id)
        return self.questions[event]

    def begins(self, event: Event) -> None:
        """Note that a call's work begins; none is timed that waits for an equal one."""
        question = self.question(event)
        equal = any(self.question(other) == question for other in self.began)
        self.began[event] = self.clock(), None if equal else question in self.answered

    def answers(self, event: Event) -> None:
        """Note how long a call took that has its answer, and that its question is known now."""
        since, known = self.began.get(event, (0.0, None))
        if known is not None:
            self.recent[event.fn, known].append(self.clock() - since)
        self.answered[self.question(event)] = None
        self.answered.move_to_end(self.question(event))
        if len(self.answered) > QUESTIONS:
            self.answered.popitem(last=False)

    def timed(self, process: Callable[..., Any]) -> Callable[..., Any]:
        """Return the queue's way of working on calls, with a look at the clock before."""

        @functools.wraps(process)
        async def work(events: list[Event], *others: Any) -> None:
            for event in events:
                self.begins(event)
            try:
                await process(events, *others)
            finally:
                for event in events:
                    self.began.pop(event, None)

        return work

    def announced(self, send: Callable[..., Any]) -> Callable[..., Any]:
        """Return the queue's way of telling something, with the right time where work begins."""

        def tell(event: Event, message: EventMessage) -> None:
            if isinstance(message, ProcessStartsMessage):
                message.eta = self.seconds_of(event)
            elif isinstance(message, ProcessCompletedMessage) and message.success:
                self.answers(event)
            send(event, message)

        return tell


def freed(ends: list[float], places: int | None) -> float:
    """Return when one of so many places is free, and take it; the others are until these ends."""
    return heapq.heappop(ends) if places and len(ends) >= places else 0.0


def digest(body: PredictBodyInternal | None) -> str:
    """Return what tells a call's values from others; in the path of a file its own digest is."""
    asked = [body.data, body.event_data] if body else []
    return hashlib.sha256(json.dumps(without_names(asked), default=str).encode()).hexdigest()


def without_names(value: Any) -> Any:
    """Return a value with nothing but the path of each file in it."""
    if isinstance(value, dict):
        return value.get("path") or {key: without_names(part) for key, part in value.items()}
    return [without_names(part) for part in value] if isinstance(value, list) else value
