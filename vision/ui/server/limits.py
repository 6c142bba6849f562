"""How much the page takes and keeps: each limit, its default, and the variable that sets it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from vision.errors import UserError, cut

PREFIX = "VISION_"
DIGITS = 9  # of a limit, at most


@dataclass(frozen=True)
class Limits:
    """Every limit of the page as it is served; `VISION_` and a name in capitals sets one."""

    json_mb: int = 8  # of one request that is no upload
    json_parts: int = 100_000  # lists, objects, keys and values of one such request
    json_depth: int = 48  # lists and objects within each other
    form_parts: int = 16  # of what an editor hands over
    upload_mb: int = 256  # of one upload, all its files together
    sent_mb_per_address: int = 2048  # of all uploads within an hour
    header_seconds: int = 10  # until a request's head has arrived
    body_seconds: int = 30  # of silence in the midst of a request
    calls_at_once: int = 4  # requests of one address that are worked on; the others wait
    calls_waiting: int = 200  # requests of one address that may wait for those
    waiting_mb: int = 64  # of what such requests hold
    connections: int = 400  # of one address
    clicks_per_session: int = 12  # that wait, work or were not yet read
    clicks_per_address: int = 160
    clicks: int = 400  # of everybody
    trainings_per_session: int = 2
    trainings_per_address: int = 40
    trainings: int = 64
    places_percent_per_address: int = 75  # of the places where calls are worked on
    unheard_seconds: int = 30  # that a call, or its answer, is kept for nobody
    sessions: int = 2000
    origins: str = ""  # other sites whose scripts may call the page, with blanks between
    frames: str = "https://huggingface.co https://*.hf.space"  # sites that may show it in a frame
    schema: int = 0  # 1 also serves /openapi.json
    mcp: int = 1  # 0 serves no tools for assistants
    metrics: int = 0  # 1 also serves /metrics
    history: int = 0  # 1 lets each browser keep a diary of its own runs


def read(environment: Mapping[str, str]) -> Limits:
    """Return the limits that an environment sets; what is no whole number is told in a sentence."""
    found = {}
    for field in fields(Limits):
        given = environment.get(variable(field.name), "").strip()
        if given and isinstance(field.default, str):
            found[field.name] = given
        elif given:
            found[field.name] = whole(given, field.name)  # type: ignore[assignment]
    return Limits(**found)  # type: ignore[arg-type]


def whole(given: str, name: str) -> int:
    """Return the whole number that somebody has written for a limit."""
    if not (given.isascii() and given.isdecimal() and len(given) <= DIGITS):
        raise UserError("{name} is '{given}'",
                        "a whole number is accepted, such as {example}",
                        "set it to one, or leave it out",
                        name=variable(name), given=cut(given), example=getattr(Limits, name))
    return int(given)


def variable(name: str) -> str:
    """Return the name of the environment variable that sets a limit."""
    return PREFIX + name.upper()


LIMITS = read(os.environ)
