"""The architectures as a family tree: what each one added, what it costs, how good it is here."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision import checkpoints
from vision.ui.components import button_choice, clicks, names
from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, percent, short, tiles
from vision.ui.components.markup import joined, tag
from vision.ui.components.opening import opened
from vision.ui.components.page_files import scroll_to
from vision.ui.tabs.segmentation import pretrained
from vision.ui.tabs.segmentation.shared import MODELS
from vision.ui.text import language_of, say, t, words

if TYPE_CHECKING:
    from vision.registry import Entry


def tree() -> Markup:
    """Return all architectures as nested lists of buttons, each under the one it carries on."""
    from vision.segmentation.models import ARCHITECTURES

    under: dict[str | None, list[Entry]] = {}
    for entry in sorted(ARCHITECTURES, key=lambda entry: (entry.year, entry.name)):
        above = entry.facts.get("after")
        under.setdefault(above if above in ARCHITECTURES.names() else None, []).append(entry)
    return tag("div", branch(None, under), class_="lab-family")


def branch(above: str | None, under: dict[str | None, list[Entry]]) -> Markup:
    """Return the list of what carries on one architecture, and of what carries on that."""
    items = [tag("li", tag("button", tag("b", names.network(entry.name)), " ",
                           tag("small", str(entry.year)), type="button",
                           data_arch=entry.name, aria_pressed="false"),
                 branch(entry.name, under)) for entry in under.get(above, [])]
    return tag("ul", *items) if items else Markup()


@friendly
def clicked(request: gr.Request, event: gr.EventData) -> tuple[str, Any]:
    """Tell of the architecture that was clicked, and choose its model if there is one."""
    from vision.segmentation.models import ARCHITECTURES

    arch = clicks.clicked(event, "arch")
    if arch not in ARCHITECTURES.names():
        raise clicks.nothing_clicked()
    return told(arch, request)


def told(arch: str, request: gr.Request | None) -> tuple[str, Any]:
    """Return what is known of an architecture, and what becomes of the choice of model."""
    from vision.segmentation.models import ARCHITECTURES

    entry = ARCHITECTURES[arch]
    ships = MODELS.of(arch)
    facts, measured_on = {"year": str(entry.year), **costs(arch)}, ""
    if ships:
        card = checkpoints.read_card(ships[0])
        facts["miou"] = percent(card.metrics.get("mIoU"))
        measured_on = names.data(str(card.data.get("val", "")), request)
    named = {say(f"segmentation.family_{name}", request, val=measured_on): value
             for name, value in facts.items()}
    named |= {say("segmentation.family_pretrained", request,
                  name=MODELS.called(pair.pretrained, request)): pretrained.added(pair)
              for pair in pretrained.shipped() if pair.arch == arch}
    paper = tag("a", say("segmentation.family_paper", request), href=entry.link,
                target="_blank", rel="noopener")
    lines = [tag("h3", names.network(entry.name)),
             tag("p", idea_of(entry, request), " ", paper), tiles(named)]
    if not ships:
        lines.append(note("segmentation.family_missing", request, arch=arch))
    chosen = next((path.stem for path in ships if MODELS.offers(path)), None)
    return joined(lines), gr.update(value=chosen) if chosen else gr.skip()


def idea_of(entry: Entry, request: gr.Request | None) -> str:
    """Return what is new about an architecture, in the reader's language if a text says it."""
    return words(language_of(request)).get(f"segmentation.idea.{entry.name}", entry.idea)


@functools.lru_cache(maxsize=64)
def costs(arch: str) -> dict[str, str]:
    """Return parameters of both sizes, and the work of the small one, built without memory."""
    import torch

    from vision.images import working_size
    from vision.segmentation.leaderboard import PICTURE, gmacs, parameters
    from vision.segmentation.models import ARCHITECTURES, dimensions

    with torch.device("meta"):
        small, paper = (ARCHITECTURES.build(arch, classes=11, size=size).eval()
                        for size in ("compact", "paper"))
    found = {"small": short(parameters(small)), "paper_size": short(parameters(paper))}
    if dimensions(arch) == 2:
        size = working_size(PICTURE, 288)
        found["gmacs"] = f"{gmacs(small, (3, *size)):.1f}"
    return found


def build(model: gr.Dropdown) -> None:
    """Build the part; it is filled when it is opened, and a click chooses the tab's model."""
    shows = opened()
    gr.Markdown(t("segmentation.family_info"))
    with gr.Row():
        with gr.Column(scale=3, min_width=300):
            shown = gr.HTML(js_on_load=button_choice.one_of("arch"), elem_id="segmentation-family")
        with gr.Column(scale=2, min_width=280):
            facts = gr.HTML(t("segmentation.family_choose"), elem_id="segmentation-family-facts")
    shows(tree, None, shown, **QUIET)
    shown.click(clicked, None, [facts, model], **QUIET).success(
        None, None, None, js=scroll_to("segmentation-family-facts"))
