"""The theory lab: two tiny nets play on a line or on a plane, and every claim can be watched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from vision.ui.components.events import LIVE, QUIET
from vision.ui.components.figures.colours import GREEN
from vision.ui.components.friendly import friendly
from vision.ui.components.html import wipeable
from vision.ui.components.inputs.drawing_board import DrawingBoard
from vision.ui.components.opening import opened
from vision.ui.components.page_files import beside
from vision.ui.shell.turns import Turns
from vision.ui.tabs.gan.lab_bench import DRAWN, PLANES, SKETCHED, Bench, Scene, Wish
from vision.ui.tabs.gan.lab_controls import FAIR, UNFAIR, nets, rules
from vision.ui.text import say, t

LONGEST = 90  # seconds of one run
GREETING = 8  # seconds that the game plays by itself for whoever opens it
AT_ONCE = 16  # runs that go on; they take turns, a frame each
TURNS = Turns(2)
FRAME = 0.04  # seconds of play from one picture to the next
SLOW = 1.5  # seconds from one half of a round to the next in slow motion
LITTLE_MOTION = beside(__file__, "little_motion.js")  # what the visitor's system says
PLACES = ("gaussian", "two humps", "uniform", "spikes", DRAWN, *PLANES)


@friendly
def run(request: gr.Request, bench: Bench, *values: Any) -> Iterator[Scene]:
    """Play until stopped, and show the game as often as the page can draw it."""
    yield from played(request, bench, Wish(*values), LONGEST)


@friendly
def greet(request: gr.Request, bench: Bench, little_motion: bool, *values: Any
          ) -> Iterator[Any]:
    """Play for a while where nobody has played yet, unless they asked for little motion."""
    yield gr.skip(), gr.skip()  # without an answer the page would empty both
    if not little_motion and bench.game and not bench.game.players.rounds and bench.run is None:
        yield from played(request, bench, Wish(*values), GREETING)


def played(request: gr.Request, bench: Bench, wish: Wish, seconds: float) -> Iterator[Scene]:
    """Play until stopped, at most so long, and yield what there is to see."""
    for _ in going_on(bench, wish, seconds):
        with TURNS.turn():
            bench.play(FRAME)
            scene = bench.show(request)
        yield scene


@friendly
def slowly(request: gr.Request, bench: Bench, *values: Any) -> Iterator[Scene]:
    """Play half a round at a time until stopped: D's steps, then those of G."""
    for _ in going_on(bench, Wish(*values)):
        with TURNS.turn():
            bench.play_half()
            scene = bench.show(request)
        yield scene
        time.sleep(SLOW)


def going_on(bench: Bench, wish: Wish, seconds: float = LONGEST) -> Iterator[None]:
    """Go on with the game that is wished for, until it is stopped or another run begins."""
    bench.prepare(wish)
    mine = bench.run = object()
    end = time.monotonic() + seconds
    while bench.run is mine and time.monotonic() < end:
        yield


@friendly
def step(request: gr.Request, bench: Bench, *values: Any) -> Scene:
    """Play one round and show it."""
    stop(bench)
    bench.prepare(Wish(*values))
    bench.play(0)
    return bench.show(request)


@friendly
def half(request: gr.Request, bench: Bench, *values: Any) -> Scene:
    """Play half a round and show what it changed."""
    stop(bench)
    bench.prepare(Wish(*values))
    bench.play_half()
    return bench.show(request)


@friendly
def reset(request: gr.Request, bench: Bench, *values: Any) -> Scene:
    """Begin again with untrained nets."""
    stop(bench)
    bench.key = ()
    bench.prepare(Wish(*values))
    return bench.show(request)


@friendly
def begin(request: gr.Request, bench: Bench, *values: Any) -> Scene:
    """Show the game as it stands, untrained where nobody has played yet."""
    return bench.show(request) if bench.game else reset(request, bench, *values)


def stop(bench: Bench) -> None:
    """Ask the running game to pause."""
    bench.run = None


def leave(bench: Bench, request: gr.Request) -> Scene:
    """Leave a game whose place is not chosen any more."""
    stop(bench)
    return "", say("gan.lab_empty", request)


def steer(bench: Bench, k: float, generator_steps: float, rate_g: float, rate_d: float, loss: str
          ) -> None:
    """Tell the running game where the sliders are now."""
    bench.wishes = {"k": int(k), "generator_steps": int(generator_steps),
                    "rate_g": rate_g / 1000, "rate_d": rate_d / 1000, "loss": loss}


def provoke(place: str) -> tuple[Any, ...]:
    """Set the controls so that G collapses: ten steps of G for each of D."""
    return place if place in PLANES else PLANES[0], *UNFAIR, "none"


def heal(place: str) -> tuple[Any, ...]:
    """Set the controls so that a collapsed G recovers: a fair game, and a D with gentle slopes."""
    return place if place in PLANES else PLANES[0], *FAIR, "gradient penalty"


def build() -> None:
    """Build the part."""
    shows, bench = opened(), gr.State(Bench())
    with gr.Row(elem_classes=["lab-beside"]):
        with gr.Column(scale=2, min_width=280):
            place = gr.Dropdown([(t(f"gan.place_{name.replace(' ', '_')}"), name)
                                 for name in PLACES], value="gaussian", label=t("gan.place"),
                                info=t("gan.place_info"), elem_id="gan-place")
            boards, drawings = hand_drawn()
            with gr.Row():
                play = gr.Button(t("gan.run"), variant="primary", elem_id="gan-run", min_width=80)
                one = gr.Button(t("gan.step"), elem_id="gan-step", min_width=80)
                pause = gr.Button(t("app.stop"), variant="stop", elem_id="gan-stop", min_width=80)
                again = gr.Button(t("gan.reset"), elem_id="gan-reset", min_width=80)
            with gr.Row():
                slow = gr.Button(t("gan.slow"), elem_id="gan-slow", min_width=120)
                part = gr.Button(t("gan.half"), elem_id="gan-half", min_width=120)
            with gr.Column(elem_classes=["lab-later"]):
                gr.Markdown(t("gan.collapse_info"))
                with gr.Row():
                    fall = gr.Button(t("gan.collapse_go"), elem_id="gan-fall", min_width=120)
                    rise = gr.Button(t("gan.cure_go"), elem_id="gan-rise", min_width=120)
                *sliders, cure, seed = rules()
                with gr.Accordion(t("gan.nets"), open=False, elem_id="gan-nets"):
                    shape = nets()
        with gr.Column(scale=3, min_width=320):
            numbers = gr.HTML(t("gan.lab_empty"), elem_id="gan-lab-numbers")
            scene = gr.HTML(elem_id="gan-scene", min_height=0)
    inputs = [bench, place, *drawings, *sliders, cure, seed, *shape]
    outputs = [scene, numbers]
    running: dict[str, Any] = {"inputs": inputs, "outputs": outputs,
                               "concurrency_limit": AT_ONCE, "concurrency_id": "lab",
                               "show_progress": "hidden", "api_visibility": "private"}
    shown: dict[str, Any] = {"inputs": inputs, "outputs": outputs, "show_progress": "hidden",
                             "api_visibility": "private"}
    play.click(run, **running)
    slow.click(slowly, **running)
    shows(begin, **shown).success(
        greet, **running | {"inputs": [bench, gr.Checkbox(visible=False), *inputs[1:]]},
        js=LITTLE_MOTION)
    one.click(step, **shown)
    part.click(half, **shown)
    gr.on([again.click, cure.input, seed.change, *(drawing.input for drawing in drawings),
           *(control.change for control in shape)], reset, **shown, trigger_mode="always_last")
    place.change(lambda place: [gr.Column(visible=place == each) for each in (DRAWN, SKETCHED)],
                 place, boards, **QUIET)
    place.input(leave, bench, outputs, queue=False, api_visibility="private")
    pause.click(stop, bench, None, queue=False, api_visibility="private")
    gr.on([slider.input for slider in sliders], steer, [bench, *sliders], None, **LIVE)
    fall.click(provoke, place, [place, *sliders, cure], **QUIET).success(
        reset, **shown).success(run, **running)
    rise.click(heal, place, [place, *sliders, cure], **QUIET).success(run, **running)


def hand_drawn() -> tuple[list[gr.Column], list[DrawingBoard]]:
    """Build the boards on which p_data is drawn, on the line and on the plane, unseen at first."""
    with gr.Column(visible=False) as line:
        gr.Markdown(t("gan.density_info"))
        density = wipeable(DrawingBoard(columns=320, rows=120, width=4, colour=GREEN,
                                        elem_id="gan-density",
                                        below="<span>−4</span><span>x</span><span>4</span>"))
    with gr.Column(visible=False) as plane:
        gr.Markdown(t("gan.sketch_info"))
        sketch = wipeable(DrawingBoard(columns=240, rows=240, width=14, colour=GREEN,
                                       elem_id="gan-sketch",
                                       below="<span>−3</span><span>x</span><span>3</span>"))
    return [line, plane], [density, sketch]
