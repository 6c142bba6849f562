"""Files that many ask for alike: one writes, and each gets a file of his own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import TypeVar

import gradio as gr

from vision.files.atomic_files import write_atomically
from vision.ui.shell.answers.shared import computed_once
from vision.ui.shell.files.uploads import new_folder

Told = TypeVar("Told")


def written_once(kind: str, name: str, write: Callable[[Path], Told], *settings: Hashable,
                 request: gr.Request | None, models: Sequence[Path] = ()) -> tuple[Path, Told]:
    """Return a file of this name with what `write` writes, perhaps for others, and what it told.

    A path in what it told is of no use: only the content is kept.
    """
    def compute() -> tuple[bytes, Told]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / name
            told = write(path)
            return path.read_bytes(), told

    content, told = computed_once(kind, compute, name, *settings, request=request, models=models)
    path = new_folder() / name
    write_atomically(path, content, lasting=False)
    return path, told
