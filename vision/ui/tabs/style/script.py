"""The script that does what the page's settings do."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from vision.style.settings import Settings
from vision.ui.tabs.style.controls import Chosen
from vision.ui.tabs.style.shared import PHOTOGRAPHS

FILES = {"slim": "checkpoints/style/vgg19-slim.safetensors",
         "bundled": "checkpoints/style/vgg19.safetensors"}
CHAPTERS = ("Settings", "open_extractor")  # the calls that the lesson's sections are about


def code(content_power: float, style_power: float, tv_power: float, preset: str, size: float,
         steps: float, *others: Any) -> str:
    """Return the shortest script that does what the settings above do."""
    chosen = Chosen(content_power, style_power, tv_power, preset, size, steps, *others)
    usual, settings = Settings(), chosen.settings()
    changes = "\n".join(f"    {field.name}={getattr(settings, field.name)!r},"
                        for field in fields(Settings)
                        if field.name == "seed"
                        or getattr(settings, field.name) != getattr(usual, field.name))
    sees = FILES.get(chosen.extractor, chosen.extractor)
    shown = Path(PHOTOGRAPHS[0]).stem
    return f"""from pathlib import Path

import skimage.data

from vision.images import read_picture, write_png
from vision.style.features.extractor import open_extractor
from vision.style.settings import Settings
from vision.style.transfer import transfer

settings = Settings(
{changes}
)
content = skimage.data.{shown}()
style = read_picture("assets/style/night.jpg")
# what sees: {sees}
for frame in transfer(open_extractor("{chosen.extractor}"), content, [style], settings):
    print(frame.step, frame.losses)
write_png(Path("runs/painting.png"), frame.picture)
"""
