"""The transfer ladder: precision over the number of labelled pictures, from stored runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from vision import checkpoints
from vision.ui.components.events import LIVE
from vision.ui.components.figures.colours import BLUE, GREEN, GREY, ORANGE
from vision.ui.components.figures.plots import axes, key
from vision.ui.components.figures.svg_plot import SvgPlot
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, percent, table
from vision.ui.components.markup import joined, tag
from vision.ui.components.opening import opened
from vision.ui.text import say, say_list, t

if TYPE_CHECKING:
    from vision.infrared.studies.transfer_ladder import Rung

COLOURS = {"scratch": GREY, "frozen": ORANGE, "heads": GREEN, "all": BLUE}
LOOKS = {"none": ":", "uniform": "--", "glcm": "-"}
COMMAND = ("python -m vision infrared ladder "
           "--uniform runs/infrared/ladder-backbone-uniform.safetensors "
           "--glcm runs/infrared/ladder-backbone-glcm.safetensors")
MEASURES = ("mask_AP50", "mask_AP", "box_AP50", "box_AP")
Curves = dict[tuple[str, str], list["Rung"]]


@friendly
def show(measure: str, request: gr.Request) -> tuple[Any, str]:
    """Return the curves of the stored runs and their table; without runs, what makes them."""
    from vision.infrared.studies.transfer_ladder import read

    report = read(checkpoints.FOLDER / "infrared" / "ladder.json")
    rungs = report.rungs
    if not rungs:
        return None, note("infrared.no_ladder", request, command=COMMAND)
    curves = curves_of(rungs)
    one = rungs[0]
    made = say("infrared.ladder_made", request, steps=one.steps, batch=one.batch,
               size=f"{one.width}×{one.height}", scenes=one.scenes, seed=one.seed,
               devices=say_list((say(f"infrared.class.{name}", request) for name in one.devices),
                              request))
    began = "; ".join(say("infrared.ladder_backbone", request, steps=each.steps,
                          name=say(f"infrared.from.{each.sampling}", request),
                          accuracy=percent(each.accuracy)) for each in report.backbones)
    commands = [*(each.command for each in report.backbones), COMMAND]
    notes = joined([tag("p", made), tag("p", began),
                    *(tag("p", tag("code", command)) for command in commands)])
    drawn = figure(curves, measure)
    named = key(drawn.axes[0], lambda name: name_of(name, request))
    return drawn, named + notes + rows(curves, measure, request)


def curves_of(rungs: tuple[Rung, ...]) -> Curves:
    """Return the runs of each way and sampling in the legend's order, the fewest pictures first."""
    found: Curves = {(way, sampling): [] for way in COLOURS for sampling in LOOKS}
    for rung in sorted(rungs, key=lambda rung: rung.pictures):
        found[rung.way, rung.sampling].append(rung)
    return {key: runs for key, runs in found.items() if runs}


def name_of(curve: str, request: gr.Request | None) -> str:
    """Return the name of a curve, which is called by its way and sampling."""
    way, sampling = curve.split()
    name = say(f"infrared.way.{way}", request)
    return name if sampling == "none" else say_list(
        (name, say(f"infrared.from.{sampling}", request)), request)


def figure(curves: Curves, measure: str) -> Any:
    """Return a figure with one curve for each way and sampling."""
    figure, axis = axes(f"{measure.replace('_', ' ')} %")
    for (way, sampling), rungs in curves.items():
        axis.plot([rung.pictures for rung in rungs],
                  [100 * getattr(rung, measure) for rung in rungs], LOOKS[sampling], marker="o",
                  color=COLOURS[way], linewidth=2, label=f"{way} {sampling}")
    counts = sorted({rung.pictures for rungs in curves.values() for rung in rungs})
    axis.set_xscale("log")
    axis.set_xticks(counts, [str(count) for count in counts])
    axis.minorticks_off()
    return figure


def rows(curves: Curves, measure: str, request: gr.Request | None) -> str:
    """Return the same as a table."""
    counts = sorted({rung.pictures for rungs in curves.values() for rung in rungs})
    lines = []
    for (way, sampling), rungs in curves.items():
        known = {rung.pictures: percent(getattr(rung, measure)) for rung in rungs}
        lines.append([name_of(f"{way} {sampling}", request),
                      *(known.get(count, "–") for count in counts)])
    return table([say("infrared.column.pictures", request), *map(str, counts)], lines)


def build() -> None:
    """Build the part."""
    shows = opened()
    gr.Markdown(t("infrared.ladder_info"))
    measure = gr.Radio([(name.replace("_", " "), name) for name in MEASURES],
                       value=MEASURES[0], label=t("infrared.measure"),
                       info=t("infrared.measure_info"), elem_id="infrared-measure")
    plot = SvgPlot(elem_id="infrared-ladder", elem_classes=["lab-when-filled"])
    listed = gr.HTML(elem_id="infrared-ladder-text")
    gr.on([shows, measure.input], show, measure, [plot, listed], **LIVE)
