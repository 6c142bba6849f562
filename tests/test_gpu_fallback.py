"""A GPU without free memory: a stand-in refuses the original module, and the CPU does the work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import numpy as np
import pytest
import torch
from torch import nn

from tests.conftest import Answer
from tests.soak.page import Visitor
from vision.data.list import VERB
from vision.gpu_fallback import NOTICE, is_full, lacks_memory, on_best_device, or_on_cpu
from vision.ui.components.friendly import friendly
from vision.ui.shell import device_notice
from vision.ui.text import LANGUAGES, words

PICTURE = np.random.default_rng(0).integers(0, 256, (64, 96, 3)).astype(np.uint8)


def full() -> torch.OutOfMemoryError:
    """Return what torch raises when a GPU has no memory left."""
    return torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")


def without_memory(module: nn.Module) -> nn.Module:
    """Let each part of this very module fail as if it lay on a full GPU; a copy works."""
    own = {id(part) for part in module.modules()}

    def refuse(part: nn.Module, _: Any) -> None:
        if id(part) in own:
            raise full()

    for part in module.modules():
        part.register_forward_pre_hook(refuse)
    return module


def of_segmentation(path: Path) -> tuple[nn.Module, Callable[[], Any]]:
    from vision.segmentation.predict import load, predict, probabilities

    model = load(path)
    return model.module, lambda: np.concatenate([
        predict(model, PICTURE).labels.ravel(),
        probabilities(model, PICTURE, (16, 24)).ravel()])


def of_gan(path: Path) -> tuple[nn.Module, Callable[[], Any]]:
    from vision.checkpoints import Card, Model
    from vision.gan.models import ARCHITECTURES
    from vision.gan.predict import predict

    config = {"classes": 10, "size": "compact"}
    module = ARCHITECTURES.build("cdcgan", **config).eval()
    model = Model(module, Card("gan", "cdcgan", config, tuple("0123456789")))

    def draw() -> np.ndarray:
        result = predict(model, [1, 2], 4)
        return np.concatenate([result.pictures.ravel(), result.opinion])

    return module, draw


def of_pruning(path: Path) -> tuple[nn.Module, Callable[[], Any]]:
    from vision.checkpoints import Card, Model
    from vision.pruning.models import ARCHITECTURES
    from vision.pruning.predict import predict

    config = {"classes": 10, "size": "compact"}
    module = ARCHITECTURES.build("vgg16", **config).eval()
    model = Model(module, Card("pruning", "vgg16", config, tuple("0123456789")))
    return module, lambda: predict(model, PICTURE).probabilities


def of_infrared(path: Path) -> tuple[nn.Module, Callable[[], Any]]:
    from vision.checkpoints import Card, Model
    from vision.infrared.classes import CLASSES
    from vision.infrared.models import ARCHITECTURES
    from vision.infrared.predict import detect

    config = {"classes": len(CLASSES), "backbone": "resnet18", "size": "compact"}
    module = ARCHITECTURES.build("mask_rcnn", **config).eval()
    model = Model(module, Card("infrared", "mask_rcnn", config, CLASSES, {"short_side": 64}))
    return module, lambda: detect(model, PICTURE[..., 0]).scores


def of_style(path: Path) -> tuple[nn.Module, Callable[[], Any]]:
    from vision.style.models import ARCHITECTURES
    from vision.style.predict import paint

    module = ARCHITECTURES.build("forward", size="tiny").eval()
    return module, lambda: paint(module, PICTURE, 96)


@pytest.mark.parametrize("system", [of_segmentation, of_gan, of_pruning, of_infrared, of_style])
def test_each_system_gives_the_same_answer_on_the_cpu_and_says_so(
        system: Callable[[Path], tuple[nn.Module, Callable[[], Any]]], tiny_checkpoint: Path,
        caplog: pytest.LogCaptureFixture) -> None:
    torch.manual_seed(0)
    module, work = system(tiny_checkpoint)
    before = work()
    assert NOTICE not in caplog.text
    without_memory(module)
    with caplog.at_level(logging.WARNING), pytest.raises(torch.OutOfMemoryError):
        module(torch.zeros(1))
    with caplog.at_level(logging.WARNING):
        assert np.allclose(work(), before, atol=1e-4)
    assert NOTICE in caplog.text


def test_a_model_that_finds_no_room_stays_on_the_cpu(monkeypatch: pytest.MonkeyPatch,
                                                     caplog: pytest.LogCaptureFixture) -> None:
    module = nn.Linear(2, 2)

    def to(*_: Any) -> nn.Module:
        raise full()

    monkeypatch.setattr(module, "to", to)
    assert on_best_device(module) is module and NOTICE in caplog.text
    assert module.weight.device.type == "cpu"


@pytest.mark.parametrize("error, gpu, machine", [
    (full(), True, True), (RuntimeError("CUDA error: out of memory"), True, True),
    (RuntimeError("cuBLAS error: CUBLAS_STATUS_ALLOC_FAILED when calling"), True, True),
    (RuntimeError("DefaultCPUAllocator: can't allocate memory"), False, True),
    (MemoryError(), False, True), (RuntimeError("shapes differ"), False, False),
    (ValueError("out of memory"), False, False)])
def test_only_a_lack_of_memory_is_one(error: Exception, gpu: bool, machine: bool) -> None:
    assert is_full(error) is gpu and lacks_memory(error) is machine


def test_other_errors_are_not_tried_again() -> None:
    calls = []

    @or_on_cpu
    def work() -> None:
        calls.append(1)
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes differ"):
        work()
    assert len(calls) == 1


def test_where_nothing_helps_one_sentence_is_said(cli: Callable[..., Answer],
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    def work(*_: Any) -> None:
        raise full()

    with pytest.raises(gr.Error, match="There is not enough memory for this; smaller"):
        friendly(work)()
    monkeypatch.setattr("vision.data.list.VERB", replace(VERB, run=work))
    answer = cli("data", "list")
    assert answer.code == 2 and answer.err.startswith("There is not enough memory")


class Ear(Visitor):
    """A session that keeps what its page is told on the way."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.told: list[tuple[str, str]] = []

    def _hear(self, message: dict[str, Any], number: str, answer: Any) -> bool:
        if message.get("msg") == "log":
            self.told.append((message["level"], message["log"]))
        return super()._hear(message, number, answer)


async def told(address: str, language: str) -> tuple[list[Any] | None, list[tuple[str, str]]]:
    """Return what the endpoint `work` gives, and what the page is told meanwhile."""
    async with httpx.AsyncClient(base_url=address, headers={"accept-language": language}) as http:
        ear = Ear(http, (await http.get("/config")).json())
        answer = await ear.call("work", [])
        return answer.data, ear.told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_told_in_its_language(language: str) -> None:
    @or_on_cpu
    def work(module: nn.Module) -> str:
        return str(module(torch.zeros(1, 2)).shape)

    @friendly
    def stream(request: gr.Request) -> Iterator[str]:
        yield "begun"
        yield work(without_memory(nn.Linear(2, 2)))

    device_notice.listen()
    with gr.Blocks() as app:
        shown = gr.Textbox()
        gr.Button().click(stream, None, shown, api_name="work")
    app.launch(prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    try:
        with ThreadPoolExecutor(1) as apart:  # browser tests leave a loop in this thread
            answer, said = apart.submit(asyncio.run, told(app.local_url, language)).result()
    finally:
        app.close(verbose=False)
    assert answer == ["torch.Size([1, 2])"]
    assert said == [("warning", words(language)["app.on_cpu"])]
