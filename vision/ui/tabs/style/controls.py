"""What may be chosen before a picture is painted, and the settings that these choices mean."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import gradio as gr

from vision.errors import unknown
from vision.style.settings import (
    COLOURS,
    LAYERS,
    LEARNING_RATES,
    POOLINGS,
    PRESET_EXTRACTORS,
    SMALLEST,
    STARTS,
    Settings,
)
from vision.style.settings import PRESETS as KNOWN
from vision.ui.components.page_files import beside, calling
from vision.ui.components.pictures import picture_output
from vision.ui.shell.stale import STEERS
from vision.ui.tabs.style.shared import OFF, POWERS, power, weight
from vision.ui.text import t

PRESETS = {"fast": KNOWN["fast"], "single": Settings(), "book": KNOWN["book"]}
CHOICES = [(f"{number} · {name}", number) for number, name in LAYERS.items()]
DETERMINED = ("content_power", "style_power", "tv_power", "size", "steps", "learning_rate",
              "optimizer", "start", "content_layers", "style_layers", "style_scale", "pooling",
              "extractor")

SAID = calling(beside(__file__, "weights.js"), OFF)  # the weights at the sliders' heads
BUTTONS: tuple[tuple[str, Any], ...] = (
    ("style.pause", "secondary"), ("app.stop", "stop"), ("style.more", "secondary"),
    ("style.refine", "secondary"))
WHILE_IT_RUNS = ("style.pause", "app.stop")
OPTIMIZERS = {"adam": "Adam", "lbfgs": "L-BFGS"}


@dataclass
class Chosen:
    """The values of the controls, in the order of the page."""

    content_power: float = POWERS["content"]
    style_power: float = POWERS["style"]
    tv_power: float = POWERS["tv"]
    preset: str = "fast"
    size: float = 300
    steps: float = KNOWN["fast"].total
    blend: float = 0.5
    colours: str = "style"
    start: str = "content"
    optimizer: str = "adam"
    learning_rate: float = 0.05
    content_layers: Any = (25,)
    style_layers: Any = (0, 5, 10, 19, 28)
    style_scale: float = 1.0
    pooling: str = KNOWN["fast"].pooling
    seed: float = 0
    extractor: str = PRESET_EXTRACTORS["fast"]
    blue: str = "wave"
    green: str = "linocut"

    @property
    def brushes(self) -> tuple[str, str]:
        """Return the styles of the second and the third brush."""
        return self.blue, self.green

    def settings(self) -> Settings:
        """Return what these values mean: a preset's passes, scaled to size and steps."""
        sides, steps, decays = passes(self.preset, int(self.size), int(self.steps))
        return Settings(
            weight(self.content_power), weight(self.style_power), weight(self.tv_power), sides,
            steps, decays, self.optimizer, self.learning_rate, self.start,
            tuple(map(int, self.content_layers)), tuple(map(int, self.style_layers)),
            style_scale=self.style_scale, blend=self.blend, colours=self.colours,
            pooling=self.pooling, seed=int(self.seed))


NAMES = tuple(field.name for field in fields(Chosen))


def passes(name: str, size: int, steps: int) -> tuple[tuple[int, ...], ...]:
    """Return sides, steps and decays of a preset whose last side and sum of steps are given."""
    if name not in PRESETS:
        raise unknown("preset", name, list(PRESETS))
    preset = PRESETS[name]
    larger, longer = size / preset.sides[-1], steps / preset.total
    sides = (max(round(side * larger), SMALLEST) for side in preset.sides[:-1])
    first = [max(round(count * longer), 1) for count in preset.steps[:-1]]
    decays = (max(round(decay * longer), 1) for decay in preset.decay_every)
    return (*sides, size), (*first, max(steps - sum(first), 1)), tuple(decays)


def choose(name: str) -> list[Any]:
    """Return the values that a preset gives to the controls it determines."""
    preset = PRESETS[name]
    values = {**dict(zip(DETERMINED, map(power, preset.weights.as_tuple()), strict=False)),
              "size": preset.sides[-1], "steps": preset.total, "learning_rate": preset.rate,
              "content_layers": list(preset.content_layers),
              "style_layers": list(preset.style_layers),
              "extractor": PRESET_EXTRACTORS.get(name, "bundled")}
    return [values.get(name, getattr(preset, name, None)) for name in DETERMINED]


def weights() -> list[gr.Slider]:
    """Build the three sliders that may be moved while it paints."""
    return [gr.Slider(OFF, 6, POWERS[name], step=0.05, label=t(f"style.{name}_power"),
                      info=t(f"style.{name}_power_info"), min_width=150,
                      buttons=[], elem_id=f"style-{name}-power", elem_classes=[STEERS])
            for name in POWERS]


def plan() -> list[Any]:
    """Build preset, size and steps."""
    usual = Chosen()
    preset = gr.Radio([(t(f"style.preset_{name}"), name) for name in PRESETS], value=usual.preset,
                      label=t("style.preset"), info=t("style.preset_info"), elem_id="style-preset")
    with gr.Row():
        size = gr.Slider(SMALLEST, 1200, usual.size, step=1, label=t("style.size"), min_width=130,
                         info=t("style.size_info"), elem_id="style-size")
        steps = gr.Slider(1, 1000, usual.steps, step=1, label=t("app.steps"), min_width=130,
                          info=t("style.steps_info"), elem_id="style-steps")
    return [preset, size, steps]


def rare() -> list[Any]:
    """Build what is seldom changed."""
    usual = Chosen()
    blend = gr.Slider(0, 1, usual.blend, step=0.05, label=t("style.blend"),
                      info=t("style.blend_info"), elem_id="style-blend")
    colours = radio("colours", COLOURS, usual.colours)
    start = radio("start", STARTS, usual.start)
    with gr.Row():
        optimizer = gr.Radio([(OPTIMIZERS[name], name) for name in LEARNING_RATES],
                             value=usual.optimizer, min_width=130, label=t("style.optimizer"),
                             info=t("style.optimizer_info"), elem_id="style-optimizer")
        rate = gr.Number(usual.learning_rate, label=t("app.learning_rate"), min_width=130,
                         info=t("style.rate_info"), elem_id="style-rate")
    kept = layers("content_layers", usual.content_layers)
    held = layers("style_layers", usual.style_layers)
    scale = gr.Slider(0.25, 2, usual.style_scale, step=0.05, label=t("style.scale"),
                      info=t("style.scale_info"), elem_id="style-scale")
    pooling = radio("pooling", POOLINGS, usual.pooling)
    seed = gr.Number(0, precision=0, minimum=0, label=t("app.seed"), info=t("style.seed_info"),
                     elem_id="style-seed")
    return [blend, colours, start, optimizer, rate, kept, held, scale, pooling, seed]


def radio(name: str, choices: tuple[str, ...], value: str) -> gr.Radio:
    """Build a choice of a few words."""
    return gr.Radio([(t(f"style.{name}_{choice}"), choice) for choice in choices], value=value,
                    label=t(f"style.{name}"), info=t(f"style.{name}_info"),
                    elem_id=f"style-{name}")


def layers(name: str, value: Any) -> gr.Dropdown:
    """Build a choice of layers."""
    return gr.Dropdown(CHOICES, value=list(value), multiselect=True, label=t(f"style.{name}"),
                       info=t(f"style.{name}_info"), elem_id=f"style-{name.replace('_', '-')}")


class Seen(NamedTuple):
    """What is seen of a painting, and what speaks to its run."""

    result: gr.Image
    numbers: gr.HTML
    moment: gr.Slider
    png: gr.DownloadButton
    film: gr.DownloadButton
    raw: gr.JSON
    deep: gr.DownloadButton  # for print, in 16 bits
    sliders: list[gr.Slider]  # the three weights
    said: gr.Markdown
    pause: gr.Button
    stop: gr.Button
    more: gr.Button
    refine: gr.Button

    @property
    def outputs(self) -> list[Any]:
        """Return what a run fills."""
        return list(self[:6])


def results() -> Seen:
    """Build the painting with what is said of it, its weights, buttons and files."""
    with gr.Row():
        result = picture_output("style.result", "style-result", height=360)
        result.elem_classes, result.scale, result.min_width = ["lab-fill"], 4, 280
        with gr.Column(scale=3, min_width=240):
            numbers = gr.HTML(elem_id="style-numbers")
            moment = gr.Slider(0, 1, 1, step=0.01, label=t("style.moment"),
                               info=t("style.moment_info"), elem_id="style-moment")
    with gr.Row(elem_id="style-weights"):
        sliders = weights()
    said = gr.Markdown(t("style.steer"), elem_id="style-readout", elem_classes=["lab-aside"])
    with gr.Row():
        buttons = [gr.Button(t(key), size="sm", variant=variant, min_width=110,
                             interactive=key not in WHILE_IT_RUNS,
                             elem_id=f"style-{key.rsplit('.', 1)[1]}")
                   for key, variant in BUTTONS]
    with gr.Row():
        png, film, deep = (gr.DownloadButton(t(f"style.{name}"), visible=False, size="sm",
                                             elem_id=f"style-{name}")
                           for name in ("png", "film", "deep"))
    return Seen(result, numbers, moment, png, film, gr.JSON(visible=False), deep, sliders, said,
                *buttons)
