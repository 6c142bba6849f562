"""Which network sees, and the ImageNet weights that can be fetched for it."""

from __future__ import annotations

import gradio as gr

from vision.ui.components.friendly import friendly
from vision.ui.tabs.style.controls import Chosen
from vision.ui.text import say, t

PROGRESS = gr.Progress()


@friendly
def fetch(request: gr.Request, progress: gr.Progress = PROGRESS) -> tuple[str, str]:
    """Download the ImageNet weights with progress, and choose them."""
    from vision.style.features.extractor import fetch_imagenet

    fetch_imagenet(lambda share: progress(share))
    return "imagenet", say("style.fetched", request)


def extractors() -> gr.Radio:
    """Build the choice of the network that sees."""
    with gr.Row():
        extractor = gr.Radio([(t(f"style.extractor_{name}"), name)
                              for name in ("slim", "bundled", "imagenet")],
                             value=Chosen().extractor,
                             label=t("style.extractor"), info=t("style.extractor_info"),
                             elem_id="style-extractor")
        button = gr.Button(t("style.fetch"), size="sm", elem_id="style-fetch")
    said = gr.Markdown(elem_id="style-fetched")
    button.click(fetch, None, [extractor, said], show_progress_on=said, concurrency_limit=1,
                 api_visibility="private")
    return extractor
