"""Train a detector of devices on rendered scenes, and on labelled real thermograms if wished."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vision import checkpoints
from vision.checkpoints import Model
from vision.data import pretrained
from vision.data.datasets import licences
from vision.efficientnet_lite import PUBLIC, take_public
from vision.errors import UserError
from vision.images import working_size
from vision.infrared.classes import CLASSES, NAMES
from vision.infrared.collate import Batch, batch_of, to_device
from vision.infrared.data import (
    HELD_OUT,
    TRAINING,
    Augment,
    FewMasks,
    Kept,
    Sample,
    Samples,
    Scenes,
    mosaic,
)
from vision.infrared.evaluate import measure, measure_real
from vision.infrared.measures.average_precision import require_pycocotools
from vision.infrared.models import ARCHITECTURES, detectors
from vision.infrared.models.backbone import BODIES, LITE
from vision.infrared.models.mask_rcnn import SIZES, Detector
from vision.infrared.models.weight_transfer import SOURCES
from vision.infrared.predict import LARGEST_SIDE, SMALLEST_SIDE
from vision.infrared.pretraining.histogram_matching import real_look
from vision.infrared.real import Mixed, Thermograms
from vision.infrared.scenes import Making
from vision.infrared.warm_start import PARTS, STEM, learn, parts_of, take_over
from vision.options import Verb, option, within
from vision.quantised import round_rows
from vision.randomness import generator_for
from vision.training.average import Average
from vision.training.config import ValidatingConfig
from vision.training.progress import OnStep, on_terminal
from vision.training.run import Run

LOOKS = ("rendered", "real")
TRAINED_ON = {"rendered": "rendered scenes", "real": "real thermograms and rendered scenes"}
REAL = Augment(scale=0.45, contrast=0.15, noise=0.02, inverted=0.1)


@dataclass(frozen=True, kw_only=True)
class Config(ValidatingConfig):
    """Settings of one training."""

    arch: str = option("mask_rcnn", "the architecture", detectors)
    backbone: str = option("resnet18", "its backbone", lambda: list(BODIES))
    size: str = option("compact", "its size", lambda: list(SIZES))
    masks: str = option("per_class", "where a class's mask weights come from",
                        lambda: list(SOURCES))
    sides: bool = option(False, "look for each side of a box on its own, too")
    data: str = option("rendered", "real mixes labelled real thermograms in, with their kinds",
                       lambda: list(TRAINED_ON))
    share: float = option(0.7, "share of real thermograms, if there are any")
    mosaic: float = option(0.0, "share of the pictures that are put together from four")
    start: Path | None = option(None, "begin with the weights of this classifier or detector")
    imagenet: bool = option(False, "begin with an EfficientNet-Lite0 that knows ImageNet")
    freeze: tuple[str, ...] = option((), "parts that keep their weights",
                                     lambda: [STEM, *PARTS])
    without_masks: tuple[str, ...] = option((), "classes whose masks are never learnt from",
                                            lambda: list(CLASSES))
    masks_per_class: int = option(0, "learn from so many masks of each class; 0 is all")
    scenes: int = option(0, "train on so many different scenes; 0 makes new ones all the time")
    workers: int = option(0, "processes that render all scenes first; 0 renders while it learns")
    look: str = option("rendered", "real gives the scenes the histograms of real thermograms",
                       lambda: list(LOOKS))
    devices: tuple[str, ...] = option((), "classes around which the scenes are made; none is all",
                                      lambda: list(CLASSES))
    clutter: float = option(1.0, "how much stands around the devices, 0 to 2")
    height: int = option(288, "height of the scenes")
    width: int = option(384, "width of the scenes")
    short_side: int = option(0, "short side to which the scenes are enlarged; 0 leaves them")
    steps: int = 2000
    batch: int = 8
    learning_rate: float = option(7e-4, "highest learning rate of the one-cycle schedule")
    weight_decay: float = option(0.05, "weight decay of AdamW")
    seed: int = option(0, "seed of weights, scenes and augmentation")
    val_scenes: int = option(500, "measure on so many held-out scenes; 0 is none",
                             formerly="validate")
    output: Path = Path("runs/infrared/{arch}.safetensors")


def train(config: Config, on_step: OnStep | None = None, samples: Samples | None = None) -> Path:
    """Train as configured, on `samples` if given, and return the checkpoint's path."""
    check(config)
    config = checkpoints.with_target(config)
    samples = samples or open_samples(config)
    run = Run(config, on_step)
    module = begin(config)
    average = Average(module, 0.998)
    optimizer = torch.optim.AdamW([p for p in module.parameters() if p.requires_grad],
                                  config.learning_rate, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, config.learning_rate, total_steps=config.steps + 1, pct_start=0.1)
    module, optimizer, schedule, average = run.prepare(module, optimizer, schedule, average)
    augment = replace(REAL if config.data == "real" else Augment(),
                      look=real_look() if config.look == "real" else None)

    for _, batch in run.steps(lambda n: make_batch(samples, augment, config, run, n),
                              ahead=max(2, config.workers)):
        pictures, targets = to_device(batch, run.accelerator.device)
        learn(run.accelerator.unwrap_model(module), config.freeze)
        losses = module(pictures, targets)
        loss = torch.stack(list(losses.values())).sum()  # L = L_cls + L_box + L_mask, §3
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward(loss)
        run.accelerator.clip_grad_norm_(module.parameters(), 2.0)
        optimizer.step()
        schedule.step()
        average.update(run.accelerator.unwrap_model(module))
        values = {"loss": loss.detach(), **{name: part.detach() for name, part in losses.items()}}
        if run.is_to_validate and config.val_scenes:
            values |= summary(model_of(config, run, average), held_out(config))
        run.report(**values)

    if run.accelerator.is_main_process:
        write(config, run, average)
    run.finish()
    return config.output


def check(config: Config) -> None:
    """Raise for settings that cannot work."""
    if config.height % 32 or config.width % 32:
        raise UserError("the scenes are {width}×{height}",
                        "sides that are multiples of 32 are accepted",
                        "try --width 384 --height 288", width=config.width, height=config.height)
    if config.masks_per_class and not config.scenes:
        raise UserError("--masks-per-class without --scenes would count masks for ever",
                        "both together are accepted", "add, say, --scenes 1000")
    if config.workers and not config.scenes:
        raise UserError("--workers without --scenes would render for ever",
                        "both together are accepted", "add, say, --scenes 1000")
    if set(config.freeze) >= set(parts_to_learn(config)):
        raise UserError("every part is frozen, so nothing would be learnt",
                        "known parts are {known}", "leave at least one of them out",
                        known=", ".join(parts_to_learn(config)))
    if config.imagenet and config.backbone != LITE:
        raise UserError("--imagenet is for '{known}', the backbone is '{backbone}'",
                        "both together are accepted", "add --backbone {known}", known=LITE,
                        backbone=config.backbone)
    config.check(batch=(2, 4096), seed=(0, 10**6), scenes=(0, 10**7), workers=(0, 1024),
                 masks_per_class=(0, 10**6), height=(64, 1024), width=(64, 1024), clutter=(0, 2),
                 val_scenes=(0, 10**5), learning_rate=(1e-9, 10), weight_decay=(0, 1),
                 share=(0, 1), mosaic=(0, 1))
    if config.short_side:
        within(config, short_side=(SMALLEST_SIDE, LARGEST_SIDE))
    if config.val_scenes:
        require_pycocotools()


def parts_to_learn(config: Config) -> list[str]:
    """Return the parts of the detector that a training is about."""
    there = {"masks": config.arch == "mask_rcnn", "sides": config.sides}
    return [part for part in PARTS if there.get(part, True)]


def module_config(config: Config) -> dict[str, Any]:
    """Return what the architecture is built with, beside its classes."""
    masks = {"masks": config.masks} if config.arch == "mask_rcnn" else {}
    wide = {"wide": True} if config.data == "real" else {}
    return {"backbone": config.backbone, "size": config.size, "sides": config.sides, **masks,
            **wide}


def names_of(config: Config) -> tuple[str, ...]:
    """Return what the detector can call a device."""
    return NAMES if config.data == "real" else CLASSES


def scenes_from(config: Config, first: int, count: int) -> Scenes:
    """Return so many scenes from a seed on, of the devices, clutter and size wanted."""
    making = Making(classes=config.devices, clutter=config.clutter)
    return Scenes(first, count, (config.height, config.width), making)


def open_samples(config: Config) -> Samples:
    """Return what to learn from: rendered scenes, perhaps mixed with real thermograms."""
    scenes = open_scenes(config)
    if config.data == "rendered":
        return scenes
    return Mixed(Thermograms("train"), scenes, config.share, config.seed)


def open_scenes(config: Config) -> Samples:
    """Return the scenes to learn from: endless new ones, or so many, with the masks allowed."""
    first = TRAINING * (1 + config.seed)
    if not config.scenes:
        endless = scenes_from(config, first, config.steps * config.batch)
        return FewMasks(endless, 0, config.without_masks)
    kept = Kept(scenes_from(config, first, config.scenes).__getitem__, config.scenes)
    if config.workers:
        kept.fill(config.workers)
    return FewMasks(kept, config.masks_per_class, config.without_masks)


def begin(config: Config) -> Detector:
    """Return the detector before its first step: random or started, with its frozen parts."""
    module = ARCHITECTURES.build(config.arch, classes=len(names_of(config)),
                                 **module_config(config))
    if config.start is not None:
        take_over(module, config.start, not config.imagenet)
    if config.imagenet:
        take_public(module.backbone.body, pretrained.read(PUBLIC))
    for part in parts_of(module, config.freeze):
        part.requires_grad_(False)
    return module


def make_batch(samples: Samples, augment: Augment, config: Config, run: Run, number: int) -> Batch:
    """Return step `number`'s pictures (n, 1, H, W) and their truth, this process's part."""
    made = []
    for place in range(config.batch)[run.share(config.batch)]:
        random = generator_for(config.seed, number, place)
        made.append(augment(sample_for(samples, config, number * config.batch + place, random),
                            random))
    return batch_of(made, working_size((config.height, config.width), short_side(config)))


def sample_for(samples: Samples, config: Config, index: int, random: np.random.Generator
               ) -> Sample:
    """Return a sample by its number, in some cases with three others in one picture."""
    own = samples[index % len(samples)]
    if not config.mosaic or random.random() >= config.mosaic:
        return own
    others = random.integers(len(samples), size=3)
    return mosaic([own, *(samples[int(other)] for other in others)], random)


def short_side(config: Config) -> int:
    """Return the short side at which the detector works."""
    return config.short_side or min(config.height, config.width)


def held_out(config: Config) -> Scenes:
    """Return the scenes to measure on, which no training ever sees."""
    return scenes_from(config, HELD_OUT, config.val_scenes)


def summary(model: Model, scenes: Scenes) -> dict[str, float]:
    """Return the average precisions on held-out scenes, for the curve of a training."""
    precisions = measure(model, scenes).precisions
    return {f"val_{name}_AP": precision.ap for name, precision in precisions.items()}


def model_of(config: Config, run: Run, average: Average) -> Model:
    """Return the averaged weights as a model that `detect` accepts."""
    names = names_of(config)
    return Model(average.module.eval(), run.card(
        "infrared", config.arch, {"classes": len(names), **module_config(config)},
        classes=names,
        preprocess={"short_side": short_side(config), "channels": 1,
                    "normalisation": "each picture: mean 0, deviation 1"},
        data={"task": "detection", "train": TRAINED_ON[config.data],
              "val": f"{config.val_scenes} held-out scenes", "look": config.look,
              "devices": list(config.devices), "clutter": config.clutter,
              "licences": licences_of(config), "without_masks": list(config.without_masks)}))


def licences_of(config: Config) -> dict[str, str]:
    """Return the licence of each data set and public network that a training uses."""
    sets = ["thermograms"] if config.look == "real" else []
    sets += ["thermograms-camera"] if config.data == "real" else []
    return licences(sets) | pretrained.credits([PUBLIC] if config.imagenet else [])


def write(config: Config, run: Run, average: Average) -> None:
    """Measure the averaged detector and write it with its card."""
    model = model_of(config, run, average)
    model = replace(model, module=round_rows(model.module))  # measured as it is kept
    metrics: dict[str, object] = {"seconds": run.seconds}
    if config.val_scenes and not run.asked_to_stop:
        metrics |= measure(model, held_out(config)).as_json()
        if config.data == "real":
            metrics |= measure_real(model, Thermograms("val")).as_json()
    checkpoints.save(config.output, model.module, replace(model.card, metrics=metrics), bits=8)


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Train a detector and write its checkpoint.")
