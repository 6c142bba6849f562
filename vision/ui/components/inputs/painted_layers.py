"""What a visitor paints over a picture. Gradio writes a stub beside this file when it is imported.
"""

from __future__ import annotations

import io
from typing import Any

import gradio as gr
import numpy as np
from gradio.components.base import server
from gradio.components.image_editor import EditorDataBlobs
from gradio.data_classes import DataWithFiles

MOST_LAYERS = 4
MOST_BYTES = 4 * 2**20  # of one layer
HANDED_OVER = 64 * 2**20  # bytes of all layers that were handed over and not yet looked at
EACH = 4096  # bytes that an editor's layers count for beside their own
FORMATS = ("PNG", "WEBP")  # what browsers make of a canvas
MEGAPIXELS = 2.0


class PaintedLayers(gr.ImageEditor):
    """An editor that hands over its layers alone, each opened only if it is a small PNG or WebP."""

    is_template = True

    @server
    def accept_blobs(self, data: DataWithFiles) -> None:  # type: ignore[override]
        """Keep a layer that an editor hands over before its event; the oldest give way."""
        index, file, name = data.data["index"], data.files[0][1], str(data.data["id"])
        if data.data["type"] != "layer" or len(name) > 64 or len(file) > MOST_BYTES:
            return
        if not str(index).isdecimal() or int(index) >= MOST_LAYERS:
            return
        held = self.blob_storage.pop(name, None) or EditorDataBlobs(
            background=None, composite=None, layers=[None] * MOST_LAYERS)
        held.layers[int(index)] = file
        self.blob_storage[name] = held
        while self.weight() > HANDED_OVER:
            self.blob_storage.pop(next(iter(self.blob_storage)))

    def weight(self) -> int:
        """Return about how many bytes all that is kept takes."""
        return sum(EACH + sum(len(layer or b"") for layer in held.layers)
                   for held in list(self.blob_storage.values()))

    def preprocess(self, payload: Any) -> dict[str, Any]:  # type: ignore[override]
        """Return the layers as uint8 (H, W, 4) arrays."""
        held = payload if payload is None or payload.id is None else self.blob_storage.get(
            payload.id)
        layers = list(held.layers or []) if held else []
        if len(layers) > MOST_LAYERS:
            raise ValueError(f"{len(layers)} layers")
        painted = [opened(layer) for layer in layers if layer is not None]
        if len({layer.shape for layer in painted}) > 1:
            raise ValueError("layers of several sizes")
        return {"layers": painted}


def opened(layer: Any) -> np.ndarray:
    """Return a layer, a file or its bytes, as uint8 (H, W, 4); its size is known before that."""
    from vision.images import read_image

    source = io.BytesIO(layer) if isinstance(layer, bytes) else layer.path
    return np.asarray(read_image(source, FORMATS, MEGAPIXELS).convert("RGBA"))
