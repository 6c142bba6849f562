"""Settings as dataclasses: flags out of fields, and a command line out of settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vision.errors import UserError
from vision.options import REQUIRED, Verb, command, option, parse, parser_for, within


@dataclass(frozen=True)
class Config:
    """Every kind of setting."""

    source: Path = option(REQUIRED, "where from", positional=True)
    steps: int = option(10, "how many")
    rate: float = option(0.5, "how fast")
    colour: str = option("red", "which colour", lambda: ["red", "green"])
    sizes: tuple[int, ...] = option((1, 2), "some sizes")
    names: tuple[str, ...] = option(("a",), "some names", lambda: ["a", "b"])
    loud: bool = option(False, "whether loud")
    output: Path | None = option(None, "where to")
    mood: str | None = option(None, "which mood, if any", lambda: ["calm"])


VERB = Verb(Config, lambda config: config, "Do nothing, 100% of the time.")


def read(*words: str) -> Any:
    return parse(VERB, "x", words)[0]


def test_defaults_and_every_kind_of_flag() -> None:
    assert read("in") == Config(Path("in"))
    assert read("in", "--steps", "3", "--rate", "1e-3", "--colour", "green", "--sizes", "5", "6",
                "7", "--names", "b", "a", "--loud", "--output", "o/p") == Config(
        Path("in"), 3, 1e-3, "green", (5, 6, 7), ("b", "a"), True, Path("o/p"))
    assert not read("in", "--no-loud").loud
    assert [parse(VERB, "x", words)[1] for words in (["in"], ["in", "--json"])] == [False, True]


@pytest.mark.parametrize(("words", "said"), [
    ([], "the following arguments are required: SOURCE"), (["in", "--nope"], "--nope"),
    (["in", "--steps", "many"], "'many'"), (["in", "--steps"], "--steps"),
    (["in", "--rate", "fast"], "'fast'"), (["in", "--sizes", "1", "x"], "'x'"),
    (["in", "--mood", "loud"], "no mood called 'loud'"),
    (["in", "--colour", "grene"], "no colour called 'grene'.*did you mean 'green'"),
    (["in", "--names", "a", "c"], "no names called 'c'"), (["in", "other"], "other"),
])  # fmt: skip
def test_mistakes_are_explained(words: list[str], said: str) -> None:
    with pytest.raises(UserError, match=re.compile(said, re.IGNORECASE)):
        read(*words)


def test_help_shows_every_field_with_its_default() -> None:
    text = " ".join(parser_for(VERB, "x").format_help().split())
    for part in ("SOURCE", "--steps INT how many (default: 10)", "(default: 1 2)", "--no-loud",
                 "(default: none)", "100% of the time"):
        assert part in text, part


def test_a_command_gives_its_settings_back() -> None:
    @dataclass(frozen=True)
    class Flags:
        """The same without a positional."""

        steps: int = option(10, "how many")
        sizes: tuple[int, ...] = option((1, 2), "some sizes")
        loud: bool = option(True, "whether loud")
        output: Path = option(Path("a"), "where to")

    flags = Verb(Flags, lambda config: config, "")
    assert command("s", "v", Flags()) == "python -m vision s v"
    for config in (Flags(), Flags(3, (4, 5, 6), False, Path("with a space/x"))):
        import shlex

        words = shlex.split(command("s", "v", config))[5:]
        assert parse(flags, "x", words)[0] == config


def test_limits() -> None:
    config = Config(Path("in"))
    within(config, steps=(10, 10), rate=(0, 1))
    with pytest.raises(UserError, match=r"'rate' is 0\.5; numbers from 1 to 2 are accepted"):
        within(config, steps=(0, 10), rate=(1, 2))
    with pytest.raises(UserError):
        within(Config(Path("in"), rate=float("nan")), rate=(0, 1))
