"""The parts that tabs share."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from tests.conftest import REPOSITORY
from vision.errors import UserError
from vision.training.progress import OnStep, Step
from vision.ui.components.friendly import friendly
from vision.ui.components.model_choice import OWN, ModelShelf
from vision.ui.components.training.stopping import (
    Control,
    begin,
    ended,
    stop_button,
    stoppable,
    stops_after,
)
from vision.ui.components.training.training_panel import follow, news_of
from vision.ui.shell.files.uploads import new_folder, sweep
from vision.ui.tabs.gan import train as gan_train
from vision.ui.tabs.pruning import train as pruning_train
from vision.ui.tabs.segmentation import train as segmentation_train
from vision.ui.tabs.segmentation.script import code
from vision.ui.tabs.style import one_pass

PICTURE = str(REPOSITORY / "assets" / "segmentation" / "street-1.png")
REQUEST: Any = None


def steps_until_stopped(on_step: OnStep) -> Path:
    """A training that only ends when it is asked to."""
    for number in range(1, 10_000):
        if on_step(Step(number, 10_000, {"loss": 1 / number})):
            return Path(f"stopped-at-{number}")
        time.sleep(0.001)
    return Path("never stopped")


def test_following_a_training_yields_steps_and_then_its_file() -> None:
    control = Control()
    news = follow(steps_until_stopped, control, every=0.02)
    first = next(news)
    assert isinstance(first, list) and first[0].number == 1
    control.stopping.set()
    *_, last = news
    assert isinstance(last, Path) and last.name.startswith("stopped-at-")


def test_a_stop_while_waiting_in_the_queue_is_heard() -> None:
    control = Control()
    control.stopping.set()
    with pytest.raises(UserError, match="stopped before it began"):
        next(follow(steps_until_stopped, control))


def test_a_closed_page_ends_its_training() -> None:
    ended = threading.Event()

    def train(on_step: OnStep) -> Path:
        path = steps_until_stopped(on_step)
        ended.set()
        return path

    news = follow(train, Control(), every=0.02)
    next(news)
    news.close()
    assert ended.wait(timeout=10)


def test_what_a_training_raises_reaches_the_page() -> None:
    def train(on_step: OnStep) -> Path:
        raise UserError("the data are gone")

    with pytest.raises(UserError, match="The data are gone"):
        list(follow(train, Control(), every=0.01))


@pytest.mark.parametrize(("system", "begin"), [
    ("gan", lambda: gan_train.train_own("cgan", "shapes", 1, "saturating", 2, 1e-3, 0, Control(),
                                        REQUEST)),
    ("style", lambda: one_pass.train_own(PICTURE, PICTURE, 2, 1e-3, 0, Control(), REQUEST)),
    ("segmentation", lambda: segmentation_train.train_own(
        "unet", "scenes", None, "dice", 2, 1e-3, 0, 1, Control(), REQUEST)),
    ("pruning", lambda: pruning_train.train_own("vgg16", "drawings", 0, 2, 1e-3, 0, 1, Control(),
                                                REQUEST)),
])
def test_a_training_that_fails_before_its_first_step_says_why(
        system: str, begin: Callable[[], Iterator[Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Path:
        raise UserError("the data are gone")

    monkeypatch.setattr(f"vision.{system}.train.train", fail)
    with pytest.raises(gr.Error, match="The data are gone"):
        list(begin())


def test_sessions_have_controls_of_their_own() -> None:
    import copy

    first = Control()
    second = copy.deepcopy(first)
    first.stopping.set()
    assert not second.stopping.is_set()


@pytest.mark.parametrize("meanwhile", [False, True])
def test_the_end_of_a_training_does_not_undo_a_later_choice(meanwhile: bool, tmp_path: Path
                                                            ) -> None:
    control = Control()
    control.begin("go")

    def train(_: Any) -> Path:
        if meanwhile:
            control.choose()
        return tmp_path / "own.safetensors"

    *_, (said, *_, choice, _) = news_of(ModelShelf("gan"), train, control, REQUEST,
                                        lambda steps: (None,), lambda _: "chosen")
    assert (said != "chosen") == meanwhile
    kept = choice.constructor_args if hasattr(choice, "constructor_args") else vars(choice)
    assert (kept.get("value") == OWN) == (not meanwhile)
    ended(control, "go")
    control.begin("go")
    assert not control.chosen


def test_errors_become_one_escaped_sentence(caplog: pytest.LogCaptureFixture) -> None:
    @friendly
    def mistake() -> None:
        raise UserError("there is no file '{name}'", name="<img src=x>")

    @friendly
    def accident() -> None:
        raise ZeroDivisionError("secret /path/of/server")

    with pytest.raises(gr.Error) as caught:
        mistake()
    assert caught.value.message == "There is no file '&lt;img src=x&gt;'."
    with pytest.raises(gr.Error) as caught:
        accident()
    assert "secret" not in caught.value.message and "try again" in caught.value.message
    assert "secret" in caplog.text


def test_folders_unused_for_an_hour_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    old, fresh = new_folder(), new_folder()
    os.utime(old, (time.time() - 4000,) * 2)
    sweep.cache_clear()
    newest = new_folder()
    assert not old.exists() and fresh.exists() and newest.exists()


def test_the_code_for_ones_own_model_names_the_download() -> None:
    assert "the-file-you-downloaded.safetensors" in code(OWN, 0.6, None, None)


def test_nobody_can_press_a_stop_before_something_runs(whole_page: gr.Blocks) -> None:
    stops = [block for block in whole_page.blocks.values()
             if isinstance(block, gr.Button) and block.variant == "stop"]
    assert len(stops) > 9
    assert [stop.elem_id for stop in stops if stop.visible and stop.interactive] == [
        "gan-stop"]  # which plays


def test_a_stop_can_be_pressed_until_the_last_run_has_ended() -> None:
    control = Control()
    assert begin(control, "train").interactive and begin(control, "fork").interactive
    assert ended(control, "train").interactive and not ended(control, "fork").interactive
    assert not ended(control, "fork").interactive and begin(control, "train").interactive


def test_a_second_click_while_a_run_goes_on_neither_begins_one_nor_undoes_a_stop() -> None:
    control = Control()
    begin(control, "train")
    control.stopping.set()
    assert begin(control, "train").interactive and control.stopping.is_set()
    assert not ended(control, "train").interactive  # which a page drops such a click as
    begin(control, "train")
    assert not control.stopping.is_set()


@pytest.mark.parametrize("way", ["then", "failure"])
def test_a_stop_rests_however_a_run_ends(way: str) -> None:
    with gr.Blocks() as page:
        go, stop = gr.Button(elem_id="a-go"), stop_button("a-stop")
        control = stoppable(go, stop)
        stops_after(go.click(lambda: None), control, go, stop)
    kinds = {"then": None, "failure": "trigger_only_on_failure"}
    (rest,) = [event for event in page.fns.values() if event.trigger_after is not None
               and bool(event.trigger_only_on_failure) == (kinds[way] is not None)]
    begin(running := Control(), "a-go")
    assert rest.outputs == [stop] and not rest.fn(running).interactive
