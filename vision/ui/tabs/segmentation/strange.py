"""What is said of a picture that a model does not know, and of one without a ground truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gradio as gr
from markupsafe import Markup

from vision.ui.components import names
from vision.ui.components.html import as_note, note
from vision.ui.tabs.segmentation.headline import headline
from vision.ui.tabs.segmentation.portraits import shown as portraits_shown
from vision.ui.text import explain

if TYPE_CHECKING:
    from vision.ui.tabs.segmentation.judged import Judged


def told(done: Judged, request: gr.Request | None) -> Markup:
    """Return that a picture is not of the kind that its model knows; nothing if it is."""
    from vision.segmentation.portraits import nobody

    if not done.view.strange:
        return Markup()
    if done.person is not None:
        return as_note(explain(nobody(done.person), request))
    if done.usual is None or done.familiarity is None:
        return Markup()
    return note("segmentation.no_street", request, here=f"{done.familiarity:.1f}",
                usual=f"{done.usual.score:.1f}", lowest=f"{done.usual.lowest:.1f}",
                split=names.data(done.usual.split, request))


def numbers(done: Judged, request: gr.Request | None) -> str:
    """Return how right a result is; without a ground truth, how large the person is, if any."""
    scores = done.view.scores
    if scores and done.outlines is not None:
        return headline(scores, done.outlines, done.seconds, request)
    if done.person is not None:
        return portraits_shown.told(done.person, done.seconds, request)
    return note("segmentation.no_truth", request)
