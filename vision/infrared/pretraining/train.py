"""Pre-train a grey backbone by classifying source pictures that look like thermograms."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from vision import checkpoints
from vision.checkpoints import Card
from vision.data import datasets
from vision.data.datasets import licences
from vision.data.image_folders import LabelledPictures
from vision.images import read_picture, resize
from vision.infrared.data import HELD_OUT, Scenes
from vision.infrared.models import ARCHITECTURES
from vision.infrared.models.backbone import DEPTHS
from vision.infrared.pretraining import glcm
from vision.infrared.pretraining.pictures import grey_of, open_source
from vision.infrared.thermogram.palettes import intensity
from vision.options import Verb, option
from vision.randomness import generator_for
from vision.training.average import Average
from vision.training.config import ValidatingConfig
from vision.training.progress import OnStep, on_terminal
from vision.training.run import Run

TARGETS = 200  # thermograms that source pictures are compared with
SAMPLINGS = ("uniform", "glcm")
LOOKS = ("rendered", "thermograms")


@dataclass(frozen=True, kw_only=True)
class Config(ValidatingConfig):
    """Settings of one pre-training."""

    source: str = option("tiny-imagenet", "tiny-imagenet, cifar10, or a folder of pictures")
    sampling: str = option("glcm", "glcm draws pictures like the target more often",
                           lambda: list(SAMPLINGS))
    target: str = option("rendered", "what source pictures are compared with",
                         lambda: list(LOOKS))
    backbone: str = option("resnet18", "the backbone", lambda: list(DEPTHS))
    side: int = option(96, "side of the pictures in pixels")
    steps: int = 3000
    batch: int = 64
    learning_rate: float = option(2e-3, "highest learning rate of the one-cycle schedule")
    save_every: int = 500
    output: Path = Path("runs/infrared/backbone-{sampling}.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    config.check(side=(32, 512), batch=(2, 10**5), learning_rate=(1e-9, 1), seed=(0, 10**6))
    config = checkpoints.with_target(config)
    source, val = (open_source(config.source, split) for split in ("train", "val"))
    weights = drawing_weights(source, config)
    run = Run(config, on_step)
    module = ARCHITECTURES.build("classifier", classes=len(source.classes),
                                 backbone=config.backbone)
    average = Average(module, 0.998)
    optimizer = torch.optim.AdamW(module.parameters(), config.learning_rate, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, config.learning_rate,
                                                   total_steps=config.steps + 1, pct_start=0.15)
    module, optimizer, schedule, average = run.prepare(module, optimizer, schedule, average)
    module.train()

    for _, (x, y) in run.steps(lambda number: make_batch(source, weights, config, run, number)):
        logits = module(x.to(run.accelerator.device))
        loss = functional.cross_entropy(logits.float(), y.to(logits.device), label_smoothing=0.1)
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward(loss)
        optimizer.step()
        schedule.step()
        average.update(run.accelerator.unwrap_model(module))
        values: dict[str, float | torch.Tensor] = {"loss": loss.detach()}
        if run.is_to_validate:
            values["val_accuracy"] = accuracy(average.module, val, config)
        run.report(**values)

    if run.accelerator.is_main_process:
        metrics = {"accuracy": accuracy(average.module, val, config),
                   "effective_size": glcm.effective_size(weights), "seconds": run.seconds}
        checkpoints.save(config.output, average.module, card(config, source, run, metrics))
    run.finish()
    return config.output


def drawing_weights(source: LabelledPictures, config: Config) -> np.ndarray:
    """Return how often each source picture is drawn, (N,), in sum 1."""
    if config.sampling == "uniform":
        return np.full(len(source), 1 / len(source))
    rows = glcm.table([grey_of(source, index) for index in range(len(source))])
    scale = glcm.Scale.of(rows)
    return glcm.importance(scale(rows), scale(glcm.table(targets(config.target, source))))


def targets(name: str, source: LabelledPictures) -> list[np.ndarray]:
    """Return grey thermograms at the size of the source pictures: their texture is the aim."""
    side = source.pixels.shape[2]
    if name == "rendered":
        scenes = Scenes(HELD_OUT - TARGETS, TARGETS)
        greys = [scenes[index].grey for index in range(TARGETS)]
    else:
        files = datasets.open_files("thermograms")
        greys = [intensity(read_picture(files.read(file)))
                 for file in files.names("images/", ".jpg")[:TARGETS]]
    return [resize(grey, (side, side)) for grey in greys]


def make_batch(source: LabelledPictures, weights: np.ndarray, config: Config, run: Run, number: int
               ) -> tuple[torch.Tensor, torch.Tensor]:
    """Return step `number`'s pictures (n, 1, S, S) and labels (n,), this process's part."""
    random = generator_for(config.seed, number, config.batch)  # a place that no picture has
    chosen = random.choice(len(source), config.batch, p=weights)
    share = run.share(config.batch)
    pictures = [vary(grey_of(source, int(chosen[place])), config.side,
                     generator_for(config.seed, number, place))
                for place in range(config.batch)[share]]
    x = torch.from_numpy(np.stack(pictures)[:, None])
    return x, source.labels[chosen[share]]


def vary(grey: np.ndarray, side: int, random: np.random.Generator) -> np.ndarray:
    """Return a crop, mirrored, inverted or bent in brightness at random, as palettes do."""
    full = grey.shape[0]
    part = round(full * random.uniform(0.6, 1))
    top, left = random.integers(0, full - part + 1, 2)
    crop = resize(grey[top : top + part, left : left + part], (side, side))
    crop = crop[:, ::-1] if random.random() < 0.5 else crop
    crop = 1 - crop if random.random() < 0.3 else crop
    crop = crop ** np.float32(np.exp(random.uniform(-0.5, 0.5)))
    return (crop + random.normal(0, 0.02, crop.shape)).astype(np.float32)


@torch.inference_mode()
def accuracy(module: torch.nn.Module, source: LabelledPictures, config: Config) -> float:
    """Return the share of pictures that are classified rightly."""
    right = 0
    for part in np.array_split(np.arange(len(source)), -(-len(source) // 200)):
        greys = np.stack([resize(grey_of(source, index), (config.side, config.side))
                          for index in part.tolist()])
        said = module(torch.from_numpy(greys[:, None]).to(next(module.parameters()).device))
        right += int((said.argmax(1).cpu() == source.labels[part]).sum())
    return right / len(source)


def card(config: Config, source: LabelledPictures, run: Run, metrics: dict[str, float]) -> Card:
    """Return the model card, with the licences of what was seen."""
    seen = [config.source] + (["thermograms"] if config.target == "thermograms" else [])
    return run.card(
        "infrared", "classifier", {"classes": len(source.classes), "backbone": config.backbone},
        verb="train_backbone", classes=source.classes, metrics=dict(metrics),
        preprocess={"side": config.side, "channels": 1,
                    "normalisation": "each picture: mean 0, deviation 1"},
        data={"train": seen, "sampling": config.sampling, "val": f"{config.source} val",
              "licences": licences(seen)})


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Pre-train a grey backbone on source pictures like thermograms.")
