"""The infrared tab: devices in a thermogram, how warm they are, and whether that is a fault."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import gradio as gr

from vision.ui import Tab
from vision.ui.components import opening, shown_code, steps
from vision.ui.components.class_links import class_link
from vision.ui.components.friendly import friendly
from vision.ui.components.inputs.number_box import NumberBox
from vision.ui.components.model_card import card_markdown
from vision.ui.components.page_files import beside
from vision.ui.components.pictures import needed, picture_input
from vision.ui.lessons import lesson
from vision.ui.shell.answers.shared import computed_once
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.infrared import (
    boxes_masks,
    camera_file,
    classical,
    figure,
    glcm,
    gpu_detection,
    inspection,
    ladder,
    masks,
    palettes,
    scene_maker,
    surfaces,
)
from vision.ui.tabs.infrared import details as infrared_details
from vision.ui.tabs.infrared.example_views import MASK_THRESHOLD, example_view
from vision.ui.tabs.infrared.exercises import EXERCISES
from vision.ui.tabs.infrared.label import panel
from vision.ui.tabs.infrared.picture import LOOK, POINTER, facts, shown_of
from vision.ui.tabs.infrared.shared import (
    EXAMPLES,
    MODELS,
    RECORDED,
    View,
    called,
    examples,
    named,
    needed_view,
    open_thermogram,
    open_zones,
    shown_from,
    translation,
)
from vision.ui.tabs.infrared.surfaces import Patches
from vision.ui.text import language_of, say, t

if TYPE_CHECKING:
    from markupsafe import Markup

    from vision.infrared.inspection.result import Result

UNITS = ("", "centikelvin", "decikelvin", "kelvin", "centicelsius", "decicelsius", "celsius")
PALETTES = ("iron", "rainbow", "white-hot", "grey", "inverted")
OPACITY = 0.35
SHARED = ("picture", "low", "high", "unit", "model", "threshold", "mask_threshold", "emissivity",
          "reflected", "air", "palette", "opacity")
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
PHOTOGRAPH = beside(__file__, "photograph.js")
CODED = SHARED[: SHARED.index("palette")]  # what the script to copy depends on
CHAPTERS = ("read_thermogram", "load", "load", "", "", "", "", "load_zones", "predict",
            "read_thermogram", "print")  # the calls that the lesson's sections are about


class Shown(NamedTuple):
    """What shows a detection in one language."""

    stage: Markup  # picture and table
    facts: Markup
    marked: bytes  # PNG
    report: bytes  # HTML
    json: dict[str, Any]


@friendly
@low_priority
@within_memory(decoding("picture"))
def detect(picture: str | None, low: float | None, high: float | None, unit: str, model: str,
           threshold: float, mask_threshold: float, emissivity: float, reflected: float,
           air: float | None, palette: str, opacity: float, own: str | None, patches: Patches,
           request: gr.Request) -> tuple[Any, ...]:
    """Find the devices of a thermogram and judge their temperatures.

    Args:
        picture: a thermogram as a picture in any palette, or as a file of a thermal camera
        low: the temperature of the darkest colour in °C, or nothing
        high: the temperature of the brightest colour in °C, or nothing
        unit: of the file's own values, such as centikelvin; empty for a picture in colours
        model: the name of a detector, such as mask_rcnn_real
        threshold: the score from which a device is shown
        mask_threshold: the probability from which a pixel belongs to a device
        emissivity: of the surfaces, from 0.1 to 1
        reflected: the temperature that they reflect, in °C
        air: the temperature of the air in °C, or nothing
        palette: the colours of the marked picture
        opacity: how opaque the masks lie over it, from 0 to 1

    Returns:
        the marked picture and the table as HTML, the findings as HTML, the marked picture as a
        file, the report as a file, and as JSON each device with its temperatures and verdict
    """
    settings = (unit, low, high, threshold, mask_threshold, emissivity, reflected, air)
    once = functools.partial(computed_once, request=request, pictures=(needed(picture),),
                             models=(MODELS.path_of(model, own),))
    asked = (*settings, patches.named(str(picture)))
    result = once("detect", lambda: judged(str(picture), model, own, patches, *settings), *asked)
    view = View(result, named(str(picture)), model, str(picture), air)
    shown = once("detect shown", lambda: whole(view, palette, opacity, request),
                 *asked, view.name, palette, opacity, language_of(request))
    return view, *written(shown, new_folder())


def judged(picture: str, model: str, own: str | None, patches: Patches, unit: str,
           low: float | None, high: float | None, threshold: float, mask_threshold: float,
           emissivity: float, reflected: float, air: float | None) -> Result:
    """Return the devices of a thermogram with their verdicts, and how sure those are."""
    from vision.infrared.inspection.certainty import with_certainty
    from vision.infrared.predict import Settings

    thermogram = open_thermogram(picture, unit, low, high)
    there = patches.on(picture, thermogram.grey.shape)
    return with_certainty(gpu_detection.devices(
        model, own, thermogram.corrected(emissivity, reflected, there),
        Settings(threshold, mask_threshold, air)))


def answer(view: View, palette: str, opacity: float, request: gr.Request | None, folder: Path
           ) -> tuple[Any, ...]:
    """Return all that shows a result: picture and table, numbers, two files, and JSON."""
    return written(whole(view, palette, opacity, request), folder)


def whole(view: View, palette: str, opacity: float, request: gr.Request | None) -> Shown:
    """Return all that shows a result in one language, its files not yet written."""
    from vision.images import png_bytes
    from vision.infrared.inspection.drawing import marked
    from vision.infrared.inspection.report import html

    result = view.result
    return Shown(shown_of(view, request, palette, opacity), facts(view, request),
                 png_bytes(marked(result.thermogram.picture, result.instances)),
                 html(result, view.name, translation(request)).encode(), result.as_json())


def written(shown: Shown, folder: Path) -> tuple[Any, ...]:
    """Return what the page gets of a result, the marked picture and the report as files."""
    picture, report = folder / "devices.png", folder / "inspection.html"
    picture.write_bytes(shown.marked)
    report.write_bytes(shown.report)
    return shown.stage, shown.facts, str(picture), str(report), shown.json


@friendly
@low_priority
def show_again(view: View | None, palette: str, opacity: float, request: gr.Request
               ) -> tuple[Any, ...]:
    """Return all that shows a result whose surfaces have changed."""
    return answer(needed_view(view), palette, opacity, request, new_folder())


def first_answer(view: View, request: gr.Request | None) -> tuple[Any, ...]:
    """Return a view with all that shows it and all that follows it."""
    shown, said, *files, raw = answer(view, RECORDED, OPACITY, request, opening.folder(request))
    classes, *_, photograph, devices = after(view, request)
    offered = [gr.update(value=file, visible=True) for file in files]
    return (view, shown, said, *offered, raw, classes, photograph, devices,
            *infrared_details.begin(view, request))


FIRST = opening.Opening(example_view, first_answer)


def redraw(view: View | None, palette: str, opacity: float, classes: list[int],
           request: gr.Request) -> Any:
    """Draw the last result again, with some classes only."""
    if view is None:
        return gr.skip()
    return shown_of(view, request, palette, opacity, {int(label) for label in classes or []})


def after(view: View | None, request: gr.Request | None) -> tuple[Any, ...]:
    """Return the choice of classes and the downloads that belong to a new result."""
    if view is None:
        return (gr.skip(),) * 5
    found = sorted({instance.label: instance.name for instance in view.result.instances}.items())
    choices = [(called("class", name, request), label) for label, name in found]
    visible = gr.DownloadButton(visible=True)
    recording = view.result.thermogram.recording
    photograph = bool(recording and recording.photograph is not None)
    return (gr.CheckboxGroup(choices=choices, value=[label for label, _ in found]),
            visible, visible, gr.Slider(visible=photograph), surfaces.choices(view, request))


@friendly
def show_card(model: str, own: str | None, request: gr.Request) -> str:
    """Return the model card of the chosen detector."""
    from vision.infrared.measures.average_precision import SIZES
    from vision.infrared.measures.error_analysis import MENDED
    from vision.infrared.models import ARCHITECTURES

    loaded = MODELS.open(model, own)
    card = loaded.card
    parameters = sum(part.numel() for part in loaded.module.parameters())
    text = card_markdown(card, ARCHITECTURES[card.arch].link,
                                 {"parameters": f"{parameters:,}"}, request)
    text += "".join(f"\n| {say(f'infrared.card.{name}', request)} | {shown} |"
                    for name, shown in on_real_pictures(card.metrics, request))
    for name in ("mask_AP50", "mask_AP", "box_AP"):
        if card.metrics.get(name) is not None:
            shown = f"{card.metrics[name]:.3f} ({card.data['val']})"
            text += f"\n| {say(f'infrared.card.{name}', request)} | {shown} |"
    for name, kinds in {"mask_AP_by_size": SIZES, "box_AP_by_size": SIZES,
                        "box_AP_without_mistakes": MENDED}.items():
        if card.metrics.get(name):
            shown = in_a_row(card.metrics[name], kinds)
            text += f"\n| {say(f'infrared.card.{name}', request)} | {shown} |"
    return "\n\n".join([text, *card.metrics.get("findings", [])])


def on_real_pictures(metrics: dict[str, Any], request: gr.Request | None
                     ) -> Iterable[tuple[str, str]]:
    """Yield what a detector reaches on real thermograms, each number with its interval."""
    if "real_ap50" not in metrics:
        return
    def told(name: str) -> str:
        return "{value:.2f} ({low:.2f}–{high:.2f})".format(**metrics[f"real_{name}"])

    yield "real_on", say("infrared.card.real_pictures", request,
                         devices=str(metrics["real_devices"]),
                         pictures=str(metrics["real_pictures"]))
    yield "real_ap50", told("ap50")
    yield "real_groups", f"{metrics['real_ap50_groups']:.2f}"
    yield "real_shown", say("infrared.card.real_found", request, recall=told("recall"),
                            precision=told("precision"),
                            threshold=f"{metrics['real_threshold']:.2f}")
    if metrics.get("real_mask_matched"):
        yield "real_masks", say("infrared.card.real_mask_iou", request, iou=told("mask_iou"),
                                devices=str(metrics["real_mask_matched"]))


def in_a_row(found: dict[str, float | None], kinds: Iterable[str]) -> str:
    """Return the precision of each kind, in this order."""
    known = [found.get(kind) for kind in kinds]
    return " · ".join("–" if ap is None else f"{ap:.3f}" for ap in known)


def code(picture: str | None, low: float | None, high: float | None, unit: str,
         model: str | None, threshold: float, mask_threshold: float, emissivity: float,
         reflected: float | None, air: float | None) -> str:
    """Return the shortest script that does what the settings above do."""
    path = file_of(picture, unit)
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


def file_of(picture: str | None, unit: str) -> str:
    """Return where a shipped example lies in the project, else the name of a visitor's file."""
    name = named(picture) if picture else "thermogram.png"
    shipped = [path for path, _, _, needed in examples()
               if Path(path).name == name and needed == unit]
    return (Path(shipped[0]).relative_to(EXAMPLES.parent.parent).as_posix() if shipped else name)


def controls(shown: list[list[Any]]) -> tuple[dict[str, Any], gr.Button, gr.Column]:
    """Build what goes in; return it by name, the button that runs, and a place for examples."""
    parts: dict[str, Any] = {"picture": picture_input(
        "infrared.picture", "infrared-picture", shown[0][0], height=220)}
    below = gr.Column()
    with gr.Row():
        parts |= in_sight()
    with gr.Row():
        go = gr.Button(t("infrared.go"), variant="primary", min_width=140, scale=2,
                       elem_id="infrared-go")
        parts["camera_file"] = camera_file.button()
    parts["camera"] = gr.HTML(elem_id="infrared-camera", min_height=0)
    return parts, go, below


def score_slider(name: str, step: float, start: float) -> gr.Slider:
    """Build the slider of a probability from which on something is shown."""
    return gr.Slider(0.05, 0.95, start, step=step, label=t(f"infrared.{name}"), min_width=160,
                     info=t(f"infrared.{name}_info"),
                     elem_id=f"infrared-{name.replace('_', '-')}")


def in_sight() -> dict[str, Any]:
    """Build what is moved while one looks at the result, by name."""
    threshold = score_slider("threshold", 0.01, shown_from())
    threshold.scale, threshold.min_width, threshold.buttons = 3, 200, []
    return {"threshold": threshold, "palette": gr.Dropdown(
        [(t(f"infrared.palette.{name}"), name) for name in (RECORDED, *PALETTES)],
        value=RECORDED, label=t("infrared.palette"), info=t("infrared.palette_info"),
        scale=2, min_width=150, elem_id="infrared-palette")}


def settings(shown: list[list[Any]]) -> dict[str, Any]:
    """Build what else steers the detection and how it is shown, by name."""
    parts: dict[str, Any] = {}
    with gr.Row():
        for place, name in enumerate(("low", "high"), 1):
            parts[name] = gr.Number(shown[0][place], label=t(f"infrared.{name}"), min_width=120,
                                    info=t(f"infrared.{name}_info"), elem_id=f"infrared-{name}")
    parts["mask_threshold"] = score_slider("mask_threshold", 0.05, MASK_THRESHOLD)
    parts["opacity"] = gr.Slider(0, 1, OPACITY, step=0.05, label=t("infrared.opacity"),
                                 info=t("infrared.opacity_info"), elem_id="infrared-opacity")
    parts["photograph"] = gr.Slider(0, 1, 0, step=0.05, label=t("infrared.photograph"),
                                    info=t("infrared.photograph_info"), visible=False,
                                    elem_id="infrared-photograph")
    parts["classes"] = gr.CheckboxGroup([], label=t("infrared.classes"),
                                        info=t("infrared.classes_info"),
                                        elem_id="infrared-classes")
    with gr.Accordion(t("infrared.physics"), open=False, elem_id="infrared-physics"):
        parts |= physics()
    return parts


def physics() -> dict[str, Any]:
    """Build the inputs that few need: the detector, and what the temperatures depend on."""
    return {
        "model": gr.Dropdown(MODELS.offered(), value=MODELS.first(), label=t("infrared.model"),
                             info=t("infrared.model_info"), elem_id="infrared-model"),
        "unit": gr.Dropdown([(t(f"infrared.unit.{name or 'none'}"), name) for name in UNITS],
                            value="", label=t("infrared.unit"), info=t("infrared.unit_info"),
                            elem_id="infrared-unit"),
        "emissivity": gr.Slider(0.1, 1, 1, step=0.01, label=t("infrared.emissivity"),
                                info=t("infrared.emissivity_info"),
                                elem_id="infrared-emissivity"),
        "reflected": gr.Number(20, label=t("infrared.reflected"), info=t("infrared.reflected_info"),
                               elem_id="infrared-reflected"),
        "air": NumberBox(None, label=t("infrared.air"), info=t("infrared.air_info"), max_lines=1,
                         elem_id="infrared-air"),
    }


def build() -> class_link.Shared:
    """Build the tab."""
    shown = examples()
    view, own = gr.State(None, time_to_live=3600), gr.State(None)
    patches = gr.State(Patches())
    with gr.Row(elem_classes=["lab-desk"]):
        with gr.Column(min_width=280):
            parts, go, below = controls(shown)
        with gr.Column(min_width=280):
            numbers = gr.HTML(None if MODELS.names() else t("infrared.no_detector"),
                              elem_id="infrared-facts")
            result = gr.HTML(elem_id="infrared-result", css_template=LOOK, js_on_load=POINTER)
            with gr.Row():
                marked = gr.DownloadButton(t("infrared.download_picture"), visible=False, size="sm",
                                           elem_id="infrared-marked")
                report = gr.DownloadButton(t("infrared.download_report"), visible=False, size="sm",
                                           elem_id="infrared-report")
            raw = gr.JSON(visible=False)
        with gr.Column(min_width=280), gr.Accordion(t("app.settings"), open=False,
                                                    elem_id="infrared-settings"):
            parts |= settings(shown)
        with below:
            given = [parts[name] for name in ("picture", "low", "high", "unit")]
            choice = gr.Examples(shown, given, elem_id="infrared-examples", visible_columns=[0],
                                 examples_per_page=12, api_visibility="private")
    with steps.row("infrared", measure="details", masks="boxes", scene="scene"):
        with gr.Tab(t("infrared.details_tab"), id="details"):
            details = infrared_details.build(view)
            own_surfaces = surfaces.build()
        with gr.Tab(t("infrared.inspection_tab"), id="inspection"):
            kept = inspection.build(parts, (view, own, patches))
        with gr.Tab(t("infrared.boxes_tab"), id="boxes"):
            boxes_masks.build(view)
        if masks.missing(masks.cards()) is None:
            with gr.Tab(t("infrared.masks_tab"), id="masks"):
                masks.build(view)
        with gr.Tab(t("infrared.classical_tab"), id="classical"):
            classical.build(view)
        with gr.Tab(t("infrared.attack_tab"), id="attack"):
            palettes.build(view, own)
        with gr.Tab(t("infrared.scene_tab"), id="scene"):
            scene_maker.build(parts, own)
        with gr.Tab(t("infrared.glcm_tab"), id="glcm"):
            glcm.build(shown)
        with gr.Tab(t("infrared.ladder_tab"), id="ladder"):
            ladder.build()
    lesson.build("infrared", EXERCISES, draw=figure.draw)
    with steps.place("train"), gr.Accordion(t("app.train_your_own"), open=False):
        panel.build(parts, own)
    shown_code.build("infrared", code, [parts[name] for name in CODED],
                     [*shown[0], MODELS.first(), shown_from(), MASK_THRESHOLD, *camera_file.USUAL],
                     CHAPTERS)
    with steps.place("code"), gr.Accordion(t("app.model_card"), open=False) as card_place:
        card = gr.Markdown(elem_id="infrared-card")

    outputs = [result, numbers, marked, report, raw]
    follows = [parts["classes"], parts["photograph"], own_surfaces["device"]]
    _, arrived = opening.connect(FIRST, [view, *outputs, *follows, *details.of_device()], view)
    connect(parts, (go, choice, arrived), (view, own, patches), outputs, details, own_surfaces)
    connect_surfaces(parts, (view, patches), outputs, details, own_surfaces)
    camera_file.connect(parts, parts["camera"])
    shows_again(kept["opened"], parts, (view, patches), outputs, details, own_surfaces)
    gr.on([card_place.expand, parts["model"].change, own.change], show_card,
          [parts["model"], own], card, api_visibility="private")
    return class_link.share(
        "infrared", {name: parts[name] for name in SHARED if name != "model" or MODELS.names()},
        {"picture": [path for path, *_ in shown]}, arrived)


def connect(parts: dict[str, Any], starts: tuple[gr.Button, Any, gr.State],
            states: tuple[gr.State, ...], outputs: list[Any], details: infrared_details.Parts,
            own_surfaces: dict[str, Any]) -> None:
    """Let buttons, examples, class links, sliders and the pointer do what they say."""
    view, own, patches = states
    go, choice, arrived = starts
    result, _, marked, report, _ = outputs
    run: dict[str, Any] = {
        "fn": detect, "outputs": [view, *outputs], "concurrency_limit": 2,
        "concurrency_id": "detect", "inputs": [*(parts[name] for name in SHARED), own, patches]}
    clicked = go.click(**run, api_name="detect")
    moved = gr.on([parts[name].input for name in ("threshold", "mask_threshold", "emissivity")],
                  **run, trigger_mode="always_last", show_progress="minimal",
                  api_visibility="private")
    for done in (clicked, moved, arrived.change(**run, api_visibility="private"),
                 camera_file.forgotten(choice.load_input_event, parts).success(
                     **run, trigger_mode="always_last", api_visibility="private")):
        done.success(after, view, [parts["classes"], marked, report, parts["photograph"],
                                   own_surfaces["device"]], **QUIET)
        done.success(infrared_details.begin, view, details.of_device(), **QUIET)
    gr.on([parts[name].input for name in ("palette", "opacity", "classes")], redraw,
          [view, parts["palette"], parts["opacity"], parts["classes"]], result,
          trigger_mode="always_last", **QUIET)
    parts["photograph"].input(None, parts["photograph"], None, js=PHOTOGRAPH)
    result.select(infrared_details.chosen, view, details.of_device(), **QUIET)
    result.input(infrared_details.drawn, view, details.of_line(), trigger_mode="always_last",
                 **QUIET)


def connect_surfaces(parts: dict[str, Any], states: tuple[gr.State, gr.State],
                     outputs: list[Any], details: infrared_details.Parts,
                     controls: dict[str, Any]) -> None:
    """Let a surface that is set or painted change temperatures and verdicts at once."""
    view, patches = states
    own = [controls["own"], controls["mirrored"], parts["emissivity"], parts["reflected"]]
    run: dict[str, Any] = {"outputs": [view, patches], "show_progress": "minimal",
                           "api_visibility": "private"}
    result = outputs[0]
    changed = (
        controls["apply"].click(surfaces.on_device, [view, patches, controls["device"], *own],
                                **run),
        result.apply(surfaces.on_stroke, [view, patches, controls["width"], *own], **run),
        controls["back"].click(surfaces.undo, [view, patches, *own[2:]], **run))
    for done in changed:
        shows_again(done, parts, states, outputs, details, controls)
    result.select(surfaces.chosen, view, controls["device"], **QUIET)


def shows_again(done: Any, parts: dict[str, Any], states: tuple[gr.State, gr.State],
                outputs: list[Any], details: infrared_details.Parts, controls: dict[str, Any]
                ) -> None:
    """Let all that shows a result follow an event that changed it."""
    view, patches = states
    done.success(show_again, [view, parts["palette"], parts["opacity"]], outputs,
                 show_progress="hidden", api_visibility="private")
    done.success(infrared_details.begin, view, details.of_device(), **QUIET)
    done.success(after, view, [parts["classes"], *outputs[2:4], parts["photograph"],
                               controls["device"]], **QUIET)
    done.success(surfaces.listed, patches, controls["said"], **QUIET)


def warm() -> None:
    """Load torch and the default detector, and run it once."""
    import numpy as np

    from vision.infrared.predict import predict
    from vision.infrared.thermogram.thermogram import of_picture

    if name := MODELS.first():
        open_zones()
        predict(MODELS.open(name), of_picture(np.zeros((288, 384, 3), np.uint8)))


TAB = Tab("infrared", 5, build, warm, FIRST.make)
