"""Architectures register by decorator; command line, tabs and tests read the registry."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from vision.errors import UserError, unknown


@dataclass(frozen=True)
class Entry:
    """One registered builder with the facts that its model card shows."""

    name: str
    build: Callable[..., Any]
    paper: str
    year: int
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def link(self) -> str:
        """Return the address of the paper's page."""
        kind, _, number = self.paper.partition(":")
        return f"https://{'doi.org' if kind == 'doi' else 'arxiv.org/abs'}/{number}"

    @property
    def idea(self) -> str:
        """Return in a sentence what is new about it: the fact `idea`, or what its file says first.
        """
        about = inspect.getdoc(inspect.getmodule(self.build)) or inspect.getdoc(self.build) or ""
        return self.facts.get("idea") or " ".join(about.split("\n\n")[0].split())

    @property
    def place(self) -> str:
        """Return file and line where the builder is defined."""
        file = inspect.getsourcefile(self.build) or "?"
        return f"{file}:{inspect.getsourcelines(self.build)[1]}"


class Registry:
    """The architectures of one system: a name for each builder, never two builders for a name."""

    def __init__(self, system: str, package: str, kind: str = "architecture") -> None:
        self.system, self.package, self.kind = system, package, kind
        self._entries: dict[str, Entry] = {}

    def register(self, name: str, *, paper: str, year: int, **facts: Any) -> Callable[..., Any]:
        """Return a decorator that files a builder under `name`."""

        def add(build: Callable[..., Any]) -> Callable[..., Any]:
            entry = Entry(name, build, paper, year, facts)
            if name in self._entries:
                raise ValueError(
                    f"{self.kind} '{name}' is registered twice: "
                    f"{self._entries[name].place} and {entry.place}"
                )
            self._entries[name] = entry
            return build

        return add

    def discover(self) -> None:
        """Import every module of the package, so that all its builders are registered."""
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self.package}.{module.name}")

    def names(self) -> list[str]:
        """Return all names in alphabetical order."""
        self.discover()
        return sorted(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter([self._entries[name] for name in self.names()])

    def __getitem__(self, name: str) -> Entry:
        if name not in self._entries:
            self.discover()
        if name not in self._entries:
            raise unknown(self.kind, name, self.names())
        return self._entries[name]

    def build(self, name: str, **config: Any) -> Any:
        """Return a new module of the architecture `name`, built from `config`.

        The setting `slim` is no builder's own: it says which layers of a cut one are narrower.
        """
        slim = config.pop("slim", None)
        try:
            module = self[name].build(**config)
            if slim:
                from vision.channels.narrow import narrowed

                return narrowed(module, slim)
            return module
        except (TypeError, KeyError) as error:  # a setting, or a value, that it does not know
            raise UserError(
                "{kind} '{name}' cannot be built from {config} ({reason})",
                "its settings are {settings}",
                kind=self.kind,
                name=name,
                config=config,
                reason=error,
                settings=", ".join(inspect.signature(self[name].build).parameters),
            ) from error
