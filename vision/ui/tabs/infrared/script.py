"""The script that does what the page's settings do."""

from __future__ import annotations

from pathlib import Path

from vision.ui.components.shown_code import place_of
from vision.ui.tabs.infrared.shared import MODELS, named

CHAPTERS = ("read_thermogram", "load", "load", "", "", "", "", "load_zones", "predict",
            "read_thermogram", "print")  # the calls that the lesson's sections are about


def code(picture: str | None, low: float | None, high: float | None, unit: str,
         model: str | None, threshold: float, mask_threshold: float, emissivity: float,
         reflected: float | None, air: float | None) -> str:
    """Return the shortest script that does what the settings above do."""
    path = (place_of(picture) or named(picture)) if picture else "thermogram.png"
    physics = f".corrected({emissivity}, {reflected})" if emissivity != 1 else ""
    return f"""from pathlib import Path

from vision.images import write_png
from vision.infrared.inspection.drawing import marked
from vision.infrared.inspection.report import write_report
from vision.infrared.predict import Settings, load, predict
from vision.infrared.thermogram.files import read_thermogram
from vision.infrared.zones.locate import load as load_zones

thermogram = read_thermogram({path!r}, {unit!r}, {low}, {high}){physics}
model = load(Path("{MODELS.in_a_script(model)}"))
zones = load_zones(Path("checkpoints/infrared/zones.safetensors"))
result = predict(model, thermogram, Settings({threshold}, {mask_threshold}, {air}), zones)
for device in result.instances:
    print(device.name, device.score, device.reading, device.verdict)
write_png(Path("runs/devices.png"), marked(thermogram.picture, result.instances))
write_report(Path("runs/inspection.html"), result, {Path(path).name!r})
"""
