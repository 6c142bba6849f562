"""The tab's handlers, called as the page calls them, on tiny models of this test's own."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import gradio as gr
import numpy as np
import pytest
import torch
from PIL import Image

from vision import checkpoints
from vision.data.cifar import CIFAR10
from vision.gan import train_classifier
from vision.gan.lab.game import Settings
from vision.gan.models import ARCHITECTURES, generators
from vision.gan.predict import Drawer
from vision.gan.train import Config, train
from vision.ui.components.model_choice import OWN
from vision.ui.components.training.stopping import Control
from vision.ui.shell.turns import Turns
from vision.ui.tabs.gan import explore, judge, lab_scene, shared, tab, timeline
from vision.ui.tabs.gan import lab as gan_lab
from vision.ui.tabs.gan import train as gan_own

TINY = Config(data="shapes", steps=3, batch=8, snapshots=2, precision="fp32", measure=False)
Request: Any = None
BLANK = np.zeros((120, 320), np.uint8)
SKETCH = np.pad(np.full((40, 40), 255, np.uint8), ((20, 180), (180, 20)))  # above on the right
DRAWING = np.concatenate([BLANK[:40], BLANK[40:60] + 255, BLANK[60:]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of checkpoints: a CGAN, a GAN, and the classifier that reads the shapes."""
    root = tmp_path_factory.mktemp("checkpoints")
    for arch in ("cgan", "gan"):
        train(replace(TINY, arch=arch, output=root / "gan" / f"{arch}-shapes.safetensors"))
    train_classifier.train(train_classifier.Config(
        data="shapes", steps=3, batch=8, precision="fp32",
        output=root / "gan" / "classifier-shapes.safetensors"))
    config = {"classes": 10, "shape": [3, 32, 32]}
    checkpoints.save(root / "gan" / "cdcgan-cifar10.safetensors",
                     ARCHITECTURES.build("cdcgan", **config),
                     checkpoints.Card("gan", "cdcgan", config, CIFAR10, steps=3,
                                      data={"train": ["cifar10"]}))
    return root


@pytest.fixture(autouse=True)
def _use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "FOLDER", folder)


def sample(**change: Any) -> tuple[Any, ...]:
    settings = {"model": "cgan-shapes", "labels": [1, 2], "count": 5, "seed": 0,
                "truncation": 4.0, "own": None, "request": Request, **change}
    return tab.sample(*settings.values())


def test_every_picture_has_an_opinion_and_a_reading() -> None:
    pictures, facts, _, numbers = sample()
    assert pictures.count("<img") == 5 and len(re.findall(r"D \d\.\d\d", pictures)) >= 5
    assert pictures.count("✓") + pictures.count("✗") >= 5 and "lab-tile" in facts
    assert numbers["labels"] == [1, 2, 1, 2, 1] and len(numbers["reading"]) == 5
    assert numbers["opinion"] == sample()[3]["opinion"]


def drawn_in(html: str) -> np.ndarray:
    """The first picture of a piece of HTML."""
    content = base64.b64decode(re.search(r"data:image/\w+;base64,([^\"]+)", html)[1])
    return np.asarray(Image.open(io.BytesIO(content)))


def test_a_model_of_colours_shows_colours_everywhere() -> None:
    pictures, facts, file, _ = sample(model="cdcgan-cifar10")
    assert drawn_in(pictures).shape == (32, 32, 3) and pictures.count("<img") == 5
    assert "colour" in facts and "colour" not in sample()[1]
    assert np.asarray(Image.open(file["value"])).shape == (32, 320, 3)
    frames, strip, moving, _ = explore.explore("cdcgan-cifar10", "morph", 0, 1, 0, 1, 1, None,
                                               Request)
    assert frames.shape == (25, 32, 32, 3) and drawn_in(strip).shape == (32, 32, 3)
    assert "image/gif" in moving and drawn_in(explore.at(frames, 0)).shape == (32, 32, 3)
    assert drawn_in(timeline.travel("cdcgan-cifar10", 1, None, Request)[0]).shape == (32, 32, 3)
    seen = judge.fool(np.full((280, 280), 255, np.uint8), "cdcgan-cifar10", 1, None, Request)
    assert drawn_in(seen).shape == (32, 32, 3)


def test_without_the_data_on_disk_it_says_what_is_accepted(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    with pytest.raises(gr.Error) as caught:
        judge.neighbours("cdcgan-cifar10", None, Request)
    assert "data download cifar10" in caught.value.message


def test_the_judge_offers_to_fetch_what_is_not_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path
                                                    ) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    assert judge.offer("cdcgan-cifar10", None).visible
    assert not judge.offer("cgan-shapes", None).visible
    (tmp_path / "cifar10").mkdir()
    assert not judge.offer("cdcgan-cifar10", None).visible
    assert judge.data_of(checkpoints.Card("gan", "cgan", {})) == ""


def test_a_model_without_labels_says_so() -> None:
    assert "lab-note" in sample(model="gan-shapes")[1]


@pytest.mark.parametrize("call, word", [
    (lambda: sample(labels=[]), "no label"), (lambda: sample(labels=[11]), "label 11"),
    (lambda: sample(count=0), "0 pictures"), (lambda: sample(count=10_000), "10000 pictures"),
    (lambda: sample(model="../x"), "no model"), (lambda: sample(seed=-3), "seed is -3"),
    (lambda: tab.write("cgan-shapes", "20x6", 0, 4.0, None, Request), "20x6"),
    (lambda: tab.write("cgan-shapes", "", 0, 4.0, None, Request), "no label"),
    (lambda: tab.write("gan-shapes", "1", 0, 4.0, None, Request), "without labels"),
    (lambda: tab.write("cgan-shapes", "ring, comet", 0, 4.0, None, Request), "comet' is not among"),
    (lambda: tab.write("cgan-shapes", " , ", 0, 4.0, None, Request), "no label was chosen"),
    (lambda: judge.fool(None, "cgan-shapes", 0, None, Request), "drawing is empty"),
    (lambda: judge.fool(BLANK, "cgan-shapes", 0, None, Request), "drawing is empty"),
    (lambda: list(gan_lab.run(Request, gan_lab.Bench(), *lab("drawn"))), "drawing is empty"),
    (lambda: gan_lab.half(Request, gan_lab.Bench(), "sketched", None, None, *lab("")[3:]),
     "drawing is empty"),
    (lambda: gan_lab.step(Request, gan_lab.Bench(), *lab("ring", nets=(5, 8, 1, 8, "adam"))),
     "layers-g"),
    (lambda: gan_lab.reset(Request, gan_lab.Bench(), *lab("drawn", BLANK)), "drawing is empty"),
    (lambda: list(gan_lab.run(Request, gan_lab.Bench(), *lab("ring", seed=2**64))), "seed is 1844"),
    (lambda: sample(seed=2**64), "seed is 1844"),
    (lambda: explore.explore("cgan-shapes", "dimension", 0, 1, 0, 1, 999, None, Request),
     "no dimension 999"),
])
def test_bad_input_gets_one_sentence(call: Callable[[], Any], word: str) -> None:
    with pytest.raises(gr.Error) as caught:
        call()
    assert word in caught.value.message[:1].lower() + caught.value.message[1:]
    assert "\n" not in caught.value.message


def test_words_are_written_by_name_and_by_number() -> None:
    by_name = tab.write("cgan-shapes", "Ring, plus", 0, 4.0, None, Request)[3]
    assert by_name["labels"] == [1, 6]
    assert tab.write("cgan-shapes", "1 6", 0, 4.0, None, Request)[3] == {
        **by_name, "seconds": pytest.approx(0, abs=60)}


@pytest.mark.parametrize("kind", explore.USES)
def test_ways_through_the_generator(kind: str) -> None:
    answer = explore.explore("cgan-shapes", kind, 0, 1, 0, 1, 1, None, Request)
    frames, strip, moving, _ = answer
    if kind == "table":
        assert strip.count("<img") == 60 and frames is None
        assert not moving and explore.at(frames, 0.5) == ""  # the way before is gone
    else:
        assert frames.shape == (25, 28, 28) and "image/gif" in moving
        assert "0%" in strip and "100%" in strip
        assert "<img" in explore.at(frames, 1.0)


def test_a_way_that_gives_place_to_a_table_leaves_no_frame_behind() -> None:
    assert explore.at(None, 0.5) == ""


@pytest.fixture(scope="module")
def ways() -> gr.Blocks:
    """A page of nothing but the ways through a generator."""
    with gr.Blocks() as page, gr.Tabs(), gr.Tab("gan"):
        explore.build(gr.Dropdown(), gr.State(None), [("0", 0), ("1", 1), ("2", 2)])
    return page


def seen_on(page: gr.Blocks, kind: str) -> set[str]:
    """Return the controls whose places a page shows once a kind of way has been chosen."""
    shows = next(call for call in page.fns.values() if call.fn is explore.used)
    choice = next(key for key, block in page.blocks.items() if block.elem_id == "gan-kind")
    assert (choice, "change") in shows.targets
    return {place.children[0].children[0].elem_id.removeprefix("gan-").replace("-", "_")
            for place, change in zip(shows.outputs, explore.used(kind), strict=True)
            if change.visible}


@pytest.mark.parametrize("kind", explore.USES)
def test_a_way_shows_the_controls_that_change_what_is_drawn_and_no_other(ways: gr.Blocks,
                                                                         kind: str) -> None:
    first = {"first_label": 0, "second_label": 1, "first_seed": 0, "second_seed": 1, "dimension": 1}

    def strip(**change: int) -> str:
        return explore.explore("cgan-shapes", kind, *(first | change).values(), None, Request)[1]

    changing = {name for name, value in first.items() if strip(**{name: value + 1}) != strip()}
    moving = {"position"} if kind != "table" else set()
    assert seen_on(ways, kind) == changing | moving


def test_at_first_a_way_shows_what_its_table_needs(ways: gr.Blocks) -> None:
    places = [block for block in ways.blocks.values() if isinstance(block, gr.Column)
              and block.children and not isinstance(block.children[0], gr.Row)]
    hidden = {each.elem_id for place in places if not place.visible
              for form in place.children for each in form.children}
    assert hidden == {f"gan-{name}" for name in ("first-label", "second-label", "second-seed",
                                                 "dimension", "position")}


def test_the_slider_of_dimensions_goes_as_far_as_the_noise() -> None:
    noise = Drawer.of(shared.MODELS.open("cgan-shapes", None)).noise
    slider = explore.dimensions("cgan-shapes", None, noise + 1)
    assert slider.maximum == slider.value == noise
    last = explore.explore("cgan-shapes", "dimension", 0, 1, 0, 1, noise, None, Request)[0]
    assert (last[0] != last[-1]).any()


def test_time_runs_from_the_first_snapshot_to_the_finished_model() -> None:
    path = shared.MODELS.path_of("cgan-shapes", None)
    assert timeline.moment(path, 0)[0] == 0 and timeline.moment(path, 1)[0] == 3
    here, beside, _ = timeline.travel("cgan-shapes", 1, None, Request)
    assert here.count("<img") == 30 and "does not ship" in beside


def test_the_board_shows_every_model_and_the_papers() -> None:
    board = judge.leaderboard(Request)
    assert "CGAN · shapes" in board and "225 ± 2" in board and "132 ± 1.8" in board
    parts = re.split("<h4>", board)[1:]
    assert [part.partition("<")[0] for part in parts] == ["MNIST", "CIFAR-10", "shapes"]
    assert ["225 ± 2" in part for part in parts] == [True, False, False]
    assert ["GAN · shapes" in part for part in parts] == [False, False, True]
    assert judge.plots("cgan-shapes", None, Request)[1] == ""


def test_the_judges_own_skill_stands_below() -> None:
    judged = [{"accuracy": 0.993}, {"accuracy": 0.977}]
    cards = [checkpoints.Card("gan", "cgan", {}, data={"train": [data]}, metrics={"judges": found})
             for data, found in (("mnist", judged), ("shapes", []))]
    assert judge.skills(cards, Request).endswith(" 99.3% / 97.7%")
    assert judge.skills(cards[1:], Request) == "–"


def test_either_judge_has_its_column() -> None:
    judged = {"mean": 0.983, "deviation": 0.004}
    assert judge.fidelities({"fidelity": 0.9, "judges": [judged, judged]}) == [
        "98.3% ± 0.4%"] * 2
    assert judge.fidelities({"fidelity": 0.9, "judges": []}) == ["90.0%", "–"]
    assert judge.fidelities({}) == ["–", "–"]


def test_the_windows_note_tells_its_own_numbers() -> None:
    found = {"curve": [[0.1, -90.0], [0.15, 100.0], [0.2, 225.4]], "sigma": 0.2, "samples": 10_000}
    said = judge.fragility(found, 784, Request)
    assert all(word in said for word in ("0.100", "-90 nats", "instead of 225", "10,000", "784"))


def test_a_drawing_is_judged() -> None:
    ink = np.zeros((280, 280), np.uint8)
    ink[40:240, 120:150] = 255
    assert "lab-tile" in judge.fool(ink, "cgan-shapes", 1, None, Request)


def test_neighbours_of_the_shapes() -> None:
    assert judge.neighbours("cgan-shapes", None, Request).count("<img") == 10


def lab(place: str, drawing: Any = None, steps: int = 1, cure: str = "none", seed: int = 0,
        nets: tuple[Any, ...] = (2, 16, 2, 16, "adam")) -> tuple[Any, ...]:
    return place, drawing, SKETCH, 1, steps, 1.0, 5.0, "non-saturating", cure, seed, *nets


@pytest.mark.parametrize("place", gan_lab.PLACES)
def test_the_lab_runs_and_pauses(place: str) -> None:
    bench = gan_lab.Bench()
    settings = lab(place, DRAWING)
    frames = gan_lab.run(Request, bench, *settings)
    scene, first = next(frames)
    ElementTree.fromstring(f"<div>{scene}</div>")
    gan_lab.steer(bench, 2, 3, 1.0, 5.0, "saturating")
    assert next(frames)[1] != first
    assert bench.game.players.settings == Settings(2, 3, 1e-3, 5e-3, "saturating")
    gan_lab.stop(bench)
    assert not list(frames)
    rounds = bench.game.players.rounds
    gan_lab.step(Request, bench, *settings)
    assert bench.game.players.rounds == rounds + 1
    gan_lab.reset(Request, bench, *settings)
    assert bench.game.players.rounds == 0 and len(bench.history) == 1


def test_the_lab_plays_one_run_at_a_time_and_a_cure_goes_on() -> None:
    bench = gan_lab.Bench()
    first = gan_lab.run(Request, bench, *lab("ring", steps=10))
    next(first)
    rounds, game = bench.game.players.rounds, bench.game
    second = gan_lab.run(Request, bench, *lab("ring", cure="gradient penalty"))
    next(second)
    assert not list(first) and bench.game is game and game.players.rounds > rounds
    assert game.players.settings.generator_steps == 1
    assert gan_lab.provoke("gaussian")[0] == "ring" and gan_lab.provoke("grid")[0] == "grid"
    gan_lab.stop(bench)


def test_whoever_opens_the_lab_sees_it_play_for_a_while_and_then_finds_it_as_it_was_left(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gan_lab, "GREETING", 0.3)
    bench = gan_lab.Bench()
    first = gan_lab.begin(Request, bench, *lab("gaussian"))
    assert "<svg" in first[0] and bench.game and not bench.game.players.rounds
    unchanged = (gr.skip(), gr.skip())
    assert list(gan_lab.greet(Request, bench, True, *lab("gaussian"))) == [unchanged]
    _, *scenes = gan_lab.greet(Request, bench, False, *lab("gaussian"))
    rounds = bench.game.players.rounds
    assert rounds > len(scenes) > 1
    assert gan_lab.begin(Request, bench, *lab("gaussian"))[0] != first[0]
    assert list(gan_lab.greet(Request, bench, False, *lab("gaussian"))) == [unchanged]
    assert bench.game.players.rounds == rounds


@pytest.mark.parametrize("place", ["gaussian", "sketched"])
def test_slow_motion_plays_half_a_round_and_shows_arrows(
        place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gan_lab, "SLOW", 0)
    bench = gan_lab.Bench()
    frames = gan_lab.slowly(Request, bench, *lab(place))
    nets = []
    for said, rounds in (("D's half", 0), ("G's half", 1), ("D's half", 1)):
        scene, _ = next(frames)
        ElementTree.fromstring(f"<div>{scene}</div>")
        assert said in unescape(scene) and "gan-head" in scene
        assert bench.game.players.rounds == rounds
        nets.append([float(player[0].weight.detach().sum()) for player in (
            bench.game.players.discriminator, bench.game.players.generator)])
    assert nets[0][0] == nets[1][0] != nets[2][0] and nets[0][1] != nets[1][1] == nets[2][1]
    gan_lab.stop(bench)
    assert not list(frames)
    went_on = unescape(gan_lab.half(Request, bench, *lab(place))[0])
    assert "G's half" in went_on, "after the half of D"
    assert "half (" not in gan_lab.step(Request, bench, *lab(place))[0]


def test_other_nets_begin_a_new_game() -> None:
    bench = gan_lab.Bench()
    gan_lab.step(Request, bench, *lab("ring"))
    gan_lab.reset(Request, bench, *lab("ring", nets=(1, 2, 4, 3, "sgd")))
    players = bench.game.players
    assert players.rounds == 0 and len(players.discriminator) == 9
    assert isinstance(players.for_g, torch.optim.SGD)


def test_the_history_stays_short_and_keeps_its_end() -> None:
    history = [(float(n), 0.0) for n in range(5000)]
    short = lab_scene.thinned(history)
    assert len(short) <= 201 and short[0] == (0, 0) and short[-1] == (4999, 0)
    assert lab_scene.thinned(history[:1]) == history[:1]


def test_all_that_draws_can_be_trained_on_the_page() -> None:
    assert gan_own.architectures() == generators()


def test_a_visitor_trains_and_uses_a_model() -> None:
    control = Control()
    news = list(gan_own.train_own("cgan", "shapes", 1, "saturating", 2, 1e-3, 0, control, Request))
    path = news[-1][3]
    assert Path(path).is_file() and sample(model=OWN, own=path)[0].count("<img") == 5
    *news, last = gan_own.fork_own(1, 2e-3, control, Request)
    assert len(news[-1][1].axes) == 2 and "<img" in news[-1][2]
    assert "From step 1 on with rate 0.002" in last[0] and last[3] not in (None, path)


def test_many_play_in_the_lab_at_once_and_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = Turns(1)
    monkeypatch.setattr(gan_lab, "TURNS", turns)
    benches = [gan_lab.Bench() for _ in range(3)]
    plays = [gan_lab.run(Request, bench, *lab("gaussian")) for bench in benches]
    for play in [*plays, *plays]:  # whoever kept the turn would stop the next one for ever
        next(play)
        with turns.turn(new=True):
            pass
    assert all(bench.game.players.rounds for bench in benches) and gan_lab.AT_ONCE >= 16


def test_a_pictures_place_is_as_wide_as_the_longest_word_below_it() -> None:
    pictures = np.zeros((2, 8, 8), np.uint8)
    assert "--smallest:56px" in shared.sheet(pictures, ["D 0.31\n7 ✓", "D 0.28\n4 ✗"])
    assert "--smallest:80px" in shared.sheet(pictures, ["D 0.31\nbird ✓", "D 0.28\nautomobile ✓"])
