"""What breaks from outside: a disk fills up, a process is killed, two do the same at once."""

from __future__ import annotations

import logging
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
from safetensors.torch import load_file

from tests.conftest import REPOSITORY, Answer
from vision.errors import UserError
from vision.files import locks
from vision.files.atomic_files import write_atomically
from vision.files.locks import MakerLock, TrainingSlot
from vision.gan.train import Config, train
from vision.images import read_picture, write_png
from vision.training.progress import Step
from vision.ui.components.friendly import friendly
from vision.ui.components.training.stopping import Control
from vision.ui.tabs.gan.train import train_own

TINY = Config(arch="cgan", data="shapes", steps=6, batch=8, save_every=2, snapshots=1,
              precision="fp32", measure=False)
NO_ROOM = 20_000  # bytes of a file: fewer than any state or checkpoint has
FULL = "disk is full, so 'x.safetensors' could not be saved; what was saved before is still there"
LOCK = ".x.safetensors.lock"


def fill(room: int = NO_ROOM) -> None:
    """Let no file of this process grow beyond some bytes, as on a disk that is full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))


@contextmanager
def emptied_later() -> Iterator[None]:
    """Undo what `fill` does inside."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def full_at(number: int) -> Callable[[Step], None]:
    """Return what fills the disk at a step."""
    def on_step(step: Step) -> None:
        if step.number == number:
            fill()

    return on_step


def below(folder: Path) -> set[str]:
    """Return the names of everything below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def settings(folder: Path, **changes: Any) -> Config:
    """Return tiny settings that write into a folder."""
    return replace(TINY, output=folder / "x.safetensors", **changes)


def test_a_disk_that_fills_up_keeps_the_last_state_which_goes_on(tmp_path: Path) -> None:
    peace, config = train(settings(tmp_path / "peace")), settings(tmp_path / "full")
    with emptied_later(), pytest.raises(UserError, match=FULL):
        train(config, full_at(3))
    states = {name.split("/")[1] for name in below(tmp_path / "full") if "/" in name}
    assert states == {"step-00000002"} and LOCK not in below(tmp_path / "full")
    numbers: list[int] = []
    train(config, lambda step: numbers.append(step.number))
    assert numbers == [3, 4, 5, 6] and below(tmp_path / "full") == below(tmp_path / "peace")
    first, second = load_file(peace), load_file(config.output)
    assert all(first[name].equal(second[name]) for name in first)


def test_a_checkpoint_that_finds_no_room_leaves_the_old_one(tmp_path: Path) -> None:
    config = settings(tmp_path, steps=1, save_every=9)
    before = train(config).read_bytes()
    kept = below(tmp_path)
    with emptied_later(), pytest.raises(UserError, match=FULL):
        train(replace(config, seed=1), full_at(1))
    assert config.output.read_bytes() == before and below(tmp_path) - {LOCK} == kept
    assert train(replace(config, seed=1)).read_bytes() != before and below(tmp_path) == kept


def test_a_stopped_run_whose_state_finds_no_room_keeps_its_model(
        tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vision.training.saved_state.SavedState.write", write)
    with caplog.at_level(logging.WARNING):
        path = train(settings(tmp_path, save_every=9), lambda step: step.number == 3)
    assert path.is_file() and "disk is full" in caplog.text


def test_the_tab_says_that_the_disk_is_full() -> None:
    def tab() -> list[Any]:
        return list(train_own(arch="cgan", data="shapes", k=1, loss="saturating", steps=50,
                              rate=1e-3, seed=0, control=Control(), request=None))

    with emptied_later(), pytest.raises(gr.Error, match="The disk is full, so 'cgan-shapes"):
        fill()
        tab()


def test_any_other_file_of_a_tab_is_told_of_too() -> None:
    @friendly
    def write() -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(gr.Error, match="The disk is full; what was saved before"):
        write()


def test_a_picture_that_finds_no_room_leaves_the_old_one(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (200, 200, 3)).astype(np.uint8)
    path = write_png(tmp_path / "x.png", noise[:20, :20])
    with emptied_later(), pytest.raises(UserError, match=r"disk is full, so 'x\.png'"):
        fill()
        write_png(path, noise)
    assert (read_picture(path) == noise[:20, :20]).all() and below(tmp_path) == {"x.png", "here"}


def test_the_command_line_says_it_in_one_sentence(cli: Callable[..., Answer],
                                                  tmp_path: Path) -> None:
    with emptied_later():
        fill()
        answer = cli("gan", "train", "--arch", "dcgan", "--data", "shapes", "--steps", 1,
                     "--snapshots", 1, "--output", tmp_path / "x.safetensors")
    assert answer.code == 2 and "disk is full" in answer.err.splitlines()[-1]
    assert "Traceback" not in answer.err


HOLDER = """
import sys, time
from pathlib import Path
from vision.files.locks import MakerLock
path = Path(sys.argv[1])
lock = MakerLock(path)
path.with_name(f".{path.name}.half").write_text("half")
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def other(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that makes `x.safetensors` and has written half of it."""
    words = [sys.executable, "-c", HOLDER, str(tmp_path / "x.safetensors")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_training_of_the_same_file_is_refused_until_the_first_is_gone(
        tmp_path: Path, other: subprocess.Popen[str], cli: Callable[..., Answer]) -> None:
    before = below(tmp_path)
    answer = cli("gan", "train", "--data", "shapes", "--output", tmp_path / "x.safetensors")
    assert answer.code == 2 and len(answer.err.splitlines()) == 1
    assert "'x.safetensors' is being made by another run right now" in answer.err
    assert below(tmp_path) == before
    os.kill(other.pid, signal.SIGKILL)
    other.wait()
    train(settings(tmp_path, steps=1))
    assert below(tmp_path) == {"here", "x.safetensors", "snapshots", "snapshots/x.safetensors"}


def at_step(number: int, *works: Callable[[], Any]) -> Callable[[Step], None]:
    """Return what does works in threads of their own at a step, and waits for the first one."""
    def on_step(step: Step) -> None:
        if step.number == number:
            threads = [threading.Thread(target=work) for work in works]
            for thread in threads:
                thread.start()
            threads[0].join()

    return on_step


def test_two_trainings_of_one_process_do_not_meet(tmp_path: Path) -> None:
    said, done = [], threading.Event()

    def same_file() -> None:
        with pytest.raises(UserError) as caught:
            train(settings(tmp_path))
        said.append(str(caught.value))

    def other_file() -> None:
        train(settings(tmp_path / "other"))
        done.set()

    alone = load_file(train(settings(tmp_path / "alone")))
    for path in (train(settings(tmp_path), at_step(2, same_file, other_file)),
                 tmp_path / "other" / "x.safetensors"):
        assert done.wait(300 if path.parent.name == "other" else 0) or path.parent == tmp_path
        found = load_file(path)
        assert all(found[name].equal(alone[name]) for name in alone), path
    assert len(said) == 1 and "is being made by another run" in said[0]


def test_whoever_waits_too_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.1)
    class Run:
        """Something that trains."""

    run = Run()
    said, slot = [], TrainingSlot(run)

    def wait() -> None:
        with pytest.raises(UserError, match="Another training is running") as caught:
            TrainingSlot(caught)
        said.append(caught)

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    assert len(said) == 1 and slot.is_needed
    del run  # what has failed needs no turn
    assert not slot.is_needed
    slot.release()
    assert TrainingSlot.holder is None


def test_what_fails_in_a_step_lets_others_train(tmp_path: Path) -> None:
    def on_step(step: Step) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        train(settings(tmp_path), on_step)
    assert TrainingSlot.holder is None and LOCK not in below(tmp_path)


def test_a_lock_goes_with_its_thread_and_passes_on_within_one(tmp_path: Path) -> None:
    path = tmp_path / "x"
    thread = threading.Thread(target=MakerLock, args=[path])
    thread.start()
    thread.join()
    first = MakerLock(path)  # that thread is gone
    second = MakerLock(path)  # what this thread did before has failed
    assert MakerLock.held[second.place] is second is not first
    first.release()
    assert MakerLock.held[second.place] is second
    second.release()
    with MakerLock(path):
        write_atomically(path, b"whole")
    assert below(tmp_path) == {"here", "x"} and second.place not in MakerLock.held
