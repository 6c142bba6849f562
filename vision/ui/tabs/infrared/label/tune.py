"""Learn from what was labelled: fine-tune a detector on the page, with its losses live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision import checkpoints
from vision.errors import UserError
from vision.ui.components.figures import plots
from vision.ui.components.friendly import friendly
from vision.ui.components.training import fork, own_model
from vision.ui.components.training.stopping import Control
from vision.ui.components.training.training_panel import TrainingPanel, news_of
from vision.ui.shell.files.uploads import new_folder
from vision.ui.tabs.infrared.label.collection import Collection, Sheet
from vision.ui.tabs.infrared.shared import MODELS
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.infrared.data import Sample
    from vision.infrared.train import Config

LEARNING = {"heads": ("backbone", "pyramid", "proposals"), "upper": ("backbone",), "all": ()}
BATCH = 2
CURVES = ("loss_class", "loss_mask")


@friendly
def tune(collection: Collection, model: str, own: str | None, learning: str, steps: float,
         rate: float, seed: float, control: Control, request: gr.Request
         ) -> Iterator[tuple[Any, ...]]:
    """Go on training a detector with the labelled pictures, and choose the result."""
    from vision.images import working_size
    from vision.infrared.train import train

    sheets = labelled(collection)
    config = config_for(MODELS.path_of(model, own), learning, int(steps), rate, int(seed))
    samples = samples_of(sheets, working_size((config.height, config.width), config.short_side))
    count = sum(len(sheet.marked) for sheet in sheets)
    yield from news_of(
        MODELS, lambda on_step: fork.recorded(
            control, lambda config, on_step: train(config, on_step, samples), config, on_step),
        control, request, lambda news: (plots.curves(news, CURVES, request),),
        lambda path: say("infrared.tuned", request, devices=count,
                         steps=checkpoints.read_card(path).steps))


@friendly
def fork_tuning(step: int | None, rate: float, control: Control, request: gr.Request
                ) -> Iterator[tuple[Any, ...]]:
    """Go on from a step of the last run with another learning rate, both futures in one plot."""
    yield from fork.trained(
        MODELS, control, step, rate, request,
        lambda trail, news: (fork.curves(trail, news, CURVES, rate, request),), shown=1)


def labelled(collection: Collection) -> list[Sheet]:
    """Return the pictures in which something is marked, or raise if there is none."""
    marked = [sheet for sheet in collection.sheets if sheet.marked]
    if not marked:
        raise UserError("nothing is labelled yet", "one picture with one device is enough",
                        "draw a box or a polygon first")
    return marked


def samples_of(sheets: list[Sheet], size: tuple[int, int]) -> list[Sample]:
    """Return labelled pictures as samples of a size; none of them is distorted."""
    from vision.infrared.labels.samples import sample_of_labels
    from vision.infrared.thermogram.thermogram import of_picture

    return [sample_of_labels(sheet.labelled, of_picture(sheet.picture).grey, size)
            for sheet in sheets]


def config_for(start: Path, learning: str, steps: int, rate: float, seed: int) -> Config:
    """Return the settings that go on from a detector as it is, at the size at which it works."""
    from vision.infrared.data import SIZE
    from vision.infrared.train import Config

    card = MODELS.at(start).card  # the one that Detect has loaded
    height, width = SIZE
    kept = {name: card.config[name] for name in ("backbone", "size", "masks", "sides")
            if name in card.config}
    return Config(arch=card.arch, start=start, freeze=LEARNING[learning], height=height,
                  width=width, short_side=card.preprocess["short_side"], steps=steps, batch=BATCH,
                  learning_rate=rate, seed=seed, val_scenes=0, save_every=fork.every(steps),
                  output=new_folder() / "my-detector.safetensors", **kept)


def build(collection: gr.State, model: gr.Dropdown, own: gr.State) -> None:
    """Build the part."""
    panel = TrainingPanel("infrared-train", model, own)
    gr.Markdown(t("infrared.tune_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            learning = gr.Radio([(t(f"infrared.learning_{name}"), name) for name in LEARNING],
                                value="heads", label=t("infrared.learning"),
                                info=t("infrared.learning_info"), elem_id="infrared-learning")
            panel.controls((4, 300, 30, 2), (1e-5, 1e-3, 2e-4, 1e-5))
        with gr.Column(scale=3, min_width=320):
            panel.news()
            panel.fork()
            own_model.build(MODELS, model, own)
    panel.connect(tune, [collection, model, own, learning], fork=fork_tuning)
