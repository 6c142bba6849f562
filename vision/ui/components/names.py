"""What people call networks, data sets, measures and losses, whose files and values have ids.

A model that ships is called by its network, the data set that it learnt where one system's models
differ in that, and what else its file says: "DeepLab v3+ · Lite0", "VGG-16 · CIFAR-10 · −70%".
A name that holds words is the text `names.model_ID` instead.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr

from vision import checkpoints
from vision.errors import UserError
from vision.ui.text import language_of, t, words

if TYPE_CHECKING:
    from vision.checkpoints import Card

NETWORKS = {
    "fcn32s": "FCN-32s", "fcn16s": "FCN-16s", "fcn8s": "FCN-8s", "segnet": "SegNet",
    "unet": "U-Net", "unetpp": "U-Net++", "attention_unet": "Attention U-Net", "vnet": "V-Net",
    "wnet": "W-Net", "ynet": "Y-Net", "mnet": "M-Net", "pspnet": "PSPNet",
    "refinenet": "RefineNet", "deeplab_v1": "DeepLab v1", "deeplab_v2": "DeepLab v2",
    "deeplab_v3": "DeepLab v3", "deeplab_v3plus": "DeepLab v3+",
    "panoptic_deeplab": "Panoptic-DeepLab", "setr": "SETR", "segformer": "SegFormer",
    "gan": "GAN", "cgan": "CGAN", "dcgan": "DCGAN", "cdcgan": "CDCGAN",
    "cgan_projection": "Projection CGAN", "sngan": "SNGAN", "vgg16": "VGG-16", "vgg19": "VGG-19",
    "resnet164": "ResNet-164", "densenet40": "DenseNet-40", "mask_rcnn": "Mask R-CNN",
    "faster_rcnn": "Faster R-CNN", "svm": "SVM",
}
SETS = {"camvid": "CamVid", "mnist": "MNIST", "fashion-mnist": "Fashion-MNIST",
        "cifar10": "CIFAR-10", "cifar100": "CIFAR-100", "apsis": "APSIS", "voc": "Pascal VOC"}
TOLD_APART = ("gan", "pruning")  # the systems whose models learnt different data sets
BESIDES = {**SETS, "lite0": "Lite0"}
CUT = re.compile(r"\bcut-(\d+)")


def network(arch: str) -> str:
    """Return what an architecture is called; one without a name of its own reads like its id."""
    plain = arch.replace("_", " ")
    return NETWORKS.get(arch) or plain[:1].upper() + plain[1:]


def of_model(stem: str, card: Card) -> str:
    """Return what a model is called that is known by the stem of its file."""
    learnt = next(iter(card.data.get("train") or ()), "") if card.system in TOLD_APART else ""
    rest = stem.removeprefix(card.arch).strip("-")
    rest = CUT.sub(r"−\1%", rest.removeprefix(learnt).strip("-"))
    parts = [network(card.arch), SETS.get(learnt, learnt), BESIDES.get(rest, rest)]
    return " · ".join(part for part in parts if part)


def label(path: Path) -> Any:
    """Return the name of a model's file as a label, in the reader's language if it has words."""
    key = f"names.model_{path.stem}"
    return t(key) if key in words("en") else of_model(path.stem, checkpoints.read_card(path))


def called(path: Path, request: gr.Request | None) -> str:
    """Return the name of a model's file in a text; a file that cannot be read goes by its stem."""
    try:
        plain = of_model(path.stem, checkpoints.read_card(path))
    except (UserError, OSError):
        plain = path.stem
    return worded("model", path.stem, request, plain)


def worded(kind: str, name: str, request: gr.Request | None, plain: str | None = None) -> str:
    """Return a name's text of a kind: a measure, a loss, data, a model; else the name `plain`."""
    found = words(language_of(request)).get(f"names.{kind}_{name}")
    return found or (name.replace("_", " ") if plain is None else plain)


def measure(name: str, request: gr.Request | None) -> str:
    """Return what a value of a training is called."""
    return worded("measure", name, request)


def label_of_data(name: str) -> Any:
    """Return the name of a data set as a label."""
    return SETS.get(name) or t(f"names.data_{name}")


def data(told: str, request: gr.Request | None) -> str:
    """Return what data are called, such as "camvid val": a set, and which split of it."""
    name, _, split = told.partition(" ")
    if split not in ("train", "val", "test"):
        return SETS.get(told) or worded("data", told, request, told)
    called = SETS.get(name) or worded("data", name, request, name)
    return words(language_of(request))[f"names.split_{split}"].format(data=called)
