"""Train the zone head on devices cut out of rendered scenes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torchvision.ops import complete_box_iou_loss

from vision import checkpoints
from vision.checkpoints import Model
from vision.errors import UserError
from vision.infrared.classes import CLASSES
from vision.infrared.data import HELD_OUT, TRAINING, Augment, Kept, Scenes
from vision.infrared.models import ARCHITECTURES
from vision.infrared.scenes import Scene, Zone
from vision.infrared.zones.locate import SLOTS, crops_of, load, measure, numbers_of, wider
from vision.options import Verb, option
from vision.quantised import round_rows
from vision.randomness import generator_for
from vision.training.average import Average
from vision.training.config import ValidatingConfig
from vision.training.progress import OnStep, on_terminal
from vision.training.run import Run

JITTER = 0.06  # of a box: how far off its edges are in training
Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@dataclass(frozen=True, kw_only=True)
class Config(ValidatingConfig):
    """Settings of one training."""

    start: Path | None = option(None, "begin with the weights of this zone head")
    width: int = option(48, "width of the first layer")
    scenes: int = option(6000, "how many different scenes to learn from")
    steps: int = 5000
    batch: int = option(16, "scenes a step, over all processes")
    learning_rate: float = option(3e-3, "highest learning rate of the one-cycle schedule")
    seed: int = option(0, "seed of weights, scenes and jitter")
    save_every: int = 500
    val_scenes: int = option(500, "measure on so many held-out scenes; 0 is none",
                             formerly="validate")
    output: Path = Path("runs/infrared/zones.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    config.check(width=(8, 1024), scenes=(1, 10**6), batch=(1, 4096), learning_rate=(1e-9, 1),
                 seed=(0, 10**6), val_scenes=(0, 10**5))
    config = checkpoints.with_target(config)
    rendered = Scenes(TRAINING * (1 + config.seed), config.scenes)
    scenes = Kept(lambda index: marked(rendered.scene(index)), config.scenes)
    run = Run(config, on_step)
    module = begin(config)
    average = Average(module, 0.995)
    optimizer = torch.optim.AdamW(module.parameters(), config.learning_rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.learning_rate,
                                                   total_steps=config.steps + 1, pct_start=0.2)
    module, optimizer, schedule, average = run.prepare(module, optimizer, schedule, average)
    module.train()

    for _, batch in run.steps(lambda number: make_batch(scenes, config, run, number)):
        crops, labels, truth = (part.to(run.accelerator.device) for part in batch)
        loss = zone_loss(module(crops, labels), truth, labels)
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward(loss)
        optimizer.step()
        schedule.step()
        average.update(run.accelerator.unwrap_model(module))
        values: dict[str, float | torch.Tensor] = {"loss": loss.detach()}
        if run.is_to_validate and config.val_scenes:
            values["val_accuracy"] = measure(model_of(config, run, average), held_out(config)).mean
        run.report(**values)

    if run.accelerator.is_main_process:
        write(config, run, average)
    run.finish()
    return config.output


def begin(config: Config) -> nn.Module:
    """Return the zone head before its first step: random, or with the weights of another."""
    module = ARCHITECTURES.build("zones", **module_config(config))
    if config.start is None:
        return module
    began = load(config.start)
    if began.card.config != module_config(config):
        raise UserError("'{file}' is a zone head of width {width}",
                        "one of width {wanted} is accepted", "change --start or --width",
                        file=config.start.name, width=began.card.config["width"],
                        wanted=config.width)
    module.load_state_dict(began.module.state_dict())
    return module


@dataclass(frozen=True, eq=False)
class Marked:
    """What the zone head learns from in one scene, small enough to keep thousands."""

    grey: np.ndarray  # float16 (H, W)
    boxes: np.ndarray  # float32 (K, 4)
    labels: np.ndarray  # int64 (K,)
    zones: tuple[tuple[Zone, ...], ...]


def marked(scene: Scene) -> Marked:
    """Return the boxes and zones of a scene's devices."""
    return Marked(scene.grey.astype(np.float16), scene.boxes, scene.labels,
                  tuple(device.zones for device in scene.devices))


def zone_loss(said: torch.Tensor, truth: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return the mean error of the zones there are, (R, slots, 4): of numbers and of overlap.

    Each class of `labels` (R,) counts the same, as in the report, however many devices it has.
    """
    known = ~truth[..., 0].isnan()  # (R, slots)
    said, truth = said[known], truth[known]  # (M, 4)
    owners = labels[:, None].expand_as(known)[known]  # (M,)
    numbers = functional.smooth_l1_loss(said, truth, reduction="none", beta=0.02).mean(1)  # (M,)
    overlap = complete_box_iou_loss(corners(said), corners(truth))  # (M,), arXiv:1911.08287
    share = 1 / owners.bincount()[owners]  # (M,): of a zone among those of its class
    return (share * (numbers + overlap)).sum() / share.sum().clamp_min(1)


def corners(zones: torch.Tensor) -> torch.Tensor:
    """Return x0, y0, x1, y1 of zones given by centre and log size, (..., 4)."""
    centres, halves = zones[..., :2], zones[..., 2:].exp() / 2
    return torch.cat([centres - halves, centres + halves], -1)


def make_batch(scenes: Kept[Marked], config: Config, run: Run, number: int) -> Batch:
    """Return crops (R, 1, 64, 64), labels (R,) and zones (R, slots, 4) of step `number`."""
    parts = []
    for place in range(config.batch)[run.share(config.batch)]:
        random = generator_for(config.seed, number, place)
        parts.append(cut(scenes[int(random.integers(config.scenes))], random))
    crops, labels, truth = (torch.cat(part) for part in zip(*parts, strict=True))
    return crops, labels, truth


def cut(scene: Marked, random: np.random.Generator) -> Batch:
    """Return the devices of a scene, cut out a little wrongly, every second scene mirrored."""
    sides = np.tile(scene.boxes[:, 2:] - scene.boxes[:, :2], 2)
    around = wider(scene.boxes + sides * random.uniform(-JITTER, JITTER, sides.shape))
    truth = np.array([numbers_of(zones, box, int(label)) for zones, box, label
                      in zip(scene.zones, around, scene.labels, strict=True)], np.float32)
    truth = truth.reshape(-1, SLOTS, 4)
    crops = crops_of(Augment().recolour(scene.grey.astype(np.float32), random), around)
    if random.random() < 0.5:
        crops = crops.flip(3)
        truth[:, :, 0] = 1 - truth[:, :, 0]
    return crops, torch.from_numpy(scene.labels), torch.from_numpy(truth)


def module_config(config: Config) -> dict[str, int]:
    """Return what rebuilds the module."""
    return {"classes": len(CLASSES), "slots": SLOTS, "width": config.width}


def held_out(config: Config) -> Scenes:
    """Return the scenes to measure on, which no training ever sees."""
    return Scenes(HELD_OUT, config.val_scenes)


def model_of(config: Config, run: Run, average: Average) -> Model:
    """Return the averaged weights as a model that `locate` accepts."""
    return Model(average.module.eval(), run.card(
        "infrared", "zones", module_config(config), verb="train_zones", classes=CLASSES,
        preprocess={"side": 64, "normalisation": "each crop: mean 0, deviation 1"},
        data={"train": f"{config.scenes} rendered scenes",
              "val": f"{config.val_scenes} held-out scenes, boxes known"}))


def write(config: Config, run: Run, average: Average) -> None:
    """Measure the averaged head and write it with its card."""
    model = model_of(config, run, average)
    model = replace(model, module=round_rows(model.module))  # measured as it is kept
    metrics: dict[str, object] = {"seconds": run.seconds}
    if config.val_scenes and not run.asked_to_stop:
        metrics |= measure(model, held_out(config)).as_json()
    checkpoints.save(config.output, model.module, replace(model.card, metrics=metrics), bits=8)


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Train the zone head and write its checkpoint.")
