"""The optimisation: the book's numbers, and everything that may happen while it runs."""

from __future__ import annotations

import copy
import gc
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import plain_loop
import pytest
import torch
from sights import CONTENT, STYLE, TINY, extractor, picture

from vision.errors import UserError
from vision.style import transfer as module
from vision.style.clock import Clock
from vision.style.data import denormalise, size_at, to_tensor
from vision.style.inside import look_inside, of_content, of_style
from vision.style.settings import BOOK, Settings, Weights
from vision.style.sheet import FACTORS, contact_sheet
from vision.style.transfer import FELL_BACK, Controls, Frame, transfer


def frames(settings: Settings = TINY, **named: Any) -> list[Frame]:
    return list(transfer(extractor(), CONTENT, [STYLE], settings, **named))


def test_twenty_steps_are_those_of_the_plain_loop() -> None:
    settings = replace(TINY, sides=(96,), steps=(20,), decay_every=(12,))
    found = frames(settings)[-1]
    net = copy.deepcopy(extractor().features)
    plain = list(plain_loop.paint(net, to_tensor(CONTENT, (64, 96)),
                                  to_tensor(STYLE, size_at(STYLE, 96)), 20, 12))
    wanted = np.array([parts for parts, _ in plain])
    assert np.allclose(found.curves.sum(1), wanted.sum(1), rtol=1e-4, atol=0)
    assert np.abs(found.curves - wanted).max() < 1e-4 * wanted.sum(1).min()
    pixels = denormalise(plain[-1][1])[0].permute(1, 2, 0).numpy().astype(int)
    assert np.abs(pixels - found.picture).max() <= 1
    assert wanted.sum(1)[-1] < 0.95 * wanted.sum(1)[0]


def test_the_books_preset_has_the_books_numbers() -> None:
    assert BOOK.weights == Weights(1, 1000, 10) and BOOK.rate == 0.01
    assert (BOOK.content_layers, BOOK.style_layers) == ((25,), (0, 5, 10, 19, 28))
    assert (BOOK.sides, BOOK.steps, BOOK.decay_every) == ((225, 900), (500, 300), (200, 100))
    assert size_at(np.zeros((600, 900, 3)), 225) == (150, 225)


def test_a_second_pass_goes_on_from_the_enlarged_first() -> None:
    found = frames(replace(TINY, sides=(64, 96), steps=(3, 2), decay_every=(9, 9)))
    shapes = [frame.picture.shape for frame in found]
    assert shapes[0] == (43, 64, 3) and shapes[-1] == (64, 96, 3)
    assert found[-1].step == found[-1].total == 5 and found[-1].last
    begun = next(frame for frame in found if frame.step == 3)
    again = frames(replace(TINY, sides=(96,), steps=(2,)), start=begun.picture)[-1]
    assert np.allclose(again.curves, found[-1].curves[3:], rtol=1e-5)
    assert np.array_equal(again.picture, found[-1].picture)


def test_bf16_ends_where_float32_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.devices.has_bf16", lambda kind: True)  # slowly, if need be
    settings = replace(TINY, sides=(96,), steps=(30,), start="noise", learning_rate=0.05)
    full, half = (frames(replace(settings, precision=precision))[-1].curves
                  for precision in ("fp32", "bf16"))
    assert half[-1].sum() == pytest.approx(full[-1].sum(), rel=0.03)
    assert full[-1].sum() < 0.7 * full[0].sum()


def test_lbfgs_goes_down_faster_than_adam() -> None:
    adam, lbfgs = (frames(replace(TINY, steps=(15,), optimizer=optimizer))[-1].curves.sum(1)
                   for optimizer in ("adam", "lbfgs"))
    assert lbfgs[-1] < adam[-1] < adam[0]


def test_starts_differ_and_noise_is_seeded() -> None:
    first = {start: frames(replace(TINY, start=start, steps=(1,)))[0]
             for start in ("content", "noise", "style")}
    assert first["content"].losses["content"] == 0
    assert first["style"].losses["content"] > 0 and first["noise"].losses["content"] > 0
    again, other = (frames(replace(TINY, start="noise", steps=(1,), seed=seed))[0].picture
                    for seed in (0, 1))
    assert np.array_equal(again, first["noise"].picture) and not np.array_equal(again, other)


def test_reconstructions_are_zero_weights() -> None:
    bare = replace(TINY, steps=(20,), learning_rate=0.1, tv_weight=0.0)
    content = frames(of_content((2,), bare))[-1].curves
    assert (content[:, 1] == 0).all() and content[-1, 0] < 0.5 * content[0, 0]
    style = frames(of_style((0, 5), bare))[-1].curves
    assert (style[:, 0] == 0).all() and style[-1, 1] < 0.5 * style[0, 1]


def test_two_styles_are_blended() -> None:
    other = picture(9)

    def first(styles: list[np.ndarray], blend: float) -> float:
        settings = replace(TINY, blend=blend, steps=(1,))
        return next(transfer(extractor(), CONTENT, styles, settings)).losses["style"]

    ends = first([STYLE, other], 0.0), first([STYLE, other], 1.0)
    assert ends == pytest.approx((first([STYLE], 0.5), first([other], 0.5)), rel=1e-5)
    assert first([STYLE, other], 0.5) < max(ends)


def test_weights_of_style_layers_count() -> None:
    def first(**change: Any) -> float:
        return next(transfer(extractor(), CONTENT, [STYLE], replace(TINY, **change)
                             )).losses["style"]

    single = [first(style_layers=(0, 28), style_layer_weights=weights)
              for weights in ((1.0, 0.0), (0.0, 1.0), (2.0, 3.0))]
    assert single[2] == pytest.approx(2 * single[0] + 3 * single[1], rel=1e-4)


def test_only_the_region_is_painted() -> None:
    mask = np.zeros(CONTENT.shape[:2], np.uint8)
    mask[:, :48] = 200
    found = frames(replace(TINY, sides=(96,), steps=(5,), start="noise"), mask=mask)[-1].picture
    assert np.array_equal(found[:, 48:], CONTENT[:, 48:])
    assert np.abs(found[:, :48].astype(int) - CONTENT[:, :48]).mean() > 20


def test_kept_colours() -> None:
    content = picture(5)
    grey = frames(replace(TINY, steps=(2,), colours="luminance"))[-1].picture
    assert grey.shape == (43, 64, 3)
    settings = replace(TINY, sides=(96,), steps=(4,), colours="luminance", learning_rate=0.1)
    found = list(transfer(extractor(), content, [STYLE], settings))[-1].picture.astype(int)
    inside = ((found > 0) & (found < 255)).all(2)
    change = (found - content)[inside]
    assert np.abs(change).mean() > 3 and np.ptp(change, axis=1).max() <= 2
    first = [next(transfer(extractor(), content, [STYLE], replace(TINY, colours=name)))
             for name in ("style", "matched")]
    assert first[1].losses["style"] != pytest.approx(first[0].losses["style"], rel=0.01)


def test_steering_takes_effect_at_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.Clock, "due", lambda self: True)
    controls = Controls()
    found = []
    for frame in transfer(extractor(), CONTENT, [STYLE], replace(TINY, steps=(8,)), controls):
        found.append(frame)
        if frame.step == 3:
            controls.steer(Weights(1, 100 * TINY.style_weight, 10))
    assert [frame.step for frame in found] == [*range(1, 9)]
    style = found[-1].curves[:, 1]
    assert found[-1].marks == (3,) and style[3] / style[2] == pytest.approx(100, rel=0.2)
    assert len(found[1].curves) == 2 and found[1].marks == ()


def test_pause_holds_and_stop_keeps_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.Clock, "due", lambda self: True)
    controls = Controls()
    stream = transfer(extractor(), CONTENT, [STYLE], replace(TINY, steps=(1000,)), controls)
    assert not next(stream).paused
    controls.pause()
    held = [next(stream) for _ in range(3)]
    assert [(frame.step, frame.paused) for frame in held] == [(1, True)] * 3
    threading.Timer(0.05, controls.resume).start()
    going = next(frame for frame in stream if not frame.paused)
    assert going.step == 2
    controls.stop()
    rest = list(stream)
    assert len(rest) <= 1 and all(frame.step <= 3 for frame in rest)


def test_a_stop_while_paused_ends_the_run() -> None:
    controls = Controls()
    stream = transfer(extractor(), CONTENT, [STYLE], TINY, controls)
    next(stream)
    controls.pause()
    assert next(stream).paused
    controls.stop()
    assert [(frame.step, frame.deep is not None) for frame in stream] == [(1, True)]


def test_closing_frees_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[weakref.ref[Any]] = []
    original = module._Painting._descent

    def noted(self: Any, *values: Any) -> Any:
        descent = original(self, *values)
        made.append(weakref.ref(descent))
        return descent

    monkeypatch.setattr(module._Painting, "_descent", noted)
    stream = transfer(extractor(), CONTENT, [STYLE], replace(TINY, steps=(1000,)))
    next(stream)
    assert made[0]() is not None
    gc.disable()  # what is freed must not wait for the collector of cycles
    stream.close()
    gc.enable()
    assert made[0]() is None


@pytest.mark.parametrize("broken", [float("nan"), 1e9])
def test_an_explosion_falls_back_and_goes_on(broken: float, monkeypatch: pytest.MonkeyPatch
                                             ) -> None:
    original, rates = module.Descent.step, []

    def step(self: Any) -> torch.Tensor:
        losses = original(self)
        rates.append((self.rate, self.objective.vgg.dtype))
        return losses * broken if len(rates) == 3 else losses

    monkeypatch.setattr(module.Descent, "step", step)
    monkeypatch.setattr("vision.devices.has_bf16", lambda kind: True)
    found = frames(replace(TINY, steps=(6,), precision="bf16"))[-1]
    assert found.step == 6 and found.notice == FELL_BACK and np.isfinite(found.curves).all()
    assert rates[2] == (0.01, torch.bfloat16) and rates[3] == (0.001, torch.float32)
    assert len(rates) == 7


def test_losses_that_always_explode_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    original = module.Descent.step
    monkeypatch.setattr(module.Descent, "step", lambda self: original(self) * float("inf"))
    with pytest.raises(UserError, match="grow without bound"):
        frames()


def test_a_sheet_is_25_paintings() -> None:
    found = list(contact_sheet(extractor(), CONTENT, [STYLE], TINY, side=64, steps=3))[-1]
    assert found.pictures.shape == (5, 5, 43, 64, 3) and found.step == found.total == 3
    assert found.style_weights[2] == TINY.style_weight
    assert found.tv_weights == tuple(10 * factor for factor in FACTORS)
    for row, column in ((0, 4), (3, 1)):
        own = found.settings_of(row, column, replace(TINY, steps=(3,), learning_rate=0.05))
        alone = frames(own)[-1].picture.astype(int)
        assert np.abs(alone - found.pictures[row, column]).mean() < 0.2


def test_a_look_inside_agrees_with_the_losses() -> None:
    painted = frames()[-1].picture
    found = look_inside(extractor(), CONTENT, [STYLE], painted, TINY)
    losses = next(transfer(extractor(), CONTENT, [STYLE], TINY, start=painted)).losses
    assert sum(layer.loss for layer in found.layers) == pytest.approx(losses["style"], rel=1e-4)
    assert sum(found.content.values()) == pytest.approx(losses["content"], rel=1e-4)
    assert found.layers[0].name == "conv1_1" and found.layers[-1].name == "conv5_1"
    assert all(pull.shape == painted.shape[:2] and pull.max() > 0
               for pull in found.pulls.values())
    own = look_inside(extractor(), STYLE, [STYLE], STYLE, replace(TINY, sides=(80,)))
    assert all(layer.gap < 1e-4 for layer in own.layers)
    assert all(np.allclose(layer.style, layer.picture, atol=1e-4) for layer in own.layers)


@pytest.mark.parametrize("work, words", [
    (lambda: transfer(extractor(), picture(0, 20, 40), [STYLE]), "only 40×20 pixels"),
    (lambda: transfer(extractor(), picture(0, 40, 400), [STYLE]), "too long and narrow"),
    (lambda: transfer(extractor(), CONTENT, [picture(0, 400, 40)]), "too long and narrow"),
    (lambda: transfer(extractor(), None, [STYLE]), "no picture yet"),
    (lambda: transfer(extractor(), CONTENT, [None]), "no picture yet"),
    (lambda: transfer(extractor(), CONTENT, []), "0 style pictures"),
    (lambda: transfer(extractor(), CONTENT, [STYLE] * 3), "3 style pictures"),
    (lambda: transfer(extractor(), CONTENT, [STYLE], mask=np.ones((9, 9))), "region is 9×9"),
    (lambda: transfer(extractor(), CONTENT, [STYLE], mask=np.zeros((64, 96))), "region is empty"),
    (lambda: Weights(0, 0, 0), "all weights are 0"),
    (lambda: Weights(-1, 0, 0), "content"),
    (lambda: Settings(content_weight=0, style_weight=0, tv_weight=0), "all weights are 0"),
    (lambda: Settings(style_layers=()), "no style layer"),
    (lambda: Settings(content_layers=()), "no content layer"),
    (lambda: Settings(style_layers=(1,)), "no layer called '1'"),
    (lambda: Settings(style_layer_weights=(1.0,)), "1 weights for 5"),
    (lambda: Settings(sides=(20,)), "sides"),
    (lambda: Settings(steps=(1, 2)), "1 sides, 2 steps"),
    (lambda: Settings(learning_rate=-1.0), "rate"),
    (lambda: Settings(start="middle"), "no start called 'middle'"),
    (lambda: Settings(blend=2.0), "blend"),
])
def test_mistakes_get_one_sentence(work: Callable[[], Any], words: str) -> None:
    with pytest.raises(UserError) as caught:
        work()
    assert words in str(caught.value).lower() and str(caught.value)[-1] in ".?"


def test_a_pass_that_began_anew_never_has_less_than_nothing_left() -> None:
    clock = Clock(Settings(sides=(64,), steps=(3,), decay_every=(3,)))
    clock.begin(0)
    clock.count(2)
    assert clock.left > 0
    clock.count(2)
    assert clock.left == 0
