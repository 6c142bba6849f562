"""The palette attack: one scene in several paints, read back, and detected again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.ui.components import opening
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, table
from vision.ui.components.markup import tag
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.infrared.example_views import LOST, example_view
from vision.ui.tabs.infrared.picture import LOOK, side_by_side
from vision.ui.tabs.infrared.shared import MODELS, View, called, found_again, needed_view
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.checkpoints import Model
    from vision.infrared.inspection.result import Result
    from vision.infrared.thermogram.thermogram import Thermogram

ATTACKS = ("iron", "grey", "rainbow", "inverted", "white-hot")


@dataclass(frozen=True, eq=False)
class Attack:
    """What a detector says of a scene in one paint, read with its palette or by brightness."""

    palette: str
    read: Result
    bright: Result
    error: float  # mean difference of what is read back, in percent of the scale


def attacked(model: Model, view: View, palette: str) -> Attack:
    """Paint a scene, read it back, and detect in it."""
    import numpy as np

    from vision.infrared.predict import Settings, predict
    from vision.infrared.thermogram.palettes import paint
    from vision.infrared.thermogram.thermogram import of_picture

    grey = view.result.thermogram.grey
    known = of_picture(paint(grey, palette))
    settings = Settings(view.result.threshold)
    error = 100 * float(np.abs(known.grey - grey).mean())
    return Attack(palette, predict(model, known, settings),
                  predict(model, by_brightness(known), settings), error)


def by_brightness(thermogram: Thermogram) -> Thermogram:
    """Return a thermogram whose colours were taken for brightness, as in a photograph."""
    from dataclasses import replace

    from vision.infrared.thermogram.palettes import UNKNOWN, intensity

    return replace(thermogram, grey=intensity(thermogram.picture, UNKNOWN).astype("float32"))


def surviving(before: Result, after: Result) -> int:
    """Return how many devices are found again: at the same place, as the same class."""
    return sum(before.instances[a].label == after.instances[b].label
               for a, b in found_again(before, after).items())


@friendly
@low_priority
def attack(view: View | None, own: str | None, request: gr.Request) -> Iterator[str]:
    """Show what survives each palette, one after the other."""
    kept = needed_view(view)
    if not kept.result.instances:
        yield note("infrared.no_device", request)
        return
    done: list[Attack] = []
    for one in attacks(kept, own):
        done.append(one)
        yield shown(kept, done, request)


def attacks(view: View, own: str | None) -> Iterator[Attack]:
    """Yield what each palette does to what was found."""
    model = MODELS.open(view.measured.model, own)
    yield from (attacked(model, view, palette) for palette in ATTACKS)


def first() -> tuple[View, list[Attack]] | None:
    """Return the attack on the example that opens this part."""
    view = example_view(LOST)
    return (view, list(attacks(view, None))) if view else None


def shown(view: View, done: list[Attack], request: gr.Request | None) -> Markup:
    """Return the pictures, and what was found in each."""
    total = len(view.result.instances)
    heads = [say(f"infrared.column.{name}", request)
             for name in ("painted", "read_as", "read_error", "survives", "survives_bright")]
    rows = [[called("palette", each.palette, request),
             called("palette", each.read.thermogram.palette, request), f"{each.error:.1f}%",
             tag("b", str(surviving(view.result, each.read))) + f" / {total}",
             tag("b", str(surviving(view.result, each.bright))) + f" / {total}"] for each in done]
    pictures = {called("palette", each.palette, request): each.read for each in done}
    return side_by_side(pictures, request) + table(heads, rows)


def build(view: gr.State, own: gr.State) -> None:
    """Build the part."""
    gr.Markdown(t("infrared.attack_info"))
    go = gr.Button(t("infrared.attack_go"), elem_id="infrared-attack-go")
    answer = gr.HTML(elem_id="infrared-attack", css_template=LOOK)
    opening.connect_part(OPENING, answer)
    go.click(attack, [view, own], answer, concurrency_limit=1, show_progress="minimal",
             api_visibility="private")


OPENING = opening.Opening(
    first, lambda made, request: (note("infrared.attack_example", request)
                                  + shown(*made, request),))
