"""`python -m tests.soak.hosting`: how long each action takes where so many visitors are.

The table is for `docs/hosting.md`; each number of visitors gets a fresh app, on a machine that does
nothing else meanwhile. With four numbers it takes ten minutes, and twelve at most.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
from collections.abc import Sequence
from datetime import datetime, timezone

import httpx
import psutil

from tests.soak import load
from tests.soak.load import Load
from tests.soak.page import served

VISITORS = (10, 30, 50, 100)
PERCENT = 95
DRAIN = 20.0  # seconds after the end in which last answers may still come
PREPARED = 60.0  # seconds within which an app is ready, and each action was asked for once alone


def main() -> int:
    """Print the table, and return whether anything went wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.hosting")
    parser.add_argument("--users", type=int, nargs="+", default=list(VISITORS))
    parser.add_argument("--minutes", type=float, default=1.25)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    loads = []
    for users in chosen.users:
        try:
            loads.append(asyncio.run(measured(users, 60 * chosen.minutes, chosen.seed)))
        except (asyncio.TimeoutError, TimeoutError):
            print(f"{users} visitors: this machine is too busy to say", file=sys.stderr)
            continue
        print(f"{users} visitors: {sum(map(len, loads[-1].times.values()))} calls, "
              f"{len(loads[-1].errors)} errors", file=sys.stderr)
    print(table(loads, chosen.minutes))
    return int(len(loads) < len(chosen.users)
               or any(each.errors or each.strangers for each in loads))


async def measured(users: int, seconds: float, seed: int) -> Load:
    """Return what so many visitors of a fresh app see."""
    with served() as (address, process):
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits) as http:
            return await asyncio.wait_for(crowd(http, process, users, seconds, seed),
                                          PREPARED + seconds + DRAIN)


async def crowd(http: httpx.AsyncClient, process: psutil.Process, users: int, seconds: float,
                seed: int) -> Load:
    """Return what visitors see of an app once it is ready."""
    while (await http.get("/readyz")).status_code != 200:
        await asyncio.sleep(0.5)
    config = (await http.get("/config")).json()
    return await load.run(http, config, process, users, seconds, seed, DRAIN)


def table(loads: Sequence[Load], minutes: float) -> str:
    """Return for each action within how many seconds 95 of 100 answers came, as Markdown."""
    names = sorted({name for each in loads for name in each.times} - load.WATCHED.keys())
    rows = [f"| {name} | " + " | ".join(within(each.times[name]) for each in loads) + " |"
            for name in names]
    errors = " | ".join(str(len(each.errors) + len(each.strangers)) for each in loads)
    told = " | ".join("{}/{}".format(*each.told_right()) for each in loads)
    late = " | ".join(str(each.unanswered) for each in loads)
    memory = " | ".join(f"{each.memory[1] / 1e6:.0f}" for each in loads)
    return "\n".join([
        f"95% of the answers within so many seconds, {minutes:g} minutes each, {os.cpu_count()} "
        f"cores ({platform.machine()}), {datetime.now(timezone.utc):%Y-%m-%d}, "
        "`python -m tests.soak.hosting`:", "",
        "| visitors | " + " | ".join(str(each.users) for each in loads) + " |",
        "|---" * (len(loads) + 1) + "|", *rows,
        f"| waits for a turn that were told within a factor of two | {told} |",
        f"| no answer {DRAIN:g} s after the end | {late} |",
        f"| errors, or answers of others | {errors} |", f"| memory at the end, MB | {memory} |"])


def within(times: Sequence[float]) -> str:
    """Return within how many seconds most answers came, – if nobody asked."""
    return f"{load.quantile([*times], PERCENT):.1f}" if times else "–"


if __name__ == "__main__":
    sys.exit(main())
