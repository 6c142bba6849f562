"""What an answer consists of: how many bytes, and that nobody changes what others see, too."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

SMALL = 64  # bytes of a number, a name, and whatever else there is


def size_of(answer: Any) -> int:
    """Return about how many bytes an answer takes; what is in it twice counts once."""
    sizes = {id(part): bytes_of(part) for part in parts_of(answer)}
    return sum(sizes.values())


def freeze(answer: Any) -> None:
    """Let nobody write into the arrays of an answer."""
    for part in parts_of(answer):
        if isinstance(part, np.ndarray):
            part.flags.writeable = False


def parts_of(value: Any) -> Iterator[Any]:
    """Yield what is in lists, tables and dataclasses, however deep, each once."""
    waiting, seen = [value], set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if dataclasses.is_dataclass(part):
            waiting.extend(vars(part).values())
        elif isinstance(part, (Mapping, list, tuple, set, frozenset)):
            waiting.extend(part.values() if isinstance(part, Mapping) else part)
        yield part


def bytes_of(part: Any) -> int:
    """Return how many bytes a part takes by itself; a view keeps all of its array."""
    if isinstance(part, np.ndarray):
        return bytes_of(part.base) if isinstance(part.base, np.ndarray) else int(part.nbytes)
    if isinstance(part, (bytes, str)):
        return len(part) + SMALL
    if hasattr(part, "state_dict"):  # a network
        return sum(tensor.nbytes for tensor in part.state_dict().values())
    return SMALL
