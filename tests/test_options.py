"""Settings as dataclasses: flags out of fields, and a command line out of settings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from vision.errors import UserError
from vision.options import (
    REQUIRED,
    Verb,
    command,
    option,
    parse,
    parser_for,
    settings_in,
    within,
)


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
])
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


@dataclass(frozen=True, kw_only=True)
class Base:
    """What several verbs have in common."""

    steps: int = option(REQUIRED, "how many steps")
    kind: str = option("a", "which kind", lambda: ["a", "b"])


@dataclass(frozen=True, kw_only=True)
class Derived(Base):
    """One of them."""

    colour: str = option("red", "which colour")
    steps: int = 7
    count: int = option(1, "how many", formerly="number")


def test_a_setting_with_another_default_is_told_as_in_its_base() -> None:
    verb = Verb(Derived, lambda config: config, "")
    assert [setting.name for setting in settings_in(Derived)] == ["colour", "steps", "count",
                                                                  "kind"]
    assert "--steps INT how many steps (default: 7)" in " ".join(
        parser_for(verb, "x").format_help().split())
    assert parse(verb, "x", [])[0] == Derived(steps=7)
    assert command("s", "v", Derived(steps=7)) == "python -m vision s v"
    assert command("s", "v", Derived(kind="b", colour="blue")) == (
        "python -m vision s v --colour blue --kind b")
    with pytest.raises(UserError, match="no kind called 'c'"):
        parse(verb, "x", ["--kind", "c"])
    with pytest.raises(UserError, match="--steps"):
        parse(Verb(Base, print, ""), "x", [])


def test_a_flag_is_understood_by_its_former_name() -> None:
    verb = Verb(Derived, lambda config: config, "")
    assert parse(verb, "x", ["--number", "3"])[0] == parse(verb, "x", ["--count", "3"])[0]
    assert parse(verb, "x", ["--number", "3"])[0].count == 3 and parse(verb, "x", [])[0].count == 1
    assert "--number" not in parser_for(verb, "x").format_help()


def test_a_command_does_not_tell_where_somebody_keeps_files(tmp_path: Path) -> None:
    derived = Derived(colour=str(tmp_path / "mine"))
    assert command("s", "v", derived) == "python -m vision s v --colour mine"


def test_limits() -> None:
    config = Config(Path("in"))
    within(config, steps=(10, 10), rate=(0, 1))
    with pytest.raises(UserError, match=r"'rate' is 0\.5; numbers from 1 to 2 are accepted"):
        within(config, steps=(0, 10), rate=(1, 2))
    with pytest.raises(UserError):
        within(Config(Path("in"), rate=float("nan")), rate=(0, 1))
