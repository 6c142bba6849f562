"""Files, paths and clicks that no page sends, to every function that takes some."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.soak.attacks import Attacker, attack
from tests.soak.attacks_input import CLICKS, FILES, VALUES
from tests.soak.fuzz import AT_ONCE, LEFT_OUT, PATIENCE, Fuzz

TAKES = {"image": (".png", ".eps"), "file": (".zip", ".json", ".txt", ".safetensors"),
         "uploadbutton": (".safetensors", ".json", ".txt", ".png"), "imageeditor": (".png",)}
TURNS = 12  # forged clicks on each function that hears of clicks
Call = tuple[dict[str, Any], list[Any], Any]  # endpoint, data, event


def functions(attacker: Attacker) -> list[dict[str, Any]]:
    """Return every function of the page that works here, and takes something."""
    return [call for call in attacker.config["dependencies"] if call["backend_fn"]
            and call["inputs"] and not call["api_name"].startswith(LEFT_OUT)]


def places(attacker: Attacker, call: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield where a function takes files, with the kind of the control."""
    for place, part in enumerate(call["inputs"]):
        kind = attacker.kinds[part]["type"]
        if kind in TAKES:
            yield place, kind


def with_value(attacker: Attacker, call: dict[str, Any], place: int, value: Any) -> list[Any]:
    """Return what a function gets when one of its controls is as given."""
    data = attacker.defaults(call["api_name"])
    data[place] = value
    return data


def in_layers(sent: dict[str, Any]) -> dict[str, Any]:
    """Return a file as an editor sends what was painted."""
    return {"background": None, "layers": [sent], "composite": None}


async def judged(attacker: Attacker, calls: list[Call]) -> str:
    """Make calls, a few at once, each as a visitor of its own; none may get a trace or silence."""
    found, waiting = Fuzz(0), list(calls)

    async def caller() -> None:
        while waiting:
            call, data, event = waiting.pop()
            answer = await attacker.fresh().call(call["id"], data, PATIENCE, event)
            found.judge(call["api_name"], answer)

    await asyncio.gather(*(caller() for _ in range(AT_ONCE)))
    assert not found.faults, "; ".join(found.faults[:3])
    counts = ", ".join(f"{count} {kind}" for kind, count in found.counts.most_common())
    return f"{len(calls)} calls to {len(found.endpoints)} functions: {counts}"


@attack
async def files_that_are_more_than_they_weigh(attacker: Attacker) -> str:
    """Give each hostile file to every function that takes files of its kind."""
    calls: list[Call] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, content in FILES.items():
            path = Path(folder) / name
            path.write_bytes(content())
            sent = await attacker.upload(path)
            for call in functions(attacker):
                for place, kind in places(attacker, call):
                    if path.suffix in TAKES[kind]:
                        given = in_layers(sent) if kind == "imageeditor" else sent
                        calls.append((call, with_value(attacker, call, place, given), None))
    return await judged(attacker, calls)


@attack
async def paths_in_the_place_of_files(attacker: Attacker) -> str:
    """Name files of the server wherever a file is taken, in turns."""
    spots = [(call, place) for call in functions(attacker)
             for place, _ in places(attacker, call)]
    return await judged(attacker, [
        (call, with_value(attacker, call, place, value), None)
        for number, value in enumerate(VALUES)
        for call, place in [spots[number % len(spots)]]])


@attack
async def forged_clicks(attacker: Attacker) -> str:
    """Click where nothing is, in turns of all functions that hear of clicks."""
    hear = [call for call in functions(attacker) if call["collects_event_data"]]
    return await judged(attacker, [
        (call, attacker.defaults(call["api_name"]), CLICKS[(TURNS * number + turn) % len(CLICKS)])
        for number, call in enumerate(hear) for turn in range(TURNS)])
