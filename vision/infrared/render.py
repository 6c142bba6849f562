"""Render thermograms with masks, boxes, zones and temperatures into a folder."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vision.errors import UserError
from vision.images import write_png
from vision.infrared.classes import CLASSES, FAULT_NAMES
from vision.infrared.labels.formats import Labelled, coco
from vision.infrared.scenes import Making, Scene, make_scene
from vision.infrared.scenes.camera import QUALITIES
from vision.infrared.scenes.making import ANY, NONE, OVERLAYS
from vision.infrared.scenes.sky import WEATHERS
from vision.infrared.thermogram.palettes import PALETTES
from vision.infrared.thermogram.radiometry import KELVIN
from vision.options import Verb, option, within


@dataclass(frozen=True)
class Config:
    """Settings of `render`."""

    count: int = option(10, "how many scenes, if no seeds are named")
    seeds: tuple[int, ...] = option((), "the seeds of the scenes; 0, 1, 2, … if none is named")
    height: int = option(288, "height in pixels")
    width: int = option(384, "width in pixels")
    classes: tuple[str, ...] = option((), "the devices to choose from; any if none is named",
                                      lambda: list(CLASSES))
    fault: str = option(ANY, "the fault of every device that can have it",
                        lambda: [ANY, NONE, *FAULT_NAMES])
    weather: str = option(ANY, "the hour and the sky", lambda: [ANY, *WEATHERS])
    palette: str = option(ANY, "the palette of the pictures", lambda: [ANY, *PALETTES])
    clutter: float = option(1.0, "how much stands around the devices, 0 to 2")
    camera: str = option(ANY, "how good the camera is", lambda: [ANY, *QUALITIES])
    overlay: str = option(ANY, "what the camera writes on the picture",
                          lambda: list(OVERLAYS))
    radiometric: bool = option(False, "write 16-bit frames (kelvin · 100) instead of pictures")
    output: Path = option(Path("runs/thermograms"), "folder for thermogram-N.png and labels.json")


def run(config: Config) -> Path:
    """Write the thermograms and their labels as COCO instances, and return their folder."""
    within(config, height=(64, 1080), width=(64, 1920), clutter=(0, 2))
    seeds = config.seeds or tuple(range(config.count))
    if not seeds or min(seeds) < 0:
        raise UserError("there is no seed to render from", "seeds from 0 are accepted",
                        "change --count or --seeds")
    making = Making(config.classes, config.fault, Making.faults, config.weather, config.palette,
                    config.clutter, config.camera, config.overlay)
    labels, truths = [], []
    for number, seed in enumerate(seeds, 1):
        scene = make_scene(seed, (config.height, config.width), making)
        file = f"thermogram-{number}.png"
        write(config.output / file, scene, config.radiometric)
        labels.append(labelled(file, scene))
        truths.append(truth(file, scene))
    content = coco(labels, CLASSES) | {"thermograms": truths}
    (config.output / "labels.json").write_text(json.dumps(content), "utf-8")
    return config.output


def write(path: Path, scene: Scene, radiometric: bool) -> None:
    """Write a scene as its camera shows it, or its field as kelvin · 100 in 16 bits."""
    if not radiometric:
        write_png(path, scene.picture)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    values = (100 * (scene.temperature + KELVIN)).round().clip(0, 65535)
    Image.fromarray(values.astype(np.uint16)).save(path)


def labelled(file: str, scene: Scene) -> Labelled:
    """Return the devices of a scene as labels."""
    size = scene.grey.shape[0], scene.grey.shape[1]
    masks = np.array([device.mask for device in scene.devices], bool).reshape(-1, *size)
    return Labelled(file, size, tuple(CLASSES[device.label] for device in scene.devices),
                    scene.boxes, masks)


def truth(file: str, scene: Scene) -> dict[str, Any]:
    """Return what COCO has no place for: the scale, the air, zones and faults."""
    return {"file_name": file, "seed": scene.seed, "low": scene.low, "high": scene.high,
            "palette": scene.palette, "air": asdict(scene.air),
            "devices": [{"fault": device.fault, "zones": [asdict(zone) for zone in device.zones]}
                        for device in scene.devices]}


VERB = Verb(Config, run, "Render thermograms with exact masks, boxes, zones and faults.")
