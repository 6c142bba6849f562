"""Settings as dataclasses: one declaration gives the default, the help line and the flag."""

from __future__ import annotations

import argparse
import dataclasses
import shlex
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vision.errors import UserError, unknown

REQUIRED = dataclasses.MISSING


def option(default: Any, help: str, choices: Callable[[], list[str]] | None = None, *,
           positional: bool = False) -> Any:
    """Return a dataclass field with a help line and, if given, the names it may take."""
    metadata = {"help": help, "choices": choices, "positional": positional}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Verb:
    """One thing a system can do from the command line: settings in, a printable answer out."""

    config: type
    run: Callable[..., Any]
    summary: str


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> typing.NoReturn:
        raise UserError("{message}", "'{prog} --help' shows every flag", message=message,
                        prog=self.prog)


def parser_for(verb: Verb, program: str) -> argparse.ArgumentParser:
    """Return a parser with one flag for each field of the verb's settings."""
    parser = _Parser(prog=program, description=verb.summary)
    hints = typing.get_type_hints(verb.config)
    for field in dataclasses.fields(verb.config):
        _add_flag(parser, field, hints[field.name])
    parser.add_argument("--json", action="store_true",
                        help="print the answer as one JSON object on the last line")
    return parser


def parse(verb: Verb, program: str, arguments: Sequence[str]) -> tuple[Any, bool]:
    """Return the verb's settings read from the arguments, and whether JSON was asked for."""
    values = vars(parser_for(verb, program).parse_args(arguments))
    as_json = values.pop("json")
    for field in dataclasses.fields(verb.config):
        values[field.name] = _checked(field, values[field.name])
    return verb.config(**values), as_json


def _checked(field: dataclasses.Field[Any], value: Any) -> Any:
    """Return a flag's value, lists as tuples, after comparing it with the names it may take."""
    value = tuple(value) if isinstance(value, list) else value
    choices = field.metadata.get("choices")
    for part in value if isinstance(value, tuple) else (value,):
        if choices and part is not None and part not in choices():
            raise unknown(field.name.replace("_", " "), part, choices())
    return value


def within(config: Any, **limits: tuple[float, float]) -> None:
    """Raise for the first of these settings that lies outside its limits (lowest, highest)."""
    for name, (low, high) in limits.items():
        value = getattr(config, name)
        if not low <= value <= high:
            raise UserError("the setting '{name}' is {value}",
                            "numbers from {low} to {high} are accepted", "choose another",
                            name=name.replace("_", "-"), value=value, low=low, high=high)


def command(system: str, verb: str, config: Any) -> str:
    """Return the command line that gives these settings, without those left at their default."""
    words = ["python", "-m", "vision", system, verb]
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if value == field.default:
            continue
        flag = "--" + field.name.replace("_", "-")
        if isinstance(value, Path) and value.is_absolute():
            value = value.name  # where somebody keeps files is nobody else's business
        if isinstance(value, bool):
            words.append(flag if value else f"--no-{flag[2:]}")
        else:
            words += [flag, *(map(str, value) if isinstance(value, tuple) else [str(value)])]
    return shlex.join(words)


def filled(path: Path, config: Any) -> Path:
    """Return a path with each {field} in it replaced by that setting."""
    text = str(path)
    for field in dataclasses.fields(config):
        text = text.replace(f"{{{field.name}}}", str(getattr(config, field.name)))
    return Path(text)


def _add_flag(parser: argparse.ArgumentParser, field: dataclasses.Field[Any], hint: Any) -> None:
    flag = "--" + field.name.replace("_", "-")
    required = field.default is dataclasses.MISSING
    shown = "required" if required else f"default: {_shown(field.default)}"
    settings: dict[str, Any] = {"help": f"{field.metadata.get('help', '')} ({shown})"}
    settings |= {"required": True} if required else {"default": field.default}
    kind, many = _kind(hint)
    if field.metadata.get("positional"):
        parser.add_argument(field.name, type=kind, metavar=field.name.upper(),
                            help=field.metadata["help"])
    elif kind is bool:
        parser.add_argument(flag, action=argparse.BooleanOptionalAction, **settings)
    elif many:
        parser.add_argument(flag, type=kind, nargs="+", metavar=kind.__name__.upper(), **settings)
    else:
        parser.add_argument(flag, type=kind, metavar=kind.__name__.upper(), **settings)


def _kind(hint: Any) -> tuple[Any, bool]:
    """Return the plain type behind `int`, `int | None` or `tuple[int, ...]`, and if it is many."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is tuple:
        return typing.get_args(hint)[0], True
    return hint, False


def _shown(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return " ".join(map(str, value))
    if value in (None, ""):
        return "none"
    return value.as_posix() if isinstance(value, Path) else str(value)
