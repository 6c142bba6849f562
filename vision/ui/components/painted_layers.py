"""What a visitor paints over a picture. Gradio writes a stub beside this file when it is imported.
"""

from __future__ import annotations

import io
from typing import Any

import gradio as gr
import numpy as np

MOST_LAYERS = 4
FORMATS = ("PNG", "WEBP")  # what browsers make of a canvas
MEGAPIXELS = 2.0


class PaintedLayers(gr.ImageEditor):
    """An editor that hands over its layers alone, each opened only if it is a small PNG or WebP."""

    is_template = True

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
