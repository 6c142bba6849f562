"""Train your own: choose data, network, loss and steps, and watch it learn."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision import checkpoints
from vision.errors import UserError
from vision.ui.components.events import QUIET
from vision.ui.components.figures.colours import BLUE, GREEN, ORANGE, ROSE, TEAL, VIOLET
from vision.ui.components.figures.plots import axes, legend
from vision.ui.components.figures.svg_plot import SvgPlot
from vision.ui.components.friendly import friendly
from vision.ui.components.pictures import picture_output
from vision.ui.components.training import fork, luck, own_model
from vision.ui.components.training.stopping import Control
from vision.ui.components.training.training_panel import TrainingPanel
from vision.ui.shell.files.uploads import new_folder
from vision.ui.tabs.segmentation.shared import MODELS, laid_over
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np

    from vision.training.progress import Step

DATA = ("scenes", "tissue", "zip")
LOSSES = ("cross_entropy", "dice", "cross_entropy+dice", "focal", "tversky", "lovasz")
COLOURS = (BLUE, ORANGE, GREEN, VIOLET, ROSE, TEAL)
SHIFTS = range(0, 33, 8)
CURVES = ("loss", "val_miou")


@friendly
def train_own(arch: str, data: str, file: str | None, loss: str, steps: float, rate: float,
              seed: float, seeds: float, control: Control, request: gr.Request
              ) -> Iterator[tuple[Any, ...]]:
    """Train a small model, from one seed or several, with its curves and a prediction live."""
    from vision.segmentation.train import Config, train

    total = int(steps)
    config = Config(
        arch=arch, data=(source(data, file),), limit=24, steps=total, batch=4, crop=(96, 128),
        scale=(0.25, 0.5), short_side=128, loss=loss, learning_rate=rate,
        val_every=max(total // 6, 1), save_every=fork.every(total),
        output=new_folder() / f"{arch}.safetensors")
    yield from luck.trained(
        MODELS, lambda on_step, seed: fork.recorded(control, train, luck.of_seed(config, seed),
                                                    on_step),
        luck.seeds_from(seed, seeds), control, request,
        lambda news, earlier: live(news, earlier, control.luck, request),
        lambda _: say("segmentation.trained", request), reached, shown=2)


@friendly
def fork_own(step: int | None, rate: float, control: Control, request: gr.Request
             ) -> Iterator[tuple[Any, ...]]:
    """Go on from a step of the last run with another learning rate, both futures in one plot."""
    yield from fork.trained(
        MODELS, control, step, rate, request,
        lambda trail, news: (fork.curves(trail, news, CURVES, rate, request), seen(news)),
        lambda path: checkpoints.read_card(path).metrics.get("mIoU"), shown=2)


def reached(path: Path) -> float:
    """Return the mean IoU that a finished training has measured."""
    return float(checkpoints.read_card(path).metrics["mIoU"])


def live(news: list[Step], earlier: Sequence[luck.Curve], before: luck.Several | None,
         request: gr.Request | None) -> tuple[Any, Any]:
    """Return the curves so far, and the last prediction over its picture."""
    return luck.curves(news, earlier, CURVES, before, request), seen(news)


def seen(news: list[Step]) -> Any:
    """Return the last prediction over its picture."""
    sample = next((step.sample for step in reversed(news) if step.sample), None)
    return laid_over(sample.picture, sample.labels) if sample else gr.skip()


def source(data: str, file: str | None) -> str:
    """Return the name of a data set, or the path of the visitor's zip once it was checked."""
    from vision.data.checked_zip import checked_zip

    if data != "zip":
        return data
    if not file:
        raise UserError("there is no zip file yet",
                        "a zip of images/, masks/ and classes.txt is accepted",
                        "upload one, or choose other data")
    return str(checked_zip(Path(file)))


def zip_where_chosen(data: gr.Radio, elem_id: str) -> gr.File:
    """Build the place for the visitor's zip, which is seen where it is the chosen `data`."""
    file = gr.File(label=t("segmentation.zip"), file_types=[".zip"], visible=False, height=120,
                   elem_id=elem_id)
    data.change(lambda chosen: gr.File(visible=chosen == "zip"), data, file, **QUIET)
    return file


@functools.cache
def responses() -> dict[str, np.ndarray]:
    """Return each loss of a prediction that is the truth moved further and further.

    The net is 90% sure of what it says. Each curve is divided by its value at the far end.
    """
    import numpy as np
    import torch

    from vision.segmentation.objectives.losses import LOSSES as TABLE
    from vision.ui.tabs.segmentation.studies.playground import truths

    truth = torch.from_numpy(truths()[0]).long()[None]  # (1, H, W)
    weights = torch.ones(11)
    found = {}
    for name in LOSSES:
        values = np.array([float(TABLE[name](_sure(truth.roll(shift, 2)), truth, weights))
                           for shift in SHIFTS])
        found[name] = values / values[-1]
    return found


def _sure(labels: Any) -> Any:
    """Return logits (1, 11, H, W) of a net that gives its label a probability of 0.9."""
    import torch

    hot = torch.nn.functional.one_hot(labels, 11).permute(0, 3, 1, 2).float()
    return (0.9 * hot + 0.01 * (1 - hot)).log()


@friendly
def compare_losses(request: gr.Request) -> Any:
    """Return the six losses over the size of the mistake."""
    figure, axis = axes("L(x) / L(32 px)")
    for colour, (name, values) in zip(COLOURS, responses().items(), strict=True):
        axis.plot(SHIFTS, values, color=colour, linewidth=2,
                  label=say(f"names.loss_{name}", request))
    axis.set_xlabel("px")
    legend(axis)
    return figure


def architectures() -> list[str]:
    """Return everything that can be trained on pictures."""
    from vision.segmentation.models import for_pictures

    return for_pictures()


def build(model: gr.Dropdown, own: gr.State, place: gr.Accordion) -> None:
    """Build the part."""
    panel = TrainingPanel("segmentation-train", model, own)
    gr.Markdown(t("segmentation.train_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            arch = panel.architecture("unet", place, architectures)
            data = gr.Radio([(t(f"segmentation.data_{name}"), name) for name in DATA],
                            value="scenes", label=t("segmentation.data"),
                            info=t("segmentation.data_info"), elem_id="segmentation-data")
            file = zip_where_chosen(data, "segmentation-zip")
            loss = gr.Dropdown([(t(f"names.loss_{name}"), name) for name in LOSSES],
                               value="cross_entropy", label=t("segmentation.loss"),
                               info=t("segmentation.loss_info"), elem_id="segmentation-loss")
            panel.controls((10, 1000, 150, 10), (1e-4, 1e-2, 3e-3, 1e-4), seeds=luck.MOST)
        with gr.Column(scale=3, min_width=320):
            panel.news()
            own_model.build(MODELS, model, own)
            panel.fork()
            sample = picture_output("segmentation.sample", "segmentation-sample", height=240,
                                    always=False)
            gr.Markdown(t("segmentation.losses_info"))
            six = gr.Button(t("segmentation.losses_go"), elem_id="segmentation-losses-go")
            losses = SvgPlot(elem_id="segmentation-losses",
                             elem_classes=["lab-when-filled"])
    panel.connect(train_own, [arch, data, file, loss], [sample], fork=fork_own)
    six.click(compare_losses, None, losses, api_visibility="private")
