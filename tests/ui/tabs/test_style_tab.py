"""The handlers of the style tab: steering, pausing, going on, curves, the sheet, own networks."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import gradio as gr
import numpy as np
import pytest
from PIL import Image

from tests.style.sights import CONTENT, STYLE
from tests.ui.tabs.style_tiny import tiny_extractor
from vision.images import read_picture
from vision.style.settings import BOOK, FAST, PRESET_EXTRACTORS, Settings
from vision.style.sheet import Sheet
from vision.style.transfer import Frame
from vision.ui.components.model_choice import OWN
from vision.ui.components.training.stopping import Control
from vision.ui.tabs.segmentation.shared import MODELS as SEGMENTERS
from vision.ui.tabs.segmentation.shared import examples
from vision.ui.tabs.style import inside as style_inside
from vision.ui.tabs.style import memory as style_memory
from vision.ui.tabs.style import one_pass, run_buttons, steering
from vision.ui.tabs.style import pictures as style_pictures
from vision.ui.tabs.style import run as style_run
from vision.ui.tabs.style import sheet as style_sheet
from vision.ui.tabs.style.controls import DETERMINED, Chosen, choose, passes
from vision.ui.tabs.style.regions import (
    BRUSHES,
    EDITOR,
    editor_size,
    fill,
    for_editor,
    ink_of,
    largest,
    masks_of,
    rgb,
)
from vision.ui.tabs.style.script import code
from vision.ui.tabs.style.shared import curves, power, power_text, weight
from vision.ui.tabs.style.studio import MOST, Film, Studio, rest_of

SMALL = Chosen(size=64, steps=6, preset="single")
REQUEST: Any = None


@pytest.fixture(autouse=True)
def tiny(tmp_path: Path) -> Iterator[None]:
    with tiny_extractor(tmp_path / "checkpoint"):
        yield


@pytest.fixture
def pair(tmp_path: Path) -> tuple[str, str, None, None]:
    for name, pixels in (("content", CONTENT), ("style", STYLE)):
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    return str(tmp_path / "content.png"), str(tmp_path / "style.png"), None, None


@pytest.fixture(autouse=True)
def every_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style_run, "EVERY", -1)
    monkeypatch.setattr("vision.style.clock.EVERY", 0.01)


def run(studio: Studio, pair: Any, chosen: Chosen = SMALL) -> Iterator[Any]:
    return style_run.stylize(studio, *pair, *vars(chosen).values(), REQUEST)


def test_a_slider_changes_the_run_and_leaves_a_mark(pair: Any) -> None:
    studio = Studio()
    running = run(studio, pair)
    assert "style-mark" not in next(running)[1]
    steering.steer(studio, 0, 3, 4, REQUEST)
    rest = list(running)
    (mark,) = studio.marks
    assert "style-mark" in rest[-1][1] and 1 <= mark <= 3
    assert studio.curves[mark, 2] > 100 * studio.curves[mark - 1, 2]
    assert len(studio.curves) == 6 and rest[-1][5]["steps"] == 6


def test_one_session_does_not_steer_another(pair: Any) -> None:
    studio, other = Studio(), Studio()
    running = run(studio, pair)
    next(running)
    steering.steer(other, 0, 3, 4, REQUEST)
    other.halt()
    list(running)
    assert not studio.marks and len(studio.curves) == 6


def test_stop_keeps_the_picture_and_it_goes_on_from_there(pair: Any) -> None:
    studio = Studio()
    running = run(studio, pair, Chosen(size=64, steps=900, preset="single"))
    next(running)
    studio.halt()
    last = list(running)[-1]
    done = len(studio.curves)
    assert done < 10 and np.array_equal(last[0], studio.picture)
    settings = studio.longer(SMALL.settings(), 3)
    pictures = style_run.Pictures.of(*pair)
    *_, end = style_run.paint(studio, pictures, settings, "bundled", REQUEST)
    assert len(studio.curves) == done + 3 and end[0].shape == last[0].shape
    assert studio.marks == [done]
    finer = studio.longer(SMALL.settings(), 1, 2)
    *_, large = style_run.paint(studio, pictures, finer, "bundled", REQUEST)
    assert max(large[0].shape) == 2 * max(end[0].shape)


def test_a_pause_holds_the_step(pair: Any) -> None:
    studio = Studio()
    running = run(studio, pair)
    next(running)
    studio.toggle()
    held = [next(running)[1] for _ in range(4)][1:]
    assert all("paused" in shown for shown in held) and len(studio.curves) <= 2
    studio.toggle()
    list(running)
    assert len(studio.curves) == 6


def test_a_pause_does_not_last_for_ever(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style_run, "LONGEST_PAUSE", 0.1)
    studio = Studio()
    running = run(studio, pair)
    next(running)
    studio.toggle()
    assert list(running)[-1][5]["steps"] < 6


def test_a_pause_lets_go_when_others_wait(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting: list[str] = []
    monkeypatch.setattr(style_run, "SHORTEST_PAUSE", 0.1)
    monkeypatch.setattr(style_run, "others_wait", waiting.count)
    studio = Studio()
    running = run(studio, pair)
    next(running)
    studio.toggle()
    assert "paused" in [next(running)[1] for _ in range(4)][-1]
    waiting.append(style_run.PLACES)
    assert list(running)[-1][5]["steps"] < 6 and studio.painted() is not None
    assert run_buttons.toggle(studio, 0) == 1, "the next press begins a run for the rest"
    *_, last = style_run.resume(REQUEST, studio, *pair, *vars(SMALL).values())
    assert last[5]["steps"] == 6 and studio.rest is None and not studio.controls.paused
    assert list(style_run.resume(REQUEST, studio, *pair, *vars(SMALL).values())) == []
    assert not studio.toggle()


def test_what_a_pause_leaves_keeps_its_passes() -> None:
    whole = Chosen(size=300, steps=200).settings()
    left = rest_of(whole, whole.steps[0] + 10)
    assert left and left.sides == whole.sides[1:] and left.total == whole.steps[1] - 10
    early = rest_of(whole, 10)
    assert early and early.sides == whole.sides and early.total == whole.total - 10
    assert rest_of(whole, whole.total) is None


def test_a_closed_page_ends_the_run_and_frees_it(pair: Any) -> None:
    studio = Studio()
    running = run(studio, pair)
    next(running)
    running.close()
    end = time.monotonic() + 20
    while studio.busy.locked() and time.monotonic() < end:
        time.sleep(0.01)  # the work ends in its own thread
    assert studio.picture is None and not studio.film.frames and not studio.busy.locked()


def test_stop_while_it_waits_ends_it_before_it_begins(pair: Any) -> None:
    studio = Studio()
    studio.call()
    studio.halt()
    assert list(run(studio, pair)) == []
    assert len(list(run(studio, pair))) > 2


def on(studio: Studio) -> tuple[bool, ...]:
    return tuple(button.interactive for button in run_buttons.ended(studio)[1:])


def test_pause_and_stop_are_on_while_it_runs_and_off_at_its_end(pair: Any) -> None:
    studio = Studio()
    assert [button.interactive for button in run_buttons.called(studio)] == [True, True]
    running = run(studio, pair)
    next(running)
    assert on(studio) == (True, True)
    *_, last = running
    assert on(studio) == (False, False) and "0 s" in last[1]


def test_pause_and_stop_stay_on_for_the_run_that_waits_for_another(pair: Any) -> None:
    studio = Studio()
    first = run(studio, pair, Chosen(size=64, steps=900, preset="single"))
    next(first)
    second = threading.Thread(target=lambda: list(run(studio, pair)))
    run_buttons.called(studio)
    second.start()
    while studio.runs < 2:
        time.sleep(0.01)
    list(first)
    assert on(studio) == (True, True), "the second goes on"
    second.join()
    assert on(studio) == (False, False)


def test_what_fails_has_no_time_left_and_no_buttons(
        pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = style_run.frames_of

    def failing(*given: Any) -> Iterator[Frame]:
        yield replace(next(whole(*given)), seconds_left=99.0)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(style_run, "frames_of", failing)
    studio, told = Studio(), list[str]()
    with pytest.raises(gr.Error):
        for answer in run(studio, pair):
            told.append(answer[1])
    assert "99 s" in told[0] and "0 s" in told[-1] and on(studio) == (False, False)


def test_what_was_held_for_long_goes_on_by_pause_alone(
        pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style_run, "LONGEST_PAUSE", 0.1)
    studio = Studio()
    running = run(studio, pair)
    next(running)
    studio.toggle()
    assert "paused" in list(running)[-1][1] and on(studio) == (True, False)


def test_what_is_stopped_while_it_is_held_is_not_paused(pair: Any) -> None:
    studio = Studio()
    running = run(studio, pair)
    next(running)
    studio.toggle()
    next(running)
    studio.halt()
    assert "paused" not in list(running)[-1][1], "stopped is not paused"


def test_only_the_painted_region_changes(pair: Any) -> None:
    layer = np.zeros((*for_editor(CONTENT).shape[:2], 4), np.uint8)
    layer[:, : layer.shape[1] // 2, 3] = 255
    chosen = Chosen(size=96, steps=6, preset="single", learning_rate=0.2)
    *_, last = run(Studio(), (*pair[:3], {"layers": [layer]}), chosen)
    change = np.abs(last[0].astype(int) - CONTENT).mean((0, 2))
    assert change[:40].mean() > 3 * change[60:].mean()


def test_a_region_of_another_picture_gets_one_sentence(pair: Any) -> None:
    layer = np.full((50, 60, 4), 255, np.uint8)
    with pytest.raises(gr.Error, match="60×50"):
        list(run(Studio(), (*pair[:3], {"layers": [layer]})))


def test_presets_mean_what_the_package_means() -> None:
    for name, preset in (("fast", FAST), ("book", BOOK), ("single", Settings())):
        assert passes(name, preset.sides[-1], preset.total) == (
            preset.sides, preset.steps, preset.decay_every)
        values = dict(zip(DETERMINED, choose(name), strict=True))
        chosen = Chosen(preset=name, **values).settings()
        assert chosen.weights == preset.weights and chosen.rate == preset.rate
        assert chosen.sides == preset.sides and chosen.style_layers == preset.style_layers
        assert chosen.pooling == preset.pooling
        assert values["extractor"] == PRESET_EXTRACTORS.get(name, "bundled")
    assert Chosen().settings() == FAST and Chosen().extractor == "slim", "as the page opens"


def test_the_code_shown_is_python_with_the_settings() -> None:
    chosen = Chosen(tv_power=2, colours="luminance", preset="book", size=900, steps=800)
    script = code(None, None, *vars(chosen).values())
    inside = script[script.index("Settings(\n") : script.index("\n)\n") + 2]
    assert eval(inside, {"Settings": Settings}) == chosen.settings()


def test_weights_are_powers_of_ten_and_off() -> None:
    assert [weight(place) for place in (-3, 0, 3)] == [0, 1, 1000]
    assert [weight(power(value)) for value in (0, 1, 1000)] == [0, 1, 1000]


def test_curves_lie_where_their_values_are() -> None:
    values = np.array([[100.0, 1.0, 0.0], [1.0, 100.0, 0.0]])
    shown = curves(values, [1], 2, REQUEST)
    lines = [[tuple(map(float, point.split(","))) for point in line.split()]
             for line in re.findall(r'points="([^"]*)"[^>]* stroke-width="2"', shown)]
    (falls, rises, nothing) = lines
    assert falls[0][1] == rises[1][1] < falls[1][1] == rises[0][1] and nothing == []


def test_a_film_keeps_few_frames_and_both_ends(tmp_path: Path) -> None:
    film = Film()
    for level in range(200):
        film.add(np.full((40, 60, 3), level, np.uint8))
    assert len(film.frames) <= MOST + 1 and film.at(0).mean() < 3 and film.at(1).mean() > 190
    path = film.write(tmp_path / "film.gif", np.full((80, 120, 3), 200, np.uint8))
    assert Image.open(path).size == (120, 80)


def test_look_inside_shows_every_layer_and_every_pull(pair: Any) -> None:
    studio = Studio()
    list(run(studio, pair))
    shown = style_inside.look(REQUEST, studio, 1, *pair, *vars(SMALL).values())
    assert shown.count("<img") == 5 * 3 + 3 and "conv5_1" in shown


def test_a_layer_is_rebuilt_from_noise(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style_inside, "STEPS", 3)
    *_, last = style_inside.rebuild(REQUEST, "style", 5, *pair, *vars(SMALL).values())
    assert last.shape == (85, 128, 3)
    settings = style_inside.alone("content", 10, SMALL.settings())
    assert settings.content_layers == (10,) and settings.style_weight == 0


def test_a_click_on_the_sheet_goes_on_from_that_painting(pair: Any,
                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.style.sheet.contact_sheet.__defaults__", (FAST, 64, 2))
    *_, (whole, said, sheet) = style_sheet.make(REQUEST, Control(), *pair, *vars(SMALL).values())
    height, width = sheet.pictures.shape[2:4]
    assert whole.shape == (5 * height + 16, 5 * width + 16, 3) and "2" in said
    event = type("Event", (), {"index": (3 * (width + 4) + 5, 1 * (height + 4) + 5)})
    studio = Studio()
    style_power, tv_power = style_sheet.pick(studio, sheet, event, REQUEST)
    assert np.array_equal(studio.start, sheet.pictures[1, 3])
    assert (style_power, tv_power) == (3.25, 2.5)


def test_a_sheet_says_its_weights_on_its_first_column_and_row() -> None:
    sheet = Sheet(1, 2, np.zeros((5, 5, 72, 96, 3), np.uint8), (1, 10, 100, 1000, 10_000),
                  (0.1, 1, 10, 100, 1000), 0.0, 0.0)
    shown = style_sheet.labelled(sheet)
    blank = style_sheet.laid_out(sheet.pictures)
    assert shown.shape == blank.shape
    for row in range(5):
        for column in range(5):
            cell = np.s_[row * 76 : row * 76 + 72, column * 100 : column * 100 + 96]
            assert (shown[cell] != blank[cell]).any() == (row == 0 or column == 0)
    assert [style_sheet.plain(weight) for weight in (10_000, 56.2, 0.032)] == [
        "10000", "56", "0.032"]


def test_a_stopped_run_has_no_time_left() -> None:
    frame = Frame(3, 10, np.zeros((64, 64, 3), np.uint8), np.ones((3, 3), np.float32), (), 1.0, 7.0)
    first, *_, last = style_run.shown(Studio(), iter([frame]), Settings(), None)
    assert ">7 s<" in first[1] and ">0 s<" in last[1] and ">7 s<" not in last[1]


def test_a_stopped_sheet_keeps_its_paintings(pair: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.style.sheet.contact_sheet.__defaults__", (FAST, 64, 900))
    control = Control()
    running = style_sheet.make(REQUEST, control, *pair, *vars(SMALL).values())
    next(running)
    control.stopping.set()
    (_, said, sheet), = list(running)
    assert 1 < sheet.step < 900 and "left" not in said
    event = type("Event", (), {"index": (1, 1)})
    studio = Studio()
    style_sheet.pick(studio, sheet, event, REQUEST)
    assert np.array_equal(studio.start, sheet.pictures[0, 0])


def test_a_network_is_trained_and_paints_at_once(pair: Any, monkeypatch: pytest.MonkeyPatch
                                                 ) -> None:
    monkeypatch.setattr(one_pass, "SIDE", 64)
    control = Control()
    news = list(one_pass.train_own(*pair[:2], 2, 1e-3, 0, control, REQUEST))
    *_, before, last = one_pass.fork_own(pair[0], 1, 2e-3, control, REQUEST)
    assert len(before[1].axes) == 3 and max(before[2].shape) == 256 and "0.002" in last[0]
    own, studio = news[-1][3], Studio()
    one, many, said = one_pass.one_pass(studio, *pair[:2], OWN, 64, 1, own, REQUEST)
    assert one.shape[1] == 64 and many is None and "ms" in said
    list(run(studio, pair))
    assert one_pass.one_pass(studio, *pair[:2], OWN, 64, 1, own, REQUEST)[1] is not None


def test_no_other_picture_keeps_the_title_of_a_painting(whole_page: gr.Blocks, tmp_path: Path
                                                        ) -> None:
    own = tmp_path / Path(style_pictures.paintings()[0]).name
    own.write_bytes(b"another picture")
    assert style_pictures.title(str(own), REQUEST) == "" == style_pictures.title(None, REQUEST)
    follows = [call for call in whole_page.fns.values() if call.fn is style_pictures.title]
    assert [target[1] for call in follows for target in call.targets] == ["change"]


def test_every_painting_has_a_title() -> None:
    titles = {style_pictures.title(path, REQUEST) for path in style_pictures.paintings()}
    assert len(titles) == 12 and len(style_pictures.photographs()) == 4


@pytest.mark.parametrize("call", [
    lambda: Studio().painted(), lambda: Film().at(1), lambda: one_pass.MODELS.path_of(None),
    lambda: one_pass.MODELS.path_of("none"), lambda: style_sheet.pick(Studio(), None, None, None),
])
def test_what_is_missing_gets_one_sentence(call: Callable[[], Any]) -> None:
    with pytest.raises(Exception, match=r"\.'?$") as caught:
        call()
    assert "\n" not in str(caught.value)


def ink(*brushes: str) -> dict[str, Any]:
    """Return an editor's layer on which each brush has painted an equal part, from the left."""
    height, width = for_editor(CONTENT).shape[:2]
    layer = np.zeros((height, width, 4), np.uint8)
    for number, brush in enumerate(brushes):
        part = slice(number * width // len(brushes), (number + 1) * width // len(brushes))
        layer[:, part] = (*rgb(BRUSHES[brush]), 255) if brush in BRUSHES else (0, 0, 0, 255)
    return {"layers": [layer]}


def test_each_brush_paints_its_own_mask_and_any_other_ink_is_the_first_ones() -> None:
    found = masks_of(ink("orange", "blue", "green"), CONTENT)
    middles = [float((mask * np.arange(mask.shape[1])).sum() / mask.sum())
               for mask in found if mask is not None]
    assert middles == pytest.approx([15.5, 47.5, 79.5], abs=1.5)
    assert [mask is None for mask in masks_of(ink("black"), CONTENT)] == [False, True, True]
    assert masks_of(None, CONTENT) == [None] * 3


def test_brushes_have_styles_of_their_own(pair: Any) -> None:
    chosen = Chosen(size=64, steps=3, preset="single", blue="koi")
    pictures = style_run.Pictures.of(*pair[:3], ink("green", "blue"), chosen.brushes)
    assert pictures.mask is None and len(pictures.others) == 2
    *_, last = run(Studio(), (*pair[:3], ink("orange", "blue")), chosen)
    assert last[5]["steps"] == 3
    with pytest.raises(gr.Error, match="no style called 'kio'"):
        list(run(Studio(), (*pair[:3], ink("blue")), Chosen(blue="kio")))


def test_the_largest_classes_get_a_brush_each() -> None:
    shares = {"sky": 0.3, "road": 0.5, "car": 0.01, "tree": 0.17, "pole": 0.02}
    assert largest(shares) == ["road", "sky", "tree"] and largest({"sky": 0.99, "car": 0.01}) == [
        "sky"]
    street, _ = examples()[0]
    value, said = fill(street, SEGMENTERS.first(), REQUEST)
    assert value["background"].shape == (360, 480, 3) and "orange: " in said
    first, second, _ = masks_of({"layers": value["layers"]}, read_picture(street))
    assert first is not None and second is not None and not ((first > 0) & (second > 0)).all()


def test_a_models_ink_is_as_large_as_the_canvas_and_lies_where_its_class_is() -> None:
    """Gradio's editor would lay a smaller layer into the middle of its canvas."""
    labels = np.zeros((320, 480), np.uint8)
    labels[40:120, 300:460] = 7
    layer = ink_of(labels, [7])
    assert layer.shape == (EDITOR, EDITOR, 4) and not layer[320:].any()
    first, *others = masks_of({"layers": [layer]}, np.zeros((640, 960, 3), np.uint8))
    assert first is not None and first.shape == (640, 960) and others == [None, None]
    assert ((first > 127) == (labels == 7).repeat(2, 0).repeat(2, 1)).all()


@pytest.mark.parametrize("height, width", [(16, 2000), (2000, 16), (2, 2000), (1, 1)])
def test_a_thread_of_a_picture_can_lie_in_the_editor(height: int, width: int) -> None:
    shown = for_editor(np.zeros((height, width, 3), np.uint8))
    assert max(shown.shape[:2]) == EDITOR and min(shown.shape[:2]) >= 1


def test_the_editors_canvas_holds_every_picture(whole_page: gr.Blocks) -> None:
    canvas = next(block for block in whole_page.blocks.values()
                  if getattr(block, "elem_id", "") == "style-region")
    assert isinstance(canvas, gr.ImageEditor) and tuple(canvas.canvas_size) == (EDITOR, EDITOR)
    for shape in ((30, 90, 3), (2, 1, 3)):
        assert max(editor_size(np.zeros(shape))) == EDITOR


def test_refining_ends_at_a_print_that_fits_into_the_memory(monkeypatch: pytest.MonkeyPatch
                                                            ) -> None:
    studio = Studio()
    studio.picture = np.zeros((800, 1200, 3), np.uint8)
    settings = studio.longer(SMALL.settings(), 60, 2)
    assert (settings.sides, settings.steps) == ((2400,), (24,))
    assert style_memory.bytes_of(1600, 2400) < 3e9
    monkeypatch.setattr(style_memory.BUDGET, "whole", 1e9)
    side = studio.grown(2)
    assert side == 1200, "never smaller than it is"
    studio.picture = np.zeros((400, 600, 3), np.uint8)
    side = studio.grown(2)
    assert 600 < side < 1200 and style_memory.bytes_of(side * 2 / 3, side) <= 1e9


def test_a_painting_for_print_has_16_bits(pair: Any, tmp_path: Path) -> None:
    studio = Studio()
    assert not run_buttons.print_file(studio).visible
    list(run(studio, pair))
    file = run_buttons.print_file(studio).value
    deep = cv2.imread(file["path"], cv2.IMREAD_UNCHANGED)[..., ::-1]
    assert deep.dtype == np.uint16 and deep.shape == studio.painted().shape
    assert np.abs(deep / 257 - studio.painted()).max() <= 0.51
    assert len(np.unique(deep % 257)) > 50, "more than 8 bits"


def test_the_page_gets_no_more_pixels_than_a_screen_needs() -> None:
    studio = Studio()
    studio.film.add(np.zeros((1600, 2400, 3), np.uint8))
    assert studio.film.at(0).shape == (853, 1280, 3)


def test_the_powers_beside_the_losses_are_raised() -> None:
    assert [power_text(exponent) for exponent in (-12.0, 0.0, 3.0)] == ["10⁻¹²", "10⁰", "10³"]
    drawn = curves(np.array([[1e-3, 1e2, 1e1]] * 4), [], 4, None)
    assert "10⁻³" in drawn and drawn.count("tspan") == 0
