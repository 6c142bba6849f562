"""Which models a visitor may choose from: those that ship, and the session's own."""

from __future__ import annotations

import copy
import functools
import importlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision import checkpoints
from vision.errors import MOST, UserError, cut, listed, unknown
from vision.ui.components import names
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.checkpoints import Card, Model

OWN = "own"  # the choice that stands for what this session has trained or brought


def expired() -> UserError:
    """Return the mistake of choosing an own model that is not here any more."""
    return UserError("your own model is not here any more",
                     "it is kept for an hour after its last use",
                     "train it again, bring the file you downloaded, or choose another one")


def made_for_another(name: str, known: list[str]) -> UserError:
    """Return the mistake of asking a model for what it is not made for."""
    return UserError("the model '{name}' is made for something else", "known are {known}",
                     "choose one of them", name=name, known=cut(listed(known), MOST))


def keep(own: Path) -> None:
    """Let a model stay for another hour: Gradio asks when it changed, the page when its folder did.

    What it holds has not changed, so that time stays: it is opened once for each.
    """
    known = own.stat()
    os.utime(own, ns=(known.st_atime_ns, known.st_mtime_ns))
    os.utime(own.parent)


class ModelShelf:
    """The models of one system, each opened once for each version of its file.

    `first` names the defaults, the best first; `offers` leaves out files that are no choice;
    `none` is what to say when there is nothing to choose; `reader` is the module that loads.
    """

    def __init__(self, system: str, first: Sequence[str] = (), *,
                 offers: Callable[[Path], bool] = lambda path: True,
                 none: Callable[[], UserError] | None = None, reader: str = "predict",
                 kept: int = 8) -> None:
        self.system, self.defaults, self.offers, self.none = system, first, offers, none
        self._reader = f"vision.{system}.{reader}"
        self._at = functools.lru_cache(maxsize=kept)(self._load)

    def some(self, first: Sequence[str], offers: Callable[[Path], bool],
             none: Callable[[], UserError] | None = None) -> ModelShelf:
        """Return a shelf with some of these models; what one has opened is open on the other."""
        shelf = copy.copy(self)
        shelf.defaults, shelf.offers, shelf.none = first, offers, none
        return shelf

    def _load(self, path: Path, changed: float) -> Model:
        return importlib.import_module(self._reader).load(path)

    def at(self, path: Path) -> Model:
        """Return the model of a file."""
        return self._at(path, checkpoints.version(path))

    def forget(self) -> None:
        """Close all models."""
        self._at.cache_clear()

    def names(self) -> list[str]:
        """Return the names on offer."""
        return [path.stem for path in checkpoints.readable(self.system) if self.offers(path)]

    def first(self, but: str | None = None) -> str | None:
        """Return the name that is chosen at first, `but` another one if there is one."""
        known = self.names()
        others = [name for name in known if name != but] or known
        return next((name for name in self.defaults if name in others), next(iter(others), None))

    def offered(self) -> list[tuple[Any, str]]:
        """Return the models on offer as the choices of a new dropdown: what people call them."""
        return [(names.label(self.file(name)), name) for name in self.names()]

    def choices(self, request: gr.Request | None) -> list[tuple[str, str]]:
        """Return the models on offer and the session's own as the choices of a later dropdown."""
        return [(self.called(name, request), name) for name in (*self.names(), OWN)]

    def called(self, name: str | None, request: gr.Request | None) -> str:
        """Return what people call the model of a name."""
        return (say(f"{self.system}.own", request) if name == OWN
                else names.called(self.file(name), request))

    def path_of(self, name: str | None, own: str | None = None) -> Path:
        """Return the file of a name; `own` is the session's, which then stays longer."""
        if name == OWN and own and Path(own).is_file():
            keep(Path(own))
            return Path(own)
        known = self.names()
        if name in known:
            return self.file(name)
        if name == OWN:
            raise expired()
        if known and name and self.file(name) in checkpoints.readable(self.system):
            raise made_for_another(name, known)
        raise self.none() if self.none and not (known or own) else unknown("model", name, known)

    def file(self, name: str | None) -> Path:
        """Return where a model of that name lies if it ships."""
        return checkpoints.FOLDER / self.system / f"{name}.safetensors"

    def card(self, name: str | None, own: str | None = None) -> Card:
        """Return the card of the model of that name, without its weights."""
        return checkpoints.read_card(self.path_of(name, own))

    def open(self, name: str | None, own: str | None = None) -> Model:
        """Return the model of that name."""
        return self.at(self.path_of(name, own))

    def there(self, name: str) -> Model | None:
        """Return the model of a file beside those on offer, None if it does not ship."""
        path = self.file(name)
        return self.at(path) if path.is_file() else None

    def of(self, *archs: str) -> list[Path]:
        """Return the files that ship with one of these architectures, on offer or not.

        Those that are called like their architecture come first.
        """
        found = [path for path in checkpoints.readable(self.system)
                 if checkpoints.read_card(path).arch in archs]
        return sorted(found, key=lambda path: path.stem not in archs)

    def in_a_script(self, name: str | None) -> str:
        """Return how a visitor's script or command names the file of a model."""
        stem = "the-file-you-downloaded" if name == OWN else f"checkpoints/{self.system}/{name}"
        return f"{stem}.safetensors"
