"""The script that does what the page's settings do."""

from __future__ import annotations

from vision.ui.tabs.gan.shared import MODELS

CHAPTERS = ("load", "load", "load", "predict", "print")  # what the lesson's sections are about


def code(model: str | None, labels: list[int], count: float, seed: float, truncation: float) -> str:
    """Return the shortest script that does what the settings above do."""
    return f"""from pathlib import Path

from vision.gan.predict import grid, load, predict
from vision.images import write_png

model = load(Path("{MODELS.in_a_script(model)}"))
result = predict(model, {labels}, {int(count)}, seed={int(seed)}, truncation={truncation})
print(result.opinion)
write_png(Path("runs/drawn.png"), grid(result.pictures, 10))
"""
