"""Which files of the server a request may name: those sent to the page, and those it shows."""

from __future__ import annotations

import functools
import json
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from gradio.utils import get_upload_folder

from vision.errors import UserError

MOST_PARTS = 1000  # of one value; a picture with layers has about thirty


def check_files(control: Any, value: Any, allowed: Sequence[str]) -> None:
    """Raise if a value of a control that takes files names one that is neither sent nor shown.

    What Gradio holds against paths depends on a mark that the request itself may leave out. The
    sentence is the same for a file that is there and for one that is not.
    """
    if not takes_files(control):
        return
    folders = [get_upload_folder(), *allowed]
    for number, part in enumerate(parts_of(value)):
        named = isinstance(part, dict) and part.get("path") is not None
        if number >= MOST_PARTS or (named and not readable(part["path"], folders)):
            raise no_such_file()


def no_such_file() -> UserError:
    """Return the mistake of naming a file that is not here, or not any more."""
    return UserError("the page has no such file",
                     "files sent through the page within the last hour are accepted",
                     "upload it again")


def takes_files(control: Any) -> bool:
    """Return whether a control's value may name files."""
    model = getattr(control, "data_model", None)
    return model is not None and _names_paths(model)


@functools.cache
def _names_paths(model: Any) -> bool:
    return '"path"' in json.dumps(model.model_json_schema())


def parts_of(value: Any) -> Iterator[Any]:
    """Yield everything that a value of lists and dictionaries holds, itself first."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, (dict, list)):
            waiting.extend(part.values() if isinstance(part, dict) else part)


def readable(path: Any, folders: Sequence[str]) -> bool:
    """Return whether a path leads to a regular file in one of these folders.

    Nothing is opened, and what lies outside by its name alone is not even looked at.
    """
    try:
        plain = Path(os.path.abspath(path))
        roots = {root for folder in folders for root in (Path(folder).absolute(),
                                                         Path(folder).resolve())}
        if not any(plain.is_relative_to(root) for root in roots):
            return False
        target = plain.resolve(strict=True)
        return (any(target.is_relative_to(root) for root in roots)
                and stat.S_ISREG(target.stat().st_mode))
    except (OSError, ValueError, TypeError, RuntimeError):
        return False
