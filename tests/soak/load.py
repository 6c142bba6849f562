"""Many users who mix the main actions; each answer is compared with the one given alone."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import httpx
import numpy as np
import psutil

from tests.soak.page import LEFT, PATIENCE, Visitor
from vision import checkpoints
from vision.ui import ASSETS

THEORY, TRAINING = "run", "train_own_2"  # the GAN's lab in two dimensions, and its own training
SHARES = {"play": 5, "show_plan": 5, "sample": 4, "segment": 4, "prune": 2, "detect": 2,
          "stylize": 1, THEORY: 1, TRAINING: 1}
WATCHED = {THEORY: 20.0, TRAINING: 20.0}  # seconds until somebody who looks on goes away
TRAINING_STEPS = 4  # its place among the inputs
LIGHT = ("play", "show_plan", "sample")
SOON = 60  # tries, a second apart
THINKING = (1.0, 4.0)  # seconds between two actions of a user
NOTICED = 1.0  # seconds: nobody looks at the clock for less
MOST_LIGHT = 2.0  # seconds, 95th percentile
MOST_MEMORY = 200e6  # bytes


class Told(NamedTuple):
    """How long somebody was told at first that it takes, how long it took, and until his turn."""

    told: float
    real: float
    turn: float


@dataclass
class Load:
    """What many users have seen."""

    users: int
    seconds: float
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)  # answers that are not the caller's
    waited: int = 0  # calls that were told their place in the queue
    farthest: int = 0
    unanswered: int = 0  # calls that were given up after the end
    told: list[Told] = field(default_factory=list)
    memory: tuple[int, int] = (0, 0)  # bytes before and after

    def failures(self) -> list[str]:
        """Return what must not be."""
        late = [f"{name}: 95% within {quantile(self.times[name], 95):.2f} s" for name in LIGHT
                if self.times[name] and quantile(self.times[name], 95) > MOST_LIGHT]
        grown = self.memory[1] - self.memory[0]
        given_up = [f"{self.unanswered} calls had no answer"] if self.unanswered else []
        return [*self.errors, *self.strangers, *given_up, *late,
                *([f"memory grew by {grown / 1e6:.0f} MB"] if grown > MOST_MEMORY else [])]


    def told_right(self, queued: bool = True) -> tuple[int, int]:
        """Return how many waits were told within a factor of two, and how many there were.

        Those count who waited for their turn, or all who waited for anything.
        """
        waits = [each for each in self.told
                 if (each.turn if queued else max(each.told, each.real)) > NOTICED]
        return sum(each.real / 2 <= each.told <= 2 * each.real for each in waits), len(waits)


def quantile(times: list[float], percent: float) -> float:
    """Return a quantile of times."""
    return float(np.percentile(times, percent))


async def variants(visitor: Visitor, chance: random.Random) -> dict[str, list[list[Any]]]:
    """Return some different inputs for each action there is."""
    found: dict[str, list[list[Any]]] = {}
    for name in sorted(SHARES.keys() & visitor.endpoints.keys()):
        if name != "detect" or checkpoints.shipped("infrared"):
            found[name] = [visitor.defaults(name) for _ in range(3)]
    for number, values in enumerate(found.get("segment", [])):
        values[0] = await visitor.upload(ASSETS / "segmentation" / f"street-{number + 1}.png")
        values[1] = None
    for values in found.get("sample", []):
        values[3] = chance.randrange(10**6)
    for values in found.get("stylize", []):
        values[9], values[10] = 96 + 8 * chance.randrange(8), chance.randrange(20, 60)
    for values in found.get(TRAINING, []):
        values[TRAINING_STEPS] = 200
    moved: dict[str, tuple[int, tuple[float, ...]]] = {
        "play": (0, (1, 3, 6)), "show_plan": (1, (0.1, 0.4, 0.6)), "prune": (1, (0.1, 0.4, 0.6))}
    for name, (place, choices) in moved.items():
        for given, value in zip(found.get(name, []), choices, strict=False):
            given[place] = value
    return found


async def reference(visitor: Visitor, name: str, values: list[Any]) -> Any:
    """Return the essence of what a call gives when nobody else is there, soon at the latest."""
    for _ in range(SOON):
        answer = await visitor.call(name, values)
        if answer.data is not None:
            break
        await asyncio.sleep(1)  # those who were there before may still be served
    if answer.data is None:
        raise RuntimeError(f"{name} does not work: {answer.sentence}")
    return essence(answer.data)[-1]


def essence(answer: Any) -> Any:
    """Return an answer without times and addresses, its numbers rounded."""
    if isinstance(answer, dict):
        return {key: essence(value) for key, value in answer.items()
                if not any(word in key for word in ("seconds", "milliseconds", "path", "url"))}
    if isinstance(answer, list):
        return [essence(value) for value in answer]
    return f"{answer:.2g}" if isinstance(answer, float) else answer


async def run(http: httpx.AsyncClient, config: dict[str, Any], process: psutil.Process,
              users: int, seconds: float, seed: int, drain: float = PATIENCE) -> Load:
    """Let users act for some time, wait for their last answers, and return what they saw."""
    chance = random.Random(seed)
    first = Visitor(http, config)
    given = await variants(first, chance)
    alone = {name: [await reference(first, name, values) for values in several]
             for name, several in given.items() if name not in WATCHED}
    load = Load(users, seconds, memory=(process.memory_info().rss, 0))
    end = time.monotonic() + seconds
    await asyncio.gather(*(user(Visitor(http, config), given, alone, load, (end, end + drain),
                                random.Random(f"{seed} {number}")) for number in range(users)))
    await asyncio.sleep(5)
    load.memory = (load.memory[0], process.memory_info().rss)
    return load


async def user(visitor: Visitor, given: dict[str, list[list[Any]]], alone: dict[str, list[Any]],
               load: Load, ends: tuple[float, float], chance: random.Random) -> None:
    """Act, look at the answer, think, until the end; the last answer may come until a later one."""
    names = sorted(given)
    while time.monotonic() < ends[0]:
        name = chance.choices(names, [SHARES[name] for name in names])[0]
        which = chance.randrange(len(given[name]))
        answer = await visitor.call(name, given[name][which], min(
            WATCHED.get(name, PATIENCE), ends[1] - time.monotonic()))
        load.times[name].append(answer.seconds)
        load.waited += any(answer.places)
        load.farthest = max([load.farthest, *answer.places])
        if answer.told is not None and answer.sentence is None:
            load.told.append(Told(answer.told, answer.seconds, answer.turn or 0.0))
        if answer.sentence == LEFT:
            load.unanswered += name not in WATCHED
        elif answer.data is None:
            load.errors.append(f"{name}: {answer.sentence}")
        elif name not in WATCHED and essence(answer.data)[-1] != alone[name][which]:
            load.strangers.append(f"{name}: not what the same call gives alone")
        await asyncio.sleep(chance.uniform(*THINKING))
