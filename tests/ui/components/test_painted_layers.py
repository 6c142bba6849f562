"""What is painted over a picture: a few small layers as browsers send them, and nothing else."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio.components.image_editor import EditorData, EditorDataBlobs
from gradio.data_classes import FileData
from PIL import Image

from vision.errors import UserError
from vision.ui.components.inputs.painted_layers import MOST_LAYERS, PaintedLayers


def content(kind: str = "PNG", size: tuple[int, int] = (32, 24), mode: str = "RGBA") -> bytes:
    """Return a picture as a file's bytes."""
    written = io.BytesIO()
    Image.new(mode, size, 7).save(written, kind)
    return written.getvalue()


def given(*layers: bytes | None, background: bytes | None = None) -> Any:
    """Return what an editor hands over of layers that the browser sent as blobs."""
    editor = PaintedLayers(render=False)
    editor.blob_storage["a"] = EditorDataBlobs(background=background, layers=list(layers),
                                               composite=background)
    return editor.preprocess(EditorData(id="a"))


def test_layers_come_as_they_were_painted(tmp_path: Path) -> None:
    file = tmp_path / "layer"
    file.write_bytes(content("WEBP"))
    both = (given(content(), None),
            PaintedLayers(render=False).preprocess(EditorData(layers=[FileData(path=str(file))])))
    for value in both:
        (layer,) = value["layers"]
        assert layer.shape == (24, 32, 4) and layer.dtype == np.uint8
    assert given() == PaintedLayers(render=False).preprocess(None) == {"layers": []}


def test_the_picture_below_is_not_even_opened() -> None:
    assert len(given(content(), background=b"no picture")["layers"]) == 1


@pytest.mark.parametrize("kind", ["EPS", "TIFF", "GIF", "PPM", "JPEG"])
def test_other_formats_are_not_opened(kind: str) -> None:
    with pytest.raises(UserError, match="not a picture that can be read"):
        given(content(kind, mode="RGB"))


def test_large_layers_are_refused_before_they_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    large = content(size=(3000, 1000), mode="1")
    monkeypatch.setattr(Image.Image, "load", None)
    with pytest.raises(UserError, match="megapixels"):
        given(large)


@pytest.mark.parametrize("layers", [[content()] * (MOST_LAYERS + 1),
                                    [content(), content(size=(33, 24))]])
def test_layers_are_few_and_of_one_size(layers: list[bytes]) -> None:
    with pytest.raises(ValueError, match="layers"):
        given(*layers)
