"""The published numbers have sources, and ours come from the cards alone."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from vision import checkpoints
from vision.ui import load_tabs
from vision.ui.lessons import published_numbers
from vision.ui.lessons.published_numbers import FORMS, Row, beside, here, numbers
from vision.ui.text import LANGUAGES, words

SOURCE = re.compile(r"arXiv:\d{4}\.\d{4,5}|et al\.|torchvision|neural-style-pt|MindSpore")


def speaking(language: str) -> Any:
    return type("Request", (), {"headers": {"accept-language": language}})()


@pytest.mark.parametrize("row", numbers(), ids=lambda row: f"{row.tab} {row.name} {row.measure}")
def test_every_number_has_a_named_source_and_a_place_of_ours(row: Row) -> None:
    assert SOURCE.search(row.source) and row.form in FORMS and row.published > 0
    assert (row.arch is None) == (row.metric is None) == (row.on is None)
    assert f"paper.measure.{row.measure}" in words("en")
    known = {path.name for path in (Path(published_numbers.__file__).parents[2]).iterdir()}
    assert row.tab in known


def test_every_tab_has_published_numbers() -> None:
    assert {tab.name for tab in load_tabs()} <= {row.tab for row in numbers()}


def test_no_figure_of_ours_is_typed() -> None:
    tree = ast.parse(Path(published_numbers.__file__).read_text("utf-8"))
    typed = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)
             and isinstance(node.value, (int, float)) and not isinstance(node.value, bool)}
    assert typed <= {0, 1, 2, 100, 1e6}
    for values in json.loads(published_numbers.NUMBERS.read_text("utf-8")):
        assert values.keys() <= Row.__dataclass_fields__.keys() and "here" not in values


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the cards that ship be those of one folder, where each file is a card as JSON."""
    for language in LANGUAGES:
        words(language)  # lessons read their numbers off the cards once
    monkeypatch.setattr(checkpoints, "readable", lambda system: sorted(tmp_path.glob("*.json")))
    monkeypatch.setattr(checkpoints, "read_card",
                        lambda path: checkpoints.Card.from_json(path.read_text()))
    return tmp_path


def put(folder: Path, name: str, arch: str, data: str, **metrics: Any) -> None:
    card = checkpoints.Card("gan", arch, {}, data={"val": data}, metrics=metrics)
    (folder / f"{name}.json").write_text(card.to_json())


def row_of(name: str) -> Row:
    return next(row for row in numbers() if row.name == name)


def test_our_number_follows_the_card(shipped: Path) -> None:
    row = row_of("GAN")
    assert here(row) is None
    assert words("pt-BR")["paper.missing"] in beside("gan", speaking("pt-BR"))
    put(shipped, "gan-shapes", "gan", "shapes val", parzen={"mean": 999.0})
    assert words("en")["paper.other_data"] in beside("gan", speaking("en"))
    put(shipped, "collapsed", "gan", "mnist val", parzen={"mean": -5.0})
    put(shipped, "gan-mnist", "gan", "mnist val", parzen={"mean": 231.5})
    found, text = here(row), beside("gan", None)
    assert found and (found.value, found.checkpoint) == (231.5, "gan-mnist")
    for part in (">232 nats<", ">GAN · MNIST, MNIST validation<", ">+6.50<", ">225 nats ± 2<"):
        assert part in text


def test_only_equal_splits_are_compared(shipped: Path) -> None:
    """CamVid's published numbers are of its test split; a card may hold both of ours."""
    row = next(row for row in numbers() if (row.name, row.measure, row.arch) == (
        "FCN", "mIoU", "fcn8s"))
    put(shipped, "fcn8s", "fcn8s", "camvid val", mIoU=0.6)
    text = beside("segmentation", speaking("en"))
    assert words("en")["paper.other_data"] in text and "+10.17" not in text
    put(shipped, "fcn8s", "fcn8s", "camvid val", mIoU=0.6, test={"mIoU": 0.5083})
    found = here(row)
    assert found and (found.value, found.data) == (pytest.approx(50.83), "camvid test")
    assert ">+1.00<" in beside("segmentation", speaking("en"))


def test_the_model_called_like_its_architecture_stands_for_it(shipped: Path) -> None:
    row = next(row for row in numbers() if row.arch == "unet" and row.measure == "mIoU")
    put(shipped, "unet-lite0", "unet", "camvid val", mIoU=0.75, test={"mIoU": 0.65})
    found = here(row)
    assert found and found.checkpoint == "unet-lite0"
    put(shipped, "unet", "unet", "camvid val", mIoU=0.5, test={"mIoU": 0.4})
    found = here(row)
    assert found and (found.checkpoint, found.value) == ("unet", pytest.approx(40))


def test_a_cut_network_is_not_taken_for_the_whole_one(shipped: Path) -> None:
    whole, cut = row_of("VGG-19"), row_of("VGG-19, −70%")
    put(shipped, "vgg16-cut-70", "vgg16", "cifar10 test", accuracy=0.92)
    put(shipped, "vgg16-drawings", "vgg16", "drawings test", accuracy=0.99)
    assert here(whole) is None
    put(shipped, "vgg16", "vgg16", "cifar10 test", accuracy=0.93)
    values = [here(row).value for row in (whole, cut)]  # type: ignore[union-attr]
    assert values == pytest.approx([7.0, 8.0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tables_of_what_ships_speak_every_language(language: str) -> None:
    for tab in {row.tab for row in numbers()}:
        text = beside(tab, speaking(language))
        assert words(language)["paper.published"] in text
        assert text.count("<tr>") == 1 + sum(row.tab == tab for row in numbers())


def test_a_mean_over_classes_is_read_from_cards_of_any_age() -> None:
    metrics = {"per_class": {"a": {"Recall": 0.5}, "b": {"Recall": 0.75}, "c": {"Recall": None}}}
    assert published_numbers.at(metrics, ["per_class", "*", "Recall"]) == 0.625
    assert published_numbers.at({}, ["per_class", "*", "Recall"]) is None
    card = checkpoints.read_card(checkpoints.FOLDER / "segmentation" / "unet.safetensors")
    recall = card.metrics.get("mRecall", card.metrics["MPA"])  # an older card's MPA is recall
    found = published_numbers.at(card.metrics, ["per_class", "*", "Recall"])
    assert found == pytest.approx(recall)
