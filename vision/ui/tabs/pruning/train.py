"""Trainings on the page: γ going to zero under λ, and a cut network that recovers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision import checkpoints
from vision.ui.components import data_here, names
from vision.ui.components.events import QUIET
from vision.ui.components.figures import plots
from vision.ui.components.friendly import friendly
from vision.ui.components.html import percent
from vision.ui.components.markup import tag
from vision.ui.components.model_choice import OWN
from vision.ui.components.training import fork, luck
from vision.ui.components.training.stopping import Control
from vision.ui.components.training.training_panel import TrainingPanel, news_of
from vision.ui.shell.files.uploads import new_folder
from vision.ui.tabs.pruning.cut import Cut, needed
from vision.ui.tabs.pruning.plan import chart
from vision.ui.tabs.pruning.shared import MODELS, learnt, sets_here
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.pruning.train import Config

SETS = ("drawings", "drawings-hard", "cifar10", "cifar100")
LIMIT = 2000  # pictures of each split, so that a measurement stays short
LARGEST = 0.8  # the right end of the histogram; γ starts at 0.5


@friendly
def train_own(arch: str, data: str, sparsity: float, steps: float, rate: float, seed: float,
              seeds: float, control: Control, request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Train a small network sparse, from one seed or several, with its scales live."""
    from vision.pruning.train import Config, train

    total = int(steps)
    config = Config(arch=arch, size="compact", data=(data,), limit=LIMIT, steps=total, batch=64,
                    sparsity=sparsity / 1000, learning_rate=rate,
                    save_every=fork.every(total),
                    output=new_folder() / f"{arch}-{data}.safetensors")
    yield from luck.trained(
        MODELS, lambda on_step, seed: fork.recorded(control, train, luck.of_seed(config, seed),
                                                    on_step),
        luck.seeds_from(seed, seeds), control, request,
        lambda news, earlier: (luck.curves(news, earlier, ("loss",), control.luck, request),
                               scales(news[-1].sample, request)),
        lambda path: done(path, request), reached, shown=2)


@friendly
def fork_own(step: int | None, rate: float, control: Control, request: gr.Request
             ) -> Iterator[tuple[Any, ...]]:
    """Go on from a step of the last run with another learning rate, both futures in one plot."""
    yield from fork.trained(
        MODELS, control, step, rate, request,
        lambda trail, news: (fork.curves(trail, news, ("loss",), rate, request),
                             scales(news[-1].sample, request)), reached, shown=2)


def reached(path: Path) -> float:
    """Return the accuracy that a finished training has measured."""
    return float(checkpoints.read_card(path).metrics["accuracy"])


@friendly
def tune(cut: Cut | None, steps: float, rate: float, seed: float, control: Control,
         request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Fine-tune the network that was cut last, with its accuracy live."""
    from vision.pruning.train import Config

    start, total = needed(cut).write(), int(steps)
    card = checkpoints.read_card(start)
    config = Config(arch=card.arch, start=start, data=sets_here(card), limit=LIMIT, steps=total,
                    batch=64, learning_rate=rate, seed=int(seed), val_every=max(total // 5, 1),
                    save_every=total + 1,
                    output=new_folder() / f"{start.stem}-tuned.safetensors")
    for status, *shown in streamed(config, ("loss", "accuracy"), control, request):
        if sets_here(card)[0] != learnt(card) and isinstance(status, str):
            status += "\n\n" + say("pruning.tuned_stand_in", request)
        yield status, *shown


def streamed(config: Config, shown: tuple[str, ...], control: Control, request: gr.Request
             ) -> Iterator[tuple[Any, ...]]:
    """Train and yield status, curves and scales, and at the end the file as a choice."""
    from vision.pruning.train import train

    return news_of(
        MODELS, lambda on_step: train(config, on_step), control, request,
        lambda news: (plots.curves(news, shown, request), scales(news[-1].sample, request)),
        lambda path: done(path, request), shown=2)


def done(path: Path, request: gr.Request | None) -> str:
    """Return what a finished training has reached."""
    card = checkpoints.read_card(path)
    return say("pruning.trained", request, accuracy=percent(card.metrics["accuracy"]),
               data=names.data(learnt(card), request),
               small=percent(card.metrics["zero_scales"]))


def scales(values: Any, request: gr.Request | None) -> Markup:
    """Return the histogram of |γ| on an axis that stays, so that moving is seen."""
    share = float((values < 1e-2).mean())
    return (tag("p", tag("b", say("pruning.scales", request, share=percent(share))))
            + chart(values.clip(max=LARGEST), LARGEST, None,
                    say("pruning.histogram_alt", request)))


@friendly
def upload(file: str, request: gr.Request) -> tuple[Any, ...]:
    """Take a checkpoint from the visitor, after every check that a foreign file needs."""
    from vision.pruning.foreign import load_foreign

    load_foreign(Path(file))
    return file, gr.Dropdown(choices=MODELS.choices(request), value=OWN)


def architectures() -> list[str]:
    """Return every network that can be slimmed."""
    from vision.pruning.models import ARCHITECTURES

    return ARCHITECTURES.names()


def build(model: gr.Dropdown, own: gr.State, place: gr.Accordion) -> None:
    """Build the part that trains a network sparse."""
    panel = TrainingPanel("pruning-train", model, own)
    gr.Markdown(t("pruning.train_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            arch = panel.architecture("vgg16", place, architectures)
            data = data_here.choice(panel.name, SETS, place)
            sparsity = gr.Slider(0, 20, 5, step=0.5, label=t("pruning.sparsity"),
                                 info=t("pruning.sparsity_info"), elem_id="pruning-sparsity")
            panel.controls((20, 2000, 200, 10), (0.01, 0.2, 0.1, 0.01), seeds=luck.MOST)
        with gr.Column(scale=3, min_width=320):
            panel.news()
            panel.fork()
            histogram = gr.HTML(elem_id="pruning-train-scales")
    panel.connect(train_own, [arch, data, sparsity], [histogram], fork=fork_own)


def build_tuning(model: gr.Dropdown, own: gr.State, cut: gr.State) -> None:
    """Build the part that lets a cut network recover."""
    panel = TrainingPanel("pruning-tune", model, own)
    gr.Markdown(t("pruning.tune_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            panel.controls((10, 1000, 60, 10), (0.005, 0.1, 0.02, 0.005), "pruning.tune_go")
        with gr.Column(scale=3, min_width=320):
            panel.news()
            histogram = gr.HTML(elem_id="pruning-tune-scales")
    panel.go.interactive = False  # until there is something to tune
    cut.change(lambda cut: gr.Button(interactive=bool(cut)), cut, panel.go, **QUIET)
    panel.connect(tune, [cut], [histogram])
