"""A segmentation model's card, with what it costs and how good it is."""

from __future__ import annotations

import gradio as gr

from vision import checkpoints
from vision.ui.components import names
from vision.ui.components.friendly import friendly
from vision.ui.components.html import grouped
from vision.ui.components.model_card import card_markdown
from vision.ui.tabs.segmentation.shared import BOTH
from vision.ui.tabs.segmentation.studies.compare import TIMES, row_at
from vision.ui.text import say


@friendly
def show_card(model: str, own: str | None, request: gr.Request) -> str:
    """Return the model card of the chosen model, with what it costs."""
    from vision.segmentation.looks import looks
    from vision.segmentation.models import ARCHITECTURES

    path = BOTH.path_of(model, own)
    card, row = checkpoints.read_card(path), row_at(path, checkpoints.version(path), TIMES)
    entry = ARCHITECTURES[card.arch]
    facts = {"year": str(entry.year), "parameters": grouped(row.parameters, request),
             "gmacs": f"{row.gmacs:.2f}", "ms": f"{row.milliseconds:.0f}"}
    if len(seen := looks(card.preprocess)) > 1:
        sizes = ", ".join(str(size) for size in dict.fromkeys(one.short_side for one in seen))
        kind = "mirrored" if any(one.mirrored for one in seen) else "straight"
        facts["looks"] = say(f"segmentation.looks_{kind}", request, count=len(seen), sizes=sizes)
    for name in ("mIoU", "mIoU_once", "PA"):
        if card.metrics.get(name) is not None:
            val = names.data(card.data["val"], request)
            facts[name] = f"{100 * card.metrics[name]:.1f}% ({val})"
    return card_markdown(card, entry.link, facts, request)
