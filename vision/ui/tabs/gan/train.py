"""Train your own GAN, with its pictures, losses and D's opinions live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from vision.ui.components import data_here
from vision.ui.components.friendly import friendly
from vision.ui.components.training import fork, own_model
from vision.ui.components.training.stopping import Control
from vision.ui.components.training.training_panel import TrainingPanel, news_of
from vision.ui.shell.files.uploads import new_folder
from vision.ui.tabs.gan.shared import MODELS, curves, loss_choice, sheet
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.training.progress import Step

DATA = ("shapes", "mnist", "fashion-mnist", "cifar10")
LOSSES = ("d_loss", "g_loss")


@friendly
def train_own(arch: str, data: str, k: float, loss: str, steps: float, rate: float, seed: float,
              control: Control, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Train a small GAN and show how it goes."""
    from vision.gan.train import Config, train

    total = int(steps)
    config = Config(arch=arch, data=data, steps=total, batch=64, k=int(k), loss=loss,
                    learning_rate=rate, average=0.99, seed=int(seed), measure=False,
                    save_every=fork.every(total),
                    output=new_folder() / f"{arch}-{data}.safetensors")
    yield from news_of(
        MODELS, lambda on_step: fork.recorded(control, train, config, on_step), control, request,
        lambda news: (curves(so_far(news), news[-1].number, request), drawn(news[-1].sample)),
        lambda _: say("gan.trained", request), shown=2)


@friendly
def fork_own(step: int | None, rate: float, control: Control, request: gr.Request
             ) -> Iterator[tuple[Any, ...]]:
    """Go on from a step of the last run with another learning rate, both futures in one plot."""
    yield from fork.trained(
        MODELS, control, step, rate, request,
        lambda trail, news: (fork.curves(trail, news, LOSSES, rate, request),
                             drawn(news[-1].sample)),
        shown=2)


def so_far(steps: list[Step]) -> dict[str, list[float]]:
    """Return the values of the steps as curves."""
    return {"step": [step.number for step in steps],
            **{name: [step.values[name] for step in steps] for name in steps[-1].values}}


def drawn(drawer: Any) -> str:
    """Return thirty pictures of the generator as it is now, always from the same noise."""
    from vision.gan.predict import as_pixels

    pictures = drawer.floats(np.arange(30) % len(drawer.classes), seed=0)
    return sheet(as_pixels(pictures), [""] * 30, 44)


def architectures() -> list[str]:
    """Return everything that draws."""
    from vision.gan.models import generators

    return generators()


def build(model: gr.Dropdown, own: gr.State, place: gr.Accordion) -> None:
    """Build the part."""
    panel = TrainingPanel("gan-train", model, own)
    gr.Markdown(t("gan.train_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            arch = panel.architecture("cgan", place, architectures)
            data = data_here.choice(panel.name, DATA, place)
            k = gr.Slider(1, 5, 1, step=1, label="k", info=t("gan.k_info"),
                          elem_id="gan-train-k")
            loss = loss_choice("gan-train-loss")
            panel.controls((50, 5000, 600, 50), (1e-4, 5e-3, 1e-3, 1e-4))
        with gr.Column(scale=3, min_width=320):
            panel.news()
            panel.fork()
            own_model.build(MODELS, model, own)
            pictures = gr.HTML(elem_id="gan-own-pictures")
    panel.connect(train_own, [arch, data, k, loss], [pictures], fork=fork_own)
