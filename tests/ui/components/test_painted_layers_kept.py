"""Layers that editors hand over: few, small, and never more than a little of all of them."""

from __future__ import annotations

import pytest
from gradio.data_classes import DataWithFiles

from vision.ui.components.inputs import painted_layers
from vision.ui.components.inputs.painted_layers import PaintedLayers


def hand_over(editor: PaintedLayers, name: str, index: object, size: int = 10, kind: str = "layer"
              ) -> None:
    """Give an editor a layer as its page does."""
    data = {"type": kind, "index": index, "id": name}
    editor.accept_blobs(DataWithFiles(data=data, files=[("a.png", bytes(size))]))


@pytest.mark.parametrize("name, index, size, kind", [
    ("a", "30000000", 10, "layer"), ("a", "4", 10, "layer"), ("a", "-1", 10, "layer"),
    ("a", "null", 10, "composite"), ("a", "0", 5 * 2**20, "layer"), ("a" * 65, "0", 1, "layer")])
def test_what_no_page_hands_over_is_not_kept(name: str, index: str, size: int, kind: str) -> None:
    editor = PaintedLayers()
    hand_over(editor, name, index, size, kind)
    assert not editor.blob_storage


def test_the_oldest_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painted_layers, "HANDED_OVER", 1000)
    monkeypatch.setattr(painted_layers, "EACH", 0)
    editor = PaintedLayers()
    for number in range(30):
        hand_over(editor, f"{number}", "0", 100)
        hand_over(editor, f"{number}", 1, 100)
    assert list(editor.blob_storage) == ["25", "26", "27", "28", "29"] and editor.weight() == 1000


def test_layers_without_a_byte_give_way_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(painted_layers, "HANDED_OVER", 5 * painted_layers.EACH)
    editor = PaintedLayers()
    for number in range(30):
        hand_over(editor, f"{number}", "0", 0)
    assert list(editor.blob_storage) == ["25", "26", "27", "28", "29"]
