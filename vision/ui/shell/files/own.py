"""Where the pictures lie that come with the page."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[4] / "assets"


def photograph_folders() -> list[str]:
    """Return the folder of the photographs that scikit-image brings along."""
    package = importlib.util.find_spec("skimage")
    return [str(Path(package.origin).parent / "data")] if package and package.origin else []


def photographs(names: Iterable[str]) -> list[str]:
    """Return where those of scikit-image's photographs lie that are there."""
    found = [Path(folder) / name for folder in photograph_folders() for name in names]
    return [str(path) for path in found if path.is_file()]
