"""Surfaces of their own: emissivity and reflected temperature for a device, or where one paints.

What is set here stays with the picture when it is detected again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.errors import UserError
from vision.ui.components import clicks
from vision.ui.components.friendly import friendly
from vision.ui.shell.answers.shared import content
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.infrared.shared import View, needed_view, titled
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np

    from vision.infrared.thermogram.thermogram import Patch

MOST_PATCHES, MOST_POINTS = 40, 2000


def digest(picture: str) -> str:
    """Return what tells a picture from all others, whatever its file is called."""
    return content(picture) if Path(picture).is_file() else picture


@dataclass(frozen=True, eq=False)
class Patches:
    """The surfaces that were set in one picture; they belong to no other."""

    picture: str = ""  # its digest
    patches: tuple[Patch, ...] = ()

    def on(self, picture: str, size: tuple[int, ...]) -> tuple[Patch, ...]:
        """Return those of a picture of a size (H, W)."""
        if not self.patches or digest(picture) != self.picture:
            return ()
        return tuple(patch for patch in self.patches if patch.mask.shape == size)

    def named(self, picture: str) -> str:
        """Return what tells the surfaces of a picture from all others, "" if it has none."""
        if not self.patches or digest(picture) != self.picture:
            return ""
        told = (f"{patch.emissivity} {patch.reflected} {patch.mask.shape}".encode()
                + patch.mask.tobytes() for patch in self.patches)
        return hashlib.sha256(b"".join(told)).hexdigest()


def with_patch(patches: Patches, view: View, mask: np.ndarray, emissivity: float,
               reflected: float | None) -> Patches:
    """Return the patches with one more."""
    from vision.infrared.thermogram.thermogram import Patch, check_surface

    check_surface(emissivity, reflected)
    there = patches.on(view.picture, mask.shape)
    if len(there) >= MOST_PATCHES:
        raise UserError("the picture has {count} surfaces already", "up to {most} are accepted",
                        "take some back", count=len(there), most=MOST_PATCHES)
    around = 20.0 if reflected is None else reflected
    return Patches(digest(view.picture), (*there, Patch(mask, emissivity, around)))


def resurfaced(view: View, patches: Patches) -> View:
    """Return a view whose temperatures and verdicts follow from other surfaces."""
    from vision.infrared.inspection.certainty import with_certainty
    from vision.infrared.inspection.inspect import rejudged

    plain = view.result.thermogram.uncorrected
    there = patches.on(view.picture, plain.grey.shape)
    known = view.measured
    corrected = plain.corrected(known.emissivity, known.reflected, there)
    return replace(view, result=with_certainty(rejudged(view.result, corrected, known.air)))


@friendly
@low_priority
def on_device(view: View | None, patches: Patches, place: int | None, own: float,
              mirrored: float | None) -> tuple[View, Patches]:
    """Give one device a surface of its own."""
    known = needed_view(view)
    if place is None or not 0 <= place < len(known.result.instances):
        raise UserError("no device is chosen", "a device of the last detection is accepted",
                        "click one in the picture")
    mask = known.result.instances[place].mask
    more = with_patch(patches, known, mask, own, mirrored)
    return resurfaced(known, more), more


@friendly
@low_priority
def on_stroke(view: View | None, patches: Patches, width: float, own: float,
              mirrored: float | None, event: gr.EventData) -> tuple[View, Patches]:
    """Give what was painted over a surface of its own."""
    known = needed_view(view)
    points = clicks.pairs(event, "stroke")
    if not points or len(points) > MOST_POINTS:
        raise clicks.nothing_clicked()
    mask = stroke(points, width, known.result.thermogram.grey.shape)
    more = with_patch(patches, known, mask, own, mirrored)
    return resurfaced(known, more), more


def stroke(points: list[list[float]], width: float, size: tuple[int, ...]) -> np.ndarray:
    """Return the pixels (H, W) under a brush of a width that followed points (x, y)."""
    import cv2
    import numpy as np

    drawn = np.zeros(size[:2], np.uint8)
    line = np.array(points).round().astype(np.int32)[:, None]
    cv2.polylines(drawn, [line], False, 1, max(1, round(width)))
    return drawn.astype(bool)


@friendly
@low_priority
def undo(view: View | None, patches: Patches) -> tuple[View, Patches]:
    """Take the last surface back."""
    known = needed_view(view)
    there = patches.on(known.picture, known.result.thermogram.grey.shape)
    if not there:
        raise UserError("no surface was set in this picture", "",
                        "set one for a device or paint one first")
    fewer = Patches(digest(known.picture), there[:-1])
    return resurfaced(known, fewer), fewer


def choices(view: View | None, request: gr.Request | None) -> gr.Dropdown:
    """Return the devices of a detection as a choice."""
    found = [(f"{place + 1} {titled(each, request)}", place)
             for place, each in enumerate(view.result.instances)] if view else []
    return gr.Dropdown(choices=found, value=found[0][1] if found else None)


@friendly
def chosen(view: View | None, event: gr.EventData) -> int:
    """Return the number of the device that was clicked."""
    return clicks.place(event, "device", len(needed_view(view).result.instances))


def listed(patches: Patches, request: gr.Request) -> str:
    """Return how many surfaces were set, and with which emissivity."""
    if not patches.patches:
        return ""
    return say("infrared.surfaces_set", request, count=len(patches.patches),
               values=", ".join(f"ε {patch.emissivity:.2f}" for patch in patches.patches))


def build() -> dict[str, Any]:
    """Build the controls and return them by name."""
    with gr.Accordion(t("infrared.surfaces"), open=False, elem_id="infrared-surfaces"):
        gr.Markdown(t("infrared.surfaces_info"))
        device = gr.Dropdown([], label=t("infrared.surface_device"), min_width=180,
                             info=t("infrared.surface_device_info"),
                             elem_id="infrared-surface-device")
        with gr.Row():
            own = gr.Slider(0.1, 1, 0.6, step=0.01, label=t("infrared.surface_emissivity"),
                            info=t("infrared.surface_emissivity_info"), min_width=180,
                            elem_id="infrared-surface-emissivity")
            mirrored = gr.Number(20, label=t("infrared.reflected"), min_width=140,
                                 info=t("infrared.reflected_info"),
                                 elem_id="infrared-surface-reflected")
        with gr.Row():
            apply = gr.Button(t("infrared.surface_go"), size="sm", min_width=140,
                              elem_id="infrared-surface-go")
            back = gr.Button(t("infrared.surface_undo"), size="sm", min_width=140,
                             elem_id="infrared-surface-undo")
        brush = gr.Checkbox(False, label=t("infrared.brush"), info=t("infrared.brush_info"),
                            elem_id="infrared-brush")
        width = gr.Slider(1, 60, 12, step=1, label=t("infrared.brush_width"),
                          info=t("infrared.brush_width_info"), elem_id="infrared-brush-width")
        said = gr.Markdown(elem_id="infrared-surfaces-set")
    return {"device": device, "own": own, "mirrored": mirrored, "apply": apply, "back": back,
            "brush": brush, "width": width, "said": said}
