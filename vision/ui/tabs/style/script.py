"""The script that does what the page's settings do."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from vision.style.settings import Settings
from vision.ui.components.shown_code import imports, reading
from vision.ui.tabs.style.controls import Chosen

FILES = {"slim": "checkpoints/style/vgg19-slim.safetensors",
         "bundled": "checkpoints/style/vgg19.safetensors"}
CHAPTERS = ("Settings", "open_extractor")  # the calls that the lesson's sections are about


def code(content: str | None, style: str | None, *controls: Any) -> str:
    """Return the shortest script that does what the settings above do."""
    chosen = Chosen(*controls)
    read = [reading(content), reading(style)]
    usual, settings = Settings(), chosen.settings()
    changes = "\n".join(f"    {field.name}={getattr(settings, field.name)!r},"
                        for field in fields(Settings)
                        if field.name == "seed"
                        or getattr(settings, field.name) != getattr(usual, field.name))
    sees = FILES.get(chosen.extractor, chosen.extractor)
    return f"""from pathlib import Path

{imports(*read)}from vision.images import read_picture, write_png
from vision.style.features.extractor import open_extractor
from vision.style.settings import Settings
from vision.style.transfer import transfer

settings = Settings(
{changes}
)
content = {read[0]}
style = {read[1]}
# what sees: {sees}
for frame in transfer(open_extractor("{chosen.extractor}"), content, [style], settings):
    print(frame.step, frame.losses)
write_png(Path("runs/painting.png"), frame.picture)
"""
