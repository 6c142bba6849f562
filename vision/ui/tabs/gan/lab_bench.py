"""The game of one session in the theory lab: what was wished for, and how it is played."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr
import numpy as np

from vision.ui.tabs.gan import lab_scene
from vision.ui.tabs.gan.shared import ink_of

if TYPE_CHECKING:
    from vision.gan.lab.game import Flat, Line, Settings
    from vision.gan.lab.modes import Plane
    from vision.gan.lab.nets import Nets
    from vision.gan.lab.theory import View

DRAWN, SKETCHED = "drawn", "sketched"  # by hand, on the line and on the plane
PLANES = ("ring", "grid", SKETCHED)
Scene = tuple[str, str]


@dataclass(frozen=True)
class Wish:
    """The values of the lab's controls, in the order of the page; rates are in thousandths."""

    place: str
    drawing: np.ndarray | None
    sketch: np.ndarray | None
    k: float
    generator_steps: float
    rate_g: float
    rate_d: float
    loss: str
    cure: str
    seed: float
    layers_g: float
    neurons_g: float
    layers_d: float
    neurons_d: float
    optimizer: str

    def settings(self) -> Settings:
        """Return what may be turned while the game runs."""
        from vision.gan.lab.game import Settings

        return Settings(k=int(self.k), generator_steps=int(self.generator_steps),
                        rate_g=self.rate_g / 1000, rate_d=self.rate_d / 1000, loss=self.loss,
                        cure=self.cure)

    def nets(self) -> Nets:
        """Return what the two nets are like."""
        from vision.gan.lab.nets import Nets

        return Nets(int(self.layers_g), int(self.neurons_g), int(self.layers_d),
                    int(self.neurons_d), self.optimizer)

    def target(self) -> np.ndarray | Plane | str:
        """Return p_data: a density (CELLS,) on the line, or a plane."""
        from vision.gan.lab import modes, theory
        from vision.gan.sketch import to_heights

        if self.place == SKETCHED:
            return modes.drawn(ink_of(self.sketch))
        if self.place == DRAWN:
            return theory.drawn_target(to_heights(ink_of(self.drawing)))
        return self.place if self.place in PLANES else theory.target(self.place)

    def key(self) -> tuple[Any, ...]:
        """Return what a game is made of: another one needs another game."""
        drawn = {DRAWN: self.drawing, SKETCHED: self.sketch}.get(self.place)
        return (self.place, int(self.seed), self.cure == "packing", self.nets(),
                None if drawn is None else drawn.tobytes())


class Bench:
    """The game of one session, its way so far, and what its sliders say while it runs."""

    def __init__(self) -> None:
        self.game: Line | Flat | None = None
        self.key: tuple[Any, ...] = ()
        self.history: lab_scene.History = []
        self.wishes: dict[str, Any] = {}
        self.run: object | None = None  # the run that may play; a new one takes its place
        self.half: lab_scene.Half[Any] | None = None  # of a round, if the last play was but a half
        self.busy = threading.Lock()

    def __deepcopy__(self, memory: dict[int, Any]) -> Bench:
        return Bench()

    def prepare(self, wish: Wish) -> None:
        """Take a wish over: in a new game if another place, seed or shape of net was chosen."""
        from vision.gan.lab.game import Flat, Line
        from vision.options import check_seed

        target, seed, settings = wish.target(), check_seed(int(wish.seed)), wish.settings()
        with self.busy:
            if self.game is None or self.key != wish.key():
                self.game = (Line(target, settings, seed, wish.nets())
                             if isinstance(target, np.ndarray)
                             else Flat(target, settings, seed, wish.nets()))
                self.key, self.history, self.half = wish.key(), [], None
            self.wishes = {}
            self.game.players.turn(settings)

    def play(self, seconds: float) -> None:
        """Play at least one round, with what is wished for."""
        from vision.gan.lab.game import play_for

        self._play(lambda game: play_for(game, seconds))
        self.half = None

    def play_half(self) -> None:
        """Play D's steps, or those of G if D's were played last."""
        side = "g" if self.half and self.half.side == "d" else "d"

        def play(game: Line | Flat) -> None:
            before = game.view()
            if side == "d":
                game.players.half_d(game.real())
            else:
                game.players.half_g()
            self.half = lab_scene.Half(side, before)

        self._play(play)

    def _play(self, play: Callable[[Line | Flat], None]) -> None:
        from vision.gan.lab.one_core import on_one_core

        assert self.game is not None
        with self.busy:
            players = self.game.players
            players.turn(replace(players.settings, **self.wishes))
            on_one_core(play, self.game)

    def show(self, request: gr.Request | None) -> Scene:
        """Return the picture and the numbers of the game as it stands."""
        from vision.gan.lab.game import PlaneView
        from vision.gan.lab.one_core import on_one_core

        assert self.game is not None
        with self.busy:
            look: Callable[[], View | PlaneView] = self.game.view
            view = on_one_core(look)
            if isinstance(view, PlaneView):
                self.history.append((view.rounds, view.found))
                return (lab_scene.plane_scene(view, self.history, request, self.half),
                        lab_scene.plane_facts(view, request))
            self.history.append((view.rounds, view.value, view.value_best))
            return (lab_scene.line_scene(view, self.history, request, self.half),
                    lab_scene.line_facts(view, request))
