"""Masks never taught: one detector with three mask branches, two of which lacked some classes."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision import checkpoints
from vision.errors import UserError
from vision.ui.components import opening
from vision.ui.components.friendly import friendly
from vision.ui.components.html import note, table
from vision.ui.lessons.exercises import LATEX
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.infrared.example_views import NEVER, example_view
from vision.ui.tabs.infrared.picture import LOOK, side_by_side
from vision.ui.tabs.infrared.shared import FIRST, MODELS, View, called, needed_view
from vision.ui.text import say, say_list, t

if TYPE_CHECKING:
    from vision.checkpoints import Card, Model
    from vision.infrared.inspection.result import Result
    from vision.infrared.studies.mask_branches import Taught

BRANCHES = ("masks-agnostic", "masks-transferred")


@functools.lru_cache(maxsize=2)
def branched_at(path: Path, changed: float, detector: Path, since: float) -> Model:
    """Return the shipped detector with another branch, made once for each version of both."""
    from vision.infrared.studies.mask_branches import with_branch

    return with_branch(MODELS.at(detector), path)


def cards() -> dict[str, Card]:
    """Return the cards of the detector and of the branches that ship, by name."""
    return {path.stem: checkpoints.read_card(path) for path in checkpoints.readable("infrared")
            if path.stem in (FIRST, *BRANCHES)}


def missing(found: dict[str, Card]) -> str | None:
    """Return the first of the three files that is not among those found."""
    return next((name for name in (FIRST, *BRANCHES) if name not in found), None)


def needed_cards() -> dict[str, Card]:
    """Return all three cards, or raise if a file has gone since the page was built."""
    found = cards()
    if name := missing(found):
        raise UserError("the mask branch '{name}' is not here",
                        "'python -m vision infrared recipes --names {name}' trains it",
                        "run it, then press the button again", name=name)
    return found


def models() -> dict[str, Model]:
    """Return the three detectors, which differ only in their mask branches."""
    whole = MODELS.path_of(FIRST)
    since = checkpoints.version(whole)
    others = {name: MODELS.file(name) for name in BRANCHES}
    return {FIRST: MODELS.at(whole)} | {
        name: branched_at(path, checkpoints.version(path), whole, since)
        for name, path in others.items()}


@friendly
@low_priority
def compare(view: View | None, request: gr.Request) -> Iterator[Markup]:
    """Show the same devices with each branch's masks, one after the other, and what cards say."""
    kept, known = needed_view(view), needed_cards()
    yield measures(known, request)
    done: dict[str, Result] = {}
    for name, result in answers(kept):
        done[name] = result
        yield shown(done, known, request)


def answers(view: View) -> Iterator[tuple[str, Result]]:
    """Yield what the detector says with each branch."""
    from vision.infrared.predict import Settings, predict

    for name, model in models().items():
        yield name, predict(model, view.result.thermogram, Settings(view.result.threshold))


def shown(done: dict[str, Result], known: dict[str, Card], request: gr.Request | None) -> Markup:
    """Return the answers so far side by side, how alike they are, and what the cards say."""
    named = {called("branch", each, request): result for each, result in done.items()}
    return (side_by_side(named, request) + rows(done, never_taught(known), request)
            + measures(known, request))


def never_taught(known: dict[str, Card]) -> tuple[str, ...]:
    """Return the classes that two of the branches never had a mask of."""
    return tuple(known[BRANCHES[0]].data["without_masks"])


def first() -> dict[str, Result] | None:
    """Return the answers to the example that opens this part."""
    view = example_view(NEVER)
    return dict(answers(view)) if view else None


def rows(done: dict[str, Result], never: tuple[str, ...], request: gr.Request | None) -> Markup:
    """Return for each device how much of the fully taught mask the other branches have."""
    from vision.infrared.inspection.matching import shared_mask

    full, *others = done.values()
    if not full.instances:
        return note("infrared.no_device", request)
    heads = [say(f"infrared.column.{name}", request) for name in ("device", "has_masks")]
    heads += [called("branch", name, request) for name in list(done)[1:]]
    return table(heads, [
        [f"{place + 1} {called('class', each.name, request)}",
         say(f"infrared.{'never' if each.name in never else 'seen'}", request),
         *(f"{shared_mask(each.mask, other.instances[place].mask):.2f}" for other in others)]
        for place, each in enumerate(full.instances)])


def measures(known: dict[str, Card], request: gr.Request | None) -> Markup:
    """Return the table of mask AP on the held-out scenes, from the cards."""
    from vision.infrared.studies.mask_branches import taught

    never = never_taught(known)
    reached = {name: taught(card, never) for name, card in known.items()}
    baseline = reached["masks-agnostic"]
    heads = [say(f"infrared.column.{name}", request)
             for name in ("branch", "ap_seen", "ap_never", "ratio")]
    body = [[called("branch", name, request), f"{each.seen:.3f}", f"{each.never:.3f}",
             times(each, baseline)] for name, each in reached.items()]
    names = say_list((called("class", name, request) for name in never), request)
    return (table(heads, body) + note("infrared.never_taught", request, classes=names,
                                      data=known[FIRST].data["val"]))


def times(each: Taught, baseline: Taught) -> str:
    """Return how a branch does on classes without masks, beside the baseline."""
    return "1" if each is baseline else f"{each.never / max(baseline.never, 1e-9):.2f}×"


def build(view: gr.State) -> None:
    """Build the part."""
    gr.Markdown(t("infrared.masks_info"), latex_delimiters=LATEX)
    go = gr.Button(t("infrared.masks_go"), elem_id="infrared-masks-go")
    answer = gr.HTML(elem_id="infrared-masks", css_template=LOOK)
    opening.connect_part(OPENING, answer)
    go.click(compare, view, answer, concurrency_limit=1, show_progress="minimal",
             api_visibility="private")


OPENING = opening.Opening(
    first, lambda done, request: (note("infrared.masks_example", request)
                                  + shown(done, needed_cards(), request),))
