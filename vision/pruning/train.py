"""Train a network so that scales γ go to 0, fine-tune a cut one, or train its shape from scratch.

Liu et al., arXiv:1708.06519. The three are one function: sparse training has λ > 0, fine-tuning
starts from a cut checkpoint, and from scratch keeps only the shape of one (section 4.2).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from vision import checkpoints
from vision.checkpoints import Model
from vision.data.datasets import licences
from vision.data.image_folders import LabelledPictures, augment, cut_out
from vision.errors import UserError
from vision.options import Verb, option
from vision.pruning.data import (
    PREPROCESS,
    SETS,
    normalise,
    open_all,
    open_pictures,
    require_classes,
)
from vision.pruning.evaluate import measure, summary
from vision.pruning.models import ARCHITECTURES
from vision.pruning.models.parts import Network, initialise
from vision.pruning.predict import load, network_of
from vision.randomness import generator_for
from vision.training.average import Average
from vision.training.config import ValidatingConfig
from vision.training.progress import OnStep, on_terminal
from vision.training.run import Run

SCHEDULES = ("one-cycle", "published")
WARM = 0.2  # share of the one-cycle schedule in which the learning rate rises
AVERAGED = 0.995  # how much of the average stays at each step: it looks back about 200 steps
Batch = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True, kw_only=True)
class Config(ValidatingConfig):
    """Settings of one training."""

    arch: str = option("vgg16", "the architecture", ARCHITECTURES.names)
    size: str = option("paper", "its size", lambda: ["compact", "paper"])
    start: Path | None = option(None, "a checkpoint to go on from; its shape is kept")
    scratch: bool = option(False, "keep only the shape of the start and draw its weights anew")
    new_head: bool = option(False, "draw the last layer of the start anew, for other classes")
    data: tuple[str, ...] = option(("cifar10",), "the data sets, the one that counts first",
                                   lambda: list(SETS))
    limit: int = option(0, "use only so many pictures of each split; 0 is all")
    steps: int = option(7800, "how many steps to train; 391 of 128 pictures see all of CIFAR-10")
    batch: int = 128
    sparsity: float = option(0.0, "weight λ of Σ|γ|; the paper has 1e-4 for VGG, else 1e-5")
    schedule: str = option("one-cycle", "how the learning rate goes", lambda: list(SCHEDULES))
    learning_rate: float = option(0.1, "highest learning rate")
    weight_decay: float = option(1e-4, "weight decay")
    smoothing: float = option(0.0, "share of each label that all classes get, arXiv:1512.00567")
    cutout: int = option(0, "side of a square without picture, arXiv:1708.04552; 0 is none")
    average: bool = option(False, "keep a moving average of the weights instead of the last ones")
    val_every: int = option(0, "measure on the test split every so many steps; 0 is at the end")
    save_every: int = 500
    output: Path = Path("runs/pruning/{arch}.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    check(config)
    config = checkpoints.with_target(config)
    pictures = open_all(config.data, "train", config.limit)
    test = open_pictures(config.data[0], "test").first(config.limit)
    run = Run(config, on_step)
    network = make_network(config, pictures.classes)
    optimizer = torch.optim.SGD(network.parameters(), config.learning_rate, momentum=0.9,
                                weight_decay=config.weight_decay, nesterov=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, functools.partial(rate_factor, config))
    average = Average(network, AVERAGED) if config.average else None
    module, optimizer, schedule, *_ = run.prepare(
        network, optimizer, schedule, *([average] if average else []))
    network = run.accelerator.unwrap_model(module)
    kept: Network = run.accelerator.unwrap_model(average.module if average else network)

    for _, (pixels, labels) in run.steps(lambda n: make_batch(pictures, config, run, n)):
        module.train()
        logits = module(normalise(pixels.to(run.accelerator.device)))
        loss = functional.cross_entropy(logits.float(), labels.to(logits.device),
                                        label_smoothing=config.smoothing)
        optimizer.zero_grad(set_to_none=True)
        run.accelerator.backward(loss)
        shrink(network, config.sparsity)
        optimizer.step()
        schedule.step()
        if average:
            average.update(network)
        values: dict[str, float | torch.Tensor] = {"loss": loss.detach()}
        if run.is_to_validate:
            values["accuracy"] = measure(model_of(config, run, kept), test).accuracy
        run.report(scales(network) if on_step else None, **values)

    if run.accelerator.is_main_process:
        write(config, run, kept)
    run.finish()
    return config.output


def check(config: Config) -> None:
    """Raise for settings that cannot work."""
    config.check(batch=(2, 10**5), sparsity=(0, 1), limit=(0, 10**9), learning_rate=(1e-7, 10),
                 weight_decay=(0, 1), smoothing=(0, 0.9), cutout=(0, 31))
    if config.scratch and config.start is None:
        raise UserError("training from scratch has no shape to keep",
                        "--scratch together with --start is accepted",
                        "name the cut checkpoint with --start")
    if config.new_head and config.start is None:
        raise UserError("a new last layer needs a network that it is put on",
                        "--new-head together with --start is accepted",
                        "name the checkpoint with --start")


def make_network(config: Config, classes: tuple[str, ...]) -> Network:
    """Return the network to train: a new one, or that of the start, with new weights if asked."""
    if config.start is None:
        return ARCHITECTURES.build(config.arch, classes=len(classes), size=config.size)
    start = load(config.start, config.arch)
    network = network_of(start).cpu()
    if config.new_head:
        network = with_new_head(network, len(classes))
    else:
        require_classes(start.card.classes, classes)
    if config.scratch:
        initialise(network, anew=True)
    return network


def with_new_head(network: Network, classes: int) -> Network:
    """Return a network with all that another one has learnt but its last layer, for `classes`."""
    fresh = ARCHITECTURES.build(network.arch, **{**network.config, "classes": classes})
    head = {name: tensor for name, tensor in fresh.state_dict().items() if name.startswith("head.")}
    fresh.load_state_dict({**network.state_dict(), **head})
    return fresh


def shrink(network: Network, sparsity: float) -> None:
    """Add the sub-gradient λ · sign(γ) of equation 1, g(γ) = |γ|, to the gradient of each γ."""
    for gamma in network.gammas:
        if sparsity and gamma.grad is not None:
            gamma.grad.add_(gamma.detach().sign(), alpha=sparsity)


def rate_factor(config: Config, step: int) -> float:
    """Return the learning rate's factor: a tenth at 1/2 and at 3/4 as published, or one cycle."""
    done = step / config.steps
    if config.schedule == "published":
        return 0.1 ** ((done >= 0.5) + (done >= 0.75))
    if done < WARM:
        return 0.04 + 0.96 * done / WARM
    return 0.5 * (1 + float(np.cos(np.pi * min((done - WARM) / (1 - WARM), 1.0))))


def make_batch(pictures: LabelledPictures, config: Config, run: Run, number: int) -> Batch:
    """Return step `number`'s pixels (n, 3, 32, 32) and labels (n,) of this process."""
    per_epoch = max(len(pictures) // config.batch, 1)
    epoch, place = divmod(number, per_epoch)
    places = np.arange(config.batch * place, config.batch * (place + 1)) % len(pictures)
    index = torch.from_numpy(order(config.seed, epoch, len(pictures))[places])
    share = run.share(config.batch)
    random = generator_for(config.seed, number)
    pixels = cut_out(augment(pictures.pixels[index], random), random, config.cutout)
    return pixels[share], pictures.labels[index][share]


@functools.lru_cache(maxsize=4)
def order(seed: int, epoch: int, count: int) -> np.ndarray:
    """Return the order of the pictures in an epoch."""
    return np.random.default_rng((seed, epoch, 1)).permutation(count)


def scales(network: Network) -> np.ndarray:
    """Return |γ| of all channels, in the order of the groups."""
    return torch.cat([gamma.detach() for gamma in network.gammas]).abs().cpu().numpy()


def model_of(config: Config, run: Run, network: Network) -> Model:
    """Return the network as a model that `predict` accepts."""
    return Model(network.eval(), run.card(
        "pruning", network.arch, network.config, preprocess=PREPROCESS,
        classes=open_pictures(config.data[0], "test").classes,
        data={"train": list(config.data), "test": f"{config.data[0]} test",
              "licences": licences(config.data)}))


def write(config: Config, run: Run, network: Network) -> None:
    """Measure the network, with what it was made from, and write its checkpoint."""
    model = model_of(config, run, network)
    metrics = {**summary(model, config.data, config.limit), "seconds": run.seconds,
               "zero_scales": float((scales(network) < 1e-2).mean()), **lineage(config)}
    checkpoints.save(config.output, network, replace(model.card, metrics=metrics))


def lineage(config: Config) -> dict[str, object]:
    """Return how the checkpoint that this training starts from was made."""
    if config.start is None:
        return {}
    card = checkpoints.read_card(config.start)
    cut = {"pruning": card.metrics["pruning"]} if "pruning" in card.metrics else {}
    return {**cut, "made_from": card.commands}


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Train a network sparse, fine-tune a cut one, or its shape from scratch.")
