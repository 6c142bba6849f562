"""One pass beside many steps: the networks that ship, and how to train one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from vision import checkpoints
from vision.ui.components.figures import plots
from vision.ui.components.friendly import friendly
from vision.ui.components.pictures import LONGEST_SIDE, needed, picture_output
from vision.ui.components.training import fork, own_model
from vision.ui.components.training.stopping import Control
from vision.ui.components.training.training_panel import TrainingPanel, news_of
from vision.ui.shell.files.uploads import new_folder
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import within_memory
from vision.ui.tabs.style.memory import a_painting
from vision.ui.tabs.style.shared import MODELS, needed_style
from vision.ui.tabs.style.studio import Studio
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.checkpoints import Model

SIDE, BATCH = 96, 2  # of the pictures it learns from
CURVES = ("content", "style", "tv")


@friendly
@low_priority
@within_memory(a_painting)
def one_pass(studio: Studio, content: str | None, style: str | None, name: str | None,
             size: float, alpha: float, own: str | None, request: gr.Request
             ) -> tuple[Any, ...]:
    """Paint in a single pass, beside the optimised painting if there is one."""
    from vision.images import read_picture
    from vision.style.predict import predict

    picture, model = read_picture(needed(content), LONGEST_SIDE), MODELS.open(name, own)
    result = predict(model, picture, int(size), style_for(model, style), alpha)
    one = f"{1000 * result.seconds:.0f}"
    if studio.picture is None:
        return result.picture, None, say("style.forward_alone", request, one=one)
    return result.picture, studio.picture, say(
        "style.forward_times", request, one=one, many=f"{studio.seconds:.1f}",
        steps=len(studio.curves))


def style_for(model: Model, path: str | None) -> np.ndarray | str | None:
    """Return the chosen style as a network takes it: a picture, or a name if it knows that."""
    from vision.images import read_picture
    from vision.style.predict import styles_of

    known = styles_of(model.card)
    if not known:
        return read_picture(needed_style(path), LONGEST_SIDE)
    return Path(path).stem if path and Path(path).stem in known else None


def any_style_ships() -> bool:
    """Return whether there is a network that can go part of the way to a style."""
    return any(checkpoints.read_card(MODELS.file(name)).arch == "any_style"
               for name in MODELS.names())


@friendly
def train_own(content: str | None, style: str | None, steps: float, rate: float, seed: float,
              control: Control, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Train a network for the chosen style, with its losses and a sample live."""
    from vision.images import read_picture
    from vision.style.train import Config, train

    picture = read_picture(needed(content), LONGEST_SIDE)
    total = int(steps)
    config = Config(style=(Path(needed_style(style)),), steps=total, batch=BATCH, side=SIDE,
                    style_side=256, learning_rate=rate, seed=int(seed),
                    save_every=fork.every(total), output=new_folder() / "forward.safetensors")
    yield from news_of(
        MODELS, lambda on_step: fork.recorded(control, train, config, on_step), control, request,
        lambda news: (plots.curves(news, CURVES, request), sample(news[-1].sample, picture)),
        lambda _: say("style.trained", request), shown=2)


@friendly
def fork_own(content: str | None, step: int | None, rate: float, control: Control,
             request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Go on from a step of the last run with another learning rate, both futures in one plot."""
    from vision.images import read_picture

    picture = read_picture(needed(content), LONGEST_SIDE)
    yield from fork.trained(
        MODELS, control, step, rate, request,
        lambda trail, news: (fork.curves(trail, news, CURVES, rate, request),
                             sample(news[-1].sample, picture)), shown=2)


def sample(module: Any, picture: np.ndarray) -> np.ndarray:
    """Return what a network that is being trained makes of a picture."""
    from vision.style.predict import paint

    return paint(module, picture, 256)


def build(studio: gr.State, own: gr.State, pictures: tuple[gr.Image, gr.Image], size: gr.Slider
          ) -> gr.Dropdown:
    """Build the comparison and return the choice of the network."""
    known = MODELS.offered()
    info, missing = t("style.painter_info"), t("style.no_painter")
    gr.Markdown(t("style.forward_info"))
    with gr.Row():
        name = gr.Dropdown(known, value=MODELS.first(), label=t("style.painter"),
                           info=info if known else missing, elem_id="style-painter")
        alpha = gr.Slider(0, 1, 1, step=0.05, label=t("style.alpha"), info=t("style.alpha_info"),
                          elem_id="style-alpha", visible=any_style_ships())
        go = gr.Button(t("style.forward_go"), elem_id="style-forward-go")
    said = gr.Markdown(elem_id="style-forward-said")
    with gr.Row():
        one = picture_output("style.forward_result", "style-forward", height=300, always=False)
        many = picture_output("style.forward_beside", "style-beside", height=300, always=False)
    inputs = [studio, *pictures, name, size, alpha, own]
    go.click(one_pass, inputs, [one, many, said], concurrency_limit=2, api_visibility="private")
    alpha.release(one_pass, inputs, [one, many, said], concurrency_limit=2,
                  show_progress="hidden", api_visibility="private")
    return name


def build_training(content: gr.Image, style: gr.Image, own: gr.State, name: gr.Dropdown) -> None:
    """Build the training."""
    panel = TrainingPanel("style-train", name, own)
    gr.Markdown(t("style.train_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            panel.controls((20, 4000, 400, 20), (1e-4, 1e-2, 2e-3, 1e-4))
        with gr.Column(scale=3, min_width=320):
            panel.news()
            panel.fork()
            own_model.build(MODELS, name, own)
            shown = picture_output("style.sample", "style-sample", height=240, always=False)
    panel.connect(train_own, [content, style], [shown], fork=fork_own, fork_inputs=[content])
