"""Train a segmentation architecture, from the first random weights to a measured checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from vision import checkpoints
from vision.checkpoints import Model
from vision.data import pretrained
from vision.data.datasets import licences
from vision.efficientnet_lite import PUBLIC, take_public
from vision.errors import UserError
from vision.options import Verb, option
from vision.quantised import round_rows
from vision.randomness import generator_for
from vision.segmentation.data import (
    Augment,
    Samples,
    diagnoses,
    diagnosis,
    frequencies,
    numbers,
    open_samples,
)
from vision.segmentation.evaluate import measure, summary
from vision.segmentation.models import ARCHITECTURES, dimensions, encoders_of, facts, having, task
from vision.segmentation.models.encoders import ENCODERS, LITE, OWN
from vision.segmentation.objectives.criterion import Target, criterion
from vision.segmentation.objectives.losses import LOSSES
from vision.segmentation.panoptic.objects import find, nobody_counted, targets
from vision.segmentation.panoptic.quality import quality
from vision.segmentation.panoptic.segments import known_objects
from vision.segmentation.predict import predict, to_tensor, volumes_to_tensor
from vision.segmentation.volumes import Cut
from vision.training.average import Average
from vision.training.config import ValidatingConfig
from vision.training.progress import OnStep, on_terminal
from vision.training.run import Run


@dataclass(frozen=True, kw_only=True)
class Config(ValidatingConfig):
    """Settings of one training."""

    arch: str = option("unet", "the architecture", ARCHITECTURES.names)
    size: str = option("compact", "its size", lambda: ["compact", "paper"])
    encoder: str = option("own", "its encoder; lite0 has learnt ImageNet", lambda: [*ENCODERS])
    encoder_rate: float = option(0.2, "the share of the learning rate that such an encoder gets")
    start: Path | None = option(None, "begin with the weights of this checkpoint that fit")
    data: tuple[str, ...] = option(("camvid", "scenes"), "the data sets, the one that counts first")
    mix: float = option(0.5, "share of the other data sets at the start; it falls to 0")
    limit: int = option(0, "use only so many samples of each data set; 0 is all")
    steps: int = 6000
    batch: int = 8
    crop: tuple[int, ...] = option((224, 288), "height and width of the crops; volumes: depth too")
    scale: tuple[float, ...] = option((0.55, 1.3), "smallest and largest scale of the crops")
    short_side: int = option(288, "short side of the pictures at inference")
    loss: str = option("cross_entropy", "the loss", lambda: sorted(LOSSES))
    balance: float = option(0.4, "weight of rare classes: 0 is none, 1 is one over frequency")
    learning_rate: float = option(3e-3, "highest learning rate of the one-cycle schedule")
    weight_decay: float = option(0.02, "weight decay of AdamW")
    output: Path = Path("runs/segmentation/{arch}.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    check(config)
    config = checkpoints.with_target(in_float32(config))
    sets = [open_samples(name, "train", config.limit) for name in config.data]
    validation = open_samples(config.data[0], "val", config.limit)
    agreed_classes([*sets, validation])
    agreed_dimensions(config, sets)
    run = Run(config, on_step)
    device = run.accelerator.device
    module = begin(config, sets[0])
    average = Average(module)
    groups = parts(module, config)
    optimizer = torch.optim.AdamW(groups, weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [group["lr"] for group in groups], total_steps=config.steps + 1, pct_start=0.1)
    module, optimizer, schedule, average = run.prepare(module, optimizer, schedule, average)
    weights = class_weights(sets[0], config.balance).to(device)

    for _, batch in run.steps(lambda n: make_batch(sets, config, run, n)):
        module.train()
        target = batch.to(device)
        loss = criterion(module(target.pictures), target, LOSSES[config.loss], weights)
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward(loss)
        run.accelerator.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        average.update(run.accelerator.unwrap_model(module))
        if run.is_to_validate:
            model = model_of(config, sets[0], run, average)
            run.report(predict(model, validation[0][0]), loss=loss.detach(),
                       val_miou=measure(model, validation, refined=False).mean_iou)
        else:
            run.report(loss=loss.detach())

    if run.accelerator.is_main_process:
        model = model_of(config, sets[0], run, average)
        model = replace(model, module=round_rows(model.module))  # measured as it is kept
        metrics = {} if run.asked_to_stop else {
            **summary(model, validation), **on_test(model, config.data[0]),
            **found_objects(model, validation)}
        card = replace(model.card, metrics=metrics)
        checkpoints.save(config.output, model.module, card, bits=8)
    run.finish()
    return config.output


def on_test(model: Model, name: str) -> dict[str, Any]:
    """Return what a card holds of a data set's test split, nothing if it has none on disk."""
    try:
        return {"test": summary(model, open_samples(name, "test"))}
    except UserError:
        return {}


def found_objects(model: Model, samples: Samples) -> dict[str, Any]:
    """Return what a card holds of the objects that a net finds, nothing if it finds none."""
    if not facts(model.card.arch).get("objects"):
        return {}
    known = [(samples[index], counted) for index in range(len(samples))
             if (counted := numbers(samples, index)) is not None]
    each = [quality(known_objects(labels, counted), find(model, picture), len(samples.classes))
            for (picture, labels), counted in known]
    return {"panoptic": reduce(add, each).overall()} if each else {}


def check(config: Config) -> None:
    """Raise for settings that cannot work."""
    if dimensions(config.arch) == 3:
        if len(config.crop) != 3 or any(side % 16 or side < 16 for side in config.crop):
            raise UserError("the crop is {crop}", "three multiples of 16 are accepted for volumes",
                            "try --crop 64 64 64", crop=config.crop)
    elif len(config.crop) != 2 or any(side % 32 or side < 64 for side in config.crop):
        raise UserError("the crop is {crop}", "two multiples of 32 from 64 are accepted",
                        "try --crop 224 288", crop=config.crop)
    if config.encoder not in encoders_of(config.arch) or (config.encoder, config.size) == (
            LITE, "paper"):
        raise UserError("'{arch}' has no encoder '{encoder}' in the size {size}",
                        "{known} are accepted, {lite} with the compact decoders of: {able}",
                        "choose another with --encoder", arch=config.arch, encoder=config.encoder,
                        size=config.size, known=", ".join(encoders_of(config.arch)), lite=LITE,
                        able=", ".join(having(encoders=ENCODERS)))
    if len(config.scale) != 2 or not 0 < config.scale[0] <= config.scale[1] <= 16:
        raise UserError("the scale is {scale}",
                        "the smallest and the largest, both above 0 and up to 16, are accepted",
                        "try --scale 0.55 1.3", scale=config.scale)
    config.check(batch=(1, 4096), limit=(0, 10**9), short_side=(32, 2048), mix=(0, 1),
                 learning_rate=(1e-9, 10), weight_decay=(0, 1), balance=(0, 2),
                 encoder_rate=(0, 1))


def agreed_classes(sets: list[Samples]) -> None:
    """Raise for sets of different classes, which cannot be mixed."""
    first, *others = [samples.classes for samples in sets]
    for other in others:
        if other != first:
            raise UserError("the data sets have different classes: {first} and {other}",
                            "data sets of the same classes can be mixed", "choose one with --data",
                            first=", ".join(first[:12]), other=", ".join(other[:12]))


def agreed_dimensions(config: Config, sets: list[Samples]) -> None:
    """Raise if an architecture of pictures is to learn from volumes, or the other way round."""
    wanted = dimensions(config.arch)
    for name, samples in zip(config.data, sets, strict=True):
        if (found := samples[0][1].ndim) != wanted:
            raise UserError("'{arch}' segments {wanted}-D data but '{data}' is {found}-D",
                            "vnet takes volumes, the others pictures",
                            "choose another with --data", arch=config.arch, wanted=wanted,
                            data=name, found=found)


def in_float32(config: Config) -> Config:
    """Return the settings with full precision for volumes: bf16 gradients of Conv3d are faulty."""
    return replace(config, precision="fp32") if dimensions(config.arch) == 3 else config


def module_config(config: Config, samples: Samples) -> dict[str, Any]:
    """Return what builds the module for these samples."""
    branch = facts(config.arch).get("diagnoses") and diagnoses(samples)
    return {"classes": len(samples.classes), "size": config.size,
            **({"encoder": config.encoder} if config.encoder != OWN else {}),
            **({"diagnoses": len(branch)} if branch else {}), **slim_of(config.start)}


def slim_of(start: Path | None) -> dict[str, Any]:
    """Return how narrow a cut network is that a training begins with: its shape is kept."""
    slim = checkpoints.read_card(start).config.get("slim") if start else None
    return {"slim": slim} if slim else {}


def begin(config: Config, samples: Samples) -> nn.Module:
    """Return the module before its first step: random, or with what fits of another's weights."""
    module = ARCHITECTURES.build(config.arch, **module_config(config, samples))
    if config.start is not None:
        take_over(module, checkpoints.load(config.start, ARCHITECTURES).module)
    elif config.encoder == LITE:
        take_public(module.encoder.body, pretrained.read(PUBLIC))
    return module


def parts(module: nn.Module, config: Config) -> list[dict[str, Any]]:
    """Return the parameters with their learning rates: an encoder that knows much learns slower."""
    if config.encoder == OWN:
        return [{"params": [*module.parameters()], "lr": config.learning_rate}]
    of_body = {id(parameter) for parameter in module.get_submodule("encoder.body").parameters()}
    known, new = ([parameter for parameter in module.parameters()
                   if (id(parameter) in of_body) == wanted] for wanted in (True, False))
    return [{"params": known, "lr": config.encoder_rate * config.learning_rate},
            {"params": new, "lr": config.learning_rate}]


def take_over(module: nn.Module, other: nn.Module) -> None:
    """Copy all weights that two modules share by name; inputs that only one has begin at zero."""
    own = module.state_dict()
    for name, given in other.state_dict().items():
        if name in own and own[name].shape == given.shape:
            own[name].copy_(given)
        elif name in own and wider(own[name], given):
            own[name].zero_()[:, :given.shape[1]] = given


def wider(own: torch.Tensor, given: torch.Tensor) -> bool:
    """Return whether a convolution differs from another only by more inputs."""
    return (own.ndim == given.ndim == 4 and own.shape[1] > given.shape[1]
            and own.shape[0] == given.shape[0] and own.shape[2:] == given.shape[2:])


def augmentation(config: Config) -> Augment | Cut:
    """Return what changes the samples of each step at random."""
    if len(config.crop) == 3:
        return Cut((config.crop[0], config.crop[1], config.crop[2]))
    return Augment((config.crop[0], config.crop[1]), (config.scale[0], config.scale[1]))


def make_batch(sets: list[Samples], config: Config, run: Run, number: int) -> Target:
    """Return step `number`'s pictures or volumes and their truth, this process's part."""
    augment = augmentation(config)
    others = config.mix * (1 - number / config.steps) if len(sets) > 1 else 0.0
    samples, diagnoses, counted = [], [], []
    finds = facts(config.arch).get("objects", False)
    for place in range(config.batch)[run.share(config.batch)]:
        random = generator_for(config.seed, number, place)
        which = random.integers(1, len(sets)) if random.random() < others else 0
        index = int(random.integers(len(sets[which])))
        picture, labels = sets[which][index]
        diagnoses.append(diagnosis(sets[which], index))
        if finds:
            both, known = with_objects(sets[which], index, labels)
            picture, both = augment(picture, both, random)  # (H, W, 2)
            counted.append(targets(both[..., 1]) if known else nobody_counted(both.shape[:2]))
            samples.append((picture, both[..., 0].astype(np.uint8)))
        else:
            samples.append(augment(picture, labels, random))
    pictures, labels = (np.stack(part) for part in zip(*samples, strict=True))
    tensor = volumes_to_tensor if len(config.crop) == 3 else to_tensor
    return Target(tensor(pictures), torch.from_numpy(labels).long(), torch.tensor(diagnoses),
                  torch.from_numpy(np.stack(counted)) if counted else None)


def with_objects(samples: Samples, index: int, labels: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return labels beside the numbers of objects (uint16 H×W×2), and whether these are known."""
    found = numbers(samples, index)
    beside = np.zeros_like(labels) if found is None else found
    return np.stack([labels, beside], -1).astype(np.uint16), found is not None


def class_weights(samples: Samples, balance: float) -> torch.Tensor:
    """Return a weight for each class, frequency⁻ᵇᵃˡᵃⁿᶜᵉ, with mean 1 over the pixels."""
    share = frequencies(samples, len(samples.classes)).clip(1e-4)
    weights = share**-balance
    return torch.tensor(weights / (weights * share).sum(), dtype=torch.float32)


def model_of(config: Config, samples: Samples, run: Run, average: Average) -> Model:
    """Return the averaged weights as a model that `predict` accepts."""
    sets = [Path(name).name for name in config.data]  # not where somebody keeps them
    told = {Path(name).name: licence for name, licence in licences(config.data).items()}
    told |= pretrained.credits([PUBLIC] if config.encoder == LITE else [])
    names = {"diagnoses": list(diagnoses(samples))} if diagnoses(samples) else {}
    return Model(average.module.eval(), run.card(
        "segmentation", config.arch, module_config(config, samples), classes=samples.classes,
        preprocess={"short_side": config.short_side},
        data={"train": sets, "val": f"{sets[0]} val", "licences": told, "task": task(config.arch),
              **names}))


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Train one architecture and write its checkpoint.")
