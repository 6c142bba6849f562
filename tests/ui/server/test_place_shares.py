"""One address never holds all places where calls are worked on, and a class can work."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from gradio.data_classes import PredictBodyInternal
from gradio.queueing import Event
from starlette.requests import Request

from vision.ui.server.limits import Limits
from vision.ui.server.place_shares import JOBS, share_of
from vision.ui.server.queue_limits import QueueLimits

PLACES, FEW = 32, 2
PAINTING, CLICK = 0, 1
pytestmark = pytest.mark.anyio


class Studios:
    """A page with many places for paintings and few for clicks, whose work does not end."""

    def __init__(self, jobs: int = JOBS, **limits: int) -> None:
        with gr.Blocks() as page:
            text = gr.Textbox()
            text.submit(lambda said: said, text, text, concurrency_limit=PLACES)
            text.submit(lambda said: said, text, text, concurrency_limit=FEW)
        self.limits = QueueLimits(page, Limits(**limits))
        self.queue = self.limits.queue
        self.queue.active_jobs = [None] * jobs

    async def ask(self, address: str, count: int, function: int = PAINTING) -> list[Event]:
        """Let so many visitors of an address join the queue, and return their calls."""
        scope = {"type": "http", "client": (address, 1), "method": "POST", "headers": [],
                 "path": "/", "query_string": b"", "server": ("lab", 80), "scheme": "http"}
        events = []
        for number in range(count):
            body = PredictBodyInternal(session_hash=f"{address}/{number}", fn_index=function,
                                       data=[f"{address}/{number}"], request=Request(scope))
            joined: Any = (await self.queue.push(body, body.request, None))[1]
            events.append(self.queue.event_ids_to_events[joined])
        return events

    def begun(self) -> list[str]:
        """Let all calls begin that may, as the queue does, and return their visitors."""
        visitors = []
        while None in self.queue.active_jobs and (found := self.queue.get_events()):
            events, _, name = found
            self.queue.active_jobs[self.queue.active_jobs.index(None)] = events
            self.queue.event_queue_per_concurrency_id[name].current_concurrency += 1
            self.limits.waits.begins(events[0])
            visitors.append(events[0].session_hash)
        return visitors

    def end(self, event: Event) -> None:
        """Let a call end."""
        self.queue.active_jobs[self.queue.active_jobs.index([event])] = None
        self.queue.event_queue_per_concurrency_id[event.concurrency_id].current_concurrency -= 1
        self.limits.waits.began.pop(event)


async def test_one_address_holds_three_quarters_and_others_pass_it() -> None:
    studios = Studios()
    students = await studios.ask("school", 30)
    assert studios.begun() == [f"school/{number}" for number in range(24)]
    await studios.ask("home", 3)
    assert studios.begun() == ["home/0", "home/1", "home/2"]
    studios.end(students[0])
    assert studios.begun() == ["school/24"], "who waited goes on as soon as another one ends"
    await studios.ask("far", 30)
    assert len(studios.begun()) == PLACES - 24 - 3


async def test_of_all_places_too_one_address_holds_three_quarters() -> None:
    studios = Studios(jobs=16)
    await studios.ask("school", 30)
    assert len(studios.begun()) == 12
    await studios.ask("home", 1, CLICK)
    assert studios.begun() == ["home/0"]


async def test_a_class_that_paints_can_still_click() -> None:
    studios = Studios()
    await studios.ask("school", 30)
    studios.begun()
    await studios.ask("school", 3, CLICK)
    assert len(studios.begun()) == FEW, "few places have no shares"


async def test_the_share_is_set_by_whoever_serves_the_page() -> None:
    studios = Studios(places_percent_per_address=100)
    await studios.ask("school", 40)
    assert len(studios.begun()) == PLACES
    assert share_of(PLACES, Limits(places_percent_per_address=0)) == 1 and share_of(None) is None


async def test_who_waits_for_a_share_is_told_how_long() -> None:
    studios = Studios(places_percent_per_address=50)
    first, *_ = await studios.ask("school", 16)
    studios.begun()
    studios.limits.waits.recent[first.fn, False].append(60.0)
    await studios.ask("school", 1)
    await studios.ask("home", 1)
    name = studios.queue.event_queue_per_concurrency_id[first.concurrency_id]
    waits = dict(zip((event.session_hash for event in name.queue),
                     studios.limits.waits.waits(name), strict=True))
    assert waits["school/0"] == pytest.approx(120, abs=5), "a place of the address is free then"
    assert waits["home/0"] == pytest.approx(60, abs=5)
