"""What if? Streets with one thing changed, and the mean IoU of two models at each value."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np
from markupsafe import Markup

from vision.ui.components.figures.colours import BLUE, GREEN, ORANGE
from vision.ui.components.figures.svg import BELOW, Axes, legend, number
from vision.ui.components.friendly import friendly
from vision.ui.components.html import figure, grid, image
from vision.ui.components.markup import joined, tag
from vision.ui.components.training.stopping import Control, stop_button, stoppable, stops_after
from vision.ui.shell.answers.shared import computed_once, known
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.segmentation.failures.shown import progress
from vision.ui.tabs.segmentation.shared import MODELS, laid_over, other_model
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.segmentation.studies.what_if import Point

FACTORS = ("sun", "fog", "clutter", "camera", "cast")
COUNT = 10  # streets at each value
EVERY = 0.7  # seconds from one word of how far it is to the next
SIDES = (BLUE, ORANGE)
PERCENT = (0, 20, 40, 60, 80)
WIDTH = 280  # of a street in the row


@friendly
@low_priority
def ask(factor: str, model: str, other: str, own: str | None, control: Control,
        request: gr.Request) -> Iterator[tuple[Any, ...]]:
    """Look at ten streets at one value after the other: the curves grow, the streets appear."""
    from vision.errors import unknown
    from vision.segmentation.scenes.factors import FACTORS as KNOWN
    from vision.segmentation.studies.what_if import look, points

    if factor not in KNOWN:
        raise unknown("factor", factor, [*KNOWN])
    names = [MODELS.called(name, request) for name in (model, other)]
    total, start, told = COUNT * len(KNOWN[factor].values), time.monotonic(), 0.0
    paths = [MODELS.path_of(name, own) for name in (model, other)]
    if (found := known("what if", factor, request=request, models=paths)) is not None:
        yield progress(total, total, 0, request), shown(found, factor, names, request)
        return
    seen: list[Any] = []
    for each in look([MODELS.open(name, own) for name in (model, other)], factor, COUNT):
        seen.append(each)
        now, done = time.monotonic(), len(seen)
        whole = done % COUNT == 0
        if control.stopping.is_set() and not whole and done > COUNT:
            seen = seen[:done - done % COUNT]  # a value with few of its streets says little
        if whole or control.stopping.is_set() or now - told > EVERY:
            told = now
            far = progress(done, total, (now - start) / done * (total - done), request)
            drawn = whole or control.stopping.is_set()
            yield far, shown(points(seen, factor), factor, names, request) if drawn else gr.skip()
        if control.stopping.is_set():
            return
    computed_once("what if", lambda: points(seen, factor), factor, request=request, models=paths)


def shown(found: list[Point], factor: str, names: list[str], request: gr.Request | None) -> Markup:
    """Return the curves of both models, and below them the first street at each value."""
    return joined([
        tag("p", say(f"segmentation.axis_{factor}", request), style="margin:.2rem 0"),
        chart(found, factor, request), legend(dict(zip(names, SIDES, strict=True))),
        tag("h4", say("segmentation.what_if_streets", request)), streets(found, names)])


def chart(found: list[Point], factor: str, request: gr.Request | None) -> Markup:
    """Return each model's mean IoU over the values, with its interval; trained ones are shaded."""
    from vision.segmentation.scenes.factors import FACTORS as KNOWN

    values, (low, high) = KNOWN[factor].values, KNOWN[factor].trained
    axes = Axes((-0.5, len(values) - 0.5), (0, 85), 560, 300)
    shapes: list[Markup] = []
    for place, value in enumerate(values):
        ((x, _),) = axes.places(np.array([[place, 0.0]])).tolist()
        shapes.append(number(x, axes.height - BELOW + 15, f"{value:g}", "middle"))
        if low <= value <= high:
            shapes.append(axes.area(np.array([place - 0.5, place + 0.5]), np.array([85, 85]),
                                    f"{GREEN}55"))
    shapes.append(axes.scale((), PERCENT, "{:g}%".format))
    for side, colour in enumerate(SIDES):
        means = [each.intervals[side] for each in found]
        x = np.arange(len(means)) + (side - 0.5) * 0.12  # beside each other, not on one another
        y = np.array([100 * of.value for of in means])
        shapes += [axes.line(x, y, colour), axes.dots(np.column_stack([x, y]), colour, 9)]
        shapes += [axes.line([at, at], [100 * of.low, 100 * of.high], colour, 1.5)
                   for at, of in zip(x, means, strict=True)]
    return axes.picture(say("segmentation.what_if_alt", request), *shapes)


def streets(found: list[Point], names: list[str]) -> Markup:
    """Return the first street at each value, as it is and as each model sees it."""
    from vision.images import resize, resize_labels

    figures = []
    for each in found:
        size = (WIDTH * each.picture.shape[0] // each.picture.shape[1], WIDTH)
        small = resize(each.picture, size)
        rows = [small, *(laid_over(small, resize_labels(labels, size), 0.7)
                         for labels in each.labels)]
        figures.append(figure(image(np.vstack(rows), ", ".join(names), kind="jpeg"),
                              f"{each.value:g}"))
    return grid(figures, 110, full=False)


def build(model: gr.Dropdown, own: gr.State) -> None:
    """Build the part."""
    gr.Markdown(t("segmentation.what_if_info"))
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            factor = gr.Radio([(t(f"segmentation.factor_{name}"), name) for name in FACTORS],
                              value="fog", label=t("segmentation.factor"),
                              info=t("segmentation.factor_info"),
                              elem_id="segmentation-factor")
            other = other_model("segmentation-what-if-against")
            with gr.Row():
                go = gr.Button(t("segmentation.what_if_go"), variant="primary",
                               elem_id="segmentation-what-if-go")
                stop = stop_button("segmentation-what-if-stop")
            status = gr.HTML(t("segmentation.what_if_empty"),
                             elem_id="segmentation-what-if-status")
        with gr.Column(scale=3, min_width=320):
            drawn = gr.HTML(elem_id="segmentation-what-if", min_height=0)
    control = stoppable(go, stop)
    stops_after(go.click(ask, [factor, model, other, own, control], [status, drawn],
                         concurrency_limit=1, show_progress="minimal", show_progress_on=status,
                         api_visibility="private"), control, go, stop)
