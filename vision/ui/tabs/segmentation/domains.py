"""Streets or portraits: two domains with models and examples of their own, and the way across."""

from __future__ import annotations

from typing import Any

import gradio as gr

from vision.ui.components.model_choice import ModelShelf
from vision.ui.shell.files import own
from vision.ui.tabs.segmentation.shared import MODELS, PORTRAITS, View, examples
from vision.ui.text import say, t

STREETS, PEOPLE = "streets", "portraits"
SHELVES: dict[str, ModelShelf] = {STREETS: MODELS, PEOPLE: PORTRAITS}
PHOTOGRAPHS = ("astronaut.png", "camera.png")  # scikit-image's, with a person each


def portraits() -> list[str]:
    """Return the portraits that scikit-image brings along."""
    return own.photographs(PHOTOGRAPHS)


def domain_of(model: str | None) -> str:
    """Return what a model is for; one's own counts as one of streets, which it begins with."""
    return PEOPLE if model in PORTRAITS.names() else STREETS


def other_than(domain: str) -> str:
    """Return the other domain."""
    return PEOPLE if domain == STREETS else STREETS


def enter(domain: str) -> tuple[Any, ...]:
    """Return the first model of a domain, with the first example and its truth, if it has one."""
    pairs: list[Any] = (examples() if domain == STREETS
                        else [[path, None] for path in portraits()])
    return SHELVES[domain].first(), *(pairs[0] if pairs else (gr.skip(), None))


def cross(model: str | None) -> str | None:
    """Return the first model of the other domain."""
    return SHELVES[other_than(domain_of(model))].first()


def follow(model: str | None) -> tuple[Any, ...]:
    """Return the domain of the chosen model, and which row of examples that shows."""
    domain = domain_of(model)
    return domain, *(gr.Column(visible=domain == each) for each in SHELVES)


def readable(domain: str, model: str | None) -> Any:
    """Leave the truth as it is, but empty for a model that knows another domain's classes."""
    return gr.skip() if domain_of(model) == domain else None


def offer(view: View | None, model: str | None, request: gr.Request) -> Any:
    """Offer the other domain where a model does not know such pictures."""
    domain = other_than(domain_of(model))
    strange = view is not None and view.strange and SHELVES[domain].first() is not None
    return gr.Button(say(f"segmentation.cross_to_{domain}", request), visible=bool(strange))


def switch() -> gr.Radio:
    """Build the choice of the domain."""
    return gr.Radio([(t(f"segmentation.domain_{name}"), name) for name in SHELVES], value=STREETS,
                    label=t("segmentation.domain"), show_label=False, container=False,
                    elem_id="segmentation-domain")


def crossing() -> gr.Button:
    """Build the button that appears where the other domain fits better."""
    return gr.Button(visible=False, size="sm", elem_id="segmentation-cross")
