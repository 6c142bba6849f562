"""A lab sheet: guesses and results beside the settings, seed and models that brought them.

What it holds is enough to compute it again; `differences` says what then comes out otherwise.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from vision import __version__, checkpoints
from vision.errors import UserError, cut

FORMAT = 1
LARGEST = 2**18  # bytes of a sheet
MOST = 2000  # results
TIMED = ("seconds", "milliseconds", "clock_read")  # what no two runs have alike
HIGHEST = 1e300  # of a number
NEAR = 1e-3  # of its size, by which a number may differ from one machine to the next
MADE_WITH = ("torch", "numpy", "gradio")
Results = Mapping[str, float | str]


@dataclass(frozen=True)
class Sheet:
    """One sheet; `link` is the state of the class link that brings its settings back.

    A picture of one's own is in no link: the sheet has its digest, by which a checker knows it.
    """

    tab: str
    link: str
    results: dict[str, float | str]
    guesses: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)  # settings that exist on one page only
    seed: float | None = None
    models: dict[str, str] = field(default_factory=dict)  # the digest of each file
    versions: dict[str, str] = field(default_factory=dict)
    made: str = ""
    format: int = FORMAT
    pictures: dict[str, str] = field(default_factory=dict)  # one's own: the digest of each file

    def to_json(self) -> str:
        """Return the sheet as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def versions() -> dict[str, str]:
    """Return the versions of what computes here."""
    return {"vision": __version__, "python": platform.python_version(),
            **{name: version(name) for name in MADE_WITH}}


def now() -> str:
    """Return the time, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def models_of(tab: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the digests of the models that are among the settings of a tab."""
    paths = (checkpoints.FOLDER / tab / f"{value}.safetensors" for value in values.values()
             if isinstance(value, str) and value.replace("-", "").replace("_", "").isalnum())
    return {path.stem: checkpoints.digest_of(path) for path in paths if path.is_file()}


def read(path: Path) -> Sheet:
    """Return the sheet in a file, or say that it is none."""
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("too large")
        found = json.loads(path.read_text("utf-8"))
        sheet = Sheet(**{each.name: found[each.name] for each in fields(Sheet)
                         if each.name in found or each.default is MISSING is each.default_factory})
    except (ValueError, KeyError, TypeError, RecursionError, OSError) as error:
        raise no_sheet(path) from error
    if not is_sound(sheet):
        raise no_sheet(path)
    return sheet


def is_sound(sheet: Sheet) -> bool:
    """Return whether every part of a sheet is of its kind."""
    texts = (sheet.guesses, sheet.models, sheet.versions, sheet.pictures)
    return (sheet.format == FORMAT
            and all(isinstance(text, str) for text in (sheet.tab, sheet.link, sheet.made))
            and (sheet.seed is None or is_number(sheet.seed))
            and isinstance(sheet.results, dict) and len(sheet.results) <= MOST
            and all(map(is_result, sheet.results.values()))
            and isinstance(sheet.left_out, list) and all(isinstance(table, dict) and all(
                isinstance(text, str) for text in table.values()) for table in texts))


def is_result(value: Any) -> bool:
    """Return whether a value is words, or a number that can be reckoned with."""
    return isinstance(value, str) or is_number(value)


def is_number(value: Any) -> bool:
    """Return whether a value is a number that can be reckoned with."""
    return isinstance(value, (int, float)) and abs(value) < HIGHEST


def picked(files: Iterable[Path]) -> tuple[Path, list[Path]]:
    """Return the one sheet among files, and the pictures that came beside it."""
    given = [*files]
    sheets = [file for file in given if file.suffix.lower() == ".json"]
    if len(sheets) != 1:
        raise UserError("{count} sheets were given", "one .json and the pictures that it was made "
                        "with are accepted", "choose them together", count=len(sheets))
    return sheets[0], [file for file in given if file not in sheets]


def no_sheet(path: Path) -> UserError:
    """Return what is told of a file that is no sheet."""
    return UserError("'{file}' is not a lab sheet", "the .json that this page has made is accepted",
                     "make it again", file=cut(path.name))


def flat(value: Any, name: str = "") -> Iterator[tuple[str, float | str]]:
    """Yield the numbers and words of an answer by their places; of a row of numbers its mean."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in TIMED:
                yield from flat(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and all(isinstance(each, dict) for each in value):
        for place, each in enumerate(value):
            yield from flat(each, f"{name}.{place}")
    elif isinstance(value, list) and all(isinstance(each, (int, float)) for each in value):
        yield f"{name} (mean)", sum(value) / len(value)
    elif is_result(value) and str(value):
        yield name, value


def differences(then: Results, now: Results) -> list[tuple[str, str, str]]:
    """Return what came out otherwise: its name, what the sheet says, and what came out now."""
    return [(name, shown(then.get(name)), shown(now.get(name)))
            for name in [*then, *(name for name in now if name not in then)]
            if not alike(then.get(name), now.get(name))]


def alike(one: float | str | None, other: float | str | None) -> bool:
    """Return whether two results are the same, but for what machines make different."""
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=NEAR, abs_tol=1e-6)
    return one == other


def shown(value: float | str | None) -> str:
    """Return a result as it is read."""
    if value is None:
        return "–"
    return cut(value) if isinstance(value, str) else f"{value:.6g}"
