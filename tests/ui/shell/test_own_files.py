"""The files that a page begins with outlive those that visitors send."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest
from gradio.route_utils import delete_files_created_by_app
from PIL import Image

from vision.ui.shell.files.own import stay


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two pictures, and a folder of its own for what Gradio copies."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    paths = [tmp_path / f"{name}.png" for name in ("seen", "hidden")]
    for path in paths:
        Image.new("L", (4, 4)).save(path)
    return [str(path) for path in paths]


@pytest.mark.parametrize("staying", [True, False])
def test_the_hidden_column_of_an_example_stays(tmp_path: Path, pair: list[str], staying: bool
                                               ) -> None:
    with gr.Blocks() as page:
        gr.Examples([pair], [gr.Image(), gr.Image()], visible_columns=[0])
    if staying:
        stay(page)
    delete_files_created_by_app(page, None)
    left = {path.name for path in (tmp_path / "gradio").rglob("*.png")}
    assert left == ({"seen.png", "hidden.png"} if staying else {"seen.png"})


def test_the_truth_of_each_street_stays(whole_page: gr.Blocks) -> None:
    kept = {Path(file).name for block in whole_page.blocks.values() for file in block.keep_in_cache}
    assert {f"street-{number}-labels.png" for number in range(1, 7)} <= kept
