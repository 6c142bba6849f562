"""A detector's model card, with what it reaches on real pictures and on drawn ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.ui.components.friendly import friendly
from vision.ui.components.html import grouped
from vision.ui.components.model_card import card_markdown, in_manner
from vision.ui.tabs.infrared.shared import MODELS
from vision.ui.text import say

if TYPE_CHECKING:
    from vision.checkpoints import Card


@friendly
def show_card(model: str, own: str | None, request: gr.Request) -> str:
    """Return the model card of the chosen detector."""
    from vision.infrared.models import ARCHITECTURES

    loaded = MODELS.open(model, own)
    card = loaded.card
    parameters = sum(part.numel() for part in loaded.module.parameters())
    text = card_markdown(card, ARCHITECTURES[card.arch].link,
                         {"parameters": grouped(parameters, request)}, request)
    facts = (*on_real_pictures(card.metrics, request), *on_drawn_ones(card))
    text += "".join(f"\n| {say(f'infrared.card.{name}', request)} | {in_manner(shown, request)} |"
                    for name, shown in facts)
    return "\n\n".join([text, *card.metrics.get("findings", [])])


def on_real_pictures(metrics: dict[str, Any], request: gr.Request | None
                     ) -> Iterable[tuple[str, str]]:
    """Yield what a detector reaches on real thermograms, each number with its interval."""
    if "real_ap50" not in metrics:
        return

    def told(name: str) -> str:
        return "{value:.2f} ({low:.2f}–{high:.2f})".format(**metrics[f"real_{name}"])

    yield "real_on", say("infrared.card.real_pictures", request,
                         devices=str(metrics["real_devices"]),
                         pictures=str(metrics["real_pictures"]))
    yield "real_ap50", told("ap50")
    yield "real_groups", f"{metrics['real_ap50_groups']:.2f}"
    yield "real_shown", say("infrared.card.real_found", request, recall=told("recall"),
                            precision=told("precision"),
                            threshold=f"{metrics['real_threshold']:.2f}")
    if metrics.get("real_mask_matched"):
        yield "real_masks", say("infrared.card.real_mask_iou", request, iou=told("mask_iou"),
                                devices=str(metrics["real_mask_matched"]))


def on_drawn_ones(card: Card) -> Iterable[tuple[str, str]]:
    """Yield what a detector reaches on drawn thermograms, by size and without its mistakes, too."""
    from vision.infrared.measures.average_precision import SIZES
    from vision.infrared.measures.error_analysis import MENDED

    metrics = card.metrics
    for name in ("mask_AP50", "mask_AP", "box_AP"):
        if metrics.get(name) is not None:
            yield name, f"{metrics[name]:.3f} ({card.data['val']})"
    for name, kinds in {"mask_AP_by_size": SIZES, "box_AP_by_size": SIZES,
                        "box_AP_without_mistakes": MENDED}.items():
        if metrics.get(name):
            yield name, in_a_row(metrics[name], kinds)


def in_a_row(found: dict[str, float | None], kinds: Iterable[str]) -> str:
    """Return the precision of each kind, in this order."""
    known = [found.get(kind) for kind in kinds]
    return " · ".join("–" if ap is None else f"{ap:.3f}" for ap in known)
