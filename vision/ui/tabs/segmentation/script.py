"""The script that does what the page's settings do."""

from __future__ import annotations

from pathlib import Path

from vision.ui.components.shown_code import imports, place_of, reading
from vision.ui.tabs.segmentation.shared import BOTH

CHAPTERS = ("load", "load", "score")  # the calls that the lesson's sections are about


def code(model: str | None, opacity: float, picture: str | None, truth: str | None) -> str:
    """Return the shortest script that does what the settings above do."""
    read, judges, judged = reading(picture), "", "result.shares"
    if truth:
        judges = ", read_labels\nfrom vision.segmentation.measures.metrics import score"
        labels = f"read_labels({place_of(truth) or Path(truth).name!r})"
        judged = f"score({labels}, result.labels, result.classes)"
    return f"""from pathlib import Path

{imports(read)}from vision.images import colourise, overlay, read_picture, write_png
from vision.segmentation.labels import COLOURS{judges}
from vision.segmentation.predict import load, predict

model = load(Path("{BOTH.in_a_script(model)}"))
result = predict(model, {read})
print({judged})
colours = colourise(result.labels, COLOURS)
write_png(Path("runs/overlay.png"), overlay(result.picture, colours, {opacity}))
"""
