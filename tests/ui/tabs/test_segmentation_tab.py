"""The tab's handlers, called as the page calls them, on tiny models of this test's own."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import gradio as gr
import numpy as np
import pytest
import torch
from markupsafe import escape
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from vision import checkpoints
from vision.images import read_picture
from vision.registry import Entry
from vision.segmentation import predict, tissue, volumes
from vision.segmentation.data import CLASSES
from vision.segmentation.measures.metrics import score
from vision.segmentation.models import ARCHITECTURES
from vision.segmentation.recipes import RECIPES, arch_of
from vision.segmentation.studies import inside
from vision.ui.components.model_choice import OWN
from vision.ui.components.training.stopping import Control
from vision.ui.shell.answers import shared as shared_answers
from vision.ui.shell.answers.cache import AnswerCache
from vision.ui.tabs.segmentation import (
    exercises,
    headline,
    matrix,
    onnx,
    pretrained,
    shared,
    tab,
    train,
)
from vision.ui.tabs.segmentation.failures import panel as failures
from vision.ui.tabs.segmentation.kinds import panel as kinds
from vision.ui.tabs.segmentation.studies import compare, family, microscope, playground, what_if
from vision.ui.tabs.segmentation.studies import groups as segmentation_groups
from vision.ui.tabs.segmentation.studies import inside as segmentation_inside
from vision.ui.tabs.segmentation.studies import tissue as segmentation_tissue
from vision.ui.tabs.segmentation.studies import volumes as segmentation_volumes
from vision.ui.text import LANGUAGES, error_templates, words

Request: Any = None
UNET = checkpoints.FOLDER / "segmentation" / "unet.safetensors"
PICTURE, TRUTH = shared.examples()[0]
SCRATCH, LITE = "deeplab_v3plus", "deeplab_v3plus-lite0"
MADE = {"unet": CLASSES, SCRATCH: CLASSES, LITE: CLASSES, "attention_unet": CLASSES,
        "unetpp": CLASSES, "pspnet": CLASSES, "vnet": volumes.CLASSES, "ynet": tissue.CLASSES,
        "wnet": CLASSES}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of checkpoints with random weights, one of each kind that a part looks for."""
    root = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    for name, classes in MADE.items():
        arch, config = arch_of(name), {"classes": len(classes), "size": "compact"}
        config |= {"encoder": "lite0"} if name == LITE else {}
        card = checkpoints.Card("segmentation", arch, config, classes, {"short_side": 64},
                                data={"val": "x val", "diagnoses": list(tissue.DIAGNOSES)},
                                metrics={"mIoU": 0.56 if name == LITE else 0.5, "PA": 0.75})
        checkpoints.save(root / "segmentation" / f"{name}.safetensors",
                         ARCHITECTURES.build(arch, **config), card)
    return root


@pytest.fixture(autouse=True)
def _use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "FOLDER", folder)


@pytest.fixture(scope="module")
def view(folder: Path) -> shared.View:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoints, "FOLDER", folder)
        return tab.segment(PICTURE, TRUTH, "unet", 0.6, None, Request)[0]


def test_a_cell_of_the_matrix_lights_exactly_its_pixels(view: Any) -> None:
    shown = matrix.matrix(view, Request)
    assert shown.count("data-cell=") == 121
    row, column = np.unravel_index(view.scores.matrix.argmax(), (11, 11))
    event = SimpleNamespace(cell=f"{row},{column}")
    picture, line, *chosen = matrix.clicked(view, Request, event)
    lit = (picture == shared.YELLOW).all(2)
    assert (lit == ((view.truth == row) & (view.labels == column))).all()
    assert lit.sum() == view.scores.matrix[row, column] and chosen == [row, column]
    assert f"{lit.sum():,}" in line


def test_the_reddest_cell_is_lit_before_anybody_clicks(view: Any) -> None:
    _, shown, true, said, picture, line = matrix.details(view, Request)
    counts = view.scores.matrix
    shares = counts / counts.sum(1, keepdims=True).clip(1)
    row, column = (box.value for box in (true, said))
    assert row != column and shares[row, column] == (shares * (1 - np.eye(11))).max()
    assert re.findall(r'data-cell="(\d+,\d+)"[^>]*aria-pressed="true"', shown) == [
        f"{row},{column}"]
    assert ((picture == shared.YELLOW).all(2).sum() == counts[row, column]
            and f"{counts[row, column]:,}" in line)
    blind = replace(view, truth=None, scores=None)
    assert matrix.details(blind, Request)[4:] == (None, "")


def test_one_number_and_a_sentence_lead_and_the_rest_is_folded_away(view: Any) -> None:
    scores = score(view.truth, view.labels, view.classes)
    told = headline.headline(scores, np.ones(11), 0.5, Request)
    lead, fold = told.split("<details>")
    assert re.findall(r"[\d.]+%", lead) == [
        f"{100 * value:.1f}%" for value in (scores.pixel_accuracy, scores.mean_iou,
                                            float(np.nanmin(scores.iou)))]
    worst = view.classes[int(np.nanargmin(scores.iou))]
    assert shared.class_name(worst, Request) in lead and "lab-tile" not in lead
    assert fold.count('class="lab-tile"') == len(matrix.FORMULAS) + 1


def test_a_hidden_class_shows_the_picture(view: Any) -> None:
    most = int(np.bincount(view.labels.ravel()).argmax())
    others = [index for index in range(11) if index != most]
    drawn, hidden = view.labels != most, view.labels == most
    picture = tab.redraw(view, 1.0, others)
    assert (picture[hidden] == view.picture[hidden]).all()
    assert (picture[drawn] == shared.paint(view.labels)[drawn]).all()


def play(**change: Any) -> dict[str, float]:
    """Return the numbers of the playground by their names."""
    settings = {"scene": 1, "view_as": "all", "focus": 2, "grow": 0, "right": 0, "down": 0,
                "speckle": 0.0, "blank": False, "painting": None, "scope": "one",
                "absent": False, "band": 0, "request": Request, **change}
    shown = playground.play(*settings.values())[1]
    return {name: float(value) for name, value in
            re.findall(r"<small>(\w+)</small><b>([\d.]+)%", shown)}


def test_metrics_part_ways_in_the_playground() -> None:
    assert set(play().values()) == {100.0} and len(play()) == 7
    blank = play(view_as="binary", blank=True)
    assert blank["PA"] > 90 and blank["mIoU"] < 50
    moved = play(right=3)
    assert moved["PA"] > moved["mIoU"]
    assert play(right=2, band=4)["PA"] > play(right=2)["PA"]
    assert play(right=3, scope="set") != play(right=3, scope="mean")
    assert play(right=3, absent=True)["mIoU"] <= moved["mIoU"]


def test_a_stroke_is_its_class() -> None:
    labels = np.zeros((180, 240), np.uint8)
    layer = np.zeros((180, 240, 4), np.uint8)
    layer[:20, :30] = (*segmentation_view_colour(8), 255)
    painted = playground.with_strokes(labels, {"layers": [layer]})
    assert (painted[:20, :30] == 8).all() and painted.sum() == 8 * 600


def segmentation_view_colour(index: int) -> tuple[int, ...]:
    return tuple(map(int, shared.paint(np.array([[index]], np.uint8))[0, 0]))


def test_two_models_stand_side_by_side() -> None:
    sides, table = compare.compare(PICTURE, TRUTH, "unet", "pspnet", None, Request)
    assert [side.shape for side in sides] == [(360, 480, 3)] * 2
    assert table.count("%") == 14 and "BF1" in table


def test_groups_of_a_large_picture_are_matched_with_its_truth(tmp_path: Path) -> None:
    for name, path in (("picture", PICTURE), ("truth", TRUTH)):
        with Image.open(path) as small:
            small.resize((1600, 1200), Image.Resampling.NEAREST).save(tmp_path / f"{name}.png")
    told = segmentation_groups.groups(*(str(tmp_path / f"{name}.png")
                                        for name in ("picture", "truth")), Request)
    assert told.count("<tr>") == 1 + len(set(np.unique(np.asarray(Image.open(TRUTH)))) - {255})
    (tmp_path / "picture.png").write_bytes(Path(PICTURE).read_bytes())
    with pytest.raises(gr.Error, match="1200"):
        segmentation_groups.groups(*(str(tmp_path / f"{name}.png")
                                     for name in ("picture", "truth")), Request)


def test_the_board_leaves_out_volumes_and_tissue() -> None:
    board, figure = compare.board("gmacs", Request)
    rows = re.findall(r"<tr><td>(\d+)</td><td>([^<]+)</td>", board)
    wanted = {shared.MODELS.called(name, Request) for name in set(MADE) - {"vnet", "ynet"}}
    assert {name for _, name in rows} == wanted and "50.0%" in board
    assert [text.get_text() for text in figure.axes[0].texts] == [rank for rank, _ in rows]


@pytest.mark.parametrize("places", [
    np.ones((12, 2)), np.random.default_rng(0).lognormal(2, 1, (19, 2)),
    np.array([[2.59, 59.8], [2.67, 59.4], [1.89, 60.9], [1.88, 58.9], [8.41, 68.0], [0.58, 19.3]]),
])
def test_no_rank_covers_another(places: np.ndarray) -> None:
    shown = [SimpleNamespace(gmacs=x, miou=y / 100, milliseconds=x) for x, y in places]
    figure = compare.scatter(shown, "gmacs")
    FigureCanvasAgg(figure).draw()
    discs = [text.get_bbox_patch().get_window_extent() for text in figure.axes[0].texts]
    middles = np.array([(disc.x0 + disc.x1, disc.y0 + disc.y1) for disc in discs]) / 2
    near = np.linalg.norm(middles[:, None] - middles, axis=2) + 1e9 * np.eye(len(middles))
    assert near.min() > 0.9 * np.mean([disc.width for disc in discs])


def test_a_pretrained_twin_is_told_of_everywhere_and_hides_nobody(
        folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gain = "+6.0 (50.0% → 56.0%)"
    board = compare.board("gmacs", Request)[0]
    assert rows_with(board, gain) == ["DeepLab v3+ · Lite0"]
    assert board.count("<td>–</td>") >= len(rows_with(board))
    told, chosen = family.told(SCRATCH, Request)
    assert gain in told and chosen["value"] == SCRATCH
    assert gain not in family.told("pspnet", Request)[0]
    assert gain in pretrained.told(Request) and LITE in shared.MODELS.names()
    assert exercises.offered()[-1] is exercises.PRETRAINED
    (tmp_path / "segmentation").mkdir()
    for name in (SCRATCH, "pspnet"):
        (tmp_path / "segmentation" / f"{name}.safetensors").write_bytes(
            (folder / "segmentation" / f"{name}.safetensors").read_bytes())
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    assert words("en")["segmentation.board.pretraining"] not in compare.board("gmacs", Request)[0]
    assert not pretrained.told(Request) and exercises.offered() == exercises.EXERCISES


def probed(view: str = "prediction", truth: str | None = TRUTH, model: str = "unet",
           temperature: float = 1.0) -> tuple[Any, ...]:
    return microscope.probe(PICTURE, truth, model, None, view, 25.0, 75.0, temperature, Request)


@pytest.mark.parametrize("view", microscope.VIEWS)
def test_the_microscope_shows_a_pixel_and_looks_once(view: str, monkeypatch: pytest.MonkeyPatch
                                                     ) -> None:
    _, picture, told, _ = probed(view)
    assert picture.shape == (360, 480, 3) and told.count("lab-bar") == 11
    assert told.count('class="lab-tile"') == (7 if view == "field" else 4)
    monkeypatch.setattr("vision.segmentation.studies.microscope.look", None)
    assert probed(view, temperature=3.0)[2] != told


def test_the_microscope_looks_again_when_the_model_or_the_truth_changes() -> None:
    _, before, *_ = probed()
    _, picture, told, _ = probed(model="pspnet", truth=None)
    assert (picture != before).any()
    assert "<b>–</b>" in told and told.count('class="lab-tile"') == 1


def test_a_click_is_a_place_in_percent_and_opens_the_microscope(view: Any) -> None:
    size, click = probed()[0], SimpleNamespace(index=[120, 90])
    wanted = (pytest.approx(100 * 120.5 / 480, abs=0.01), pytest.approx(100 * 90.5 / 360, abs=0.01))
    assert microscope.pointed(size, click) == wanted
    *place, tabs = microscope.pointed_above(view, click)
    assert tuple(place) == wanted and tabs.selected == "microscope"
    for nobody in (microscope.pointed, microscope.pointed_above):
        with pytest.raises(gr.Error, match="clicked"):
            nobody(None, click)


def test_sureness_is_judged_here_and_on_the_set_that_the_card_keeps(
        folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = probed()[3]
    assert told.count("<polyline") == 2 and "--keep" in told
    assert probed(temperature=4.0)[3] != told != probed(model="pspnet")[3]
    assert words("en")["segmentation.sure_no_truth"] in probed(truth=None)[3]
    source = folder / "segmentation" / "unet.safetensors"
    (tmp_path / "segmentation").mkdir()
    path = tmp_path / "segmentation" / source.name
    path.write_bytes(source.read_bytes())
    card = checkpoints.read_card(path)
    kept = {"split": "x val", "ece": 0.125, "temperature": 1.5, "tempered_ece": 0.0625,
            "count": [4.0] * 15, "confidence": [2.0] * 15, "right": [1.0] * 15}
    checkpoints.change_card(path, replace(card, metrics={**card.metrics, "calibration": kept}))
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    told = probed()[3]
    assert told.count("<polyline") == 3 and "--keep" not in told
    assert all(part in told for part in ("12.5%", "6.2%", "1.50", "x val"))


def test_whatever_looks_through_the_microscope_judges_sureness_too(whole_page: gr.Blocks) -> None:
    looks = [call for call in whole_page.fns.values() if call.fn is microscope.probe]
    assert len(looks) > 4
    for call in looks:
        assert {"segmentation-microscope", "segmentation-pixel", "segmentation-sure"} <= {
            block.elem_id for block in call.outputs}


def test_models_side_by_side_are_asked_once_by_all(monkeypatch: pytest.MonkeyPatch) -> None:
    first = compare.compare(PICTURE, TRUTH, "unet", "pspnet", None, Request)[1]
    monkeypatch.setattr("vision.segmentation.predict.predict", None)
    assert compare.compare(PICTURE, TRUTH, "pspnet", "unet", None, Request)[1] != first
    assert tab.segment(PICTURE, TRUTH, "pspnet", 0.6, None, Request)


def rows_with(board: str, text: str = "") -> list[str]:
    """Return the names of the leaderboard's rows that hold a text."""
    return [found[1] for row in board.split("<tr>") if text in row and (
        found := re.match(r"<td>\d+</td><td>([^<]+)</td>", row))]


@pytest.mark.parametrize("kind", segmentation_inside.KINDS)
def test_every_kind_of_look_inside_shows_pictures(kind: str) -> None:
    offered = segmentation_inside.offer(kind, Request)
    assert "lab-note" in offered[0]
    shown = segmentation_inside.look(PICTURE, kind, [0], 1, 1, 1, 2, 13, Request)
    assert shown.count("<img") == (5 if kind == "attention" else 2)


def test_a_part_shows_the_controls_of_what_a_link_has_chosen() -> None:
    assert segmentation_inside.offer_linked("skips", [0], Request) == gr.skip()
    _, off, depth, *crf, _ = segmentation_inside.offer_linked("depth", [0, 9], Request)
    assert depth.visible and not any(each.visible for each in crf) and not off.visible
    _, off, *_ = segmentation_inside.offer("skips", Request, [0, 9])
    assert off.visible and off.value == [0]


def test_parts_are_switched_off_in_a_copy() -> None:
    model, picture = predict.load(UNET), read_picture(PICTURE)
    whole = predict.predict(model, picture).labels
    assert (inside.without_skips(model, picture, []) == whole).all()
    assert (inside.without_skips(model, picture, range(5)) != whole).mean() > 0.05
    assert (predict.predict(model, picture).labels == whole).all()


def test_the_page_switches_off_what_is_not_ticked() -> None:
    for kind, count in (("skips", 5), ("branches", 4)):
        shown = segmentation_inside.look(PICTURE, kind, [*range(count)], 1, 1, 1, 2, 13, Request)
        assert ">0.0% of the pixels" in shown


def test_what_does_not_ship_names_the_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path
                                               ) -> None:
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    assert "--arch attention_unet" in segmentation_inside.offer("attention", Request)[0]
    assert "--arch vnet" in segmentation_volumes.scan(0, 0.5, Request)[1]
    with pytest.raises(gr.Error, match="--arch wnet"):
        segmentation_groups.groups(PICTURE, TRUTH, Request)


def test_volumes_tissue_and_groups() -> None:
    made, numbers, planes = segmentation_volumes.scan(3, 0.5, Request)
    assert made.labels.shape == (64, 64, 64) and planes.count("<img") == 3 and "mIoU" in numbers
    assert segmentation_volumes.cut(made, 0.0, Request) != planes
    pictures, said = segmentation_tissue.tissue(1, 2, False, Request)
    assert pictures.count("<img") == 3 and said.count("lab-tile") >= 10
    assert "<table" in segmentation_groups.groups(PICTURE, TRUTH, Request)


def zipped(path: Path, count: int = 4) -> Path:
    """Write a zip of half-dark pictures with their masks."""
    from vision.images import write_png

    labels = np.zeros((64, 96), np.uint8)
    labels[:, 48:] = 1
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("classes.txt", "dark\nbright\n")
        for number in range(count):
            picture = write_png(path.with_name("p.png"), labels[..., None].repeat(3, 2) * 200)
            mask = write_png(path.with_name("m.png"), labels)
            archive.write(picture, f"images/{number}.png")
            archive.write(mask, f"masks/{number}.png")
    return path


def test_a_visitor_trains_on_a_zip_and_uses_the_model(tmp_path: Path) -> None:
    file = str(zipped(tmp_path / "mine.zip", 5))
    news = list(train.train_own("unet", "zip", file, "lovasz", 2, 1e-3, 0, 1, Control(),
                                           Request))
    path = news[-1][3]
    card = checkpoints.read_card(Path(path))
    assert card.classes == ("dark", "bright") and card.data["train"] == ["mine.zip"]
    assert str(tmp_path) not in card.to_json()
    answer = tab.segment(PICTURE, None, OWN, 0.5, path, Request)
    assert "bright" in answer[5] and set(answer[7]["shares"]) == {"dark", "bright"}


@pytest.mark.parametrize("call, word", [
    (lambda: matrix.light(None, 0, 1, Request), "no prediction"),
    (lambda: train.source("zip", None), "no zip"),
    (lambda: compare.compare(None, None, "unet", "unet", None, Request), "no picture"),
    (lambda: play(grow=99), "grow"),
])
def test_bad_input_gets_one_sentence(call: Callable[[], Any], word: str) -> None:
    with pytest.raises(Exception, match=re.compile(word, re.IGNORECASE)) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_losses_grow_with_the_mistake() -> None:
    for name, values in train.responses().items():
        assert values[0] == min(values) and values[-1] == 1, name


def above(branch: ElementTree.Element, name: str | None = None) -> Iterator[tuple[str, Any]]:
    """Yield each architecture of a drawn branch with the one that it hangs under."""
    for item in branch.findall("ul/li"):
        here = item.find("button").get("data-arch")
        yield here, name
        yield from above(item, here)


def test_the_family_tree_holds_everyone_once_and_tells_of_each() -> None:
    drawn = list(above(ElementTree.fromstring(family.tree())))
    names = ARCHITECTURES.names()
    assert sorted(name for name, _ in drawn) == names and ("fcn32s", None) in drawn
    assert dict(drawn) == {entry.name: after if (after := entry.facts.get("after")) in names
                           else None for entry in ARCHITECTURES}
    text, choice = family.told("pspnet", Request)
    assert "50.0%" in text and "mIoU on x validation" in text and choice["value"] == "pspnet"
    text, choice = family.told("setr", Request)
    assert "--arch setr" in text and "value" not in choice
    for entry in ARCHITECTURES:
        told = family.told(entry.name, Request)[0]
        assert escape(family.idea_of(entry, Request)) in told and entry.idea
    assert all(f"segmentation.idea.{name}" in words("en") for name in map(arch_of, RECIPES))


def test_an_architecture_without_facts_has_its_place_and_its_idea(
        monkeypatch: pytest.MonkeyPatch) -> None:
    entry = Entry("bare", ARCHITECTURES["unet"].build, "arXiv:1505.04597", 2015)
    monkeypatch.setitem(ARCHITECTURES._entries, "bare", entry)
    lost = replace(entry, name="lost", facts={"after": "nobody"})
    monkeypatch.setitem(ARCHITECTURES._entries, "lost", lost)
    drawn = dict(above(ElementTree.fromstring(family.tree())))
    assert drawn["bare"] is None and drawn["lost"] is None
    assert "<p>U-Net: an encoder that shrinks, a decoder" in family.told("bare", Request)[0]
    assert "bare" in train.architectures()


def test_the_family_tells_what_is_counted_from_the_modules() -> None:
    module = ARCHITECTURES.build("unet", classes=11)
    count = sum(parameter.numel() for parameter in module.parameters())
    assert family.costs("unet")["small"] == f"{count / 1e6:.2f}M"
    assert "gmacs" not in family.costs("vnet")


def test_the_own_model_stands_beside_a_shipped_one(tmp_path: Path) -> None:
    own = tmp_path / "own.safetensors"
    own.write_bytes((checkpoints.FOLDER / "segmentation" / "pspnet.safetensors").read_bytes())
    sides = compare.with_own(str(own), Request)
    assert all(side.choices[-1][1] == OWN for side in sides)
    assert all(OWN not in dict(side.choices).values()
               for side in compare.with_own(None, Request))
    _, told = compare.compare(PICTURE, TRUTH, "own", "unet", str(own), Request)
    assert "<th>own</th>" not in told and "mIoU" in told


def test_a_model_is_written_as_onnx_with_the_script_that_runs_it(
        monkeypatch: pytest.MonkeyPatch) -> None:
    button, code, checked = onnx.to_onnx("unet", None, Request)
    assert 'InferenceSession("unet.onnx")' in code.value and "Checked with onnxruntime" in checked
    file = button.value
    assert Path(file["path"] if isinstance(file, dict) else file).stat().st_size > 1_000_000
    monkeypatch.setattr(shared_answers, "ANSWERS", AnswerCache())
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(gr.Error, match="pip install onnx onnxruntime"):
        onnx.to_onnx("unet", None, Request)


def looked_at(**changes: Any) -> list[tuple[Any, ...]]:
    given = {"model": "unet", "other": "attention_unet", "data": "scenes", "file": None,
             "count": 3, "own": None, "control": Control(), **changes}
    return list(failures.look_through(**given, request=Request))


def test_failures_come_worst_first_and_a_click_opens_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "EVERY", 0.0)
    news = looked_at()
    assert ["1 of 3" in news[0][1], "3 of 3" in news[-1][1]] == [True, True]
    looked, _, told, wall, _ = news[-1]
    assert "do not decide" in told or "is better than" in told
    assert "So few pictures" in told and "one drive" not in told
    places = [int(place) for place in re.findall(r'data-picture="(\d)"', wall)]
    values = [float(v) for v in re.findall(r"\d: ([\d.]+)% ·", wall)]
    assert sorted(places) == [0, 1, 2] and values == sorted(values)
    opened = failures.open_one(looked, Request, SimpleNamespace(picture=places[0], _data={}))
    assert opened.count("<img") == 6 and f"Picture {places[0] + 1}" in opened
    for picture in (3, -1, "0", None):
        with pytest.raises(gr.Error, match="click there again"):
            failures.open_one(looked, Request, SimpleNamespace(picture=picture, _data={}))
    with pytest.raises(gr.Error, match="click there again"):
        failures.open_one(None, Request, SimpleNamespace(picture=0, _data={}))


def test_a_stopped_look_keeps_what_it_saw() -> None:
    control = Control()
    control.stopping.set()
    (looked, status, _, wall, _), = looked_at(control=control, count=4)  # of which none is known
    assert len(looked.small) == 1 and "1 of 4" in status and wall.count("data-picture") == 1


@pytest.mark.parametrize("change, words", [
    ({"data": "zip"}, "upload one"), ({"data": "camvid"}, "camvid"), ({"other": "no"}, "called")])
def test_sets_that_are_not_there_get_one_sentence(
        change: dict[str, Any], words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
        ) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    with pytest.raises(gr.Error, match=words) as caught:
        looked_at(**change)
    assert "\n" not in str(caught.value.message)


def test_a_zip_of_one_s_own_is_looked_through(tmp_path: Path) -> None:
    path = tmp_path / "own.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("classes.txt", "\n".join(CLASSES))
        for name in ("val/a", "val/b"):
            folder, stem = name.split("/")
            archive.write(PICTURE, f"images/{folder}/{stem}.png")
            archive.write(TRUTH, f"masks/{folder}/{stem}.png")
    *_, (looked, status, *_) = looked_at(data="zip", file=str(path))
    assert "2 of 2" in status and len(looked.small) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mask, template, values", [
    (np.full((48, 64), 77, np.uint8), "the label picture has the unknown ids {odd}", {"odd": 77}),
    (np.zeros((24, 32), np.uint8), "the label picture is {lw}×{lh} but the picture is {pw}×{ph}",
     {"lw": 32, "lh": 24, "pw": 64, "ph": 48}),
])
def test_a_zip_with_unknown_ids_or_labels_of_another_size_gets_one_sentence(
        tmp_path: Path, language: str, mask: np.ndarray, template: str, values: dict[str, int]
        ) -> None:
    Image.fromarray(mask).save(tmp_path / "mask.png")
    Image.new("RGB", (64, 48)).save(tmp_path / "picture.png")
    with zipfile.ZipFile(tmp_path / "own.zip", "w") as archive:
        archive.writestr("classes.txt", "\n".join(CLASSES))
        archive.write(tmp_path / "picture.png", "images/val/a.png")
        archive.write(tmp_path / "mask.png", "masks/val/a.png")
    request: Any = gr.Request(headers={"accept-language": language})
    wanted = error_templates(language).get(template, template).format(**values)
    with pytest.raises(gr.Error) as caught:
        list(failures.look_through("unet", "unet", "zip", str(tmp_path / "own.zip"), 1, None,
                                   Control(), request))
    said = str(caught.value.message)
    assert said.lower().startswith(wanted.lower()) and "\n" not in said


def test_the_leaderboard_says_which_places_are_sure(
        folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "95% of draws" not in compare.board("gmacs", Request)[0]
    for name, hits in (("unet", 90), ("attention_unet", 50)):
        path = folder / "segmentation" / f"{name}.safetensors"
        card = checkpoints.read_card(path)
        kept = {"split": "camvid val", "hits": [[hits, hits - 9]] * 12, "unions": [[100, 99]] * 12}
        target = tmp_path / "segmentation" / f"{name}.safetensors"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(path.read_bytes())
        checkpoints.change_card(target, replace(card, metrics={
            **card.metrics, "mIoU": hits / 100, "pictures": kept}))
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path)
    told = compare.board("gmacs", Request)[0]
    assert "95% of draws" in told and told.count(", surely") == 1 and told.index(
        ", surely") < told.index("Attention U-Net")


def test_a_street_has_three_truths_and_a_click_says_what_each_leaves_out() -> None:
    seen, *pictures, _, fused = kinds.show(4, "unet", None, Request)
    assert all(picture.shape == (360, 480, 3) for picture in pictures)
    assert fused.count("<img") == 2 and fused.count("<tr") == 4 and "PQ" in fused
    thing = np.argwhere(seen.truth.instances > 0)[0]
    road = np.argwhere(seen.truth.classes == CLASSES.index("Road"))[0]

    def at(place: np.ndarray) -> Any:
        return kinds.clicked(seen, Request, SimpleNamespace(
            index=[int(place[1]), int(place[0])], _data={}))

    *marked, told = at(thing)
    assert all((a != b).any() for a, b in zip(marked, pictures, strict=True))
    assert re.search(r"Instance.*no. \d of \d", told) and "Nobody counts them" in told
    *marked, told = at(road)
    assert (marked[1] == pictures[1]).all() and "nothing is said of it" in told
    void = np.argwhere(seen.truth.classes == 255)
    assert not len(void) or "Too little of this thing" in at(void[0])[-1]
    for index in ([1], [1, "2"], None):
        with pytest.raises(gr.Error, match="click there again"):
            kinds.clicked(seen, Request, SimpleNamespace(index=index, _data={}))
    with pytest.raises(gr.Error, match="click there again"):
        kinds.clicked(None, Request, SimpleNamespace(index=[1, 1], _data={}))


def test_a_street_and_a_scan_are_looked_at_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    street = kinds.show(5, "unet", None, Request)
    scan = segmentation_volumes.scan(9, 0.5, Request)
    monkeypatch.setattr("vision.segmentation.panoptic.streets.predict", None)
    monkeypatch.setattr("vision.segmentation.predict.predict", None)
    assert kinds.show(5, "unet", None, Request)[-1] == street[-1]
    assert segmentation_volumes.scan(9, 0.5, Request)[1:] == scan[1:]


def asked(**changes: Any) -> list[tuple[Any, ...]]:
    given = {"factor": "fog", "model": "unet", "other": "attention_unet", "own": None,
             "control": Control(), **changes}
    return list(what_if.ask(**given, request=Request))


def test_what_if_draws_both_models_at_every_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if, "COUNT", 1)
    monkeypatch.setattr("vision.segmentation.studies.what_if.SIZE", (90, 120))
    *_, (status, drawn) = asked()
    assert "5 of 5 pictures" in status and drawn.count("<img") == 5
    assert drawn.count("<polyline") == 2 + 2 * 5 and drawn.count("<polygon") == 2
    assert asked() == [(status, drawn)]  # whoever asks next gets it at once
    control = Control()
    control.stopping.set()
    (status, drawn), = asked(control=control, factor="sun")  # a stop keeps what is there
    assert "1 of 5 pictures" in status and drawn.count("<img") == 1
    for change in ({"factor": "moon"}, {"other": "nobody"}):
        with pytest.raises(gr.Error, match=r"There is no (factor|model) called"):
            asked(**change)
