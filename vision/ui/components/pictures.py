"""The picture input and the picture display that every tab uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.errors import UserError
from vision.ui.components.inputs.picture_input import PictureInput
from vision.ui.text import t

if TYPE_CHECKING:
    import numpy as np

LONGEST_SIDE = 1280  # of the pictures sent to the screen


def picture_input(key: str, elem_id: str, value: str | None = None, *, height: int = 260,
                  webcam: bool = True) -> gr.Image:
    """Return the picture input that every tab uses, labelled by a text key."""
    sources: list[Any] = ["upload", "webcam", "clipboard"] if webcam else ["upload", "clipboard"]
    return PictureInput(value=value, label=t(key), elem_id=elem_id, height=height,
                        sources=sources, buttons=["fullscreen"])


def picture_output(key: str, elem_id: str, *, height: int = 400, always: bool = True,
                   buttons: Sequence[Any] = ("fullscreen",)) -> gr.Image:
    """Return the picture display that every tab uses, shown `always` or when it is filled."""
    return gr.Image(label=t(key), elem_id=elem_id, interactive=False, format="jpeg",
                    height=height, buttons=[*buttons],
                    elem_classes=[] if always else ["lab-when-filled"])


def needed(path: str | None) -> str:
    """Return a picture's path, or raise if there is none."""
    if not path:
        raise UserError("there is no picture yet", "any photograph will do",
                        "upload one or click an example")
    return path


def for_screen(picture: np.ndarray) -> np.ndarray:
    """Return a picture no larger than a screen needs."""
    from vision.images import resize

    size = size_within(picture.shape)
    return picture if size == picture.shape[:2] else resize(picture, size)


def size_within(size: Sequence[int], longest: int = LONGEST_SIDE) -> tuple[int, int]:
    """Return a size (height, width), made smaller where a side is longer than so many pixels."""
    scale = min(longest / max(size[:2]), 1.0)
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)


def heat(values: np.ndarray) -> np.ndarray:
    """Return values (H, W) in 0…1 as colours (uint8 H×W×3), dark to bright."""
    import cv2
    import numpy as np

    levels = (255 * values.clip(0, 1)).astype(np.uint8)
    return cv2.cvtColor(cv2.applyColorMap(levels, cv2.COLORMAP_INFERNO), cv2.COLOR_BGR2RGB)
