"""Train a GAN: k steps of the discriminator, one of the generator, again and again.

Goodfellow et al. 2014, arXiv:1406.2661, algorithm 1; with labels Mirza, Osindero 2014,
arXiv:1411.1784, equation 2. The gradient penalty R1 keeps D from running away (Mescheder et
al. 2018, arXiv:1801.04406, equation 9); it is applied at every eighth round and eightfold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch.nn.functional import softplus

from vision import checkpoints
from vision.data.datasets import licences
from vision.data.image_folders import LabelledPictures
from vision.errors import unknown
from vision.gan import snapshots
from vision.gan.data import SETS, open_pictures, preprocess
from vision.gan.evaluate import measure
from vision.gan.models import generators
from vision.gan.models.pair import Pair
from vision.gan.predict import Drawer, load
from vision.gan.snapshots import History, moments
from vision.gan.warm_start import players, settings_for
from vision.options import Verb, option
from vision.randomness import generator_for
from vision.training.average import Average
from vision.training.config import TrainingConfig
from vision.training.progress import OnStep, on_terminal
from vision.training.run import Run

LOSSES = ("non-saturating", "saturating")
POINTS = 200  # of each curve
LAZY = 8  # rounds from one gradient penalty to the next
Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@dataclass(frozen=True, kw_only=True)
class Config(TrainingConfig):
    """Settings of one training."""

    arch: str = option("gan", "the architecture", generators)
    size: str = option("compact", "its size", lambda: ["compact", "paper"])
    data: str = option("mnist", "the data set", lambda: list(SETS))
    steps: int = option(8000, "how many steps of the generator")
    batch: int = 128
    k: int = option(1, "steps of the discriminator before each step of the generator")
    generator_steps: int = option(1, "steps of the generator in a row; many make it collapse")
    loss: str = option("non-saturating", "the generator's loss", lambda: list(LOSSES))
    learning_rate: float = option(1e-3, "learning rate of both; falls to 0 in the last half")
    balance: float = option(1.0, "the generator's learning rate as a multiple of it")
    penalty: float = option(1.0, "weight γ of the gradient penalty R1; 0 is none")
    dropout: float = option(0.5, "share of D's maxout units that rest in each step")
    momentum: float = option(0.5, "first moment of Adam")
    flip: bool = option(False, "mirror real pictures at random, which suits photographs")
    start: Path | None = option(None, "begin with the two players of this checkpoint")
    bits: int = option(16, "bits of a weight in the file: 16, or 8 for rows of bytes")
    average: float = option(0.999, "decay of the generator's moving average, which is what is kept")
    snapshots: int = option(13, "states of the generator to keep from before the end")
    seed: int = option(0, "seed of weights, order and noise")
    save_every: int = 2000
    measure: bool = option(True, "measure the finished model for its card")
    output: Path = Path("runs/gan/{arch}-{data}.safetensors")


def train(config: Config, on_step: OnStep | None = None) -> Path:
    """Train as configured, tell `on_step` of every step, and return the checkpoint's path."""
    check(config)
    config = checkpoints.with_target(config)
    pictures = open_pictures(config.data, "train")
    run = Run(config, on_step)
    settings = settings_for(pictures, config.size)
    pair = players(config.arch, settings, config.start)
    for part in pair.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = config.dropout
    history = History()
    run.accelerator.register_for_checkpointing(history)
    game = Game(config, run, pair)
    times = moments(config.steps, config.snapshots)
    if not run.number:
        history.keep(0, game.average.module)

    for number, batches in run.steps(lambda n: make_batches(pictures, config, run, n, pair.noise)):
        values = run.means(game.play(batches))
        history.record(number + 1, values, max(config.steps // POINTS, 1))
        if number + 1 in times:
            history.keep(number + 1, game.average.module)
        run.report(game.drawer(pictures.classes) if on_step else None, **values)

    if run.accelerator.is_main_process:
        write(config, run, game, history, pictures)
    run.finish()
    return config.output


class Game:
    """The two players with their optimizers, and the generator's moving average."""

    def __init__(self, config: Config, run: Run, pair: Pair) -> None:
        self.config, self.run, self.pair = config, run, pair
        betas = (config.momentum, 0.999)
        rate = config.learning_rate
        players = (pair.generator, pair.discriminator)
        optimizers = [torch.optim.Adam(player.parameters(), speed, betas, fused=True)
                      for player, speed in zip(players, (rate * config.balance, rate), strict=True)]
        schedules = [torch.optim.lr_scheduler.LambdaLR(optimizer, self._falling)
                     for optimizer in optimizers]
        average = Average(pair.generator, config.average)
        (self.generator, self.discriminator, self.for_g, self.for_d, self.slower_g, self.slower_d,
         self.average) = run.prepare(*players, *optimizers, *schedules, average)

    def _falling(self, step: int) -> float:
        """Return the learning rate's factor: 1 in the first half, then down to nearly 0."""
        return min(1.0, max(2 * (1 - step / (self.config.steps + 1)), 0.0))

    def play(self, batches: list[Batch]) -> dict[str, float]:
        """Play one round of algorithm 1 and return its losses and D's mean opinions."""
        self.generator.train()
        self.discriminator.train()
        device = self.run.accelerator.device
        values: dict[str, float] = {}
        placed = [(x.to(device), y.to(device), z.to(device)) for x, y, z in batches]
        for pictures, labels, noise in placed[: self.config.k]:
            values |= self.discriminator_step(pictures, labels, noise)
        for _, labels, noise in placed[self.config.k :]:
            values |= self.generator_step(labels, noise)
        self.slower_g.step()
        self.slower_d.step()
        self.average.update(self.run.accelerator.unwrap_model(self.generator))
        return values

    def discriminator_step(self, pictures: torch.Tensor, labels: torch.Tensor,
                           noise: torch.Tensor) -> dict[str, float]:
        """Ascend V(D, G) in D: real pictures towards 1, drawn ones towards 0."""
        with torch.no_grad():
            drawn = self.generator(noise, labels)  # (n, C, S, S)
        punished = self.config.penalty > 0 and self.run.number % LAZY == 0
        pictures.requires_grad_(punished)
        real = self.discriminator(pictures, labels).float()  # (n,), D = sigmoid(real)
        fake = self.discriminator(drawn, labels).float()
        loss = softplus(-real).mean() + softplus(fake).mean()  # −V: −log D(x) − log(1 − D(G(z)))
        self._descend(self.for_d, loss + self._penalty(real, pictures) if punished else loss)
        return {"d_loss": loss.item(), "d_real": real.sigmoid().mean().item(),
                "d_fake": fake.sigmoid().mean().item()}

    def generator_step(self, labels: torch.Tensor, noise: torch.Tensor) -> dict[str, float]:
        """Descend in G what equation 1 asks, or, not saturating, what section 3 advises instead."""
        judge = self.run.accelerator.unwrap_model(self.discriminator).requires_grad_(False)
        fake = judge(self.generator(noise, labels), labels).float()  # (n,); D only passes slopes on
        if self.config.loss == "saturating":
            loss = -softplus(fake).mean()  # log(1 − D(G(z))), equation 1
        else:
            loss = softplus(-fake).mean()  # −log D(G(z)), section 3
        self._descend(self.for_g, loss)
        judge.requires_grad_(True)
        return {"g_loss": loss.item()}

    def _penalty(self, real: torch.Tensor, pictures: torch.Tensor) -> torch.Tensor:
        """Return R1 = γ/2 · E|∇D(x)|² on real pictures."""
        (slope,) = torch.autograd.grad(real.sum(), pictures, create_graph=True)  # (n, C, S, S)
        return LAZY * self.config.penalty / 2 * slope.square().sum((1, 2, 3)).mean()

    def _descend(self, optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
        self.for_g.zero_grad()
        self.for_d.zero_grad()
        self.run.accelerator.backward(loss)
        optimizer.step()

    def drawer(self, classes: tuple[str, ...]) -> Drawer:
        """Return the averaged generator as something that draws when it is asked to."""
        return Drawer(self.average.module, self.pair.noise, classes)


def check(config: Config) -> None:
    """Raise for settings that cannot work."""
    config.check(batch=(2, 10**6), k=(1, 100), generator_steps=(1, 100), learning_rate=(1e-7, 1),
                 balance=(1e-3, 1e3), penalty=(0, 1e3), momentum=(0, 0.999), dropout=(0, 0.9),
                 average=(0, 1), snapshots=(1, 100))
    if config.bits not in (8, 16):
        raise unknown("number of bits", config.bits, ["8", "16"])


def make_batches(pictures: LabelledPictures, config: Config, run: Run, number: int, noise: int
                 ) -> list[Batch]:
    """Return the batches of round `number`: k for D, then the generator's, noise (n, noise)."""
    batches = []
    for place in range(config.k + config.generator_steps):
        random = generator_for(config.seed, number, place)
        index = random.integers(len(pictures), size=config.batch)[run.share(config.batch)]
        z = random.standard_normal((config.batch, noise), "float32")[run.share(config.batch)]
        x, y = pictures.batch(torch.from_numpy(index))
        if config.flip:
            mirrored = torch.from_numpy(random.random(config.batch) < 0.5)[run.share(config.batch)]
            x = torch.where(mirrored[:, None, None, None], x.flip(3), x)  # (n, C, S, S)
        batches.append((x, y, torch.from_numpy(z)))
    return batches


def write(config: Config, run: Run, game: Game, history: History, pictures: LabelledPictures
          ) -> None:
    """Write the pair with the averaged generator, then measure the file for its card."""
    game.pair.generator.load_state_dict(game.average.module.state_dict())
    metrics: dict[str, object] = {"curves": history.curves, "seconds": run.seconds}
    snapshots.save(config.output, history)
    card = run.card("gan", config.arch, settings_for(pictures, config.size),
                    classes=pictures.classes, preprocess=preprocess(pictures), metrics=metrics,
                    data={"train": [config.data], "val": f"{config.data} val",
                          "licences": licences([config.data])})
    checkpoints.save(config.output, game.pair, card, config.bits)
    if config.measure:
        model = load(config.output)
        card = replace(card, metrics=metrics | measure(model).as_json())
        checkpoints.save(config.output, model.module, card, config.bits)


def run(config: Config) -> Path:
    """Train with progress on the terminal."""
    return train(config, on_terminal)


VERB = Verb(Config, run, "Train one architecture and write its checkpoint and its snapshots.")
