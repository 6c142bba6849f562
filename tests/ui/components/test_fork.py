"""A run goes on from one of its steps with another rate, and both futures stand in one plot."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest

from tests.small_run import Config, train
from vision.training.progress import Step
from vision.ui.components.training import fork
from vision.ui.components.training.stopping import Control
from vision.ui.components.training.training_panel import steps_of
from vision.ui.tabs.gan import train as gan_train
from vision.ui.tabs.infrared.label import tune
from vision.ui.tabs.pruning import train as pruning_train
from vision.ui.tabs.segmentation import train as segmentation_train

REQUEST = gr.Request(headers={"accept-language": "en"})
MODELS = SimpleNamespace(system="pruning", choices=lambda request: [])


def config(folder: Path, name: str = "x", steps: int = 8) -> Config:
    return Config(steps=steps, save_every=fork.every(steps), output=folder / f"{name}.safetensors")


@pytest.fixture(scope="module")
def control(tmp_path_factory: pytest.TempPathFactory) -> Control:
    """The control of a session that has trained."""
    control = Control()
    fork.recorded(control, train, config(tmp_path_factory.mktemp("run")), lambda step: False)
    return control


def test_a_run_keeps_a_third_and_two_thirds(control: Control) -> None:
    assert steps_of(control).choices == [("3", 3), ("6", 6)] and steps_of(control).value == 6
    assert [step.number for step in control.trail.curve] == [*range(1, 9)]
    assert steps_of(Control()).choices == []


def test_both_futures_stand_in_one_plot(control: Control) -> None:
    news = [*fork.trained(
        MODELS, control, 3, 0.04, REQUEST,  # type: ignore[arg-type]
        lambda trail, news: (fork.curves(trail, news, ["loss"], 0.04), "sample"),
        lambda path: 0.25 if "from" in path.stem else 0.5, shown=2)]
    figures = [figure for _, figure, *_ in news if figure is not None and hasattr(figure, "axes")]
    old, new, mark = figures[-1].axes[0].lines
    assert list(old.get_xdata()) == list(new.get_xdata()) == [*range(1, 9)]
    assert list(old.get_ydata()[:3]) == list(new.get_ydata()[:3])
    assert list(old.get_ydata()[4:]) != list(new.get_ydata()[4:])
    assert list(mark.get_xdata()) == [3, 3]
    assert [each.get_label() for each in (old, new)] == ["0.4", "0.04"]
    assert "From step 3 on with rate 0.04: 25.0%" in news[-1][0] and "0.4: 50.0%" in news[-1][0]
    assert news[-1][3].endswith("x-from-3.safetensors")


def test_a_stopped_run_goes_on_from_where_it_was_stopped(tmp_path: Path) -> None:
    control = Control()
    fork.recorded(control, train, config(tmp_path), lambda step: step.number == 4)
    assert control.trail.steps() == [3, 4]
    last = control.trail.folder
    fork.recorded(control, train, config(tmp_path, "y", 1), lambda step: False)
    assert control.trail.steps() == [] and not last.exists()


@pytest.mark.parametrize("handler", [
    pruning_train.fork_own, segmentation_train.fork_own, gan_train.fork_own, tune.fork_tuning])
@pytest.mark.parametrize("step", [None, 4, 8])
def test_where_nothing_was_kept_nothing_goes_on(control: Control, handler: Any, step: Any) -> None:
    for given in (Control(), control):
        with pytest.raises(gr.Error, match="no run to go on from"):
            next(handler(step, 0.1, given, REQUEST))


def test_a_curve_is_drawn_before_anything_has_come(control: Control) -> None:
    figure = fork.curves(control.trail, [Step(5, 8, {"loss": 1.0})], ["loss", "accuracy"], 0.1)
    assert [len(axis.lines) for axis in figure.axes] == [3, 1]
