"""Each tab's notebook runs anywhere, and says with which models and which seed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import REPOSITORY
from vision import checkpoints
from vision.ui import load_tabs
from vision.ui.lessons.notebook import notebook, sections
from vision.ui.text import LANGUAGES, words

TABS = [tab.name for tab in load_tabs()]
SHORTER = {"style": (  # what takes long at its default, with the numbers of a quick run
    (r"sides=\([^)]*\)", "sides=(64,)"), (r"steps=\([^)]*\)", "steps=(2,)"),
    (r"decay_every=\([^)]*\)", "decay_every=(2,)"))}
BRINGS = {  # what the code must leave behind
    "segmentation": "runs/overlay.png", "style": "runs/painting.png", "gan": "runs/drawn.png",
    "pruning": "runs/pruning/pruned.safetensors", "infrared": "runs/inspection.html"}
SCRIPT = '''import math
from pathlib import Path

from vision.images import read_picture

# where it begins
model = load(Path("checkpoints/gan/none.safetensors"))
for name in ("assets/a.jpg", "assets/b.txt"):
    print(name, predict(model, seed=7))
write_png(Path("runs/c.png"), model)
'''
Make = Callable[..., dict[str, nbformat.NotebookNode]]


@pytest.fixture(scope="module")
def made(whole_page: gr.Blocks) -> Make:
    """What the page's buttons give before anything is touched, in a language."""
    handlers = {block.elem_id.removesuffix("-notebook"): each
                for each in whole_page.fns.values() if each.fn is not None
                for block in [whole_page.blocks.get(number) for number, _ in each.targets]
                if str(getattr(block, "elem_id", "")).endswith("-notebook")}

    def make(language: str = "en") -> dict[str, nbformat.NotebookNode]:
        request = gr.Request(headers={"accept-language": language})
        return {tab: nbformat.read(each.fn(request, *(plain(part.value) for part in each.inputs)),
                                   4)
                for tab, each in handlers.items()}

    assert list(handlers) == TABS
    return make


def plain(value: Any) -> Any:
    """Return a control's value as its handler gets it."""
    return value["path"] if isinstance(value, dict) else value


@pytest.fixture(scope="module")
def executed(made: Make, tmp_path_factory: pytest.TempPathFactory
             ) -> tuple[Path, dict[str, list[nbformat.NotebookNode]]]:
    """All notebooks after a run in one kernel, and the folder, which is no checkout."""
    folder, notebooks = tmp_path_factory.mktemp("elsewhere"), made()
    for tab, pairs in SHORTER.items():
        for long, short in pairs:
            assert any(re.search(long, cell.source) for cell in notebooks[tab].cells), long
            for cell in notebooks[tab].cells:
                cell.source = re.sub(long, short, cell.source)
    whole = nbformat.v4.new_notebook(metadata=notebooks[TABS[0]].metadata, cells=[
        nbformat.NotebookNode(cell, id=f"{tab}-{cell.id}") for tab in TABS
        for cell in notebooks[tab].cells])
    NotebookClient(whole, resources={"metadata": {"path": str(folder)}}).execute(
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"})
    return folder, {tab: [cell for cell in whole.cells if cell.id.startswith(f"{tab}-")]
                    for tab in TABS}


@pytest.mark.parametrize("tab", TABS)
def test_a_tabs_notebook_runs_outside_of_the_project(tab: str, executed: Any) -> None:
    folder, cells = executed
    assert (folder / BRINGS[tab]).stat().st_size > 1000
    code = [cell for cell in cells[tab] if cell.cell_type == "code"]
    told = str([cell.outputs for cell in code])
    assert "image/png" in told and "stream" in told, "pictures and numbers"
    assert "True" in code[1].outputs[0]["data"]["text/plain"]
    assert "False" not in code[1].outputs[0]["data"]["text/plain"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notebook_holds_the_whole_lesson_between_its_cells(made: Make, language: str) -> None:
    for tab, found in made(language).items():
        kinds = [cell.cell_type for cell in found.cells]
        told = [cell.source for cell in found.cells if cell.cell_type == "markdown"]
        assert sorted(told[1:]) == sorted(sections(words(language)[f"{tab}.lesson"]))
        last = len(kinds) - kinds[::-1].index("code")
        assert kinds[3:last].count("markdown") >= 2, "most sections are about a call"
        assert words(language)[f"{tab}.title"] in told[0]
        for file in re.findall(r"checkpoints/[\w/-]+\.safetensors", told[0]):
            assert checkpoints.digest_of(REPOSITORY / file)[:16] in told[0]


def tell(name: str, **values: Any) -> str:
    return f"{name} {values}"


def test_cells_are_cut_where_the_lesson_stands_and_show_the_pictures_they_name() -> None:
    cells = nbformat.reads(notebook(SCRIPT, "### A\nfirst\n### B\nsecond\n### C\nthird",
                                    ("load", "predict"), tell), 4).cells
    sources = [cell.source for cell in cells][2:]
    assert sources == [
        SCRIPT.split("\n\n#")[0], "### A\nfirst",
        '# where it begins\nmodel = load(LAB / "checkpoints/gan/none.safetensors")',
        "### B\nsecond",
        'for name in (LAB / "assets/a.jpg", LAB / "assets/b.txt"):\n'
        "    print(name, predict(model, seed=7))\n"
        'write_png(Path("runs/c.png"), model)\n'
        'display(Image(filename=LAB / "assets/a.jpg"))\ndisplay(Image(filename="runs/c.png"))',
        "### C\nthird"]
    assert "seed {'seed': '7'}" in cells[0].source


def test_a_space_tells_where_the_project_may_be_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SPACE_ID", raising=False)
    assert "git clone" not in notebook(SCRIPT, "", (), tell)
    monkeypatch.setenv("SPACE_ID", "someone/lab")
    text = notebook(SCRIPT, "", (), tell)
    assert "!git clone --depth 1 https://huggingface.co/spaces/someone/lab vision-lab" in text
