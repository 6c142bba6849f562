"""The script that does what the page's settings do."""

from __future__ import annotations

from vision.ui.components.shown_code import imports, reading
from vision.ui.tabs.pruning.shared import MODELS, layers_in

CHAPTERS = ("run", "run", "print")  # the calls that the lesson's sections are about


def code(model: str | None, ratio: float, criterion: str, protected: str, picture: str | None
         ) -> str:
    """Return the shortest script that does what the settings above do."""
    shown = reading(picture)
    return f"""from pathlib import Path

{imports(shown)}from vision.images import read_picture
from vision.pruning.predict import load, predict
from vision.pruning.prune import Config, run

cut = Path("runs/pruning/pruned.safetensors")
report = run(Config(Path("{MODELS.in_a_script(model)}"), {ratio}, "{criterion}",
                    protected={layers_in(protected)!r}, output=cut))
print(report)
print(predict(load(cut), {shown}))
"""
