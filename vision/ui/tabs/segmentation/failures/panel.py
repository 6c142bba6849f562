"""Where it fails: two models on every picture of a set, the worst first, and which is better."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.ui.components import button_choice, clicks
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note
from vision.ui.components.markup import joined
from vision.ui.components.page_files import scroll_to
from vision.ui.components.training.stopping import Control, stop_button, stoppable, stops_after
from vision.ui.shell.answers.shared import computed_once, known
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.segmentation.failures import shown
from vision.ui.tabs.segmentation.shared import MODELS, other_model
from vision.ui.tabs.segmentation.train import source, zip_where_chosen
from vision.ui.text import t

if TYPE_CHECKING:
    import numpy as np

    from vision.segmentation.data import Samples
    from vision.segmentation.studies.failures import Failures

DATA = ("scenes", "camvid", "zip")
EVERY = 0.7  # seconds from one picture of the numbers to the next


@dataclass(frozen=True)
class Asked:
    """Which models look at which pictures."""

    models: tuple[str, str]
    own: str | None
    data: str  # the name of a set, or the path of a checked zip
    count: int

    def samples(self) -> Samples:
        """Return the pictures: held-out ones, which no training here has seen."""
        from vision.segmentation.data import open_samples

        return open_samples(self.data, "val", self.count)

    def question(self, request: gr.Request | None) -> tuple[list[Any], dict[str, Any]]:
        """Return what tells these pictures and models from others; a zip is its visitor's own."""
        return (["failures", self.data, self.count],
                {"request": request, "pictures": [self.data] if Path(self.data).is_file() else [],
                 "models": [MODELS.path_of(name, self.own) for name in self.models]})

    def names(self, request: gr.Request | None) -> list[str]:
        """Return what the two models are called."""
        return [MODELS.called(name, request) for name in self.models]


@dataclass(eq=False)
class Looked:
    """What has been seen so far: confusion matrices of both models, and small pictures."""

    asked: Asked
    matrices: list[list[np.ndarray]] = field(default_factory=list)
    small: list[np.ndarray] = field(default_factory=list)

    def found(self, classes: tuple[str, ...]) -> list[Failures]:
        """Return the failures of both models."""
        from vision.segmentation.studies.failures import gathered

        return gathered(self.matrices, classes)


@friendly
@low_priority
def look_through(model: str, other: str, data: str, file: str | None, count: float,
                 own: str | None, control: Control, request: gr.Request
                 ) -> Iterator[tuple[Any, ...]]:
    """Look at one picture after the other: progress, numbers, and at last the wall of pictures."""
    from vision.images import resize
    from vision.segmentation.studies.failures import look

    looked = Looked(Asked((model, other), own, source(data, file), int(count)))
    samples, start, told = looked.asked.samples(), time.monotonic(), 0.0
    question, alike = looked.asked.question(request)
    if (found := known(*question, **alike)) is not None:
        looked.matrices, looked.small = found
        yield whole(looked, samples, request)
        return
    for matrices in look([MODELS.open(name, own) for name in looked.asked.models], samples):
        picture, _ = samples[len(looked.small)]
        looked.matrices.append(matrices)
        looked.small.append(resize(picture, (
            max(shown.WIDTH * picture.shape[0] // picture.shape[1], 1), shown.WIDTH)))
        done, now = len(looked.small), time.monotonic()
        if control.stopping.is_set():
            break
        if now - told > EVERY and done < len(samples):
            told = now
            left = (now - start) / done * (len(samples) - done)
            yield (gr.skip(), shown.progress(done, len(samples), left, request),
                   numbers(looked, samples, request), gr.skip(), "")
    if len(looked.small) == len(samples):
        computed_once(question[0], lambda: (looked.matrices, looked.small), *question[1:], **alike)
    yield whole(looked, samples, request)


def whole(looked: Looked, samples: Samples, request: gr.Request | None) -> tuple[Any, ...]:
    """Return all that is shown of what was looked at."""
    return (looked, shown.progress(len(looked.small), len(samples), 0, request),
            numbers(looked, samples, request), wall(looked, samples, request), "")


def numbers(looked: Looked, samples: Samples, request: gr.Request | None) -> Markup:
    """Return who is better and what costs most, and how far that may be trusted."""
    from vision.segmentation.certainty.standing import ONE_DRIVE

    found, names = looked.found(samples.classes), looked.asked.names(request)
    drive = f"{looked.asked.data} val" in ONE_DRIVE
    return joined([shown.numbers(found, names, request),
                   note("segmentation.one_drive", request) if drive else "",
                   shown.confusions(found[0], names[0], request)])


def wall(looked: Looked, samples: Samples, request: gr.Request | None) -> Markup:
    """Return all pictures, the worst first."""
    return shown.wall(looked.found(samples.classes), looked.small, looked.asked.names(request),
                      request)


@friendly
@low_priority
def open_one(looked: Looked | None, request: gr.Request, event: gr.EventData) -> Markup:
    """Show the picture that was clicked, and what each model makes of it."""
    from vision.segmentation.predict import predict

    if looked is None:
        raise clicks.nothing_clicked()
    place = clicks.place(event, "picture", len(looked.small))
    picture, truth = looked.asked.samples()[place]
    said = [predict(MODELS.open(name, looked.asked.own), picture).labels
            for name in looked.asked.models]
    return shown.opened(picture, truth, said, looked.asked.names(request), place, request)


def build(model: gr.Dropdown, own: gr.State) -> None:
    """Build the part."""
    looked = gr.State(None, time_to_live=3600)
    gr.Markdown(t("segmentation.failures_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            other = other_model("segmentation-against")
            data = gr.Radio([(t(f"segmentation.fails_on_{name}"), name) for name in DATA],
                            value="scenes", label=t("segmentation.fails_on"),
                            info=t("segmentation.fails_on_info"), elem_id="segmentation-fails-on")
            file = zip_where_chosen(data, "segmentation-fails-zip")
            count = gr.Slider(5, 100, 20, step=5, label=t("segmentation.fails_count"),
                              info=t("segmentation.fails_count_info"),
                              elem_id="segmentation-fails-count")
            with gr.Row():
                go = gr.Button(t("segmentation.failures_go"), variant="primary",
                               elem_id="segmentation-failures-go")
                stop = stop_button("segmentation-failures-stop")
        with gr.Column(scale=3, min_width=320):
            status = gr.HTML(t("segmentation.failures_empty"),
                             elem_id="segmentation-failures-status")
            told = gr.HTML(elem_id="segmentation-failures", min_height=0)
    opened = gr.HTML(elem_id="segmentation-opened", min_height=0)
    pictures = gr.HTML(js_on_load=button_choice.one_of("picture"), elem_id="segmentation-wall",
                       min_height=0)
    control = stoppable(go, stop)
    stops_after(go.click(look_through, [model, other, data, file, count, own, control],
                         [looked, status, told, pictures, opened], concurrency_limit=1,
                         show_progress="minimal", show_progress_on=status,
                         api_visibility="private"), control, go, stop)
    pictures.click(open_one, looked, opened, concurrency_limit=2, concurrency_id="segment",
                   show_progress="hidden", api_visibility="private").success(
        None, None, None, js=scroll_to("segmentation-opened", always=True))
