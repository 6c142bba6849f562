"""The contact sheet: 25 small paintings under 25 weights; a click goes on from one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from vision.ui.components import clicks
from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.training.stopping import Control, stop_button, stoppable, stops_after
from vision.ui.shell.low_priority import low_priority
from vision.ui.shell.memory_budget import decoding, within_memory
from vision.ui.tabs.style.controls import Chosen
from vision.ui.tabs.style.regions import Before
from vision.ui.tabs.style.run import Pictures
from vision.ui.tabs.style.shared import power
from vision.ui.tabs.style.studio import Studio, nothing_painted
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.style.sheet import Sheet

GAP = 4  # pixels between two paintings


@friendly
@low_priority
@within_memory(decoding("content", "style", "second"))
def make(request: gr.Request, control: Control, content: str | None, style: str | None,
         second: str | None, region: Any, *controls: Any) -> Iterator[tuple[Any, ...]]:
    """Paint the sheet of the chosen pair, and show it as it forms; a Stop keeps what is there."""
    from vision.style.features.extractor import open_extractor
    from vision.style.sheet import contact_sheet

    pictures, chosen = Pictures.of(content, style, second, None), Chosen(*controls)
    for sheet in contact_sheet(open_extractor(chosen.extractor), pictures.content,
                               pictures.styles, chosen.settings()):
        ended = control.stopping.is_set() or sheet.step == sheet.total
        yield labelled(sheet), place(sheet, ended, request), sheet
        if ended:
            return


def laid_out(pictures: np.ndarray) -> np.ndarray:
    """Return pictures (5, 5, H, W, 3) as one with thin lines between."""
    rows, columns, height, width, _ = pictures.shape
    spaced = np.pad(pictures, ((0, 0), (0, 0), (0, GAP), (0, GAP), (0, 0)), constant_values=255)
    whole = spaced.transpose(0, 2, 1, 3, 4).reshape(
        rows * (height + GAP), columns * (width + GAP), 3)
    return whole[:-GAP, :-GAP]


def labelled(sheet: Sheet) -> np.ndarray:
    """Return the sheet as one picture: its style weight on each row, its TV weight on each column.
    """
    whole = np.ascontiguousarray(laid_out(sheet.pictures))
    high, wide = (side + GAP for side in sheet.pictures.shape[2:4])
    for row, weight in enumerate(sheet.style_weights):
        write(whole, f"style {plain(weight)}", (3, (row + 1) * high - GAP - 4))
    for column, weight in enumerate(sheet.tv_weights):
        write(whole, f"TV {plain(weight)}", (column * wide + 3, 11))
    return whole


def plain(weight: float) -> str:
    """Return a weight with two digits that count."""
    return f"{float(f'{weight:.2g}'):g}"


def write(picture: np.ndarray, text: str, place: tuple[int, int]) -> None:
    """Write on a picture so that it can be read on anything."""
    import cv2

    for colour, thick in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.34, colour, thick,
                    cv2.LINE_AA)


def cell_at(pictures: np.ndarray, x: float, y: float) -> tuple[int, int]:
    """Return row and column of the painting at a place of the sheet."""
    rows, columns, height, width, _ = pictures.shape
    return (min(max(int(y), 0) // (height + GAP), rows - 1),
            min(max(int(x), 0) // (width + GAP), columns - 1))


def place(sheet: Sheet, ended: bool, request: gr.Request | None) -> str:
    """Return how far the sheet is, and which weights stand where."""
    styles, tvs = (" · ".join(map(plain, weights))
                   for weights in (sheet.style_weights, sheet.tv_weights))
    return say("style.sheet_ready" if ended else "style.sheet_place", request, step=sheet.step,
               total=sheet.total, left=f"{sheet.seconds_left:.0f}", styles=styles, tvs=tvs)


@friendly
def pick(studio: Studio, sheet: Any, event: gr.EventData, request: gr.Request
         ) -> tuple[float, float]:
    """Take over the weights of the painting that was clicked, and its picture as the start."""
    if sheet is None:
        raise nothing_painted()
    row, column = cell_at(sheet.pictures, *clicks.numbers(event, "index", 2))
    studio.start = sheet.pictures[row, column]
    return round(power(sheet.style_weights[row]), 2), round(power(sheet.tv_weights[column]), 2)


def build(studio: gr.State, inputs: list[Any], before: Before, style_power: gr.Slider,
          tv_power: gr.Slider) -> Any:
    """Build the part and return the event after which the painting begins."""
    gr.Markdown(t("style.sheet_info"))
    with gr.Row():
        go = gr.Button(t("style.sheet_go"), elem_id="style-sheet-go")
        stop = stop_button("style-sheet-stop")
    said = gr.Markdown(elem_id="style-sheet-place")
    sheet = gr.State(None, time_to_live=3600)
    shown = gr.Image(label=t("style.sheet"), elem_id="style-contact-sheet", interactive=False,
                     format="jpeg", buttons=["download", "fullscreen"], elem_classes=[
                         "lab-when-filled"])
    before(go)
    control = stoppable(go, stop)
    stops_after(go.click(make, [control, *inputs], [shown, said, sheet], concurrency_limit=1,
                         concurrency_id="style-inside", show_progress="minimal",
                         show_progress_on=said, api_visibility="private"), control, go, stop)
    return shown.select(pick, [studio, sheet], [style_power, tv_power], **QUIET)
