"""The sheets of a whole class: who guessed what, question by question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vision.errors import UserError
from vision.ui.lessons.sheet import Sheet, is_number, read, shown

MOST = 200  # sheets at once
MOST_NAMES = 3000  # of questions and results, each of which is a column
BARS = 8  # of a histogram
NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")


@dataclass(frozen=True)
class Question:
    """One exercise, and what each sheet guesses; sheets without a guess are left out."""

    tab: str
    exercise: str
    guesses: tuple[str, ...]

    @property
    def numbers(self) -> tuple[float, ...]:
        """Return the first number in each guess; nothing where a guess has none to reckon with."""
        found = [NUMBER.search(guess.replace("−", "-")) for guess in self.guesses]
        numbers = (float(each[0].replace(",", ".")) for each in found if each)
        return tuple(filter(is_number, numbers))

    def bars(self) -> list[tuple[str, int]]:
        """Return what was guessed and how often: numbers in their order, else words by number."""
        numbers = self.numbers
        if len(numbers) < len(self.guesses):
            said = Counter(guess.strip().casefold() for guess in self.guesses)
            return said.most_common(BARS)
        different = sorted(set(numbers))
        if len(different) <= BARS:
            return [(f"{value:g}", numbers.count(value)) for value in different]
        return list(histogram(numbers))


def histogram(numbers: Sequence[float]) -> Iterator[tuple[str, int]]:
    """Yield as many ranges of one width as there may be bars, and how many numbers each holds."""
    low, high = min(numbers), max(numbers)
    width = (high - low) / BARS
    places = [min(int((number - low) / width), BARS - 1) for number in numbers]
    for place in range(BARS):
        left, right = low + place * width, low + (place + 1) * width
        yield f"{left:.3g} … {right:.3g}", places.count(place)


def read_all(paths: Sequence[Path]) -> list[tuple[str, Sheet]]:
    """Return the sheets with the names of their files."""
    if not 1 <= len(paths) <= MOST:
        raise UserError("{count} sheets were given", "1 to {most} are accepted",
                        "give fewer at once", count=len(paths), most=MOST)
    sheets = [(path.name, read(path)) for path in paths]
    names = {name for _, sheet in sheets for name in (*sheet.guesses, *sheet.results)}
    if len(names) > MOST_NAMES:
        raise UserError("the sheets hold {count} different questions and results",
                        "up to {most} are accepted", "give fewer at once", count=len(names),
                        most=MOST_NAMES)
    return sheets


def questions(sheets: Sequence[tuple[str, Sheet]]) -> list[Question]:
    """Return every question that some sheet answers, tab by tab."""
    found: dict[tuple[str, str], list[str]] = {}
    for _, sheet in sheets:
        for exercise, guess in sheet.guesses.items():
            found.setdefault((sheet.tab, exercise), []).append(guess)
    return [Question(*asked, tuple(guesses)) for asked, guesses in sorted(found.items())]


def alike(sheets: Sequence[tuple[str, Sheet]]) -> list[list[str]]:
    """Return the names of files that hold the same guesses and were made in the same second."""
    groups: dict[tuple[object, ...], list[str]] = {}
    for name, sheet in sheets:
        if sheet.guesses:
            key = (sheet.tab, sheet.made, tuple(sorted(sheet.guesses.items())))
            groups.setdefault(key, []).append(name)
    return [names for names in groups.values() if len(names) > 1]


def row_of(name: str, sheet: Sheet) -> Mapping[str, str]:
    """Return a sheet's line."""
    return {"file": name, "tab": sheet.tab, "made": sheet.made, "link": sheet.link,
            "seed": "" if sheet.seed is None else f"{sheet.seed:g}",
            **{f"guess: {exercise}": guess for exercise, guess in sheet.guesses.items()},
            **{f"result: {result}": shown(value) for result, value in sheet.results.items()}}
