"""`python -m tests.soak`: the load, the bad calls, and a report as Markdown."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.soak import alike, attacks, curves, fuzz, load, mishaps, watch
from tests.soak import attacks_values as attacks_values  # adds its attacks
from tests.soak.page import served

SHOWN = 20  # failures that are listed


def main() -> int:
    """Run both against a fresh app, write the report, and return whether anything failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, default=Path("runs/soak.md"))
    chosen = parser.parse_args()
    chosen.output.parent.mkdir(parents=True, exist_ok=True)
    text, failed = asyncio.run(measure(chosen))
    chosen.output.write_text(text, "utf-8")
    print(text)
    return int(failed)


async def measure(chosen: argparse.Namespace) -> tuple[str, bool]:
    """Return the report, and whether anything failed; the curves are drawn beside it."""
    seconds = 60 * chosen.minutes
    with served() as (address, process):
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=address, timeout=600, limits=limits) as http:
            config = (await http.get("/config", timeout=60)).json()
            thirty, late = await alike.run(http, config)  # while nobody has asked anything yet
            with curves.drawn(address, config, process, seconds) as drawn:
                crowd = await load.run(http, config, process, chosen.users, seconds, chosen.seed)
            drawn.save(chosen.output.with_suffix(".svg"))
            bad = await fuzz.run(http, config, chosen.calls, chosen.seed)
            tried, seen = await attacks.run(address, config, process)
            after = await afterwards(http, config, process, chosen.seed)
    came, left = await mishaps.run()
    failures = [*late, *crowd.failures(), *bad.faults, *seen.failures(), *left,
                *(f"after the bad calls: {error}" for error in after)]
    more = pressed(thirty) + attacked(tried, seen) + happened(came)
    text = report(crowd, bad, more, failures, chosen)
    return text, bool(failures)


async def afterwards(http: httpx.AsyncClient, config: dict[str, Any], process: psutil.Process,
                     seed: int) -> list[str]:
    """Return what does not work for a visitor who comes when all that is over."""
    try:
        one = await load.run(http, config, process, 1, 1, seed)
    except RuntimeError as error:  # an hour's report is worth more than its last line
        return [str(error)]
    return one.errors + one.strangers


def pressed(rows: list[str]) -> list[str]:
    """Return when thirty who pressed the same button had their answers, as lines of Markdown."""
    return [f"## {alike.VISITORS} equal clicks at once", "",
            "| action | first s | median s | last s |", "|---|---|---|---|", *rows, ""]


def attacked(tried: dict[str, str], seen: watch.Watched) -> list[str]:
    """Return what came of the attacks, as lines of Markdown."""
    late = load.quantile(seen.waits or [0], 100)
    return [f"## {len(tried)} attacks", "", "| attack | what came of it |", "|---|---|",
            *(f"| {name} | {came.replace('|', '/')} |" for name, came in tried.items()), "",
            f"Meanwhile the process had at most {seen.memory / 1e6:.0f} MB (limit "
            f"{watch.MOST_MEMORY / 1e6:.0f}), {seen.threads} threads and {seen.files} open files "
            f"({watch.MOST_FILES}); nobody was answered for {seen.blocked:.2f} s at most "
            f"({watch.MOST_BLOCKED:g}); another visitor's slider answered within {late:.2f} s "
            f"({watch.MOST_WAIT:g}).", ""]


def happened(came: dict[str, str]) -> list[str]:
    """Return what came of the mishaps, as lines of Markdown."""
    return [f"## {len(came)} mishaps", "", "| mishap | what came of it |", "|---|---|",
            *(f"| {name} | {what.replace('|', '/')} |" for name, what in came.items()), ""]


def report(crowd: load.Load, bad: fuzz.Fuzz, attacks: list[str], failures: list[str],
           chosen: argparse.Namespace) -> str:
    """Return everything as Markdown."""
    rows = [f"| {name}{' (light)' if name in load.LIGHT else ''} | {len(times)} | "
            + " | ".join(f"{load.quantile(times, percent):.2f}" for percent in (50, 95, 100)) + " |"
            for name, times in sorted(crowd.times.items())]
    before, after = (size / 1e6 for size in crowd.memory)
    queued, all_ = crowd.told_right(), crowd.told_right(queued=False)
    counts = ", ".join(f"{count} {kind}" for kind, count in bad.counts.most_common())
    listed = [f"- {failure}" for failure in failures[:SHOWN]]
    if len(failures) > SHOWN:
        listed.append(f"- and {len(failures) - SHOWN} more")
    return "\n".join([
        "# Soak", "", f"{datetime.now(timezone.utc):%Y-%m-%d}, {os.cpu_count()} cores, "
        f"{platform.machine()}: `python -m tests.soak --users {chosen.users} --minutes "
        f"{chosen.minutes:g} --calls {chosen.calls} --seed {chosen.seed}`", "",
        f"## {crowd.users} users for {crowd.seconds / 60:g} minutes", "",
        "| action | calls | median s | 95% s | longest s |", "|---|---|---|---|---|", *rows, "",
        f"Errors: {len(crowd.errors)}. Answers that were not the caller's: "
        f"{len(crowd.strangers)}. {crowd.waited} calls were told their place in the queue, the "
        f"farthest {crowd.farthest}. Of {queued[1]} who waited more than {load.NOTICED:g} s "
        f"for their turn, {queued[0]} were told within a factor of two how long it takes; of "
        f"{all_[1]} whose answer took, or was told to take, more, {all_[0]}. "
        f"Memory: {before:.0f} MB before, {after:.0f} MB after.", "",
        f"![Memory, threads, open files and a slider's answer over the "
        f"{chosen.minutes:g} minutes]({chosen.output.with_suffix('.svg').name})", "",
        f"## {sum(bad.counts.values())} bad calls to {len(bad.endpoints)} endpoints", "",
        f"They got: {counts}. Faults: {len(bad.faults)}.", "",
        *attacks, f"## {'Failed' if failures else 'Passed'}", "", *listed, ""])


if __name__ == "__main__":
    sys.exit(main())
