"""How many calls may wait and work for one visitor, one address and everybody; who is next.

Trainings, which take minutes, are counted apart from clicks. A call counts until its answer was
read; one that nobody listens to is dropped after a while, and its answer with it.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import gradio as gr
from fastapi import HTTPException
from gradio.context import LocalContext
from gradio.queueing import Event, Queue
from starlette.datastructures import QueryParams
from starlette.types import Scope

from vision.ui.server.body_limits import SIZE
from vision.ui.server.limits import LIMITS, Limits
from vision.ui.server.open_routes import API, path_of
from vision.ui.server.place_shares import PlaceShares
from vision.ui.server.replies import address_of
from vision.ui.server.wait_estimates import GUESS_SECONDS, WaitEstimates
from vision.ui.text import say

TRAININGS = "train"  # the concurrency id of all trainings
HEAVY = 256 * 1024  # bytes of a call that count as one call more
LOOK_SECONDS = 1.0


@dataclass(frozen=True)
class Call:
    """A call that waits, works, or whose answer was not yet read."""

    session: str
    address: str
    training: bool
    weight: int


class QueueLimits:
    """The page's queue, with limits on what is let in, and an order that is fair to addresses."""

    def __init__(self, page: gr.Blocks, limits: Limits = LIMITS) -> None:
        self.queue: Queue = page._queue
        self.page, self.limits = page, limits
        self.waits = WaitEstimates(self.queue, limits)
        PlaceShares(self.queue, limits)
        self.calls: dict[str, Call] = {}
        self.listeners: Counter[str] = Counter()  # streams of each session
        self.heard: dict[str, float] = {}  # when a session was last listened to
        self.sweeper: asyncio.Task[None] | None = None
        self.queue.push = self.guarded(self.queue.push)  # type: ignore[method-assign]

    def guarded(self, push: Callable[..., Any]) -> Callable[..., Any]:
        """Return the queue's way in, with a look at who comes."""

        @functools.wraps(push)
        async def enter(body: Any, request: Any, username: Any) -> Any:
            self.sweeper = self.sweeper or asyncio.create_task(self.sweep_on())
            asks = self.call_of(body, request)
            if self.is_full(asks):
                raise HTTPException(429, self.busy(asks, request))
            success, event, state = await push(body=body, request=request, username=username)
            if success:
                self.calls[event] = asks if asks.session else self.named(asks, event)
                self.heard[self.calls[event].session] = time.monotonic()
                self.reorder(self.queue.event_ids_to_events.get(event))
            return success, event, state

        return enter

    def call_of(self, body: Any, request: Any) -> Call:
        """Return what a request asks for."""
        function = self.page.fns.get(body.fn_index)
        return Call(body.session_hash or "", address_of(request.scope),
                    function is not None and function.concurrency_id == TRAININGS,
                    1 + request.scope.get(SIZE, 0) // HEAVY)

    @staticmethod
    def named(asks: Call, event: str) -> Call:
        """Return the call of a program without a session, which gets one of its own."""
        return Call(event, asks.address, asks.training, asks.weight)

    def is_full(self, asks: Call) -> bool:
        """Return whether a visitor, an address or everybody has enough calls of this kind."""
        self.forget_read()
        kind = "trainings" if asks.training else "clicks"
        alike = [call for call in self.calls.values() if call.training == asks.training]
        mine = (call for call in alike if call.session == asks.session)
        near = (call for call in alike if call.address == asks.address)
        return any(sum(call.weight for call in calls) + asks.weight > getattr(self.limits, most)
                   for calls, most in ((mine, f"{kind}_per_session"),
                                       (near, f"{kind}_per_address"), (alike, kind)))

    def forget_read(self) -> None:
        """Forget the calls that have ended and whose answers were read, or never will be.

        Who leaves while his call works gets no answer; Gradio would keep its number for good.
        """
        queue = self.queue
        open_ = {*queue.event_ids_to_events, *self.unread()}
        for session, events in list(queue.pending_event_ids_session.items()):
            events &= open_
            if not events and session not in queue.pending_messages_per_session:
                del queue.pending_event_ids_session[session]
        for event in self.calls.keys() - open_:
            del self.calls[event]

    def unread(self) -> set[str]:
        """Return the calls whose answers wait to be read."""
        return {message.event_id for messages in self.queue.pending_messages_per_session.values()
                for message in messages._queue}

    def busy(self, asks: Call, request: Any) -> str:
        """Return what is told of a full queue: why, and after how long to come again."""
        seconds = self.seconds_left(asks.training)
        return say("app.busy_training" if asks.training else "app.busy", gr.Request(request),
                   minutes=max(1, round(seconds / 60)), seconds=max(1, round(seconds)))

    def seconds_left(self, training: bool) -> float:
        """Return how long the calls of a kind will take that wait in its longest queue."""
        return max((self.waits.until_free(queue) for name, queue
                    in self.queue.event_queue_per_concurrency_id.items()
                    if (name == TRAININGS) == training), default=GUESS_SECONDS)

    def reorder(self, event: Event | None) -> None:
        """Let the addresses of a queue take turns, whoever has the most calls in it."""
        queue = event and self.queue.event_queue_per_concurrency_id.get(event.concurrency_id)
        if queue:
            queue.queue[:] = in_turns(queue.queue, lambda event: address_of(event.request.scope))
            self.queue.broadcast_estimations(queue.concurrency_id)

    async def sweep_on(self) -> None:
        """Drop what nobody listens to, again and again."""
        while not self.queue.stopped:
            await asyncio.sleep(LOOK_SECONDS)
            await self.sweep(time.monotonic())
        self.sweeper = None

    async def sweep(self, now: float) -> None:
        """Drop the calls and the answers of sessions that nobody listened to for long."""
        for session in list(self.queue.pending_messages_per_session):
            if self.listeners[session]:
                self.heard[session] = now
            elif now - self.heard.setdefault(session, now) > self.limits.unheard_seconds:
                await self.drop(session)
        for session in self.heard.keys() - self.queue.pending_messages_per_session.keys():
            del self.heard[session]

    async def drop(self, session: str) -> None:
        """Take a session's calls out of the queue, end those that work, and forget its answers."""
        await self.queue.clean_events(session_hash=session)
        self.queue.pending_messages_per_session.pop(session, None)
        self.queue.pending_event_ids_session.pop(session, None)
        self.heard.pop(session, None)

    def session_of(self, scope: Scope) -> str | None:
        """Return the session whose answers a request wants to hear."""
        path = path_of(scope)
        if path == f"{API}/queue/data":
            return QueryParams(scope["query_string"]).get("session_hash", "")
        if path.startswith(f"{API}/call/") and scope["method"] == "GET":
            event = path.rsplit("/", 1)[-1]
            return self.calls[event].session if event in self.calls else event
        return None


def others_wait(name: str) -> bool:
    """Return whether somebody waits for a place among the calls of a concurrency id."""
    page = LocalContext.blocks.get(None)
    queue = page and page._queue.event_queue_per_concurrency_id.get(name)
    return bool(queue and queue.queue)


def in_turns(waiting: Iterable[Any], who: Callable[[Any], str]) -> list[Any]:
    """Return what waits so that everybody's first comes before anybody's second, and so on."""
    before: Counter[str] = Counter()
    turns = []
    for one in waiting:
        turns.append((before[who(one)], one))
        before[who(one)] += 1
    return [one for _, one in sorted(turns, key=lambda turn: turn[0])]
