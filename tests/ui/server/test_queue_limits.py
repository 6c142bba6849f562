"""Nobody fills the queue: limits for each visitor, address and kind, and turns for everybody."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from gradio.data_classes import PredictBodyInternal
from gradio.server_messages import ProcessCompletedMessage
from starlette.requests import Request

from tests.ui.server.small_page import API, QUEUED, asked, body, small_page
from vision.ui.server.limits import Limits
from vision.ui.server.queue_limits import HEAVY, QueueLimits, in_turns

CLICK, TRAINING = 0, 1
pytestmark = pytest.mark.anyio


class Busy:
    """A page with a click and a training, in whose queue calls stay."""

    def __init__(self, **limits: int) -> None:
        with gr.Blocks() as page:
            text = gr.Textbox()
            text.submit(lambda said: said, text, text)
            text.submit(lambda said: said, text, text, concurrency_id="train", concurrency_limit=1)
        self.limits = QueueLimits(page, Limits(**limits))
        self.queue = self.limits.queue

    async def ask(self, session: str | None = "a", address: str = "1", function: int = CLICK,
                  size: int = 0, language: str = "en") -> str:
        """Join the queue and return the event, or what is told instead."""
        scope = {"type": "http", "client": (address, 1), "vision.size": size, "method": "POST",
                 "headers": [(b"accept-language", language.encode())], "path": "/",
                 "query_string": b"", "server": ("lab", 80), "scheme": "http"}
        request: Any = Request(scope)
        asked_for = PredictBodyInternal(session_hash=session, fn_index=function, data=["x"],
                                        request=request)
        try:
            return (await self.queue.push(asked_for, request, None))[1]  # type: ignore
        except Exception as error:
            return str(error.detail)  # type: ignore[attr-defined]

    def waiting(self, kind: str = "") -> list[str]:
        """Return the sessions that wait, first come first."""
        return [event.session_hash for queue in self.queue.event_queue_per_concurrency_id.values()
                for event in queue.queue if kind in queue.concurrency_id]


async def test_a_visitor_an_address_and_everybody_have_limits() -> None:
    busy = Busy(clicks_per_session=3, clicks_per_address=5, clicks=8)
    for session, address, let_in in (("a", "1", 3), ("b", "1", 2), ("c", "1", 0), ("d", "2", 3),
                                     ("e", "3", 0)):
        told = [await busy.ask(session, address) for _ in range(6)]
        assert ["busy" in said for said in told] == [False] * let_in + [True] * (6 - let_in)
    assert len(busy.waiting()) == 8


async def test_trainings_do_not_take_the_places_of_clicks() -> None:
    busy = Busy(trainings_per_session=1, trainings_per_address=4, clicks_per_address=3)
    told = [await busy.ask(f"{number}", function=TRAINING) for number in range(65)]
    assert sum("Many trainings are waiting" in said for said in told) == 61
    assert [await busy.ask("a") for _ in range(2)] and len(busy.waiting("train")) == 4
    assert len(busy.waiting()) == 6


async def test_thirty_students_with_three_calls_each_are_let_in_at_one_address() -> None:
    busy = Busy()
    told = [await busy.ask(f"{number}") for number in range(30) for _ in range(3)]
    assert not any("busy" in said for said in told) and len(busy.waiting()) == 90


async def test_the_sentence_tells_when_to_come_again_in_three_languages() -> None:
    busy = Busy(clicks_per_session=2)
    await busy.ask()
    await busy.ask()
    busy.limits.waits.recent[busy.limits.page.fns[CLICK], False].append(20.0)
    assert "about 40 s" in await busy.ask()
    assert "大约 40 秒" in await busy.ask(language="zh-CN")
    assert "cerca de 40 s" in await busy.ask(language="pt-BR")


async def test_a_large_call_counts_as_many() -> None:
    busy = Busy(clicks_per_address=10)
    assert "busy" in await busy.ask("a", size=10 * HEAVY)
    assert "busy" not in await busy.ask("a", size=8 * HEAVY) and "busy" in await busy.ask(
        "b", size=HEAVY)


async def test_addresses_take_turns() -> None:
    busy = Busy()
    for number in range(4):
        await busy.ask(f"many{number}", "1")
    await busy.ask("one", "2")
    assert busy.waiting() == ["many0", "one", "many1", "many2", "many3"]
    assert in_turns("aaabbc", str) == list("abcaba")


async def test_who_leaves_while_a_call_works_does_not_count_for_good() -> None:
    busy = Busy(clicks_per_address=1)
    queue, event = busy.queue, await busy.ask("leaves")
    waiting = next(each.queue for each in queue.event_queue_per_concurrency_id.values())
    queue.active_jobs = [[waiting.pop()]]
    del queue.pending_messages_per_session["leaves"]  # as Gradio does where a stream breaks
    await queue.clean_events(session_hash="leaves")
    assert "busy" in await busy.ask("comes")  # it still works
    queue.event_ids_to_events.pop(event)
    assert "busy" not in await busy.ask("comes")
    assert list(queue.pending_event_ids_session) == ["comes"]


async def test_an_answer_counts_until_it_was_read() -> None:
    busy = Busy(clicks_per_address=1)
    queue, event = busy.queue, await busy.ask("mine")
    answer = ProcessCompletedMessage(output={"data": ["x"]}, success=True)
    queue.send_message(queue.event_ids_to_events.pop(event), answer)
    assert "busy" in await busy.ask("theirs")
    assert queue.pending_event_ids_session == {"mine": {event}}
    messages = queue.pending_messages_per_session["mine"]
    while not messages.empty():
        messages.get_nowait()
    assert "busy" not in await busy.ask("theirs")
    assert queue.pending_event_ids_session["mine"] == set()


async def test_what_nobody_listens_to_is_dropped_with_its_answer() -> None:
    busy = Busy(unheard_seconds=30)
    mine, theirs = await busy.ask("mine"), await busy.ask("theirs")
    program = await busy.ask(None)
    answered = await busy.ask("answered")
    busy.queue.event_ids_to_events.pop(answered)  # it has ended, but its answer was not read
    now = max(busy.limits.heard.values())
    busy.limits.listeners["mine"] = 1
    await busy.limits.sweep(now + 29)
    assert set(busy.queue.pending_messages_per_session) == {"mine", "theirs", program, "answered"}
    await busy.limits.sweep(now + 31)
    assert list(busy.queue.pending_messages_per_session) == ["mine"]
    assert list(busy.queue.event_ids_to_events) == [mine] and theirs not in busy.waiting()
    busy.limits.forget_read()
    assert list(busy.limits.calls) == [mine]
    del busy.limits.listeners["mine"]
    await busy.limits.sweep(now + 60)
    assert list(busy.queue.pending_messages_per_session) == ["mine"]
    await busy.limits.sweep(now + 62)
    assert not busy.queue.pending_messages_per_session and not busy.limits.heard


def test_a_queued_function_is_called_through_the_queue_only() -> None:
    page = small_page().queue(api_open=False)
    with asked(page) as http:
        assert http.post(f"{API}/run/predict", json=body(["a"], QUEUED)).status_code == 404
        assert http.post(f"{API}/run/queued", json={"data": ["a"]}).status_code == 404
        assert http.post(f"{API}/run/direct", json={"data": ["a"]}).json()["data"] == ["a"]


def test_a_call_goes_through_and_is_listened_to() -> None:
    with asked() as http:
        http.get(f"{API}/startup-events")
        assert http.post(f"{API}/queue/join", json=body(["a"], QUEUED)).status_code == 200
        with http.stream("GET", f"{API}/queue/data", params={"session_hash": "here"}) as lines:
            assert any("process_completed" in line for line in lines.iter_lines())
        event = http.post(f"{API}/call/queued", json={"data": ["b"]}).json()["event_id"]
        with http.stream("GET", f"{API}/call/queued/{event}") as lines:
            assert 'data: ["b"]' in list(lines.iter_lines())
