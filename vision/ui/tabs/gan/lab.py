"""The theory lab: two tiny nets play on a line or on a plane, and every claim can be watched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from vision.ui.components.colours import GREEN
from vision.ui.components.drawing_board import DrawingBoard
from vision.ui.components.friendly import friendly
from vision.ui.components.html import wipeable
from vision.ui.components.opening import opened
from vision.ui.shell.turns import Turns
from vision.ui.tabs.gan import lab_scene
from vision.ui.tabs.gan.shared import ink_of
from vision.ui.text import say, t

if TYPE_CHECKING:
    from vision.gan.lab import Flat, Line, Settings
    from vision.gan.theory import View

LONGEST = 90  # seconds of one run
AT_ONCE = 16  # runs that go on; they take turns, a frame each
TURNS = Turns(2)
FRAME = 0.04  # seconds of play from one picture to the next
DRAWN = "drawn"
PLANES = ("ring", "grid")
PLACES = ("gaussian", "two humps", "uniform", "spikes", DRAWN, *PLANES)
FAIR = (1, 1, 1.0, 5.0, "non-saturating")  # k, steps of G, rates ×10³, loss
UNFAIR = (1, 10, 1.0, 5.0, "non-saturating")
Scene = tuple[str, str]


class Bench:
    """The game of one session, its way so far, and what its sliders say while it runs."""

    def __init__(self) -> None:
        self.game: Line | Flat | None = None
        self.key: tuple[Any, ...] = ()
        self.history: lab_scene.History = []
        self.wishes: dict[str, Any] = {}
        self.run: object | None = None  # the run that may play; a new one takes its place
        self.busy = threading.Lock()

    def __deepcopy__(self, memory: dict[int, Any]) -> Bench:
        return Bench()

    def play(self, seconds: float) -> None:
        """Play at least one round, with what is wished for."""
        from vision.gan.lab import play_for
        from vision.gan.one_core import on_one_core

        assert self.game is not None
        with self.busy:
            players = self.game.players
            players.turn(replace(players.settings, **self.wishes))
            on_one_core(play_for, self.game, seconds)

    def show(self, request: gr.Request | None) -> Scene:
        """Return the picture and the numbers of the game as it stands."""
        from vision.gan.lab import PlaneView
        from vision.gan.one_core import on_one_core

        assert self.game is not None
        with self.busy:
            look: Callable[[], View | PlaneView] = self.game.view
            view = on_one_core(look)
            if isinstance(view, PlaneView):
                self.history.append((view.rounds, view.found))
                return (lab_scene.plane_scene(view, self.history, request),
                        lab_scene.plane_facts(view, request))
            self.history.append((view.rounds, view.value, view.value_best))
            return (lab_scene.line_scene(view, self.history, request),
                    lab_scene.line_facts(view, request))


def prepare(bench: Bench, place: str, drawing: np.ndarray | None, seed: float,
            settings: Settings) -> None:
    """Give the session its game, a new one if another place, seed or shape of net was chosen."""
    from vision.gan.lab import Flat, Line
    from vision.options import check_seed

    heights, seed = density(place, drawing), check_seed(int(seed))
    key = (place, seed, settings.cure == "packing", None if heights is None
           else heights.tobytes())
    with bench.busy:
        if bench.game is None or bench.key != key:
            bench.game = (Flat(place, settings, seed) if heights is None
                          else Line(heights, settings, seed))
            bench.key, bench.history = key, []
        bench.wishes = {}
        bench.game.players.turn(settings)


def density(place: str, drawing: np.ndarray | None) -> np.ndarray | None:
    """Return p_data of a place on the line, (CELLS,); on the plane there is none."""
    from vision.gan import theory
    from vision.gan.sketch import to_heights

    if place in PLANES:
        return None
    return theory.drawn_target(to_heights(ink_of(drawing))) if place == DRAWN else theory.target(
        place)


def wished(k: float, generator_steps: float, rate_g: float, rate_d: float, loss: str, cure: str
           ) -> Settings:
    """Return the controls as settings; the rates are given in thousandths."""
    from vision.gan.lab import Settings

    return Settings(k=int(k), generator_steps=int(generator_steps), rate_g=rate_g / 1000,
                    rate_d=rate_d / 1000, loss=loss, cure=cure)


@friendly
def run(bench: Bench, place: str, drawing: np.ndarray | None, k: float,
        generator_steps: float, rate_g: float, rate_d: float, loss: str, cure: str, seed: float,
        request: gr.Request) -> Iterator[Scene]:
    """Play until stopped, and show the game as often as the page can draw it."""
    prepare(bench, place, drawing, seed, wished(k, generator_steps, rate_g, rate_d, loss, cure))
    mine = bench.run = object()
    end = time.monotonic() + LONGEST
    while bench.run is mine and time.monotonic() < end:
        with TURNS.turn():
            bench.play(FRAME)
            scene = bench.show(request)
        yield scene


@friendly
def step(bench: Bench, place: str, drawing: np.ndarray | None, k: float,
         generator_steps: float, rate_g: float, rate_d: float, loss: str, cure: str, seed: float,
         request: gr.Request) -> Scene:
    """Play one round and show it."""
    stop(bench)
    prepare(bench, place, drawing, seed, wished(k, generator_steps, rate_g, rate_d, loss, cure))
    bench.play(0)
    return bench.show(request)


@friendly
def reset(bench: Bench, place: str, drawing: np.ndarray | None, k: float,
          generator_steps: float, rate_g: float, rate_d: float, loss: str, cure: str, seed: float,
          request: gr.Request) -> Scene:
    """Begin again with untrained nets."""
    stop(bench)
    bench.key = ()
    prepare(bench, place, drawing, seed, wished(k, generator_steps, rate_g, rate_d, loss, cure))
    return bench.show(request)


@friendly
def begin(request: gr.Request, bench: Bench, *values: Any) -> Scene:
    """Show the game as it stands, untrained where nobody has played yet."""
    return bench.show(request) if bench.game else reset(bench, *values, request)


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
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            place = gr.Dropdown([(t(f"gan.place_{name.replace(' ', '_')}"), name)
                                 for name in PLACES], value="gaussian", label=t("gan.place"),
                                info=t("gan.place_info"), elem_id="gan-place")
            with gr.Column(visible=False) as board:
                gr.Markdown(t("gan.density_info"))
                drawing = wipeable(DrawingBoard(
                    columns=320, rows=120, width=4, colour=GREEN, elem_id="gan-density",
                    below="<span>−4</span><span>x</span><span>4</span>"))
            with gr.Row():
                play = gr.Button(t("gan.run"), variant="primary", elem_id="gan-run", min_width=80)
                one = gr.Button(t("gan.step"), elem_id="gan-step", min_width=80)
                pause = gr.Button(t("app.stop"), variant="stop", elem_id="gan-stop", min_width=80)
                again = gr.Button(t("gan.reset"), elem_id="gan-reset", min_width=80)
            gr.Markdown(t("gan.collapse_info"))
            with gr.Row():
                fall = gr.Button(t("gan.collapse_go"), elem_id="gan-fall", min_width=120)
                rise = gr.Button(t("gan.cure_go"), elem_id="gan-rise", min_width=120)
            turned = controls()
        with gr.Column(scale=3, min_width=320):
            numbers = gr.HTML(t("gan.lab_empty"), elem_id="gan-lab-numbers")
            scene = gr.HTML(elem_id="gan-scene", min_height=0)
    inputs, outputs = [bench, place, drawing, *turned], [scene, numbers]
    *sliders, cure, seed = turned
    running: dict[str, Any] = {"fn": run, "inputs": inputs, "outputs": outputs,
                               "concurrency_limit": AT_ONCE, "concurrency_id": "lab",
                               "show_progress": "hidden", "api_visibility": "private"}
    shown: dict[str, Any] = {"inputs": inputs, "outputs": outputs, "show_progress": "hidden",
                             "api_visibility": "private"}
    play.click(**running)
    shows(begin, **shown)
    one.click(step, **shown)
    gr.on([again.click, cure.input, seed.change, drawing.input], reset, **shown,
          trigger_mode="always_last")
    place.change(lambda place: gr.Column(visible=place == DRAWN), place, board, queue=False,
                 show_progress="hidden", api_visibility="private")
    place.input(leave, bench, outputs, queue=False, api_visibility="private")
    pause.click(stop, bench, None, queue=False, api_visibility="private")
    gr.on([slider.input for slider in sliders], steer, [bench, *sliders], None, queue=False,
          trigger_mode="always_last", show_progress="hidden", api_visibility="private")
    fall.click(provoke, place, [place, *sliders, cure], queue=False, show_progress="hidden",
               api_visibility="private").success(reset, **shown).success(**running)
    rise.click(heal, place, [place, *sliders, cure], queue=False, show_progress="hidden",
               api_visibility="private").success(**running)


def controls() -> tuple[Any, ...]:
    """Build what may be turned, and return it in the order of `run`."""
    loss = gr.Radio([(t("gan.loss_ns"), "non-saturating"), (t("gan.loss_s"), "saturating")],
                    value=FAIR[4], label=t("gan.loss"), info=t("gan.loss_info"), elem_id="gan-loss")
    with gr.Row():
        k = gr.Slider(1, 20, FAIR[0], step=1, label="k", info=t("gan.k_info"), min_width=140,
                      elem_id="gan-k")
        steps = gr.Slider(1, 20, FAIR[1], step=1, label=t("gan.generator_steps"), min_width=140,
                          info=t("gan.generator_steps_info"), elem_id="gan-generator-steps")
    with gr.Row():
        rate_g = gr.Slider(0.1, 20, FAIR[2], step=0.1, label=t("gan.rate_g"),
                           info=t("gan.rate_info"), min_width=140, elem_id="gan-rate-g")
        rate_d = gr.Slider(0.1, 20, FAIR[3], step=0.1, label=t("gan.rate_d"),
                           info=t("gan.rate_info"), min_width=140, elem_id="gan-rate-d")
    cure = gr.Radio([(t("gan.cure_none"), "none"), (t("gan.cure_packing"), "packing"),
                     (t("gan.cure_penalty"), "gradient penalty")], value="none",
                    label=t("gan.cure"), info=t("gan.cure_info"), elem_id="gan-cure")
    seed = gr.Number(0, precision=0, minimum=0, label=t("app.seed"), info=t("app.seed_info"),
                     elem_id="gan-lab-seed")
    return k, steps, rate_g, rate_d, loss, cure, seed
