"""Of the places where calls are worked on, one address holds a share: others find one free.

A painting, or a run of the lab, holds its place for minutes. Where one address has its share of
such places, its next call waits, and those of other addresses pass it. Where places are few, as
for what is done in a moment, the turns that addresses take in the queue are enough.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable

from gradio.queueing import Event, EventQueue, Queue

from vision.ui.server.limits import LIMITS, Limits
from vision.ui.server.replies import address_of

JOBS = 64  # calls that are worked on at once, each in a thread
FEW = 4  # places from which on there are shares


def share_of(places: int | None, limits: Limits = LIMITS) -> int | None:
    """Return how many of so many places one address may hold; None if there is no end of them."""
    if places is None or places < FEW:
        return places
    return max(1, places * limits.places_percent_per_address // 100)


class PlaceShares:
    """The queue's way of choosing which call is worked on next."""

    def __init__(self, queue: Queue, limits: Limits = LIMITS) -> None:
        self.queue, self.limits = queue, limits
        queue.get_events = self.next_call  # type: ignore[method-assign]

    def next_call(self) -> tuple[list[Event], bool, str] | None:
        """Take a call out of a queue, for whose address there is a free place."""
        queues = [queue for queue in self.queue.event_queue_per_concurrency_id.values()
                  if queue.queue and is_free(queue.current_concurrency, queue.concurrency_limit)]
        if queues:
            held = held_by(event for job in self.queue.active_jobs for event in job or ())
            for queue in random.sample(queues, len(queues)):
                if event := self.first(queue, held):
                    queue.queue.remove(event)
                    return [event], event.fn.batch, queue.concurrency_id
        return None

    def first(self, queue: EventQueue, held: Counter[tuple[str, str]]) -> Event | None:
        """Return the first call of a queue whose address has not its share of places yet."""
        most = share_of(queue.concurrency_limit, self.limits)
        of_all = share_of(len(self.queue.active_jobs), self.limits)
        for event in queue.queue:
            address = address_of(event.request.scope)
            if is_free(held[queue.concurrency_id, address], most) and is_free(
                    held["", address], of_all):
                return event
        return None


def is_free(held: int, places: int | None) -> bool:
    """Return whether there is one place more."""
    return places is None or held < places


def held_by(working: Iterable[Event]) -> Counter[tuple[str, str]]:
    """Return how many places each address holds: of each queue by its name, and of all by ""."""
    held: Counter[tuple[str, str]] = Counter()
    for event in working:
        address = address_of(event.request.scope)
        held.update([(event.concurrency_id, address), ("", address)])
    return held
