"""People read names: no list of the page shows the id of a file, an architecture or a loss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.i18n import I18nData

from vision import checkpoints
from vision.checkpoints import Card
from vision.gan.models import ARCHITECTURES as GANS
from vision.pruning.models import ARCHITECTURES as SLIM
from vision.segmentation.models import ARCHITECTURES as SEGMENTS
from vision.ui.components import names
from vision.ui.components.figures import plots
from vision.ui.components.training.training_panel import called, progress_line
from vision.ui.text import LANGUAGES, words

SHIPPED = [path for system in ("segmentation", "gan", "pruning", "infrared", "style")
           for path in checkpoints.readable(system)]


def speaking(language: str) -> Any:
    return type("Request", (), {"headers": {"accept-language": language}})()


def test_no_list_of_the_page_shows_an_id(whole_page: gr.Blocks) -> None:
    chinese = words("zh-CN")  # in which no id is a word
    shown = [(str(chinese[label.key] if isinstance(label, I18nData) else label), value)
             for block in whole_page.blocks.values() if isinstance(block, gr.Dropdown)
             for label, value in block.choices if isinstance(value, str)]
    known = {value for _, value in shown}
    assert {"unet", "cdcgan-mnist", "vgg16", "mask_rcnn_real", "lovasz"} < known
    assert [value for label, value in shown if label == value or "_" in label] == []
    listed = [pair for registry in (SEGMENTS, GANS, SLIM) for pair in called(registry.names())]
    assert [arch for label, arch in listed if label == arch or "_" in label] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_model_that_ships_has_a_name_of_its_own(language: str) -> None:
    for folder in {path.parent for path in SHIPPED}:
        known = [names.called(path, speaking(language)) for path in SHIPPED
                 if path.parent == folder]
        assert len(set(known)) == len(known) and not any("_" in name for name in known)


@pytest.mark.parametrize("system, arch, train, stem, name", [
    ("segmentation", "deeplab_v3plus", ["camvid"], "deeplab_v3plus-lite0", "DeepLab v3+ · Lite0"),
    ("gan", "cdcgan", ["mnist"], "cdcgan-mnist", "CDCGAN · MNIST"),
    ("pruning", "vgg16", ["cifar10", "drawings"], "vgg16", "VGG-16 · CIFAR-10"),
    ("pruning", "vgg16", ["cifar10"], "vgg16-cut-70", "VGG-16 · CIFAR-10 · −70%"),
    ("segmentation", "edge_net", ["camvid"], "edge_net", "Edge net"),
    ("segmentation", "unet", ["camvid"], "team-3", "U-Net · team-3"),
    ("infrared", "mask_rcnn", "rendered scenes", "mine", "Mask R-CNN · mine"),
])
def test_a_name_is_made_of_network_data_and_what_else_a_file_says(
        system: str, arch: str, train: Any, stem: str, name: str) -> None:
    assert names.of_model(stem, Card(system, arch, {}, data={"train": train})) == name


def test_measures_and_data_read_like_words() -> None:
    from vision.training.progress import Step

    line = progress_line(Step(1, 2, {"val_miou": 0.5, "d_loss": 1.0}, 0.1), speaking("pt-BR"))
    assert "mIoU de validação 0,500" in line and "perda do discriminador 1,000" in line
    assert names.measure("loss_of_mine", None) == "loss of mine"
    assert names.data("camvid val", speaking("zh-CN")) == "CamVid 验证集"
    assert names.data("500 held-out scenes", None) == "500 held-out scenes"


@pytest.mark.parametrize("language, title", [
    ("en", "discriminator loss"), ("pt-BR", "perda do discriminador"),
    ("zh-CN", "判别器损失")])
def test_a_figure_speaks_the_readers_language(language: str, title: str) -> None:
    from vision.training.progress import Step

    drawn = plots.curves([Step(1, 2, {"d_loss": 1.0}, 0.1)], ("d_loss",), speaking(language))
    assert [axis.get_title() for axis in drawn.axes] == [title]


def test_a_file_that_is_gone_goes_by_its_stem(tmp_path: Path) -> None:
    assert names.called(tmp_path / "gone.safetensors", None) == "gone"
