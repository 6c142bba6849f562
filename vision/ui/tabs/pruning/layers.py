"""Layer by layer: what each can bear, and which channels go together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.errors import UserError
from vision.ui.components import names
from vision.ui.components.figures.colours import RED
from vision.ui.components.friendly import friendly
from vision.ui.components.html import as_note, localised, note, percent, signed, table
from vision.ui.components.markup import joined, tag
from vision.ui.components.opening import opened
from vision.ui.shell.answers.shared import computed_once, known
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.pruning.curve import FEW
from vision.ui.tabs.pruning.layer_times import time_layers
from vision.ui.tabs.pruning.plan import heading, percent_drawing
from vision.ui.tabs.pruning.shared import MODELS, path_scores, tested
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.pruning.models.parts import Network

LARGEST = 50e6  # multiply-adds of a network whose layers are measured on the page
ROW = 26  # pixels of a share in the heat map


@friendly
def on_card(model: str, own: str | None, request: gr.Request) -> tuple[Markup, Markup]:
    """Return the heat map on a network's card, or how to measure one; and its groups."""
    from vision.pruning.predict import network_of

    found = MODELS.card(model, own).metrics.get("sensitivity")
    network = network_of(MODELS.open(model, own))
    if not found:
        missing = note("pruning.no_sensitivity", request, file=MODELS.in_a_script(model))
        return missing, groups(network, request)
    lost = {group.name: found["lost"][group.name] for group in network.groups
            if group.name in found["lost"]}  # in a card names are sorted
    on_it = heat_map({**found, "lost": lost}, request)
    return tag("div", on_it, class_="lab-lasts"), groups(network, request)


@friendly
@low_priority
def measure_now(model: str, criterion: str, own: str | None, data: str, request: gr.Request
                ) -> Iterator[Markup]:
    """Cut each layer of a small network alone, and show the map as it grows."""
    from vision.pruning.count import count
    from vision.pruning.data import open_pictures
    from vision.pruning.evaluate import measure
    from vision.pruning.predict import network_of
    from vision.pruning.sensitivity import Config, sensitivities

    whole = MODELS.open(model, own)
    if count(network_of(whole)).multiply_adds > LARGEST:
        raise UserError("'{name}' is too large to measure layer by layer on the page",
                        "networks of up to {most} million multiply-adds are accepted",
                        "run 'python -m vision pruning sensitivity', or choose a smaller one",
                        name=model, most=round(LARGEST / 1e6))
    path = MODELS.path_of(model, own)
    name = tested(path, data)
    asked: dict[str, Any] = {"request": request, "models": (path,)}
    if (found := known("sensitivity", criterion, name, FEW, **asked)) is not None:
        yield heat_map(found, request)
        return
    config = Config(path, criterion, data=name, limit=FEW)
    pictures = open_pictures(name, "test").first(FEW)
    for part in sensitivities(whole, config, pictures, measure(whole, pictures).accuracy,
                              path_scores(path, criterion)):
        found = part.as_json()
        yield heat_map(found, request)
    computed_once("sensitivity", lambda: found, criterion, name, FEW, **asked)


def heat_map(found: dict[str, Any], request: gr.Request | None) -> Markup:
    """Return layers as columns and shares as rows; the redder, the more accuracy is lost."""
    layers, ratios = list(found["lost"]), found["ratios"]
    width, most = 100 / max(len(layers), 1), max(found["accuracy"], 0.01)
    cells = [tag("rect", tag("title", f"{name}, {ratio:.0%}: ",
                                     localised(signed(-100 * lost), request)),
                 x=f"{place * width:.2f}%", y=ROW * row, width=f"{0.94 * width:.2f}%",
                 height=ROW - 2, fill=RED, fill_opacity=f"{shade(lost, most):.2f}")
             for place, name in enumerate(layers)
             for row, (ratio, lost) in enumerate(zip(ratios, found["lost"][name], strict=True))]
    rows = [[name, *(signed(-100 * lost) for lost in found["lost"][name])] for name in layers]
    head = [say("pruning.column_layer", request), *(f"{ratio:.0%}" for ratio in ratios)]
    made = say("pruning.sensitivity_made", request, count=found["pictures"],
               data=names.data(found["data"], request),
               accuracy=percent(found["accuracy"]), criterion=say(
                   f"pruning.criterion_{found['criterion']}", request))
    shares = tag("div", *(tag("span", f"{ratio:.0%}", style=f"height:{ROW}px;display:block")
                          for ratio in ratios), style="font-size:.8rem;padding-right:.5rem")
    drawn = percent_drawing(say("pruning.sensitivity_alt", request), ROW * len(ratios), cells)
    return joined([
        heading("pruning.sensitivity", request),
        tag("div", shares, tag("div", drawn, style="flex:1"), style="display:flex"),
        as_note(made), tag("details", tag("summary", say("pruning.as_table", request)),
                           table(head, rows))])


def shade(lost: float, most: float) -> float:
    """Return how red a loss is, 0.06 to 1, when all that can be lost is `most`."""
    return 0.06 + 0.94 * min(max(lost / most, 0.0), 1.0)


def groups(network: Network, request: gr.Request | None) -> Markup:
    """Return which tensors lose a channel together, layer by layer."""
    head = [say(f"pruning.group_{name}", request) for name in
            ("layer", "channels", "source", "norm", "reader", "follower")]
    rows = [[group.name, str(width), group.source, group.norm, group.consumer,
             group.follower or "–"]
            for group, width in zip(network.groups, network.widths, strict=True)]
    return tag("details", tag("summary", say("pruning.groups", request)),
               as_note(say("pruning.groups_info", request)), table(head, rows))


def build(model: gr.Dropdown, ratio: gr.Slider, criterion: gr.Dropdown, protected: gr.Textbox,
          own: gr.State, data: gr.Dropdown) -> None:
    """Build the part."""
    shows = opened()
    gr.Markdown(t("pruning.layers_info"))
    with gr.Row():
        now = gr.Button(t("pruning.sensitivity_go"), elem_id="pruning-sensitivity-go")
        clock = gr.Button(t("pruning.layer_times_go"), elem_id="pruning-layer-times-go")
    heat = gr.HTML(elem_id="pruning-sensitivity", elem_classes=["lab-dims"])
    times = gr.HTML(elem_id="pruning-layer-times", elem_classes=["lab-dims"], min_height=0)
    together = gr.HTML(elem_id="pruning-groups")
    gr.on([shows, model.change, own.change], on_card, [model, own], [heat, together], queue=False,
          show_progress="minimal", api_visibility="private")
    now.click(measure_now, [model, criterion, own, data], heat, concurrency_limit=1,
              show_progress="minimal", api_visibility="private")
    clock.click(time_layers, [model, ratio, criterion, protected, own], times,
                concurrency_limit=1, show_progress="minimal", api_visibility="private")
