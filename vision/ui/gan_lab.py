"""The theory lab: two tiny nets play on a line or on a plane, and every claim can be watched."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision.ui.gan_view import GREY, tiles
from vision.ui.text import say, t
from vision.ui.widgets import friendly, style

if TYPE_CHECKING:
    from vision.gan.lab import Flat, Line, PlaneView
    from vision.gan.theory import View

LONGEST = 90  # seconds of one run
ROUNDS = 8  # from one picture to the next
PLACES = ("gaussian", "two humps", "uniform", "spikes", "ring", "grid")
BLUE, ORANGE, GREEN = "#3b82f6", "#f97316", "#16a34a"


class Bench:
    """The game of one session, and what its sliders say while it runs."""

    def __init__(self) -> None:
        self.game: Line | Flat | None = None
        self.key: tuple[Any, ...] = ()
        self.wishes: dict[str, Any] = {}
        self.running = threading.Event()

    def __deepcopy__(self, memory: dict[int, Any]) -> Bench:
        return Bench()


def game_for(bench: Bench, place: str, loss: str, cure: str, seed: float, settings: dict[str, Any]
             ) -> Line | Flat:
    """Return the session's game, a new one if another place, cure or seed was chosen."""
    from vision.gan import theory
    from vision.gan.lab import Flat, Line, Settings
    from vision.gan.modes import PLANES

    wanted = Settings(loss=loss, cure=cure, **settings)
    key = (place, cure, int(seed))
    if bench.game is None or bench.key != key:
        bench.key = key
        bench.game = (Flat(place, wanted, int(seed)) if place in PLANES
                      else Line(theory.target(place), wanted, int(seed)))
    bench.game.players.turn(wanted)
    return bench.game


@friendly
def run(bench: Bench, place: str, k: float, rate_g: float, rate_d: float, loss: str, cure: str,
        seed: float, request: gr.Request) -> Iterator[tuple[Any, str]]:
    """Play until stopped, and show the game as often as the page can draw it."""
    from dataclasses import replace

    game = game_for(bench, place, loss, cure, seed, speeds(k, rate_g, rate_d))
    bench.wishes.clear()
    bench.running.set()
    canvas = Canvas(game)
    end = time.monotonic() + LONGEST
    while bench.running.is_set() and time.monotonic() < end and game is bench.game:
        game.play(ROUNDS)
        if bench.wishes:
            game.players.turn(replace(game.players.settings, **bench.wishes))
        yield canvas.show(request)


@friendly
def step(bench: Bench, place: str, k: float, rate_g: float, rate_d: float, loss: str, cure: str,
         seed: float, request: gr.Request) -> tuple[Any, str]:
    """Play one round and show it."""
    game = game_for(bench, place, loss, cure, seed, speeds(k, rate_g, rate_d))
    game.play(1)
    return Canvas(game).show(request)


@friendly
def reset(bench: Bench, place: str, k: float, rate_g: float, rate_d: float, loss: str, cure: str,
          seed: float, request: gr.Request) -> tuple[Any, str]:
    """Begin again with untrained nets."""
    stop(bench)
    bench.game = None
    game = game_for(bench, place, loss, cure, seed, speeds(k, rate_g, rate_d))
    return Canvas(game).show(request)


def stop(bench: Bench) -> None:
    """Ask the running game to pause."""
    bench.running.clear()


def steer(bench: Bench, k: float, rate_g: float, rate_d: float, loss: str) -> None:
    """Tell the running game where the sliders are now."""
    bench.wishes.update(speeds(k, rate_g, rate_d), loss=loss)


def speeds(k: float, rate_g: float, rate_d: float) -> dict[str, Any]:
    """Return the sliders as settings; the rates are given in thousandths."""
    return {"k": int(k), "rate_g": rate_g / 1000, "rate_d": rate_d / 1000}


class Canvas:
    """One figure that is drawn anew for each state of a game."""

    def __init__(self, game: Line | Flat) -> None:
        from matplotlib.figure import Figure

        from vision.gan.lab import Line

        self.game, self.flat = game, not isinstance(game, Line)
        size = (5.2, 5.2) if self.flat else (7, 3.6)
        self.figure = Figure(figsize=size, dpi=80)
        self.figure.patch.set_alpha(0)
        self.figure.subplots_adjust(left=0.08, right=0.92, top=0.97, bottom=0.09)
        self.axis = self.figure.subplots()

    def show(self, request: gr.Request | None) -> tuple[Any, str]:
        """Return the figure and the numbers of the game as it stands."""
        view = self.game.view()
        self.axis.clear()
        facts = self._plane(view) if self.flat else self._line(view, request)  # type: ignore[arg-type]
        style(self.axis, "")
        return self.figure, tiles({say("gan.rounds", request): f"{view.rounds:,}", **facts})

    def _line(self, view: View, request: gr.Request | None) -> dict[str, str]:
        from vision.gan.theory import FLOOR, X

        top = max(float(view.p_data.max()) * 1.4, 1.05) * 1.15
        self.axis.fill_between(X, view.p_data, color=GREEN, alpha=0.3, label="p_data")
        self.axis.fill_between(X, view.p_g, color=ORANGE, alpha=0.4, label="p_g")
        self.axis.plot(X, view.d, color=BLUE, linewidth=2.5, label="D(x)")
        self.axis.plot(X, view.d_best, color=GREY, linewidth=1.5, linestyle="--", label="D*(x)")
        self.axis.axhline(0.5, color=GREY, linewidth=0.6)
        self.axis.set(xlim=(-4, 4), ylim=(0, top))
        self.axis.legend(loc="upper center", frameon=False, labelcolor=GREY, ncols=4, fontsize=10)
        return {"V(D, G)": f"{view.value:.3f}", "−log 4": f"{FLOOR:.3f}",
                "C(G) = max V": f"{view.value_best:.3f}", "JSD": f"{view.divergence:.4f}"}

    def _plane(self, view: PlaneView) -> dict[str, str]:
        extent = (-view.extent, view.extent, -view.extent, view.extent)
        self.axis.imshow(view.surface, extent=extent, origin="lower", cmap="coolwarm_r",
                         vmin=0, vmax=1, alpha=0.55)
        self.axis.scatter(view.centres[:, 0], view.centres[:, 1], s=120,
                          facecolors="none", edgecolors=GREEN, linewidths=2)
        self.axis.scatter(view.points[:, 0], view.points[:, 1], s=5, color=ORANGE)
        self.axis.quiver(*view.points[:80].T, *view.arrows[:80].T, color=GREY, width=0.004)
        self.axis.set(xlim=extent[:2], ylim=extent[2:])
        return {"modes": f"{view.found} / {len(view.centres)}", "≤ 3σ": f"{view.quality:.0%}"}


def build() -> None:
    """Build the part."""
    bench = gr.State(Bench())
    with gr.Row():
        with gr.Column(scale=2, min_width=280):
            place = gr.Dropdown([(t(f"gan.place_{name.replace(' ', '_')}"), name)
                                 for name in PLACES], value="gaussian", label=t("gan.place"),
                                info=t("gan.place_info"), elem_id="gan-place")
            loss = gr.Radio([(t("gan.loss_ns"), "non-saturating"), (t("gan.loss_s"), "saturating")],
                            value="non-saturating", label=t("gan.loss"), info=t("gan.loss_info"))
            with gr.Row():
                k = gr.Slider(1, 10, 1, step=1, label="k", info=t("gan.k_info"), min_width=120)
                seed = gr.Number(0, precision=0, minimum=0, label=t("app.seed"),
                                 info=t("app.seed_info"), min_width=120)
            with gr.Row():
                rate_g = gr.Slider(0.1, 20, 1, step=0.1, label=t("gan.rate_g"),
                                   info=t("gan.rate_info"), min_width=140)
                rate_d = gr.Slider(0.1, 20, 5, step=0.1, label=t("gan.rate_d"),
                                   info=t("gan.rate_info"), min_width=140)
            cure = gr.Radio([(t("gan.cure_none"), "none"), (t("gan.cure_packing"), "packing"),
                             (t("gan.cure_penalty"), "gradient penalty")], value="none",
                            label=t("gan.cure"), info=t("gan.cure_info"))
            with gr.Row():
                play = gr.Button(t("gan.run"), variant="primary", elem_id="gan-run", min_width=80)
                one = gr.Button(t("gan.step"), elem_id="gan-step", min_width=80)
                pause = gr.Button(t("app.stop"), variant="stop", elem_id="gan-stop", min_width=80)
                again = gr.Button(t("gan.reset"), elem_id="gan-reset", min_width=80)
        with gr.Column(scale=3, min_width=320):
            numbers = gr.HTML(t("gan.lab_empty"), elem_id="gan-lab-numbers")
            plot = gr.Plot(show_label=False, format="png", elem_id="gan-lab-plot",
                           elem_classes=["lab-when-filled"])
    inputs = [bench, place, k, rate_g, rate_d, loss, cure, seed]
    play.click(run, inputs, [plot, numbers], concurrency_limit=4, show_progress="hidden",
               api_visibility="private")
    one.click(step, inputs, [plot, numbers], show_progress="hidden", api_visibility="private")
    gr.on([again.click, place.input, cure.input, seed.change], reset, inputs, [plot, numbers],
          trigger_mode="always_last", show_progress="hidden", api_visibility="private")
    pause.click(stop, bench, None, queue=False, api_visibility="private")
    gr.on([k.input, rate_g.input, rate_d.input, loss.input], steer,
          [bench, k, rate_g, rate_d, loss], None, queue=False, trigger_mode="always_last",
          show_progress="hidden", api_visibility="private")
