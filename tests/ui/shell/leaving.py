"""What test_leaving.py runs: programs that end while a thread of the page is inside torch."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from gradio_client import Client, handle_file

from vision import ui
from vision.gan.train import Config, train
from vision.training.progress import OnStep, Step
from vision.ui.components.training.stopping import Control
from vision.ui.components.training.training_panel import follow
from vision.ui.shell.low_priority import low_priority
from vision.ui.tabs.gan import tab as gan
from vision.ui.tabs.segmentation import tab as segmentation

SCENE = ui.ASSETS / "segmentation" / "street-1.png"
CONFIG = Config(data="shapes", steps=100_000, batch=8, snapshots=1, measure=False,
                precision="fp32", save_every=100_000)
Computing = Callable[[], None]
HURRY = threading.Event()


def computing() -> tuple[threading.Event, Computing]:
    """Return work that is inside torch for a second or so, and what tells that it has begun."""
    begun = threading.Event()

    def compute() -> None:
        numbers = torch.randn(512, 512)
        for number in range(150):
            if number == 10:
                begun.set()
            numbers = torch.linalg.qr(numbers)[0]

    return begun, compute


def warm_up() -> None:
    """Predict, and return while a tab is being warmed up."""
    begun, compute = computing()
    tabs = [segmentation.TAB, replace(gan.TAB, warm=compute)]
    ui.load_tabs = lambda: tabs
    app = ui.launch(ui.create_app(), prevent_thread_lock=True, server_name="127.0.0.1")
    client = Client(app.local_url, verbose=False)
    client.predict(handle_file(SCENE), None, "unet", 0.6, api_name="/segment")
    begun.wait()


def training(folder: Path) -> Iterator[Any]:
    """Return while a training goes on, with its news, which must not be closed before the end.

    It takes its time until `HURRY` is set, as the others need the processor to begin.
    """
    config = replace(CONFIG, output=folder / "model.safetensors")

    def slowly(on_step: OnStep) -> Path:
        def wait(step: Step) -> bool | None:
            HURRY.wait(0.2)
            return on_step(step)

        return train(config, wait)

    news = follow(slowly, Control())
    next(news)
    return news


def click() -> None:
    """Return while a click's long work goes on, in a thread as Gradio's: nobody waits for it."""
    begun, compute = computing()
    threading.Thread(target=low_priority(compute), daemon=True).start()
    begun.wait()


def left(folder: Path) -> None:
    """End while all of them go on."""
    global news
    news = training(folder)
    warm_up()
    HURRY.set()
    click()


def stopped(folder: Path) -> None:
    """Train and compute while the page is served, until the signal comes that ends it."""
    config = replace(CONFIG, output=folder / "model.safetensors")

    def work() -> None:
        for _ in follow(lambda on_step: train(config, on_step), Control()):
            print("working", flush=True)

    threading.Thread(target=work, daemon=True).start()
    threading.Thread(target=low_priority(lambda: time.sleep(1000)), daemon=True).start()
    ui.load_tabs = list
    ui.launch(ui.create_app(), server_name="127.0.0.1")


if __name__ == "__main__":
    programs = {"left": left, "stopped": stopped}
    programs[sys.argv[1]](Path(sys.argv[2]))
    print("the end", flush=True)
