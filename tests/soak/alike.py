"""Thirty visitors press the same button of the page as it opens: when has the last an answer?"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from tests.soak.page import Answer, Visitor

ACTIONS = {"segment": 3.0, "sample": 3.0, "detect": 3.0, "prune": 3.0}  # seconds for the last
VISITORS = 30


async def run(http: httpx.AsyncClient, config: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return a row of a table for each action, and what came too late or not at all."""
    rows, failures = [], []
    for name, most in ACTIONS.items():
        answers = await pressed(http, config, name)
        times = sorted(answer.seconds for answer in answers)
        rows.append(f"| {name} | {times[0]:.2f} | {times[len(times) // 2]:.2f} | {times[-1]:.2f} |")
        failures += [f"{name}: {answer.sentence}" for answer in answers if answer.data is None]
        if times[-1] > most:
            failures.append(f"{name}: the last of {VISITORS} waited {times[-1]:.1f} s")
    return rows, failures


async def pressed(http: httpx.AsyncClient, config: dict[str, Any], name: str) -> list[Answer]:
    """Return what all visitors get who press a button at once; nobody has pressed it before."""
    visitors = [Visitor(http, config) for _ in range(VISITORS)]
    return list(await asyncio.gather(*(visitor.call(name, visitor.defaults(name))
                                       for visitor in visitors)))
