"""Several seeds make a band, and only results that luck explains badly are called different."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import numpy as np
import pytest

from vision.training.progress import Step
from vision.ui.components.training import luck
from vision.ui.components.training.luck import Several, chance, smallest, told
from vision.ui.components.training.stopping import Control

REQUEST = gr.Request(headers={"accept-language": "en"})
MODELS = SimpleNamespace(system="segmentation", choices=lambda request: [])


def curve(*values: float) -> list[Step]:
    return [Step(number + 1, len(values), {"loss": value}) for number, value in enumerate(values)]


def test_the_chance_is_that_of_every_order_of_the_results() -> None:
    one, other = [0.61, 0.64, 0.70], [0.58, 0.62, 0.60, 0.63]
    gap = abs(np.mean(one) - np.mean(other))
    apart = [abs(np.mean(order[:3]) - np.mean(order[3:])) >= gap - 1e-12
             for order in permutations([*one, *other])]
    assert chance(one, other) == pytest.approx(np.mean(apart))
    assert chance([1, 1], [1, 1]) == 1
    assert chance([0.9] * 3, [0.1] * 3) == smallest([0] * 3, [0] * 3) == 0.1


@pytest.mark.parametrize("one, other, word", [
    ((0.7, 0.71, 0.72), (0.5, 0.51, 0.52), "cannot decide"),  # two in twenty is the least
    ((0.7, 0.71, 0.72, 0.73), (0.5, 0.51, 0.52, 0.53), "no good explanation"),
    ((0.7, 0.51, 0.72, 0.53), (0.5, 0.71, 0.52, 0.73), "may be luck")])
def test_the_page_says_what_the_results_prove(one: tuple[float, ...], other: tuple[float, ...],
                                              word: str) -> None:
    said = told(Several((), one), Several((), other), REQUEST)
    assert word in said and f"{len(one)} seeds" in said
    assert word not in told(Several((), one), None, REQUEST)
    assert told(Several((), one[:1]), Several((), other), REQUEST) == ""


def trainings(folder: Path, results: dict[Path, float], stop: Callable[[int], bool]
              ) -> tuple[luck.Train, Control]:
    """A training of three steps whose result is a tenth of its seed; it may be stopped in one."""
    control = Control()

    def train(on_step: Callable[[Step], Any], seed: int) -> Path:
        for step in curve(3 + seed, 2 + seed, 1 + seed):
            on_step(step)
        if stop(seed):
            control.stopping.set()
        path = folder / f"{seed}.safetensors"
        results[path] = seed / 10
        return path
    return train, control


def news(folder: Path, seeds: range, stop: Callable[[int], bool] = lambda seed: False
         ) -> tuple[list[tuple[Any, ...]], list[int], Control]:
    """What a panel shows of these trainings, with how many runs each picture held."""
    results: dict[Path, float] = {}
    held: list[int] = []
    train, control = trainings(folder, results, stop)

    def live(present: list[Step], earlier: Any) -> tuple[Any, ...]:
        held.append(len(earlier) + 1)
        return luck.curves(present, earlier, ["loss"]), "sample"

    shown = list(luck.trained(MODELS, train, seeds, control, REQUEST, live, lambda _: "Trained.",
                              results.__getitem__, shown=2))  # type: ignore[arg-type]
    return shown, held, control


def test_each_seed_is_trained_and_the_first_model_is_kept(tmp_path: Path) -> None:
    shown, held, control = news(tmp_path, range(4, 7))
    assert sorted(set(held)) == [1, 2, 3] and control.luck.results == (0.4, 0.5, 0.6)
    assert "40.0% to 60.0%, 50.0% on average" in shown[-1][0]
    assert {part[3] for part in shown if isinstance(part[3], str)} == {str(
        tmp_path / "4.safetensors")}
    assert not any(step.sample for run in control.luck.curves for step in run)
    assert sum(part[1] is None for part in shown) == 1, "the curves stay from seed to seed"


def test_a_run_that_was_cut_short_proves_nothing_and_no_other_begins(tmp_path: Path) -> None:
    shown, held, control = news(tmp_path, range(1, 5), lambda seed: seed == 2)
    assert control.luck.results == (0.1,) and max(held) == 2
    assert str(shown[-1][3]).endswith("1.safetensors")


def test_a_band_holds_every_run() -> None:
    figure = luck.curves(curve(3, 1), [curve(4, 3, 0), curve(1, 2, 5)], ["loss"],
                         Several((curve(9, 9), curve(8, 8)), (0, 0)))
    pale, band = (area.get_paths()[0].get_extents() for area in figure.axes[0].collections)
    assert (band.y0, band.y1, band.x1) == (0, 5, 3) and (pale.y0, pale.y1) == (8, 9)
    assert len(luck.curves(curve(1, 2), [], ["loss"]).axes[0].collections) == 0


def test_nobody_gets_more_seeds_than_a_panel_offers() -> None:
    assert list(luck.seeds_from(7, 3)) == [7, 8, 9]
    assert len(luck.seeds_from(0, 10**9)) == luck.MOST and len(luck.seeds_from(0, 0)) == 1
