"""Settings as dataclasses: one declaration gives the default, the help line and the flag."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import shlex
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vision.errors import UserError, cut, unknown

REQUIRED = dataclasses.MISSING
LARGEST_SEED = 2**32


def option(default: Any, help: str, choices: Callable[[], list[str]] | None = None, *,
           positional: bool = False, formerly: str = "") -> Any:
    """Return a dataclass field with a help line and, if given, the names it may take.

    What its flag was called `formerly` is still understood: model cards keep their commands.
    """
    metadata = {"help": help, "choices": choices, "positional": positional, "formerly": formerly}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Setting:
    """A field of a dataclass of settings; only with another default, it is told as in its base."""

    name: str
    default: Any
    told: Mapping[str, Any]

    @property
    def flag(self) -> str:
        """Return the flag of the command line."""
        return "--" + self.name.replace("_", "-")


def settings_in(config: Any) -> list[Setting]:
    """Return the settings of a dataclass, its own before those that it inherits."""
    kind = config if isinstance(config, type) else type(config)
    bases = [base for base in kind.__mro__ if dataclasses.is_dataclass(base)]
    names = dict.fromkeys(name for base in bases for name in inspect.get_annotations(base))
    fields = {field.name: field for field in dataclasses.fields(kind)}
    return [Setting(name, fields[name].default, _told(bases, name))
            for name in names if name in fields]


def _told(bases: Sequence[type], name: str) -> Mapping[str, Any]:
    """Return the help and choices of a field from the nearest class that gives them."""
    fields = ({field.name: field for field in dataclasses.fields(base)} for base in bases)
    return next((there[name].metadata for there in fields
                 if name in there and there[name].metadata), {})


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
    for setting in settings_in(verb.config):
        _add_flag(parser, setting, hints[setting.name])
    parser.add_argument("--json", action="store_true",
                        help="print the answer as one JSON object on the last line")
    return parser


def parse(verb: Verb, program: str, arguments: Sequence[str]) -> tuple[Any, bool]:
    """Return the verb's settings read from the arguments, and whether JSON was asked for."""
    values = vars(parser_for(verb, program).parse_args(arguments))
    as_json = values.pop("json")
    for setting in settings_in(verb.config):
        values[setting.name] = _checked(setting, values[setting.name])
    return verb.config(**values), as_json


def _checked(setting: Setting, value: Any) -> Any:
    """Return a flag's value, lists as tuples, after comparing it with the names it may take."""
    value = tuple(value) if isinstance(value, list) else value
    choices = setting.told.get("choices")
    for part in value if isinstance(value, tuple) else (value,):
        if choices and part is not None and part not in choices():
            raise unknown(setting.name.replace("_", " "), part, choices())
    return value


def within(config: Any, **limits: tuple[float, float]) -> None:
    """Raise for the first of these settings that lies outside its limits (lowest, highest)."""
    for name, (low, high) in limits.items():
        value = getattr(config, name)
        if not low <= value <= high:
            raise UserError("the setting '{name}' is {value}",
                            "numbers from {low} to {high} are accepted", "choose another",
                            name=name.replace("_", "-"), value=value, low=low, high=high)


def check_seed(seed: int) -> int:
    """Return a seed after checking that it is one."""
    if not 0 <= seed <= LARGEST_SEED:
        raise UserError("the seed is {seed}", "whole numbers from 0 to {most} are accepted",
                        "choose another", seed=cut(str(seed), 20), most=LARGEST_SEED)
    return int(seed)


def command(system: str, verb: str, config: Any) -> str:
    """Return the command line that gives these settings, without those left at their default."""
    words = ["python", "-m", "vision", system, verb]
    for setting in settings_in(config):
        value = getattr(config, setting.name)
        if value == setting.default:
            continue
        if isinstance(value, bool):
            words.append(setting.flag if value else f"--no-{setting.flag[2:]}")
        else:
            words += [setting.flag, *map(_told_to_all, value if isinstance(value, tuple)
                                         else [value])]
    return shlex.join(words)


def _told_to_all(value: Any) -> str:
    """Return a value as a word; where somebody keeps files is nobody else's business."""
    absolute = isinstance(value, (str, Path)) and Path(value).is_absolute()
    return Path(value).name if absolute else str(value)


def filled(path: Path, config: Any) -> Path:
    """Return a path with each {field} in it replaced by that setting."""
    text = str(path)
    for field in dataclasses.fields(config):
        text = text.replace(f"{{{field.name}}}", str(getattr(config, field.name)))
    return Path(text)


def _add_flag(parser: argparse.ArgumentParser, setting: Setting, hint: Any) -> None:
    required, told = setting.default is REQUIRED, setting.told
    shown = "required" if required else f"default: {_shown(setting.default)}"
    kind, many = _kind(hint)
    if told.get("positional"):
        parser.add_argument(setting.name, type=kind, metavar=setting.name.upper(),
                            nargs="+" if many else None, help=told["help"])
        return
    form: dict[str, Any] = ({"action": argparse.BooleanOptionalAction} if kind is bool else
                            {"type": kind, "metavar": kind.__name__.upper()})
    form |= {"nargs": "+"} if many else {}
    parser.add_argument(setting.flag, help=f"{told.get('help', '')} ({shown})",
                        **({"required": True} if required else {"default": setting.default}),
                        **form)
    if told.get("formerly"):
        parser.add_argument(f"--{told['formerly']}", dest=setting.name, help=argparse.SUPPRESS,
                            default=argparse.SUPPRESS, **form)


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
