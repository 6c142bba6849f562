"""Masks of real devices: three branches on one detector, which itself stays as it is.

One learns from every outline. The other two never see those of some classes: what they know of
these comes from the classes that have outlines ("Learning to Segment Every Thing",
arXiv:1711.10370). All three learn from the same pictures, in the same order.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn

from vision import checkpoints
from vision.checkpoints import Card, Model
from vision.errors import UserError
from vision.images import working_size
from vision.infrared.classes import IGNORED, NAMES
from vision.infrared.collate import Batch, batch_of, to_device
from vision.infrared.data import HELD_OUT, TRAINING, Kept, Samples, Scenes
from vision.infrared.evaluate import measure, measure_real
from vision.infrared.measures.average_precision import require_pycocotools
from vision.infrared.models.backbone import standardise
from vision.infrared.models.heads import Target, kinds_of, likeliest_of
from vision.infrared.models.mask_rcnn import Detector
from vision.infrared.models.masks import MaskBranch
from vision.infrared.predict import load
from vision.infrared.real import Mixed, Thermograms
from vision.infrared.studies.mask_branches import branch_of, card_of_branch, open_branch, swapped
from vision.infrared.train import REAL
from vision.options import Verb, option
from vision.quantised import round_rows
from vision.randomness import generator_for
from vision.training.average import Average
from vision.training.config import TrainingConfig
from vision.training.progress import OnStep, on_terminal
from vision.training.run import Run

FOLDER = checkpoints.FOLDER / "infrared"
TAUGHT = "taught"
OTHERS = {"agnostic": "masks-agnostic", "transferred": "masks-transferred"}  # their first weights
LOOKS = 2  # how often each outline is looked at in a picture, from boxes a little off
OFF = 0.07  # by which share of a box's sides its edges move, as found boxes do


@dataclass(frozen=True, kw_only=True)
class Config(TrainingConfig):
    """Settings of `masks`."""

    start: Path = option(FOLDER / "mask_rcnn_real.safetensors", "the detector, which stays as is")
    branches: Path = option(FOLDER, "the folder of the two branches that the others begin with")
    share: float = option(0.7, "share of real thermograms among the pictures")
    scenes: int = option(60, "learn from so many different rendered scenes")
    steps: int = 80
    batch: int = 4
    learning_rate: float = option(1e-3, "highest learning rate of the one-cycle schedule")
    weight_decay: float = option(0.02, "weight decay of AdamW")
    seed: int = option(21, "seed of order and augmentation")
    val_scenes: int = option(150, "measure on so many held-out scenes, too")
    output: Path = Path("runs/infrared/mask_rcnn_real.safetensors")


class Branches(nn.Module):
    """A detector that stays as it is, and mask branches that learn on what it sees."""

    def __init__(self, detector: Detector, branches: dict[str, MaskBranch],
                 never: Sequence[str]) -> None:
        super().__init__()
        self.detector = detector.eval().requires_grad_(False)
        self.branches = nn.ModuleDict(branches).requires_grad_(True)
        self.never = [1 + NAMES.index(name) for name in never]

    def forward(self, pictures: torch.Tensor, targets: list[Target]) -> dict[str, torch.Tensor]:
        """Return L_mask of each branch on pictures (N, 1, H, W)."""
        size, heads = (pictures.shape[2], pictures.shape[3]), self.detector.heads
        which = [torch.where(target.masked & (target.labels != IGNORED))[0].repeat(LOOKS)
                 for target in targets]
        boxes = [moved_a_little(target.boxes[index], size)
                 for target, index in zip(targets, which, strict=True)]
        with torch.no_grad():
            features = self.detector.backbone(standardise(pictures))
            logits, _ = heads.judge(features, boxes, size)
        labels = [target.labels[index] for target, index in zip(targets, which, strict=True)]
        labels = likeliest_of(logits, kinds_of(targets, which, labels, logits.shape[1]), labels)
        return {name: heads.loss_of_masks(
            cast(MaskBranch, branch), features, boxes, which, labels,
            targets if name == TAUGHT else without(targets, self.never), size)
            for name, branch in self.branches.items()}


def moved_a_little(boxes: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """Return boxes (R, 4) whose edges moved by some of their sides, inside a picture of a size."""
    sides = (boxes[:, 2:] - boxes[:, :2]).repeat(1, 2)  # (R, 4)
    moved = boxes + OFF * sides * torch.randn_like(boxes).clamp(-2, 2)
    height, width = size
    return moved.clamp_min(0).minimum(moved.new_tensor([width, height, width, height]))


def without(targets: Sequence[Target], never: list[int]) -> list[Target]:
    """Return the truth with no mask for what is, or may be, one of some labels."""
    return [replace(target, masked=target.masked & ~may_be(target, never)) for target in targets]


def may_be(target: Target, never: list[int]) -> torch.Tensor:
    """Return which devices are one of some labels, or only known to be in a group with one, (K,).
    """
    if target.kinds is None:
        return torch.isin(target.labels, torch.tensor(never, device=target.labels.device))
    return target.kinds[:, never].any(1)


def train(config: Config, on_step: OnStep | None = None, samples: Samples | None = None
          ) -> list[Path]:
    """Teach the branches, write the detector with its new one and the others, return the files."""
    check(config)
    start = load(config.start)
    samples = samples or open_samples(config)
    begun, never = first_branches(config, start)
    run = Run(config, on_step)
    module = Branches(cast(Detector, start.module), begun, never)
    average = Average(module, 0.99)
    optimizer = torch.optim.AdamW(module.branches.parameters(), config.learning_rate,
                                  weight_decay=config.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, config.learning_rate, total_steps=config.steps + 1, pct_start=0.1)
    module, optimizer, schedule, average = run.prepare(module, optimizer, schedule, average)
    short = start.card.preprocess["short_side"]

    for _, batch in run.steps(lambda n: make_batch(samples, config, short, run, n)):
        pictures, targets = to_device(batch, run.accelerator.device)
        losses = module(pictures, targets)
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward(torch.stack(list(losses.values())).sum())
        optimizer.step()
        schedule.step()
        average.update(run.accelerator.unwrap_model(module))
        run.report(**{name: loss.detach() for name, loss in losses.items()})

    files = (write(config, run, start, average.module, never)
             if run.accelerator.is_main_process else [])
    run.finish()
    return files


def check(config: Config) -> None:
    """Raise for settings that cannot work."""
    config.check(batch=(1, 4096), seed=(0, 10**6), share=(0, 1), scenes=(1, 10**6),
                 learning_rate=(1e-9, 10), weight_decay=(0, 1), val_scenes=(0, 10**5))
    if config.val_scenes:
        require_pycocotools()


def first_branches(config: Config, start: Model) -> tuple[dict[str, MaskBranch], tuple[str, ...]]:
    """Return what each branch begins with, and the classes whose masks two of them never see."""
    opened = {name: open_branch(config.branches / f"{file}.safetensors", start)
              for name, file in OTHERS.items()}
    never = {tuple(card.data["without_masks"]) for _, card in opened.values()}
    if len(never) > 1:
        raise UserError("the branches in '{folder}' lack the masks of different classes",
                        "branches that lack the same are accepted",
                        "choose another folder with --branches", folder=config.branches.name)
    own = copy.deepcopy(branch_of(start))  # the detector keeps its own
    return {TAUGHT: own, **{name: branch for name, (branch, _) in opened.items()}
            }, never.pop()


def open_samples(config: Config) -> Samples:
    """Return real thermograms in which something is outlined, mixed with rendered scenes."""
    scenes = Scenes(TRAINING * (1 + config.seed), config.scenes)
    return Mixed(Thermograms("train").outlined(), Kept(scenes.__getitem__, config.scenes),
                 config.share, config.seed)


def make_batch(samples: Samples, config: Config, short: int, run: Run, number: int) -> Batch:
    """Return step `number`'s pictures (n, 1, H, W) and their truth, this process's part."""
    made = []
    for place in range(config.batch)[run.share(config.batch)]:
        sample = samples[(number * config.batch + place) % len(samples)]
        made.append(REAL(sample, generator_for(config.seed, number, place)))
    return batch_of(made, working_size(made[0].grey.shape, short))


def write(config: Config, run: Run, start: Model, learnt: nn.Module, never: tuple[str, ...]
          ) -> list[Path]:
    """Measure the branches on the detector, and write it and them with their cards."""
    branches: Any = round_rows(learnt).get_submodule("branches")
    about = card_for(config, run, start.card, never)
    files = [written(swapped(start, branches[TAUGHT], ()), about, config)]
    kept = load(files[0])
    for name in OTHERS:
        model = swapped(kept, branches[name], never)
        metrics = measure_real(model, Thermograms("val")).as_json()
        card = card_of_branch(model, {**about.data, "without_masks": list(never)})
        files.append(checkpoints.save(
            config.output.with_name(f"masks-real-{name}.safetensors"), branches[name],
            replace(card, metrics={name: value for name, value in metrics.items()
                                   if name.startswith("real_mask_")}), bits=8))
    return files


def written(model: Model, card: Card, config: Config) -> Path:
    """Measure the detector with its new branch, and write it."""
    metrics = {name: value for name, value in card.metrics.items()
               if not name.startswith("mask_")}  # of the masks that it had
    model = Model(model.module, card)
    metrics |= measure_real(model, Thermograms("val")).as_json()
    if config.val_scenes:
        metrics |= measure(model, Scenes(HELD_OUT, config.val_scenes)).as_json()
    return checkpoints.save(config.output, model.module, replace(card, metrics=metrics), bits=8)


def card_for(config: Config, run: Run, start: Card, never: Sequence[str]) -> Card:
    """Return the card of the detector: its own, with what taught its masks."""
    data = {**start.data, "boxes_command": start.data.get("boxes_command", start.command),
            "masks": "outlines in real thermograms, rendered scenes", "without_masks": [],
            "masks_apart": list(never)}  # what the other branches never see
    return run.card("infrared", start.arch, start.config, verb="masks", classes=start.classes,
                    preprocess={**start.preprocess, "mirrored": True}, data=data,
                    metrics=start.metrics)


def run(config: Config) -> list[Path]:
    """Teach the branches with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Teach mask branches on a detector of real thermograms, nothing else.")
