"""A camera before a model of people: frame by frame, one stream a session, stopped with its tab."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import gradio as gr
from markupsafe import Markup

from vision.errors import UserError, cut
from vision.ui.components.events import QUIET
from vision.ui.components.friendly import friendly
from vision.ui.components.html import as_note, image
from vision.ui.components.inputs.picture_input import CameraInput
from vision.ui.components.page_files import beside, calling
from vision.ui.tabs.segmentation.portraits import shown
from vision.ui.tabs.segmentation.shared import PORTRAITS
from vision.ui.text import explain, say, t

if TYPE_CHECKING:
    import numpy as np

LONGEST = 320  # pixels of a frame's longer side
EVERY = 0.1  # seconds from one frame to the next
MOST_SECONDS = 120  # of one stream
SILENT = 5.0  # seconds without a frame, after which the rate begins anew
AT_ONCE = 3  # streams of all sessions; the others wait
KEPT = 0.8  # of the frame rate that is shown, the rest is the newest frame's
PLACE, CAMERA, START, STOP = (f"segmentation-{name}" for name in (
    "live", "camera", "camera-start", "camera-stop"))
ASK = beside(__file__, "camera_ask.js")
RUN = calling(beside(__file__, "camera_run.js"), PLACE, CAMERA, STOP)


class Stream:
    """A session's camera: one frame at a time is worked on, however many streams it opens."""

    def __init__(self) -> None:
        self.busy = threading.Lock()
        self.last, self.rate = 0.0, 0.0

    def __deepcopy__(self, memory: dict[int, Any]) -> Stream:
        return Stream()

    def tick(self, now: float) -> None:
        """Note when a frame came; a long silence begins the rate anew."""
        apart, self.last = max(now - self.last, 1e-3), now
        newest = 0.0 if apart > SILENT else 1 / apart
        self.rate = KEPT * self.rate + (1 - KEPT) * newest if self.rate and newest else newest


@friendly
def watch(frame: bytes | None, model: str | None, behind: str, other: str | None, stream: Stream,
          request: gr.Request) -> tuple[Any, Any]:
    """Return one frame with the person before something else, and what there is to say.

    The answer travels inside the page: a file of each frame would be kept for a while.
    """
    if not frame or not stream.busy.acquire(blocking=False):
        return gr.skip(), gr.skip()
    try:
        stream.tick(time.monotonic())
        return answer(frame, model, behind, other, stream.rate, request)
    finally:
        stream.busy.release()


def answer(frame: bytes, model: str | None, behind: str, other: str | None, rate: float,
           request: gr.Request | None) -> tuple[Markup, Markup]:
    """Return a frame with its background changed, or as it is, and what there is to say."""
    from vision.images import read_picture
    from vision.segmentation.portraits import LEAST, nobody, share

    picture = read_picture(frame, LONGEST)
    person, seconds = shown.found(PORTRAITS.open(model), picture)
    part = share(person)
    if part < LEAST:
        return view(picture, request), as_note(explain(nobody(part), request))
    return (view(shown.composed(picture, person, behind, other), request),
            shown.told(part, seconds, request, rate))


def view(picture: np.ndarray, request: gr.Request | None) -> Markup:
    """Return a frame as it is shown."""
    return image(picture, say("segmentation.portrait_result", request), kind="jpeg",
                 style="width:100%")


@friendly
def begin(refused: str, request: gr.Request) -> tuple[Any, Any, Any]:
    """Show the camera if the browser may use it."""
    if refused:
        raise UserError("the camera cannot be used ({reason})",
                        "a page at https or localhost may ask for it",
                        "allow it in the address bar and start again", reason=cut(str(refused)))
    return gr.update(visible=True), gr.update(visible=False), gr.update(visible=True)


def end() -> tuple[Any, Any, Any]:
    """Take the camera off the page, which lets go of it."""
    return gr.update(visible=False, value=None), gr.update(visible=True), gr.update(visible=False)


def build(inputs: list[Any]) -> None:
    """Build the camera and what comes of it; `inputs` say what to do with a frame."""
    stream, refused = gr.State(Stream(), time_to_live=3600), gr.Textbox(visible=False)
    with gr.Row(elem_id=PLACE):
        with gr.Column(scale=2, min_width=280):
            start = gr.Button(t("segmentation.camera_start"), elem_id=START)
            camera = CameraInput(
                sources=["webcam"], streaming=True, visible=False, height=220, elem_id=CAMERA,
                label=t("segmentation.camera"), webcam_options=gr.WebcamOptions(constraints={
                    "video": {"width": LONGEST, "height": LONGEST * 3 // 4,
                              "frameRate": 1 / EVERY}}))
            stop = gr.Button(t("segmentation.camera_stop"), variant="stop", visible=False,
                             elem_id=STOP)
        with gr.Column(scale=3, min_width=320):
            seen = gr.HTML(elem_id="segmentation-camera-view", min_height=0)
            said = gr.HTML(elem_id="segmentation-camera-said", min_height=0)
    start.click(begin, refused, [camera, start, stop], js=ASK, **QUIET).success(
        None, None, None, js=RUN)
    stop.click(end, None, [camera, start, stop], **QUIET)
    camera.stream(watch, [camera, *inputs, stream], [seen, said], stream_every=EVERY,
                  time_limit=MOST_SECONDS, concurrency_limit=AT_ONCE,
                  concurrency_id="camera", show_progress="hidden", api_visibility="private")
