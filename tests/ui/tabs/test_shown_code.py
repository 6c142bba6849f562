"""The code that each tab shows at first runs as it stands, from the project's folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from tests.conftest import REPOSITORY
from vision.ui import load_tabs

SHORTER = {"style": (  # what takes long at its default, with the numbers of a quick run
    (r"sides=\([^)]*\)", "sides=(64,)"), (r"steps=\([^)]*\)", "steps=(2,)"),
    (r"decay_every=\([^)]*\)", "decay_every=(2,)"))}
BRINGS = {  # what the code must leave behind
    "segmentation": "runs/overlay.png", "style": "runs/painting.png", "gan": "runs/drawn.png",
    "pruning": "runs/pruning/pruned.safetensors", "infrared": "runs/inspection.html"}


@pytest.fixture(scope="module")
def shown(whole_page: gr.Blocks) -> dict[str, str]:
    """Return the code that the page shows in each tab before anything is touched."""
    tabs = next(block for block in whole_page.blocks.values() if block.elem_id == "app-tabs")
    return {str(tab.id): str(code.value) for tab in tabs.children for code in codes(tab)}


def codes(block: gr.blocks.Block) -> Iterator[gr.Code]:
    """Yield the code blocks inside a block."""
    if isinstance(block, gr.Code):
        yield block
    for child in getattr(block, "children", []):
        yield from codes(child)


def test_every_tab_shows_code(shown: dict[str, str]) -> None:
    assert list(shown) == [tab.name for tab in load_tabs()]


@pytest.mark.parametrize("tab", [tab.name for tab in load_tabs()])
def test_the_shown_code_runs(tab: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                             capsys: pytest.CaptureFixture[str], shown: dict[str, str]) -> None:
    code = shown[tab]
    needed = re.findall(r'"(checkpoints/[^"]+)"', code)
    if not all((REPOSITORY / file).is_file() for file in needed):
        pytest.skip(f"{tab}: no checkpoint ships yet")
    for name in ("assets", "checkpoints"):
        (tmp_path / name).symlink_to(REPOSITORY / name)
    for long, short in SHORTER.get(tab, ()):
        assert re.search(long, code), long
        code = re.sub(long, short, code)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "shown", "exec"), {})
    assert (tmp_path / BRINGS[tab]).stat().st_size > 1000
    assert capsys.readouterr().out.strip()


def test_the_shown_code_reads_the_picture_that_the_page_shows(
        whole_page: gr.Blocks, shown: dict[str, str]) -> None:
    named = {block.elem_id: block for block in whole_page.blocks.values()
             if getattr(block, "elem_id", None)}
    for tab, component in (("style", "style-content"), ("pruning", "pruning-picture")):
        stem = Path(named[component].value["path"]).stem
        assert re.search(rf"[./]{stem}[.(]", shown[tab]), f"{tab}: {stem}"
