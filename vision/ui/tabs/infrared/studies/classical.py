"""The classical baseline beside the network: clusters, a threshold, moments and a machine."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.errors import UserError
from vision.ui.components.friendly import friendly
from vision.ui.components.html import clock, figure, grid, image, percent, table, tiles
from vision.ui.components.model_choice import ModelShelf
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.infrared.picture import LOOK, stage
from vision.ui.tabs.infrared.shared import View, called, needed_view
from vision.ui.text import say, t

if TYPE_CHECKING:
    import numpy as np

    from vision.checkpoints import Model
    from vision.infrared.inspection.detections import Detections
    from vision.infrared.inspection.result import Instance, Result

COMMAND = "python -m vision infrared classical --output checkpoints/infrared/classical.safetensors"
MACHINES = ModelShelf("infrared", reader="studies.classical", kept=1)


def machine() -> Model:
    """Return the machine that ships, or raise with the command that trains one."""
    if model := MACHINES.there("classical"):
        return model
    raise UserError("the classical baseline has not been trained yet", "'{command}' does it",
                    "press the button again then", command=COMMAND)


@friendly
@low_priority
def compare(view: View | None, request: gr.Request) -> Markup:
    """Return the steps of the classical way, and what it finds beside the network."""
    from vision.infrared.studies.classical import clusters, detect

    kept = needed_view(view)
    model, grey = machine(), kept.result.thermogram.grey
    start = time.perf_counter()
    found = detect(model, grey)
    seconds = time.perf_counter() - start
    said = as_result(kept.result, found, seconds)
    pictures = steps(kept, clusters(grey), said, request)
    numbers = {say("infrared.tile.by_network", request): str(len(kept.result.instances)),
               say("infrared.tile.by_classical", request): str(len(said.instances)),
               say("infrared.tile.time", request): clock(seconds)}
    accuracy = model.card.metrics.get("accuracy_on_true_masks")
    if accuracy is not None:
        numbers[say("infrared.tile.on_true_masks", request)] = percent(accuracy)
    return tiles(numbers) + pictures + rows(kept.result, said, request)


def as_result(result: Result, found: Detections, seconds: float) -> Result:
    """Return the regions in the form of a result."""
    from vision.infrared.inspection.result import Instance, Result

    assert found.masks is not None
    instances = (Instance(int(label), float(score), tuple(box.tolist()), mask, (), None, None)
                 for label, score, box, mask in zip(found.labels, found.scores, found.boxes,
                                                    found.masks, strict=True))
    return Result(result.thermogram, tuple(instances), 0, None, None, seconds)


def steps(view: View, parted: np.ndarray, said: Result, request: gr.Request | None) -> Markup:
    """Return the clusters, the hot regions, and both answers as pictures."""
    import numpy as np

    hot = np.zeros(parted.shape, bool)
    for each in said.instances:
        hot |= each.mask
    plain = {"clusters": (parted * 85).astype(np.uint8), "hot": np.uint8(255) * hot}
    cells = [figure(image(each), say(f"infrared.step_{key}", request))
             for key, each in plain.items()]
    cells += [figure(stage(result, request, brief=True), say(f"infrared.step_{key}", request))
              for key, result in (("named", said), ("network", view.result))]
    return grid(cells, 260)


def rows(network: Result, classical: Result, request: gr.Request | None) -> Markup:
    """Return what each region was called, and the device of the network that it lies on most."""
    heads = [say(f"infrared.column.{key}", request)
             for key in ("region", "score", "lies_on", "covers")]
    lines = []
    for place, each in enumerate(classical.instances, 1):
        name, share = covered(each, network, request)
        lines.append([f"{place} {called('class', each.name, request)}",
                      f"{each.score:.2f}", name, share])
    return table(heads, lines)


def covered(region: Instance, network: Result, request: gr.Request | None) -> tuple[str, str]:
    """Return the network's device that a region lies on most, and how much of it is covered."""
    shares = [float((region.mask & other.mask).sum() / max(other.mask.sum(), 1))
              for other in network.instances]
    if not any(shares):
        return "–", "–"
    best = max(range(len(shares)), key=shares.__getitem__)
    name = called("class", network.instances[best].name, request)
    return f"{best + 1} {name}", percent(shares[best])


def build(view: gr.State) -> None:
    """Build the part."""
    gr.Markdown(t("infrared.classical_info"))
    go = gr.Button(t("infrared.classical_go"), elem_id="infrared-classical-go")
    shown = gr.HTML(elem_id="infrared-classical", css_template=LOOK)
    go.click(compare, view, shown, show_progress="minimal", api_visibility="private")
