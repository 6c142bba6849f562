"""The script that does what the page's settings do."""

from __future__ import annotations

from vision.ui.tabs.segmentation.shared import BOTH, PORTRAITS

CHAPTERS = ("load", "load", "score")  # the calls that the lesson's sections are about
STREET = ("""
from vision.images import colourise, overlay, read_picture, write_png
from vision.segmentation.labels import COLOURS, read_labels
from vision.segmentation.measures.metrics import score
""", """read_picture("assets/segmentation/street-1.png"))
print(score(read_labels("assets/segmentation/street-1-labels.png"), result.labels, result.classes))
""")  # what is imported for it, and what is done with it
PERSON = ("""
import skimage.data

from vision.images import colourise, overlay, write_png
from vision.segmentation.labels import COLOURS
""", """skimage.data.astronaut())
print(result.shares)
""")


def code(model: str | None, opacity: float) -> str:
    """Return the shortest script that does what the settings above do."""
    imports, seen = PERSON if model in PORTRAITS.names() else STREET
    return f"""from pathlib import Path
{imports}from vision.segmentation.predict import load, predict

model = load(Path("{BOTH.in_a_script(model)}"))
result = predict(model, {seen}colours = colourise(result.labels, COLOURS)
write_png(Path("runs/overlay.png"), overlay(result.picture, colours, {opacity}))
"""
