"""`python -m tests.soak.paintings`: visitors who all paint at once, and what each sees when."""

from __future__ import annotations

import argparse
import asyncio
import sys

import httpx

from tests.soak.page import Answer, Visitor, served

SIZE, STEPS = 9, 10  # places of the size and the steps among the inputs of /stylize
FIRST = 5.0  # seconds until every visitor should see a first frame


async def paint(http: httpx.AsyncClient, config: dict[str, object], number: int) -> Answer:
    """Paint the pair that the page opens with as one visitor, each at a size of their own."""
    visitor = Visitor(http, config)
    values = visitor.defaults("stylize")
    values[SIZE] = 300 - number  # nothing that another one has asked for
    return await visitor.call("stylize", values)


async def measure(visitors: int) -> list[Answer]:
    """Let visitors press Paint at the same moment."""
    with served() as (address, _):
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=address, limits=limits, timeout=None) as http:
            config = (await http.get("/config")).json()
            await paint(http, config, 0)  # so that the network is loaded
            return await asyncio.gather(*(paint(http, config, number)
                                          for number in range(visitors)))


def main() -> int:
    """Print how long first frames and paintings took, and return whether any was lost or late."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.paintings")
    parser.add_argument("--visitors", type=int, default=20)
    answers = asyncio.run(measure(parser.parse_args().visitors))
    lost = [answer.sentence for answer in answers if answer.data is None]
    first = sorted(answer.first or float("inf") for answer in answers)
    whole = sorted(answer.seconds for answer in answers)
    print(f"{len(answers)} paintings at once: {len(lost)} lost; first frame after "
          f"{first[0]:.1f} to {first[-1]:.1f} s (limit {FIRST:.0f}), done after "
          f"{whole[0]:.1f} to {whole[-1]:.1f} s")
    for sentence in lost:
        print(f"  lost: {sentence}")
    return int(bool(lost) or first[-1] > FIRST)


if __name__ == "__main__":
    sys.exit(main())
