"""The slimming tab's handlers, called as the page calls them, on tiny networks of this test."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from torch import nn

from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.data.cifar import CIFAR100
from vision.images import read_picture
from vision.pruning import data
from vision.pruning.count import count
from vision.pruning.criteria import CRITERIA
from vision.pruning.data import CLASSES, PREPROCESS, open_pictures
from vision.pruning.evaluate import Report, evaluate, measure
from vision.pruning.models import ARCHITECTURES
from vision.pruning.plan import MOST, highest, make_plan
from vision.pruning.predict import load, network_of, predict
from vision.pruning.sensitivity import alone
from vision.pruning.surgery import prune as cut_at
from vision.ui.components.html import file_size, percent, short, signed
from vision.ui.components.model_choice import OWN
from vision.ui.components.training.stopping import Control
from vision.ui.shell.answers import shared as shared_answers
from vision.ui.shell.answers.cache import AnswerCache
from vision.ui.tabs.pruning import (
    compare,
    confusion,
    data_choice,
    layer_times,
    layers,
    shared,
    surgery,
    tab,
    train,
)
from vision.ui.tabs.pruning import curve as pruning_curve
from vision.ui.tabs.pruning import plan as pruning_plan
from vision.ui.tabs.pruning.cut import needed
from vision.ui.tabs.pruning.diagram import slabs
from vision.ui.text import say

MINUS = "\N{MINUS SIGN}"
NAMES = ARCHITECTURES.names()
Request: Any = None


def made(arch: str) -> nn.Module:
    torch.manual_seed(3)
    module = ARCHITECTURES.build(arch, classes=10, size="compact").eval()
    for gamma in module.gammas:
        nn.init.uniform_(gamma)
    return module


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of checkpoints, one of each architecture, with a curve on the card of one."""
    root = tmp_path_factory.mktemp("checkpoints")
    points = [{"ratio": ratio, "accuracy": 1 - ratio, "accuracy_unfolded": 0.5,
               "accuracy_tuned": 1 - ratio / 2, "accuracy_scratch": None, "parameters": 100,
               "multiply_adds": 1000, "milliseconds": {"fp32, batch 1": 1.0, "fp32, batch 64": 9.0}}
              for ratio in (0.5, 0.0)]
    curve = {"criterion": "gamma", "command": "made up", "device": "none", "points": points}
    for arch in NAMES:
        module = made(arch)
        metrics = {"parameters": 1, **({"curve": curve} if arch == "vgg16" else {})}
        card = Card("pruning", arch, module.config, CLASSES, PREPROCESS, metrics=metrics,
                    data={"train": ["drawings"], "test": "drawings test"})
        checkpoints.save(root / "pruning" / f"{arch}.safetensors", module, card)
    return root


@pytest.fixture(autouse=True)
def _use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(checkpoints, "FOLDER", folder)
    few = {"train": (0, 60), "test": (1_000_000, 40)}
    monkeypatch.setattr(data, "DRAWN", {"drawings": few, "drawings-hard": few})
    monkeypatch.setattr("vision.ui.tabs.pruning.surgery.LOOK", 0.0)
    monkeypatch.setattr("vision.pruning.predict.bf16_is_faster", lambda kind: False)
    open_pictures.cache_clear()
    yield
    open_pictures.cache_clear()


def network(arch: str) -> Any:
    return network_of(load(checkpoints.FOLDER / "pruning" / f"{arch}.safetensors"))


def last(stream: Iterator[Any]) -> Any:
    return list(stream)[-1]


def test_the_page_offers_what_the_core_has() -> None:
    assert shared.MODELS.names() == NAMES and shared.MODELS.first() == "vgg16"
    assert tuple(CRITERIA) == shared.CRITERIA
    assert {*data.SETS} == {*train.SETS} == {*shared.HARDEST}


@pytest.mark.parametrize("arch", NAMES)
def test_the_plan_shows_what_surgery_gives(arch: str) -> None:
    html, threshold = pruning_plan.show_plan(arch, 0.6, "gamma", "", None, Request)
    whole = network(arch)
    plan = make_plan(whole, 0.6)
    size = count(cut_at(whole, plan))
    for said in (short(size.parameters), short(size.multiply_adds), file_size(size.file_bytes)):
        assert f"<b>{said}</b>" in html
    rows = re.findall(r"<td>(\d+) / (\d+)</td>", html)
    assert [int(kept) for kept, _ in rows] == plan.widths
    assert [int(channels) for _, channels in rows] == whole.widths
    assert html.count("✕</text>") == len(plan.guarded)
    assert threshold == pytest.approx(plan.threshold, abs=1e-5)


@pytest.mark.parametrize("arch", NAMES)
def test_the_diagram_knows_the_sides_that_a_picture_has_on_its_way(arch: str) -> None:
    whole, seen = network(arch), {}
    for group in whole.groups:
        whole.get_submodule(group.norm).register_forward_hook(
            lambda module, inputs, output, name=group.name: seen.update(
                {name: (output.shape[2], output.shape[1])}))
    whole(torch.zeros(1, 3, 32, 32))
    drawn = slabs(whole, make_plan(whole, 0.3))
    assert {layer.name: (layer.side, layer.channels) for layer in drawn} == seen


@pytest.mark.parametrize("protected", [(), ("conv 2",)])
def test_a_layer_dies_where_the_page_says(protected: tuple[str, ...]) -> None:
    whole = network("vgg16")
    with torch.no_grad():
        for layer, scale in ((4, 0.3), (8, 0.6), (11, 0.8)):
            whole.gammas[layer].mul_(scale)
    start = make_plan(whole, 0.5, protected=protected)
    ends = pruning_plan.deaths(start)
    assert not ends.keys() & set(protected) and len(ends) == 13 - len(protected)
    soon = [(name, ratio) for name, ratio in ends.items() if ratio <= 0.9]
    assert len(soon) >= 3
    for name, ratio in soon:
        assert name in make_plan(whole, ratio, protected=protected).guarded
        before = make_plan(whole, ratio - 1 / start.total, protected=protected)
        assert name not in before.guarded


def test_typing_a_threshold_gives_the_ratio_that_has_it() -> None:
    whole = network("vgg16")
    ratio, html, threshold = pruning_plan.at_threshold("vgg16", 0.25, "gamma", "conv 1", None,
                                                       Request)
    scores = np.concatenate([gamma.detach().abs().numpy() for gamma in whole.gammas[1:]])
    assert ratio == pytest.approx((scores <= 0.25).sum() / sum(whole.widths), abs=1e-4)
    assert scores[scores <= 0.25].max() == pytest.approx(threshold, abs=2e-3)
    clicked = pruning_plan.picked("vgg16", "gamma", "conv 1", None, Request,
                                  gr.EventData(None, {"value": 0.25}))
    assert clicked == (ratio, html, threshold)


def test_the_curve_predicts_between_its_points() -> None:
    card = checkpoints.read_card(shared.MODELS.path_of("vgg16", None))
    assert shared.on_curve(card, 0.25, "gamma") == pytest.approx((0.75, 0.875))
    assert shared.on_curve(card, 0.25, "random") is None
    assert shared.on_curve(card, 0.6, "gamma") is None
    html, _ = pruning_plan.show_plan("vgg16", 0.25, "gamma", "", None, Request)
    assert percent(0.75) in html and percent(0.875) in html


def test_a_cut_is_measured_before_and_after(monkeypatch: pytest.MonkeyPatch, tmp_path: Path
                                            ) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    picture = tab.examples()[3][0]
    steps = list(tab.prune("densenet40", 0.4, "gamma-read", "last", picture, None, "auto", Request))
    html, button, cut, found = steps[-1]
    assert len(steps) == 3 and button.visible and "<img" in html
    assert not [*tmp_path.rglob("*.safetensors")], "its file is written when it is asked for"
    path = tab.write_file(cut, Request)
    assert [*tmp_path.rglob("*.safetensors")] == [Path(path)]
    before, small = shared.MODELS.path_of("densenet40", None), load(Path(path))
    plan = make_plan(network("densenet40"), 0.4, "gamma-read", ["last"])
    assert network_of(small).widths == plan.widths == list(found["widths"].values())
    assert found["protected"] == ["last"] and found["widths"]["last"] == plan.masks["last"].size
    for key, where in (("before", before), ("after", Path(path))):
        report = evaluate(where, "drawings")
        assert found[key]["accuracy"] == pytest.approx(report.accuracy)
        assert found[key]["parameters"] == report.size.parameters
        assert found[key]["label"] == predict(load(where), read_picture(picture)).label
        assert set(found[key]["milliseconds"]) == {"batch 1", "batch 64"}
    points = re.findall(rf"<td>([+{MINUS}]?\d+\.\d)</td>", html)
    falls = [float(text.replace(MINUS, "-")) for text in points]
    assert len(falls) == 10 and falls == sorted(falls)


def test_nothing_is_lost_at_the_ratio_zero() -> None:
    found = last(tab.prune("vgg16", 0, "gamma", "", None, None, "auto", Request))[-1]
    for key in ("accuracy", "per_class", "parameters", "multiply_adds"):
        assert found["before"][key] == found["after"][key]


@pytest.mark.parametrize("arch", ["resnet164", "densenet40"])
def test_what_a_cut_adds_is_shown_as_more(arch: str) -> None:
    html, _ = pruning_plan.show_plan(arch, 0, "gamma", "", None, Request)  # biases come in
    assert "parameters +" in html and "−-" not in html and "-0%" not in html


def test_the_curve_says_nothing_of_a_plan_with_protected_layers() -> None:
    free, held = (pruning_plan.show_plan("vgg16", 0.3, "gamma", protected, None, Request)[0]
                  for protected in ("", "conv 1"))
    assert say("pruning.predicted", None) in free
    assert say("pruning.predicted", None) not in held


def test_criteria_are_compared_by_what_each_one_leaves() -> None:
    html = last(compare.compare("vgg16", 0.5, "", None, "auto", Request))
    whole, pictures = load(shared.MODELS.path_of("vgg16", None)), open_pictures("drawings", "test")
    for name in CRITERIA:
        small = cut_at(network_of(whole), make_plan(network_of(whole), 0.5, name))
        right = percent(measure(Model(small, whole.card), pictures).accuracy)
        assert f"<b>{right}</b></td><td>{short(count(small).parameters)}<" in html
    assert html.count("<b>") == len(CRITERIA)


def test_the_cliff_shows_the_card_and_the_paper() -> None:
    figure, text = pruning_curve.cliff("vgg16", None, Request)
    axis = figure.axes[0]
    lines = {line.get_label(): line.get_xydata().tolist() for line in axis.lines}
    assert lines["accuracy"] == [[0.0, 100.0], [0.5, 50.0]]
    assert "accuracy_scratch" not in lines and "masked, which equals cut" in text
    assert "made up" in text and "2.30M" in text
    assert lines["paper"] == [[0.0, 93.66], [0.7, pytest.approx(93.8)]]
    figure, text = pruning_curve.cliff("resnet164", None, Request)
    assert len(figure.axes[0].lines) == 1 and "resnet164.safetensors" in text


def test_a_curve_made_now_finds_which_classes_break() -> None:
    figure, html = last(pruning_curve.measure_now("vgg16", "gamma", "", None, "auto", Request))
    line = figure.axes[0].lines[-1].get_xydata()
    assert len(line) == len(pruning_curve.RATIOS) and html.count("<tr>") == 11
    report = evaluate(shared.MODELS.path_of("vgg16", None), "drawings")
    assert line[0, 1] == pytest.approx(100 * report.accuracy)


def test_a_curve_made_now_ends_where_protected_layers_allow() -> None:
    protected = ", ".join(f"conv {i}" for i in range(5, 14))
    figure, _ = last(pruning_curve.measure_now("vgg16", "gamma", protected, None, "auto", Request))
    line = figure.axes[0].lines[-1].get_xydata()
    scores = shared.plan_for("vgg16", 0, "gamma", "", None).scores
    most = highest(scores, shared.layers_in(protected))
    assert 0 < len(line) < len(pruning_curve.RATIOS) and line[-1, 0] <= most < line[-1, 0] + 0.1
    assert highest(scores, ()) == MOST


def test_a_cut_network_is_tuned_used_and_cut_again() -> None:
    cut = last(tab.prune("vgg16", 0.5, "gamma", "", None, None, "auto", Request))[2]
    news = list(train.tune(cut, 10, 0.02, 0, Control(), Request))
    path = news[-1][3]
    card = checkpoints.read_card(Path(path))
    assert card.steps == 10 and card.config == checkpoints.read_card(cut.write()).config
    assert percent(card.metrics["accuracy"]) in news[-1][0]
    assert "prune" in tab.show_card(OWN, path, Request)
    again = last(tab.prune(OWN, 0.5, "gamma", "", None, path, "auto", Request))[-1]
    assert again["before"]["parameters"] == count(network_of(cut.small())).parameters


def test_what_was_cut_stays_known_after_it_was_tuned(whole_page: gr.Blocks) -> None:
    cut = last(tab.prune("vgg16", 0.5, "gamma", "", None, None, "auto", Request))[2]
    event = next(event for event in whole_page.fns.values() if event.fn is train.tune)
    *_, news = train.tune(cut, 10, 0.02, 0, Control(), Request)
    after = dict(zip(event.outputs, news, strict=True)).get(event.inputs[0], cut)
    assert needed(after).write().is_file()


def test_a_sparse_training_shows_its_scales_and_stops() -> None:
    control, shown = Control(), []
    for news in train.train_own("vgg16", "drawings", 20.0, 1000, 0.1, 0, 1, control, Request):
        if isinstance(news[2], str):
            shown.append(news[2])
            control.stopping.set()
    status, _, _, path, _, _ = news
    assert shown and all("<svg" in html for html in shown)
    assert checkpoints.read_card(Path(path)).steps < 1000 and "%" in status


def test_exports_hold_the_cut_network(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    cut = last(tab.prune("vgg16", 0.5, "gamma", "", None, None, "auto", Request))[2]
    button, code = tab.to_onnx(cut, Request)
    file = button.value
    assert 'InferenceSession("vgg16-50.onnx")' in code.value
    session = onnxruntime.InferenceSession(str(file["path"] if isinstance(file, dict) else file))
    assert session.get_inputs()[0].shape[1:] == [3, 32, 32]
    monkeypatch.setattr(shared_answers, "ANSWERS", AnswerCache())
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(gr.Error, match="pip install onnx"):
        tab.to_onnx(cut, Request)


@pytest.mark.parametrize("change, words", [
    ({"ratio": 1.0}, "0 to 0.99"), ({"ratio": -0.1}, "0 to 0.99"),
    ({"ratio": float("nan")}, "0 to 0.99"), ({"model": "vgg17"}, "did you mean 'vgg19'"),
    ({"criterion": "gama"}, "did you mean 'gamma'"), ({"protected": "conv 99"}, "conv 99"),
    ({"protected": ", ".join(f"conv {i}" for i in range(5, 14)), "ratio": 0.9}, "would empty"),
])
def test_bad_settings_get_one_sentence(change: dict[str, Any], words: str) -> None:
    settings = {"model": "vgg16", "ratio": 0.5, "criterion": "gamma", "protected": "", **change}
    for call in (lambda: list(tab.prune(*settings.values(), None, None, "auto", Request)),
                 lambda: pruning_plan.show_plan(*settings.values(), None, Request)):
        with pytest.raises(gr.Error) as caught:
            call()
        sentence = str(caught.value.message)
        assert words in sentence.replace("&#x27;", "'") and "\n" not in sentence


def test_foreign_files_and_missing_cuts_are_refused(tmp_path: Path) -> None:
    module = made("vgg16")
    good = Card("pruning", "vgg16", module.config, CLASSES, PREPROCESS)
    files = {"gan": Card("gan", "gan", {}), "fit": Card("pruning", "vgg19", {"classes": 10,
             "widths": [4] * 16}, CLASSES, PREPROCESS), "good": good}
    for name, card in files.items():
        checkpoints.save(tmp_path / f"{name}.safetensors", module, card)
    with pytest.raises(gr.Error, match="belongs to the system 'gan'"):
        train.upload(str(tmp_path / "gan.safetensors"), Request)
    with pytest.raises(gr.Error, match="tensors do not fit"):
        train.upload(str(tmp_path / "fit.safetensors"), Request)
    assert train.upload(str(tmp_path / "good.safetensors"), Request)[1].value == "own"
    for call in (lambda: tab.to_onnx(None, Request), lambda: tab.write_file(None, Request),
                 lambda: list(train.tune(None, 10, 0.1, 0, Control(), Request))):
        with pytest.raises(gr.Error, match="press Cut first"):
            call()


def test_the_script_does_what_it_says() -> None:
    script = tab.code("vgg16", 0.3, "l1", "conv 1, conv 2", None)
    compile(script, "script", "exec")
    assert "0.3, \"l1\"" in script and "('conv 1', 'conv 2')" in script


def test_drawings_stand_in_for_data_that_is_not_here(monkeypatch: pytest.MonkeyPatch,
                                                     tmp_path: Path) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    whole = load(shared.MODELS.path_of("vgg16", None))
    path = tmp_path / "own.safetensors"
    checkpoints.save(path, whole.module, replace(whole.card, data={"train": ["cifar10"]}))
    steps = list(tab.prune(OWN, 0.2, "gamma", "", None, str(path), "auto", Request))
    assert steps[-1][-1]["data"] == "drawings" and "stand in" in steps[-1][0]
    tuned = list(train.tune(steps[-1][2], 10, 0.02, 0, Control(), Request))
    assert "photographs worse" in tuned[-1][0]


def test_every_architecture_can_be_trained_on_the_page_and_has_the_papers_rows() -> None:
    assert train.architectures() == NAMES
    cards = [shared.MODELS.card(arch, None) for arch in NAMES]
    assert set(map(pruning_curve.published, cards)) - {None} == set(pruning_curve.PAPER)
    others = [replace(card, classes=CIFAR100) for card in cards]  # whose accuracy is another one
    assert set(map(pruning_curve.published, others)) == {None}


@pytest.fixture
def hundred(tmp_path: Path) -> str:
    """A network of a hundred classes."""
    torch.manual_seed(5)
    module = ARCHITECTURES.build("vgg16", classes=100, size="compact").eval()
    card = Card("pruning", "vgg16", module.config, CIFAR100, PREPROCESS,
                data={"train": ["cifar100"]})
    return str(checkpoints.save(tmp_path / "hundred.safetensors", module, card))


def test_the_choice_of_data_follows_the_network(hundred: str, monkeypatch: pytest.MonkeyPatch,
                                                tmp_path: Path) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    ten = data_choice.follow("vgg16", None, "drawings-hard", Request)
    assert [value for _, value in ten.choices] == ["auto", "drawings", "drawings-hard"]
    assert ten.value == "drawings-hard"
    assert [value for _, value in data_choice.follow(OWN, hundred, "drawings", Request).choices
            ] == ["auto"]
    (tmp_path / "cifar100").mkdir()
    many = data_choice.follow(OWN, hundred, "drawings", Request)
    assert [value for _, value in many.choices] == ["auto", "cifar100"] and many.value == "auto"
    assert "CIFAR-100" in many.choices[0][0]


def test_the_hardest_data_that_a_network_learnt_is_measured_by_itself(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    card = checkpoints.read_card(shared.MODELS.path_of("vgg16", None))
    both = replace(card, data={"train": ["cifar10", "drawings", "drawings-hard"]})
    assert shared.measured_on(card) == "drawings" and shared.measured_on(both) == "drawings-hard"
    (tmp_path / "cifar10").mkdir()
    assert shared.measured_on(both) == "cifar10" and shared.measured_on(card) == "drawings"
    assert shared.measured_on(both, "drawings") == "drawings"


def test_hard_drawings_are_measured_if_asked_for() -> None:
    found = last(tab.prune("vgg16", 0.5, "gamma", "", None, None, "drawings-hard", Request))
    assert found[-1]["data"] == "drawings-hard" and "hard drawings" in found[0]
    wanted = evaluate(shared.MODELS.path_of("vgg16", None), "drawings-hard").accuracy
    assert found[-1]["before"]["accuracy"] == pytest.approx(wanted)


def test_a_hundred_classes_are_cut_without_their_pictures_and_say_so(
        hundred: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VISION_DATA", str(tmp_path))
    html, _, cut, found = last(tab.prune(OWN, 0.5, "gamma", "", None, hundred, "auto", Request))
    assert "of CIFAR-100 are not on this machine" in html and "accuracy" not in found["after"]
    assert found["after"]["milliseconds"]
    for call in (lambda: list(compare.compare(OWN, 0.5, "", hundred, "auto", Request)),
                 lambda: list(train.tune(cut, 10, 0.02, 0, Control(), Request))):
        with pytest.raises(gr.Error, match=r"network.*100 classes are on this machine"):
            call()
    with pytest.raises(gr.Error, match="and the data has 10"):
        list(tab.prune(OWN, 0.5, "gamma", "", None, hundred, "drawings", Request))


def test_mistakes_are_drawn_by_superclass_and_by_class() -> None:
    matrix = np.eye(100, dtype=int) * 6
    maple, oak, bus = (CIFAR100.index(name) for name in ("maple_tree", "oak_tree", "bus"))
    matrix[maple, [oak, bus]] = 3, 1
    after = Report(matrix, CIFAR100, count(network("vgg16")))
    before = replace(after, matrix=np.eye(100, dtype=int))
    html = confusion.shown(before, after, Request)
    assert confusion.nearby(after) == 0.75 and confusion.nearby(before) == 0
    assert "0.0% stay within the superclass before the cut and 75.0% after" in html
    assert html.count("<rect") == 20 + 21 and "trees → vehicles 1: 3%" in html
    assert html.count("<img") == 2
    ten = Report(np.eye(10, dtype=int), CLASSES, after.size)
    assert confusion.shown(ten, ten, Request).count("<rect") == 20


def test_of_many_classes_those_that_broke_most_stand_first() -> None:
    before = Report(np.eye(100, dtype=int) * 4, CIFAR100, count(network("vgg16")))
    worse = before.matrix.copy()
    worse[CIFAR100.index("wolf")] = worse[CIFAR100.index("fox")]
    html = surgery.classes(before, replace(before, matrix=worse), Request)
    assert html.index("wolf") < html.index(f"{MINUS}100.0") < html.index("90 more classes")
    assert html.count("<tr>") == 102


def test_the_layers_of_a_small_network_are_measured_one_by_one(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "FEW", 10)
    steps = list(layers.measure_now("vgg16", "gamma", None, "drawings", Request))
    assert len(steps) == 13 and [step.count("<rect") for step in steps] == [
        4 * place for place in range(1, 14)]
    whole = load(shared.MODELS.path_of("vgg16", None))
    pictures = open_pictures("drawings", "test").first(10)
    scores = shared.path_scores(shared.MODELS.path_of("vgg16", None), "gamma")
    small = cut_at(network_of(whole), alone(scores, "conv 2", 0.9, "gamma"))
    lost = measure(whole, pictures).accuracy - measure(Model(small, whole.card), pictures).accuracy
    assert f"conv 2, 90%: {signed(-100 * lost)}" in steps[-1]


def test_a_large_network_is_not_measured_layer_by_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "LARGEST", 1e6)
    with pytest.raises(gr.Error, match="up to 1 million multiply-adds are accepted"):
        list(layers.measure_now("vgg16", "gamma", None, "auto", Request))


def test_the_map_on_the_card_is_shown_with_the_groups(tmp_path: Path) -> None:
    missing, together = layers.on_card("densenet40", None, Request)
    assert "has no such map" in missing
    whole = load(shared.MODELS.path_of("densenet40", None))
    for group in network_of(whole).groups:
        assert f"<td>{group.source}</td><td>{group.norm}</td><td>{group.consumer}</td>" in together
    lost = {group.name: [0.1, -0.02] for group in network_of(whole).groups}
    found = {"command": "x", "criterion": "gamma", "data": "drawings", "pictures": 9,
             "accuracy": 0.5, "ratios": [0.5, 0.9], "lost": lost}
    path = tmp_path / "own.safetensors"
    checkpoints.save(path, whole.module, replace(whole.card, metrics={"sensitivity": found}))
    html, _ = layers.on_card(OWN, str(path), Request)
    assert html.count("<rect") == 2 * len(lost) and f"50%: {MINUS}10.0" in html
    places = [html.index(f"{group.name}, 50%") for group in network_of(whole).groups]
    assert places == sorted(places)
    assert f'fill-opacity="{0.06 + 0.94 * 0.2:.2f}"' in html and "+2.0</td>" in html
    train.upload(str(path), Request)
    checkpoints.save(path, whole.module, replace(
        whole.card, metrics={"sensitivity": {**found, "lost": {"a": "b"}}}))
    with pytest.raises(gr.Error, match=r"sensitivity\.lost\.a"):
        train.upload(str(path), Request)


@pytest.mark.parametrize("ratio", [0.3, 0.9])
def test_each_layer_is_timed_and_rounding_is_told(ratio: float, monkeypatch: pytest.MonkeyPatch
                                                  ) -> None:
    monkeypatch.setattr(layer_times, "LOOK", 0.0)
    monkeypatch.setattr(shared_answers, "ANSWERS", AnswerCache())
    said, columns, html = layer_times.time_layers("vgg16", ratio, "gamma", "", None, Request)
    assert "lab-note" in said and html.startswith(columns)
    monkeypatch.setattr("vision.pruning.count.layer_times", None)  # nobody reads the clock again
    assert list(layer_times.time_layers("vgg16", ratio, "gamma", "", None, Request)) == [html]
    whole = network("vgg16")
    leaves = [name for name, part in whole.named_modules() if next(part.children(), None) is None]
    assert all(f"<td>{name}</td>" in html for name in leaves)
    if ratio < 0.5:
        plan = make_plan(whole, ratio, multiple=8)
        assert all(width % 8 == 0 or mask.all() for width, mask in zip(
            plan.widths, plan.masks.values(), strict=True))
        assert f"<td>{sum(plan.widths):,}</td>" in html and "rounds to 0" not in html
    else:
        assert "rounds to 0 in steps of 8" in html


def test_the_first_network_is_one_that_a_cut_costs_something(monkeypatch: pytest.MonkeyPatch
                                                             ) -> None:
    """Easy drawings, which stand in for missing photographs, are all named rightly, cut or not."""
    for here, first in ((True, "vgg16"), (False, "vgg16-drawings-hard")):
        monkeypatch.setattr(shared.datasets, "present", lambda name, here=here: here)
        assert shared.usual()[0] == first
        assert set(shared.usual()) == {*shared.PHOTOGRAPHS, *shared.DRAWINGS}
    learnt = Card("pruning", "vgg16", {}, CLASSES, PREPROCESS,
                  data={"train": ["drawings-hard", "drawings"]})
    assert shared.measured_on(learnt) == "drawings-hard"


def test_a_tile_names_what_was_before_as_the_reader_writes_numbers() -> None:
    report = Report(np.array([[839, 161], [0, 0]]), ("a", "b"), count(network("vgg16")))
    trial = surgery.Trial(make_plan(network("vgg16"), 0.3), (report.size, report.size), 0.1,
                          reports=(report, report))
    told = surgery.facts(trial, gr.Request(headers={"accept-language": "pt-BR"}))
    assert [name for name in told if "83,9% →" in name] and not [
        name for name in told if "83.9" in name]
