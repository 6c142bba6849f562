"""The painting that the tab opens with: made by its own settings, kept as a small picture.

`python -m vision.ui.tabs.style.finished` paints it again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.ui import ASSETS
from vision.ui.components import opening
from vision.ui.tabs.style.controls import Chosen
from vision.ui.tabs.style.run import told
from vision.ui.tabs.style.shared import paintings, photographs
from vision.ui.tabs.style.studio import Studio

if TYPE_CHECKING:
    from vision.style.transfer import Frame

STYLE = "night"  # the one that is chosen at first
PICTURE = ASSETS / "style" / "finished" / "painting.png"
RECORD = PICTURE.with_suffix(".json")


def pair() -> tuple[str | None, str | None]:
    """Return the photograph and the painting that are chosen at first."""
    return (next(iter(photographs()), None),
            next((path for path in paintings() if Path(path).stem == STYLE), None))


def frames() -> Iterator[Frame]:
    """Paint the first photograph in the first style with the first settings."""
    from vision.images import read_picture
    from vision.style.features.extractor import open_extractor
    from vision.style.transfer import transfer

    content, style = (read_picture(str(path)) for path in pair())
    chosen = Chosen()
    return transfer(open_extractor(chosen.extractor), content, [style], chosen.settings())


def painted() -> Frame | None:
    """Return the kept painting as the last frame of its run, None where it does not ship."""
    import numpy as np

    from vision.images import read_picture
    from vision.style.transfer import Frame

    if None in pair() or not RECORD.is_file():
        return None
    record = json.loads(RECORD.read_text("utf-8"))
    curves = np.array(record["curves"], np.float32)  # (steps, 3)
    return Frame(len(curves), len(curves), read_picture(PICTURE), curves, (), record["seconds"], 0)


def first_answer(last: Frame, request: gr.Request | None) -> tuple[Any, ...]:
    """Return the finished painting, and what is said of it."""
    return last.picture, told(last, last.curves, [], 0, request)


def hang(studio: Studio) -> None:
    """Let a studio that has painted nothing go on from the finished painting."""
    last = FIRST.make()
    if last and studio.picture is None and not studio.running:
        studio.take(last)


FIRST = opening.Opening(painted, first_answer)


def main() -> None:
    """Paint the picture and keep it with its losses."""
    from PIL import Image

    *_, last = frames()
    PICTURE.parent.mkdir(exist_ok=True)
    Image.fromarray(last.picture).save(PICTURE, optimize=True)
    curves = [[float(f"{value:.4g}") for value in step] for step in last.curves.tolist()]
    RECORD.write_text(json.dumps({"seconds": round(last.seconds, 1), "curves": curves}), "utf-8")
    print(PICTURE)


if __name__ == "__main__":
    main()
