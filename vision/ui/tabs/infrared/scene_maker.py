"""The scene maker: choose what stands there, and see the truth beside the detection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.ui.components.friendly import friendly
from vision.ui.components.html import figure, grid, percent, table, tiles
from vision.ui.components.markup import tag
from vision.ui.shell.answers.shared import computed_once
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.infrared import camera_file
from vision.ui.tabs.infrared.picture import LOOK, stage
from vision.ui.tabs.infrared.shared import MODELS, called, found_again, open_zones
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.checkpoints import Model
    from vision.infrared.inspection.result import Instance, Result
    from vision.infrared.scenes import Making, Scene

FAULTS = ("any", "none", "hot joint", "hot section", "one-sided heating", "low oil level")
WEATHERS = ("any", "night", "overcast", "sun", "dusk")
CAMERAS = ("any", "good", "ordinary", "poor")
PALETTES = ("any", "iron", "rainbow", "white-hot", "grey", "inverted")
Found = dict[int, int]  # which true device was found as which


@dataclass(frozen=True, eq=False)
class Made:
    """What was made: the file that the page shows, and the ends of its scale."""

    path: str
    low: float
    high: float


@friendly
@low_priority
def make(classes: list[str], fault: str, weather: str, camera: str, palette: str, clutter: float,
         seed: float, model: str, threshold: float, own: str | None, request: gr.Request
         ) -> tuple[Any, ...]:
    """Render a scene, detect in it, and lay the truth beside what was found."""
    from vision.images import write_png
    from vision.infrared.scenes import Making

    making = Making(tuple(classes or ()), fault, Making.faults, weather, palette, clutter, camera)
    asked = int(seed or 0), making, threshold
    scene, result = computed_once("made scene", lambda: detected(MODELS.open(model, own), *asked),
                                  *asked, request=request, models=(MODELS.path_of(model, own),))
    path = write_png(new_folder() / f"scene-{scene.seed}.png", scene.picture)
    made = Made(str(path), scene.low, scene.high)
    return shown(scene, truth_of(scene), result, request), made, gr.Button(visible=True)


def detected(model: Model, seed: int, making: Making, threshold: float) -> tuple[Scene, Result]:
    """Return a scene and what a model finds in it."""
    from vision.infrared.predict import Settings, predict
    from vision.infrared.scenes import make_scene
    from vision.infrared.thermogram.thermogram import of_scene

    scene = make_scene(seed, settings=making)
    return scene, predict(model, of_scene(scene), Settings(threshold, air=scene.air.ambient),
                          open_zones())


def truth_of(scene: Scene) -> Result:
    """Return a scene's truth in the form of a result."""
    import numpy as np

    from vision.infrared.inspection.detections import Detections
    from vision.infrared.inspection.inspect import readings_of, verdicts_of
    from vision.infrared.inspection.result import Instance, Result
    from vision.infrared.thermogram.thermogram import of_scene

    thermogram, devices = of_scene(scene), scene.devices
    known = Detections(np.array([each.box for each in devices], np.float32).reshape(-1, 4),
                       np.array([each.label for each in devices], np.int64),
                       np.ones(len(devices), np.float32),
                       np.array([each.mask for each in devices]).reshape(-1, *scene.grey.shape))
    readings, air = readings_of(thermogram, known), scene.air.ambient
    verdicts = verdicts_of(thermogram, known, [each.zones for each in devices], readings, air)
    return Result(thermogram, tuple(
        Instance(each.label, 1.0, each.box, each.mask, each.zones, reading, verdict)
        for each, reading, verdict in zip(devices, readings, verdicts, strict=True)), 0, None, air,
        0.0)


def shown(scene: Scene, truth: Result, said: Result, request: gr.Request | None) -> str:
    """Return both pictures side by side, the score in short, and the table."""
    found = found_again(truth, said)
    right = sum(truth.instances[a].label == said.instances[b].label for a, b in found.items())
    numbers = {"right": right, "wrong_class": len(found) - right,
               "missed": len(truth.instances) - len(found),
               "invented": len(said.instances) - len(found)}
    pictures = (figure(stage(result, request, brief=True), say(f"infrared.{key}", request),
                       above=True) for key, result in (("truth", truth), ("detection", said)))
    air = say("infrared.scene_air", request, weather=called("weather", scene.air.kind, request),
              air=f"{scene.air.ambient:.1f}", low=scene.low, high=scene.high)
    facts = {say(f"infrared.tile.{key}", request): str(value) for key, value in numbers.items()}
    return (tiles(facts) + grid(pictures, 300) + tag("p", air)
            + rows(scene, truth, said, found, request))


def rows(scene: Scene, truth: Result, said: Result, found: Found, request: gr.Request | None
         ) -> str:
    """Return each true device with what was made of it, then what was invented."""
    heads = [say(f"infrared.column.{key}", request, unit="°C") for key in (
        "true_device", "fault", "found_as", "score", "mask_iou", "true_highest", "highest")]
    lines = []
    for place, (device, known) in enumerate(zip(scene.devices, truth.instances, strict=True)):
        fault = called("fault", device.fault, request) if device.fault else "–"
        hit = said.instances[found[place]] if place in found else None
        lines.append([f"{place + 1} {named(known, request)}", fault,
                      *answer(known, hit, request)])
    lines += [["–", "–", f"{place + 1} {named(each, request)}", f"{each.score:.2f}", "–", "–",
               highest(each)] for place, each in enumerate(said.instances)
              if place not in found.values()]
    return table(heads, lines)


def answer(known: Instance, hit: Instance | None, request: gr.Request | None) -> list[str]:
    """Return what was made of a true device."""
    from vision.infrared.inspection.matching import shared_mask

    if hit is None:
        return [say("infrared.not_found", request), "–", "–", highest(known), "–"]
    return [named(hit, request), f"{hit.score:.2f}", percent(shared_mask(known.mask, hit.mask)),
            highest(known), highest(hit)]


def named(instance: Instance, request: gr.Request | None) -> str:
    """Return a device's class in the reader's language."""
    return called("class", instance.name, request)


def highest(instance: Instance) -> str:
    """Return a device's highest temperature."""
    return f"{instance.reading.highest:.1f}" if instance.reading else "–"


def hand_over(made: Made | None) -> tuple[Any, ...]:
    """Return the made scene as the tab's input."""
    return (made.path, made.low, made.high, "") if made else (gr.skip(),) * 4


def choice(kind: str, names: tuple[str, ...]) -> gr.Dropdown:
    """Return a choice of one of some names."""
    return gr.Dropdown([(t(f"infrared.{kind}.{name}"), name) for name in names], value=names[0],
                       label=t(f"infrared.{kind}"), info=t(f"infrared.{kind}_info"),
                       min_width=140, elem_id=f"infrared-scene-{kind}")


def build(parts: dict[str, Any], own: gr.State) -> None:
    """Build the part; `parts` are the tab's own inputs."""
    from vision.infrared.classes import CLASSES

    gr.Markdown(t("infrared.scene_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            classes = gr.Dropdown([(t(f"infrared.class.{name}"), name) for name in CLASSES],
                                  value=[], multiselect=True, label=t("infrared.devices"),
                                  info=t("infrared.devices_info"),
                                  elem_id="infrared-scene-classes")
            with gr.Row():
                fault, weather = choice("fault", FAULTS), choice("weather", WEATHERS)
            with gr.Row():
                camera, palette = choice("camera", CAMERAS), choice("paint", PALETTES)
            clutter = gr.Slider(0, 2, 1, step=0.1, label=t("infrared.clutter"),
                                info=t("infrared.clutter_info"), elem_id="infrared-scene-clutter")
            seed = gr.Number(7, precision=0, minimum=0, label=t("app.seed"),
                             info=t("app.seed_info"), elem_id="infrared-scene-seed")
            go = gr.Button(t("infrared.scene_go"), variant="primary", elem_id="infrared-scene-go")
            use = gr.Button(t("infrared.scene_use"), visible=False, elem_id="infrared-scene-use")
        with gr.Column(scale=3, min_width=320):
            answer_place = gr.HTML(t("infrared.scene_empty"), elem_id="infrared-scene",
                                   css_template=LOOK)
    made = gr.State(None)
    go.click(make, [classes, fault, weather, camera, palette, clutter, seed, parts["model"],
                    parts["threshold"], own], [answer_place, made, use], concurrency_limit=2,
             concurrency_id="detect", api_visibility="private")
    used = use.click(hand_over, made,
                     [parts[name] for name in ("picture", "low", "high", "unit")], queue=False,
                     api_visibility="private")
    camera_file.forgotten(used, parts)
