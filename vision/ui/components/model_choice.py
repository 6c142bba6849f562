"""Which file the choice of a model stands for."""

from __future__ import annotations

import os
from pathlib import Path

from vision import checkpoints
from vision.errors import unknown

OWN = "own"  # the choice that stands for what this session has trained or brought


def path_of(system: str, name: str | None, own: str | None, known: list[str]) -> Path:
    """Return the file of a model that ships, or of the session's own, which then stays longer."""
    if name == OWN and own and Path(own).is_file():
        os.utime(Path(own).parent)
        return Path(own)
    if name in known:
        return checkpoints.FOLDER / system / f"{name}.safetensors"
    raise unknown("model", name, known)
