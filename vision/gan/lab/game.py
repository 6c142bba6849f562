"""Two tiny games to watch: on a line against a known density, on a plane against many modes."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
import torch
from torch.nn.functional import softplus

from vision.errors import unknown
from vision.gan.lab import theory
from vision.gan.lab.modes import PLANES, Plane, count_modes
from vision.gan.lab.nets import Nets
from vision.gan.lab.theory import View
from vision.options import within

CURES = ("none", "packing", "gradient penalty")
LOSSES = ("non-saturating", "saturating")
PLAIN = Nets()


@dataclass(frozen=True)
class Settings:
    """What may be turned while a game runs."""

    k: int = 1
    generator_steps: int = 1
    rate_g: float = 1e-3
    rate_d: float = 2e-3
    loss: str = "non-saturating"
    cure: str = "none"
    batch: int = 256
    pack: int = 4
    penalty: float = 0.1

    def __post_init__(self) -> None:
        for kind, name, known in (("loss", self.loss, LOSSES), ("cure", self.cure, CURES)):
            if name not in known:
                raise unknown(kind, name, list(known))
        within(self, k=(1, 50), generator_steps=(1, 50), rate_g=(1e-6, 1), rate_d=(1e-6, 1),
               batch=(4, 4096), pack=(1, 16), penalty=(0, 100))


class Players:
    """A generator and a discriminator of a few hidden units with an optimizer each."""

    def __init__(self, noise: int, size: int, nets: Nets, settings: Settings, seed: int) -> None:
        self.settings, self.noise, self.size, self.rounds = settings, noise, size, 0
        self.random = torch.Generator().manual_seed(seed)
        self.pack = settings.pack if settings.cure == "packing" else 1
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.generator = nets.generator(noise, size)
            self.discriminator = nets.discriminator(size * self.pack)
        self.for_g = nets.optimize(self.generator, settings.rate_g)
        self.for_d = nets.optimize(self.discriminator, settings.rate_d)

    def turn(self, settings: Settings) -> None:
        """Take over new settings; only packing must be chosen before the nets are made."""
        self.settings = settings
        self.for_g.param_groups[0]["lr"] = settings.rate_g
        self.for_d.param_groups[0]["lr"] = settings.rate_d

    def round(self, real: list[torch.Tensor]) -> None:
        """Play k steps of D, each with its real points (n, size), and those of G."""
        self.half_d(real)
        self.half_g()

    def half_d(self, real: list[torch.Tensor]) -> None:
        """Play D's steps, each with its real points (n, size): the first half of a round."""
        for points in real:
            self._discriminator_step(points)

    def half_g(self) -> None:
        """Play G's steps: the second half of a round."""
        for _ in range(self.settings.generator_steps):
            self._generator_step()
        self.rounds += 1

    def pull(self, points: torch.Tensor) -> np.ndarray:
        """Return −∂L_G/∂x of drawn points (n, size), each by its own part of the loss."""
        points = points.detach().requires_grad_()
        fake = self.opinion(points.repeat_interleave(self.pack, 0))
        (slope,) = torch.autograd.grad(self._generator_losses(fake).sum(), points)
        return -slope.numpy()

    def _generator_losses(self, fake: torch.Tensor) -> torch.Tensor:
        """Return L_G of each of D's logits (n,): log(1 − D), or −log D which does not saturate."""
        return -softplus(fake) if self.settings.loss == "saturating" else softplus(-fake)

    def _generator_step(self) -> None:
        fake = self.opinion(self.draw(self.settings.batch))
        self._descend(self.for_g, self._generator_losses(fake).mean())

    def draw(self, count: int) -> torch.Tensor:
        """Return G(z) for fresh noise, (count, size)."""
        return self.generator(torch.randn(count, self.noise, generator=self.random))

    def opinion(self, points: torch.Tensor) -> torch.Tensor:
        """Return D's logits of points, judged `pack` at a time: (n / pack,)."""
        return self.discriminator(points.reshape(-1, self.size * self.pack)).squeeze(1)

    @torch.no_grad()
    def surface(self, points: torch.Tensor) -> np.ndarray:
        """Return D(x) of single points (n, size); a packed D sees copies of the point."""
        return self.opinion(points.repeat_interleave(self.pack, 0)).sigmoid().numpy()

    def _discriminator_step(self, points: torch.Tensor) -> None:
        drawn = self.draw(len(points)).detach()
        cured = self.settings.cure == "gradient penalty"
        points.requires_grad_(cured)
        real = self.opinion(points)
        loss = softplus(-real).mean() + softplus(self.opinion(drawn)).mean()  # −V, equation 1
        if cured:  # R1, Mescheder et al. 2018, arXiv:1801.04406, equation 9
            (slope,) = torch.autograd.grad(real.sum(), points, create_graph=True)
            loss = loss + self.settings.penalty / 2 * slope.square().sum(1).mean()
        self._descend(self.for_d, loss)

    def _descend(self, optimizer: torch.optim.Optimizer, loss: torch.Tensor) -> None:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


class Game(ABC):
    """Players and the real points that they play for."""

    players: Players

    @abstractmethod
    def sample(self, count: int, random: torch.Generator) -> torch.Tensor:
        """Return real points (count, size)."""

    def play(self, rounds: int = 1) -> None:
        """Play some rounds."""
        for _ in range(rounds):
            self.players.round(self.real())

    def real(self) -> list[torch.Tensor]:
        """Return the real points of each step of D in a round."""
        settings, random = self.players.settings, self.players.random
        return [self.sample(settings.batch, random) for _ in range(settings.k)]


class Line(Game):
    """The game on a line: real points come from a known density."""

    PIECES = 600

    def __init__(self, p_data: np.ndarray, settings: Settings, seed: int = 0,
                 nets: Nets = PLAIN) -> None:
        self.p_data = p_data
        self.players = Players(1, 1, nets, settings, seed)
        share = (torch.arange(self.PIECES, dtype=torch.float64) + 0.5) / self.PIECES
        self.ordered = torch.special.ndtri(share).float().unsqueeze(1)  # (PIECES, 1)

    def view(self) -> View:
        """Return where the game stands."""
        with torch.no_grad():
            drawn = self.players.generator(self.ordered)  # (PIECES, 1)
        images = drawn.squeeze(1).numpy().astype(float)
        d = self.players.surface(torch.from_numpy(theory.X).float().unsqueeze(1))
        return View(self.players.rounds, self.p_data, theory.pushed(images), d.astype(float),
                    self.ordered.squeeze(1).numpy(), images, self.players.pull(drawn).squeeze(1))

    def sample(self, count: int, random: torch.Generator) -> torch.Tensor:
        """Return real points (count, 1)."""
        uniform = torch.rand(count, generator=random).double().numpy()
        return torch.from_numpy(theory.sample(self.p_data, uniform)).float().unsqueeze(1)


@dataclass(frozen=True)
class PlaneView:
    """The game on a plane at one moment."""

    rounds: int
    centres: np.ndarray  # (modes, 2)
    points: np.ndarray  # (n, 2), drawn
    arrows: np.ndarray  # (n, 2), where the generator's loss pulls each drawn point
    surface: np.ndarray  # (side, side), D over the square of ±extent, rows from below
    extent: float
    hits: np.ndarray = field(repr=False)  # (modes,), drawn points near each mode
    drawing: np.ndarray = field(repr=False)  # (pixels, 2), of what was drawn by hand

    @property
    def found(self) -> int:
        """Return how many modes get at least a fifth of their fair share of the points."""
        return int((self.hits >= 0.2 * len(self.points) / len(self.hits)).sum())

    @property
    def quality(self) -> float:
        """Return the share of the points that lie near a mode."""
        return float(self.hits.sum() / len(self.points))


class Flat(Game):
    """The game on a plane: real points come from a ring, a grid or a drawing."""

    SIDE, POINTS = 40, 500

    def __init__(self, plane: str | Plane, settings: Settings, seed: int = 0,
                 nets: Nets = PLAIN) -> None:
        if isinstance(plane, str) and plane not in PLANES:
            raise unknown("plane", plane, list(PLANES))
        self.plane = PLANES[plane]() if isinstance(plane, str) else plane
        self.players = Players(2, 2, nets, settings, seed)
        line = torch.linspace(-self.plane.extent, self.plane.extent, self.SIDE)
        self.grid = torch.cartesian_prod(line, line).flip(1)  # (SIDE², 2), x runs fastest

    def sample(self, count: int, random: torch.Generator) -> torch.Tensor:
        """Return real points (count, 2)."""
        return self.plane.sample(count, random)

    def view(self) -> PlaneView:
        """Return where the game stands."""
        noise = torch.randn(self.POINTS, 2, generator=torch.Generator().manual_seed(7))
        with torch.no_grad():
            drawn = self.players.generator(noise)  # (POINTS, 2)
        centres, points = self.plane.centres.numpy(), drawn.numpy()
        return PlaneView(
            self.players.rounds, centres, points, self.players.pull(drawn),
            self.players.surface(self.grid).reshape(self.SIDE, self.SIDE), self.plane.extent,
            count_modes(points, centres, self.plane.near), self.plane.pixels.numpy())


def play_for(game: Game, seconds: float) -> None:
    """Play one round, and more while there is time."""
    end = time.monotonic() + seconds
    game.play()
    while time.monotonic() < end:
        game.play()
