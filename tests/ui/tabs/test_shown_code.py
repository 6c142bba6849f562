"""Each tab shows code, of what it shows; that it runs is tested with the notebooks made of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import gradio as gr
import pytest

from vision.ui import load_tabs
from vision.ui.components.shown_code import imports, place_of, reading
from vision.ui.tabs.pruning import script
from vision.ui.tabs.pruning.controls import examples


@pytest.fixture(scope="module")
def shown(whole_page: gr.Blocks) -> dict[str, str]:
    """Return the code that the page shows in each tab before anything is touched."""
    tabs = next(block for block in whole_page.blocks.values() if block.elem_id == "app-tabs")
    return {str(tab.id): str(code.value) for tab in tabs.children for code in codes(tab)
            if code.value}


def codes(block: gr.blocks.Block) -> Iterator[gr.Code]:
    """Yield the code blocks inside a block."""
    if isinstance(block, gr.Code):
        yield block
    for child in getattr(block, "children", []):
        yield from codes(child)


def test_every_tab_shows_code(shown: dict[str, str]) -> None:
    assert list(shown) == [tab.name for tab in load_tabs()]


def test_the_shown_code_reads_the_picture_that_the_page_shows(
        whole_page: gr.Blocks, shown: dict[str, str]) -> None:
    named = {block.elem_id: block for block in whole_page.blocks.values()
             if getattr(block, "elem_id", None)}
    for tab, component in (("segmentation", "segmentation-picture"), ("style", "style-content"),
                           ("pruning", "pruning-picture")):
        stem = Path(named[component].value["path"]).stem
        assert re.search(rf"[./]{stem}[.(]", shown[tab]), f"{tab}: {stem}"


def test_the_script_reads_what_is_chosen_the_photograph_and_a_visitors_own_too(
        tmp_path: Path) -> None:
    drawn, photograph = examples()[1][0], examples()[-1][0]
    place = f"assets/pruning/{Path(drawn).name}"
    copy = Path(shutil.copy(drawn, tmp_path / "renamed.png"))
    other = Path(shutil.copy(photograph, tmp_path / Path(drawn).name))
    other.write_bytes(other.read_bytes() + b" ")  # one of ours by its name alone
    assert place_of(str(copy)) == place and place_of(photograph) is None
    assert reading(str(copy)) == f"read_picture({place!r})"
    assert reading(photograph) == "skimage.data.chelsea()"
    assert reading(str(other)) == f"read_picture({other.name!r})"
    assert reading("/tmp/my 'cat'.png") == "read_picture(\"my 'cat'.png\")"
    assert reading(None) == "read_picture('picture.png')"
    told = [script.code("vgg16", 0.5, "gamma", "", path) for path in (drawn, photograph)]
    assert ["import skimage.data" in each for each in told] == [False, True]
    assert imports("read_picture('skimage.png')") == ""
