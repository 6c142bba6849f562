"""The one exception for a user's mistake: what was wrong, what is accepted, what to do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

SHOWN, MOST = 40, 400  # characters of a wrong value in its sentence, and of what is known
LISTED, FIRST = 20, 6  # names in a sentence; of more than these, the first and the last


class UserError(Exception):
    """A mistake of the user, told in one sentence and never as a traceback.

    The three parts are templates: `UserError("it has {size} pixels", ..., size=7)`. A user
    interface may translate each template before the values are filled in.
    """

    def __init__(self, wrong: str, accepted: str = "", fix: str = "", **values: Any) -> None:
        self.parts = tuple(part for part in (wrong, accepted, fix) if part)
        self.values = values
        super().__init__(self.sentence())

    def sentence(self, translate: Callable[[str], str] = str, between: str = "; ",
                 end: str = ".") -> str:
        """Return the whole sentence, each template passed through `translate` first."""
        text = between.join(translate(part).format(**self.values) for part in self.parts)
        return text[:1].upper() + text[1:] + ("" if text[-1:] in "?？" else end)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (self.parts, self.values)


def tell(error: UserError) -> int:
    """Write a mistake as one line on standard error; return with which code a program then ends."""
    print(" ".join(str(error).split()), file=sys.stderr)
    return 2


@contextmanager
def ending_with_a_sentence() -> Iterator[None]:
    """End the program with one sentence where a mistake of the user stops it."""
    try:
        yield
    except UserError as error:
        sys.exit(tell(error))


def cut(text: str, most: int = SHOWN) -> str:
    """Return a text no longer than a sentence can bear."""
    return text if len(text) <= most else f"{text[:most]}…"


def listed(names: list[str]) -> str:
    """Return names as a sentence can bear them."""
    few = names if len(names) <= LISTED else [*names[:FIRST], "…", names[-1]]
    return ", ".join(few)


def _rebuild(parts: tuple[str, ...], values: dict[str, Any]) -> UserError:
    return UserError(*parts, **values)


def unknown(kind: str, name: object, known: list[str]) -> UserError:
    """Return the error for a name that is not among the known ones, with the nearest of them."""
    near = get_close_matches(str(name), known, n=1, cutoff=0.5)
    return UserError(
        "there is no {kind} called '{name}'",
        "known are {known}",
        "did you mean '{near}'?" if near else "choose one of them",
        kind=kind,
        name=cut(str(name)),
        known=cut(listed(known), MOST) or "none yet",
        near=near[0] if near else "",
    )
