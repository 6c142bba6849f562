"""What many ask alike is computed once: one works, the others get the same answer.

A question is its kind, the contents of its pictures and models, and its settings. No language is
in it, for texts are made from the answer afterwards; nor is the name of a file.
"""

from __future__ import annotations

import functools
import hashlib
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import gradio as gr

from vision import checkpoints
from vision.ui.shell.answers.cache import AnswerCache
from vision.ui.shell.files.own import ASSETS, photograph_folders

ANSWERS = AnswerCache()
Answer = TypeVar("Answer")


def computed_once(kind: str, compute: Callable[[], Answer], *settings: Hashable,
                  request: gr.Request | None, pictures: Sequence[str | None] = (),
                  models: Sequence[Path] = ()) -> Answer:
    """Return what `compute` does with these pictures, models and settings, perhaps for others.

    Nobody may change the answer. One that was made from a visitor's own picture or model goes
    with the last page of those who asked for it.
    """
    return ANSWERS.ask(asked(kind, settings, pictures, models), compute,
                       owner_of(request, pictures, models))


def known(kind: str, *settings: Hashable, request: gr.Request | None,
          pictures: Sequence[str | None] = (), models: Sequence[Path] = ()) -> Any:
    """Return what `computed_once` has at hand, None where it had to compute."""
    return ANSWERS.known(asked(kind, settings, pictures, models),
                         owner_of(request, pictures, models))


def asked(kind: str, settings: Sequence[Hashable], pictures: Sequence[str | None],
          models: Sequence[Path]) -> Hashable:
    """Return a question as the answers are kept by it."""
    return (kind, tuple(picture and content(picture) for picture in pictures),
            tuple((checkpoints.digest_of(path), checkpoints.version(path)) for path in models),
            tuple(settings))


def owner_of(request: gr.Request | None, pictures: Sequence[str | None], models: Sequence[Path]
             ) -> str | None:
    """Return whose an answer is; None is everybody's, made from what comes with the page."""
    everybodys = all(map(comes_along, filter(None, pictures))) and all(map(ships, models))
    return None if everybodys else session_of(request)


def session_of(request: gr.Request | None) -> str:
    """Return whose request it is, "" if nobody's who stays."""
    return str(getattr(request, "session_hash", None) or "")


def content(file: str | Path) -> str:
    """Return what tells a file's content from all others, read once for each change."""
    known = Path(file).stat()
    return _content(str(file), known.st_mtime_ns, known.st_size)


@functools.lru_cache(maxsize=512)
def _content(file: str, changed: int, size: int) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def ships(model: Path) -> bool:
    """Return whether a model is one that everybody may choose."""
    return checkpoints.FOLDER in model.parents


def comes_along(picture: str) -> bool:
    """Return whether a picture is one of the page's own, wherever a copy of it lies."""
    return own_picture(picture) is not None


def own_picture(picture: str) -> Path | None:
    """Return which of the page's own pictures this is a copy of, if it is one."""
    given = Path(picture)
    alike = own_pictures().get(given.stat().st_size, ()) if given.is_file() else ()
    return next((path for path in alike if content(path) == content(given)), None)


@functools.cache
def own_pictures() -> dict[int, list[Path]]:
    """Return the pictures that come with the page, by their sizes in bytes."""
    found = defaultdict(list)
    for folder in (ASSETS, *map(Path, photograph_folders())):
        for path in folder.rglob("*"):
            if path.is_file():
                found[path.stat().st_size].append(path)
    return dict(found)
