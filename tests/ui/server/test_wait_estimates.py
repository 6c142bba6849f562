"""The wait that is told is right within a factor of two, for equal and different questions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any

import gradio as gr
import pytest
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event
from gradio.server_messages import EstimationMessage, ProcessCompletedMessage, ProcessStartsMessage
from starlette.requests import Request

from tests.ui.server.small_page import API, asked, body
from vision.ui.server.body_limits import SIZE
from vision.ui.server.wait_estimates import LONGEST, WaitEstimates

COMPUTED, SHARED = 4.0, 0.05  # seconds of an answer
SLOTS = 2
NOTICED = 1.0  # seconds: nobody looks at the clock for less
pytestmark = pytest.mark.anyio


class Room:
    """A page whose one function takes so long by a clock of its own; who asks again, gets it."""

    def __init__(self, shares: bool = True) -> None:
        with gr.Blocks() as page:
            text = gr.Textbox()
            text.submit(lambda said: said, text, text, concurrency_limit=SLOTS)
        self.now, self.shares, self.chance = 0.0, shares, random.Random(0)
        self.queue = page._queue
        self.queue.active_jobs = [None] * 8
        self.waits = WaitEstimates(self.queue, clock=lambda: self.now)
        self.known: dict[str, float] = {}  # when each question's answer is there
        self.working: dict[Event, float] = {}  # until when
        self.came: dict[Event, float] = {}
        self.told: dict[Event, list[float | None]] = {}  # how long in all, as the page shows it
        self.real: list[tuple[float | None, float]] = []  # told and real waits
        self.send = self.queue.send_message
        self.queue.send_message = self.heard  # type: ignore[method-assign]

    def heard(self, event: Event, message: Any) -> None:
        """Keep what a visitor is told of his wait."""
        if isinstance(message, EstimationMessage):
            gone = self.now - self.came.setdefault(event, self.now)
            self.told.setdefault(event, []).append(
                None if message.rank_eta is None else gone + message.rank_eta)
        self.send(event, message)

    async def ask(self, question: str, **scope: int) -> None:
        """Join the queue."""
        request: Any = Request({"type": "http", **scope})
        asks = PredictBodyInternal(session_hash=f"{random.random()}", fn_index=0, data=[question],
                                   request=request)
        await self.queue.push(asks, request, None)

    def work(self, until: float = 1e9) -> None:
        """Let the queue go on until a time, or until nobody waits any more."""
        while True:
            while len(self.working) < SLOTS and (found := self.queue.get_events()):
                self.begin(found[0][0])
            event = min(self.working, key=lambda event: self.working[event], default=None)
            if event is None or self.working[event] > until:
                break
            self.end(event)
        self.now = max(self.now, until if until < 1e9 else 0)

    def begin(self, event: Event) -> None:
        """Work on a call: new for long, known in no time, being computed until that is done."""
        assert event.data
        self.queue.active_jobs[self.queue.active_jobs.index(None)] = [event]
        self.waits.begins(event)
        self.queue.send_message(event, ProcessStartsMessage())
        question = event.data.data[0]
        ends = self.now + COMPUTED * self.chance.uniform(0.7, 1.3)
        if self.shares:
            ends = max(self.known.setdefault(question, ends), self.now + SHARED)
        self.working[event] = ends
        self.waits.tell(event.concurrency_id)

    def end(self, event: Event) -> None:
        """Answer a call, and compare its wait with what it was told."""
        self.now = self.working.pop(event)
        self.queue.send_message(event, ProcessCompletedMessage(output={}, success=True))
        self.waits.began.pop(event)
        self.queue.active_jobs[self.queue.active_jobs.index([event])] = None
        self.real += [(told, self.now - self.came[event]) for told in self.told.pop(event)]

    def wrong(self) -> Iterator[tuple[float | None, float]]:
        """Yield what was told and was not between half and twice the real wait."""
        for told, real in self.real:
            if max(told or 0, real) > NOTICED and not (told and real / 2 <= told <= 2 * real):
                yield told, real


async def warm(shares: bool = True) -> Room:
    """Return a room in which some questions were asked already."""
    room = Room(shares)
    for question in "abba":
        await room.ask(question)
        room.work()
    room.real.clear()
    return room


def equal(chance: random.Random, number: int) -> str:
    """Return what all ask alike."""
    return "the default"


def different(chance: random.Random, number: int) -> str:
    """Return what one asks alone."""
    return f"mine {number}"


def mixed(chance: random.Random, number: int) -> str:
    """Return what was answered, what others ask just now, or something new."""
    return chance.choice(["a", "b", "the default", f"mine {number}"])


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize("asks", [equal, different, mixed])
async def test_the_wait_that_is_told_is_right_within_a_factor_of_two(
        asks: Callable[[random.Random, int], str], shares: bool) -> None:
    room, chance = await warm(shares), random.Random(1)
    for number in range(30):
        await room.ask(asks(chance, number))
        room.work(room.now + chance.uniform(0, 0.2))
    room.work()
    assert len(room.real) > 60 and not list(room.wrong())


async def test_nothing_is_told_as_long_as_nothing_was_timed() -> None:
    room = Room()
    for question in "abc":
        await room.ask(question)
    room.work()
    assert {told for told, _ in room.real[:2]} == {None}
    await room.ask("d")
    assert all(room.told.popitem()[1])


async def test_questions_are_told_apart_by_their_values_and_by_the_paths_of_files() -> None:
    room = Room()
    asks: list[Any] = ["a", "a", "b", {"path": "h/x.png", "orig_name": "x.png", "url": "one"},
                       {"path": "h/x.png", "orig_name": "y.png", "url": "two"},
                       {"path": "i/x.png", "orig_name": "x.png"}]
    for question in asks:
        await room.ask(question)
    await room.ask("a", **{SIZE: LONGEST + 1})
    queue, = room.queue.event_queue_per_concurrency_id.values()
    questions = [room.waits.question(event) for event in queue.queue]
    assert [questions.index(each) for each in questions] == [0, 0, 2, 3, 3, 5, 6]


async def test_a_call_that_takes_too_long_is_not_told_to_end_at_once() -> None:
    room = await warm()
    for question in "cdef":
        await room.ask(question)
    room.work(room.now)
    room.now += 5 * COMPUTED
    queue, = room.queue.event_queue_per_concurrency_id.values()
    assert min(filter(None, room.waits.waits(queue))) > 2 * COMPUTED


def test_calls_on_the_page_are_timed_unless_they_fail() -> None:
    with gr.Blocks() as page:
        text = gr.Textbox()
        text.submit(lambda said: 1 / int(said), text, text)
    with asked(page) as http:
        http.get(f"{API}/startup-events")
        waits = page._queue.broadcast_estimations.__self__  # type: ignore[attr-defined]
        assert isinstance(waits, WaitEstimates)
        for number, said in enumerate("1012"):
            http.post(f"{API}/queue/join", json=body([said], 0, f"{number}"))
            with http.stream("GET", f"{API}/queue/data",
                             params={"session_hash": f"{number}"}) as lines:
                heard = takewhile(lambda line: "process_completed" not in line, lines.iter_lines())
                started, = (line for line in heard if "process_starts" in line)
            assert ('"eta":null' in started) == (number == 0)
        times = {known: len(times) for (_, known), times in waits.recent.items() if times}
        assert times == {False: 2, True: 1} and not waits.began
