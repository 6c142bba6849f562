"""Where the pictures lie that come with the page."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[4] / "assets"


def photograph_folders() -> list[str]:
    """Return the folder of the photographs that scikit-image brings along."""
    package = importlib.util.find_spec("skimage")
    return [str(Path(package.origin).parent / "data")] if package and package.origin else []
