"""For who runs the page: whether it lives, whether it is warm, and what its queue has done."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import gradio as gr
from gradio.blocks import BlockFunction
from gradio.queueing import Event, Queue
from gradio.server_messages import EventMessage, ProcessCompletedMessage
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from vision.ui.server.ending import leaving
from vision.ui.server.open_routes import HEALTH, METRICS, READY, path_of
from vision.ui.server.queue_limits import TRAININGS

WARM = threading.Event()  # once the models of the first clicks are loaded
PROMETHEUS = "text/plain; version=0.0.4"
TOLD = {  # each measure: its kind, and what it counts
    "waiting": ("gauge", "Calls that wait in the queue."),
    "running": ("gauge", "Calls that are worked on."),
    "done_total": ("counter", "Calls that were answered."),
    "failed_total": ("counter", "Calls that were refused or went wrong."),
    "seconds_total": ("counter", "Seconds from question to answer, all calls together."),
}


class Health:
    """A server that also tells how it is."""

    def __init__(self, app: ASGIApp, page: gr.Blocks) -> None:
        self.app, self.queue = app, page._queue
        self.ended: dict[str, dict[str, float]] = {
            name: defaultdict(float) for name, (kind, _) in TOLD.items() if kind == "counter"}
        self.queue.send_message = self.counting(self.queue)  # type: ignore[method-assign]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or tell how it is."""
        path = path_of(scope)
        if path == HEALTH:
            await PlainTextResponse("alive\n")(scope, receive, send)
        elif path == READY:
            ready = WARM.is_set() and not leaving()
            reply = PlainTextResponse("ready\n" if ready else "not ready\n", 200 if ready else 503)
            await reply(scope, receive, send)
        elif path == METRICS:
            text = "".join(lines(self.measures()))
            await PlainTextResponse(text, media_type=PROMETHEUS)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def counting(self, queue: Queue) -> Any:
        """Return the queue's way of answering, with a count of the calls that end."""
        send = queue.send_message

        def count(event: Event, message: EventMessage) -> None:
            if isinstance(message, ProcessCompletedMessage):
                action = action_of(event.fn)
                self.ended["done_total" if message.success else "failed_total"][action] += 1
                self.ended["seconds_total"][action] += time.monotonic() - event.enqueue_time
            send(event, message)

        return count

    def measures(self) -> dict[str, Mapping[str, float]]:
        """Return every measure, by action."""
        waiting = (event for each in self.queue.event_queue_per_concurrency_id.values()
                   for event in each.queue)
        running = (event for job in self.queue.active_jobs for event in job or ())
        return {"waiting": counted(waiting), "running": counted(running), **self.ended}


def counted(events: Iterable[Event]) -> Mapping[str, float]:
    """Return how many calls there are of each action."""
    return Counter(action_of(event.fn) for event in events)


def action_of(function: BlockFunction) -> str:
    """Return what a call is counted as: its public name, a training, or one of the many others."""
    if function.concurrency_id == TRAININGS:
        return "train"
    return str(function.api_name) if function.api_visibility == "public" else "other"


def lines(measures: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Yield measures in the text form of Prometheus."""
    for name, (kind, what) in TOLD.items():
        yield f"# HELP vision_calls_{name} {what}\n# TYPE vision_calls_{name} {kind}\n"
        for action, value in sorted(measures[name].items()):
            yield f'vision_calls_{name}{{action="{action}"}} {value:.15g}\n'
