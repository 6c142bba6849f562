"""Where the pictures lie that come with the page, and that they stay."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from pathlib import Path

import gradio as gr

ASSETS = Path(__file__).resolve().parents[4] / "assets"


def photograph_folders() -> list[str]:
    """Return the folder of the photographs that scikit-image brings along."""
    package = importlib.util.find_spec("skimage")
    return [str(Path(package.origin).parent / "data")] if package and package.origin else []


def photographs(names: Iterable[str]) -> list[str]:
    """Return where those of scikit-image's photographs lie that are there."""
    found = [Path(folder) / name for folder in photograph_folders() for name in names]
    return [str(path) for path in found if path.is_file()]


def stay(page: gr.Blocks) -> None:
    """Let the files that a page begins with stay, which visitors' do for an hour only.

    By itself, Gradio removes those of examples' hidden columns.
    """
    anywhere = next(iter(page.blocks.values()))
    anywhere.keep_in_cache.update(*page.temp_file_sets)
