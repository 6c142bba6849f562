"""One step of each player against its equation, in the training and in the lab.

The players are small enough that the losses, the penalty and the way of each step are computed
here a second time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import softplus

from vision.errors import UserError
from vision.gan.lab.game import Flat, Players, Settings
from vision.gan.lab.nets import OPTIMIZERS, Nets
from vision.gan.models.pair import Pair
from vision.gan.train import LAZY, Config, Game

COUNT = 6
REAL = torch.linspace(-1, 1, COUNT * 4).reshape(COUNT, 1, 2, 2)
NOISE = torch.linspace(-1, 2, COUNT * 3).reshape(COUNT, 3)
LABELS = torch.arange(COUNT) % 3
SMALL = Nets(neurons_g=16, neurons_d=16)


class Draws(nn.Module):
    """A generator of 2×2 pictures; the label moves them."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 4)

    def forward(self, noise: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return self.linear(noise).reshape(-1, 1, 2, 2) + labels[:, None, None, None]


class Judges(nn.Module):
    """A discriminator that weighs the pixels; the label moves its opinion."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(4, 1)

    def forward(self, pictures: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        x = pictures.flatten(1).to(self.linear.weight.dtype)
        return self.linear(x).squeeze(1) + 0.1 * labels.to(x.dtype)


def game(number: int = 1, **changes: Any) -> Game:
    """A game without a run around it, in round `number`."""
    torch.manual_seed(0)
    accelerator = SimpleNamespace(device=torch.device("cpu"), unwrap_model=lambda module: module,
                                  backward=lambda loss: loss.backward())
    run = SimpleNamespace(prepare=lambda *things: things, accelerator=accelerator, number=number)
    return Game(Config(**{"steps": 10, **changes}), run, Pair(Draws(), Judges(), 3))


def opinions(players: Game) -> tuple[torch.Tensor, torch.Tensor]:
    """D of the real pictures and of those drawn from the noise, between 0 and 1."""
    with torch.no_grad():
        drawn = players.generator(NOISE, LABELS)
        return (players.discriminator(REAL, LABELS).sigmoid(),
                players.discriminator(drawn, LABELS).sigmoid())


def weights(module: nn.Module) -> list[torch.Tensor]:
    return [value.detach().clone() for value in module.state_dict().values()]


def moved(before: list[torch.Tensor], module: nn.Module) -> bool:
    return not all(map(torch.equal, before, weights(module)))


@pytest.mark.parametrize(("loss", "value"), [
    ("saturating", lambda d: math.log(1 - d)),  # arXiv:1406.2661, equation 1
    ("non-saturating", lambda d: -math.log(d)),  # section 3
])
def test_the_generator_descends_the_loss_that_was_asked_for(loss: str, value: Any) -> None:
    players = game(loss=loss, learning_rate=1e-2)
    _, fake = opinions(players)
    before = weights(players.discriminator), weights(players.generator)
    for parameter in players.discriminator.parameters():
        parameter.grad = torch.ones_like(parameter)  # left from a step of D
    said = players.generator_step(LABELS, NOISE)
    assert said == {"g_loss": pytest.approx(np.mean([value(float(d)) for d in fake]), rel=1e-5)}
    assert isinstance(said["g_loss"], float)
    assert opinions(players)[1].mean() > fake.mean() + 1e-3  # D is fooled a little more
    assert moved(before[1], players.generator) and not moved(before[0], players.discriminator)
    for parameter in players.discriminator.parameters():
        assert parameter.requires_grad and parameter.grad is None


def test_the_discriminator_ascends_the_value_of_the_game() -> None:
    players = game(learning_rate=1e-2)
    real, fake = opinions(players)
    before = weights(players.discriminator), weights(players.generator)
    said = players.discriminator_step(REAL.clone(), LABELS, NOISE)
    value = np.mean([math.log(d) for d in real]) + np.mean([math.log(1 - d) for d in fake])
    assert said == pytest.approx({"d_loss": -value, "d_real": float(real.mean()),
                                  "d_fake": float(fake.mean())}, rel=1e-5)
    after_real, after_fake = opinions(players)
    assert after_real.log().mean() + (1 - after_fake).log().mean() > value
    assert moved(before[0], players.discriminator) and not moved(before[1], players.generator)
    assert all(parameter.grad is None for parameter in players.generator.parameters())


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_slopes_of_an_earlier_step_do_not_count(player: str) -> None:
    clean, dirty = game(), game()
    for module in (dirty.generator, dirty.discriminator):
        for parameter in module.parameters():
            parameter.grad = torch.full_like(parameter, 7.0)
    for each in (clean, dirty):
        if player == "generator":
            each.generator_step(LABELS, NOISE)
        else:
            each.discriminator_step(REAL.clone(), LABELS, NOISE)
    one, two = ([p.grad for p in getattr(each, player).parameters()] for each in (clean, dirty))
    assert all(map(torch.equal, one, two))


def test_losses_are_float32_also_where_the_players_are_not() -> None:
    """In bfloat16 with its 8 bits, log(1 + exp(x)) would be off in the third digit."""
    players = game(learning_rate=1e-3)
    players.discriminator.bfloat16()
    real, fake = (part.float() for part in judged(players))
    said = players.discriminator_step(REAL.clone().bfloat16(), LABELS, NOISE)
    wanted = float(softplus(-real).mean() + softplus(fake).mean())
    assert said["d_loss"] == pytest.approx(wanted, rel=1e-6)
    _, fake = (part.float() for part in judged(players))
    assert players.generator_step(LABELS, NOISE)["g_loss"] == pytest.approx(
        float(softplus(-fake).mean()), rel=1e-6)


def judged(players: Game) -> tuple[torch.Tensor, torch.Tensor]:
    """D's logits of the real pictures and of those drawn, in D's precision."""
    with torch.no_grad():
        return (players.discriminator(REAL.bfloat16(), LABELS),
                players.discriminator(players.generator(NOISE, LABELS), LABELS))


@pytest.fixture
def descended(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The losses that the players descend, which include the penalty."""
    losses: list[float] = []
    monkeypatch.setattr(Game, "_descend", lambda self, optimizer, loss: losses.append(float(loss)))
    yield losses


def test_the_penalty_is_half_gamma_of_the_squared_slope_in_every_eighth_round(
        descended: list[float]) -> None:
    """D is linear, so its slope is the weights; eightfold, since seven rounds go without."""
    for number in range(2 * LAZY + 1):
        players = game(number, penalty=3.0)
        weight = players.discriminator.linear.weight.detach()
        said = players.discriminator_step(REAL.clone(), LABELS, NOISE)["d_loss"]
        extra = 8 * 3.0 / 2 * float(weight.square().sum()) if number % 8 == 0 else 0.0
        assert descended[-1] - said == pytest.approx(extra, rel=1e-5, abs=1e-6)
    players = game(0, penalty=0.5)  # a small one counts too
    assert players.discriminator_step(REAL.clone(), LABELS, NOISE)["d_loss"] < descended[-1] - 0.1
    players = game(0, penalty=0.0)
    assert players.discriminator_step(REAL.clone(), LABELS, NOISE)["d_loss"] == descended[-1]


def test_the_penalty_flattens_the_discriminator() -> None:
    players = game(0, penalty=1e3, learning_rate=1e-2)
    before = float(players.discriminator.linear.weight.detach().norm())
    players.discriminator_step(REAL.clone(), LABELS, NOISE)
    assert float(players.discriminator.linear.weight.detach().norm()) < before - 1e-3


def test_a_round_is_k_steps_of_d_then_those_of_g(monkeypatch: pytest.MonkeyPatch) -> None:
    players = game(k=2, generator_steps=3)
    players.generator.eval(), players.discriminator.eval()
    steps: list[tuple[str, float]] = []
    monkeypatch.setattr(players, "discriminator_step", lambda pictures, labels, noise: steps.append(
        ("D", float(pictures[0, 0, 0, 0]))) or {"d_loss": 1.0})
    monkeypatch.setattr(players, "generator_step", lambda labels, noise: steps.append(
        ("G", float(noise[0, 0]))) or {"g_loss": 2.0})
    batches = [(REAL + n, LABELS, NOISE + n) for n in range(5)]
    assert players.play(batches) == {"d_loss": 1.0, "g_loss": 2.0}
    assert steps == [("D", -1), ("D", 0), ("G", 1), ("G", 2), ("G", 3)]
    assert players.generator.training and players.discriminator.training
    assert players.slower_g.last_epoch == players.slower_d.last_epoch == 1
    assert players.average.updates == 1


def test_the_average_follows_the_generator() -> None:
    players = game()
    with torch.no_grad():
        players.generator.linear.bias.fill_(5)
    batch = (REAL.clone(), LABELS, NOISE)
    start = players.average.module.linear.bias.clone()
    players.play([batch, batch])
    assert (players.average.module.linear.bias > start).all()
    drawn = players.drawer(("a", "b", "c"))
    assert drawn.classes == ("a", "b", "c") and drawn.floats(np.arange(3), 0).shape == (3, 1, 2, 2)


def test_rates_and_moments_are_the_settings() -> None:
    players = game(learning_rate=0.02, balance=0.25, momentum=0.3)
    for optimizer, rate in ((players.for_g, 0.005), (players.for_d, 0.02)):
        group = optimizer.param_groups[0]
        assert group["betas"] == (0.3, 0.999) and group["lr"] == pytest.approx(rate)
    assert {id(p) for p in players.for_g.param_groups[0]["params"]} == {
        id(p) for p in players.generator.parameters()}
    factors = [players._falling(step) for step in range(12)]
    assert factors[:6] == [1.0] * 6 and factors[10] == pytest.approx(2 / 11)
    assert factors[11] == 0.0 == players._falling(12)
    assert np.diff(factors[5:]) == pytest.approx([-1 / 11, *[-2 / 11] * 5])
    for schedule in (players.slower_g, players.slower_d):
        assert schedule.lr_lambdas[0](10) == factors[10]


# --- the lab's copy -------------------------------------------------------------------------------


def players(**settings: Any) -> Players:
    """The lab's players on points of a plane."""
    usual = {"batch": 64, "rate_g": 1e-3, "rate_d": 1e-3}
    return Players(2, 2, SMALL, Settings(**{**usual, **settings}), seed=3)


def noise_of(lab: Players, count: int) -> torch.Tensor:
    """The points that the lab's generator draws next."""
    random = torch.Generator()
    random.set_state(lab.random.get_state())
    with torch.no_grad():
        return lab.generator(torch.randn(count, 2, generator=random))


def lab_losses(lab: Players, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, float]]:
    """The losses that the lab's players descend, with their optimizers; the steps still happen."""
    losses: list[tuple[Any, float]] = []
    descend = lab._descend
    monkeypatch.setattr(lab, "_descend", lambda optimizer, loss: (
        losses.append((optimizer, float(loss.detach()))), descend(optimizer, loss)))
    return losses


@pytest.mark.parametrize(("loss", "value"), [
    ("saturating", lambda d: (1 - d).log().mean()),
    ("non-saturating", lambda d: -d.log().mean()),
])
def test_the_labs_generator_descends_the_loss_that_was_asked_for(
        loss: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = players(loss=loss)
    drawn = noise_of(lab, 64)
    with torch.no_grad():
        wanted = float(value(lab.opinion(drawn).sigmoid()))
    losses = lab_losses(lab, monkeypatch)
    before = weights(lab.generator), weights(lab.discriminator)
    lab._generator_step()
    assert losses == [(lab.for_g, pytest.approx(wanted, rel=1e-5))]
    assert moved(before[0], lab.generator) and not moved(before[1], lab.discriminator)


@pytest.mark.parametrize("cure", ["none", "packing", "gradient penalty"])
def test_the_labs_discriminator_descends_minus_the_value_and_the_penalty(
        cure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lab = players(cure=cure, penalty=0.7)
    real = torch.randn(64, 2, generator=torch.Generator().manual_seed(9))
    drawn = noise_of(lab, 64)
    with torch.no_grad():
        wanted = -float(lab.opinion(real).sigmoid().log().mean()
                        + (1 - lab.opinion(drawn).sigmoid()).log().mean())
    if cure == "gradient penalty":
        points = real.clone().requires_grad_()
        (slope,) = torch.autograd.grad(lab.discriminator(points).sum(), points)
        wanted += 0.7 / 2 * float(slope.square().sum(1).mean())
    losses = lab_losses(lab, monkeypatch)
    before = weights(lab.generator), weights(lab.discriminator)
    lab._discriminator_step(real.clone())
    assert losses == [(lab.for_d, pytest.approx(wanted, rel=1e-5))]
    assert moved(before[1], lab.discriminator) and not moved(before[0], lab.generator)


def test_the_labs_penalty_flattens_the_discriminator() -> None:
    """Its slope depends on D's weights, so the step must go through it."""
    slopes = []
    for penalty in (0.0, 100.0):
        lab = players(cure="gradient penalty", penalty=penalty, rate_d=1e-2)
        points = torch.zeros(64, 2)
        for _ in range(5):
            lab._discriminator_step(points.clone())
        points.requires_grad_()
        (slope,) = torch.autograd.grad(lab.opinion(points).sum(), points)
        slopes.append(float(slope.norm()))
    assert slopes[1] < 0.5 * slopes[0]


def test_a_round_of_the_lab_is_k_steps_of_d_then_those_of_g(monkeypatch: pytest.MonkeyPatch
                                                            ) -> None:
    lab = players(k=2, generator_steps=3)
    losses = lab_losses(lab, monkeypatch)
    lab.round([torch.randn(64, 2), torch.randn(64, 2)])
    assert [optimizer for optimizer, _ in losses] == [lab.for_d] * 2 + [lab.for_g] * 3
    assert lab.rounds == 1
    lab.round([torch.randn(64, 2)])
    assert lab.rounds == 2


def test_the_labs_settings_turn_while_it_runs() -> None:
    lab = players(rate_g=0.01, rate_d=0.02)
    for optimizer, rate in ((lab.for_g, 0.01), (lab.for_d, 0.02)):
        assert optimizer.param_groups[0]["lr"] == rate
        assert optimizer.param_groups[0]["betas"] == (0.5, 0.9)
    changed = Settings(rate_g=0.3, rate_d=0.4)
    lab.turn(changed)
    assert lab.settings is changed
    assert (lab.for_g.param_groups[0]["lr"], lab.for_d.param_groups[0]["lr"]) == (0.3, 0.4)


def test_a_packed_discriminator_judges_several_points_at_once() -> None:
    lab = players(cure="packing", pack=4)
    points = torch.randn(8, 2)
    assert lab.pack == 4 and players(pack=4).pack == 1
    wanted = torch.stack([lab.discriminator(points[start : start + 4].flatten())[0]
                          for start in (0, 4)])
    assert torch.allclose(lab.opinion(points), wanted)
    seen = [float(lab.discriminator(point.repeat(4)).sigmoid()) for point in points]
    surface = lab.surface(points)
    assert isinstance(surface, np.ndarray) and surface.shape == (8,)
    assert np.allclose(surface, seen, atol=1e-6)


def test_the_labs_players_repeat_by_seed_and_leave_torchs_own_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, two = players(), players()
    assert torch.equal(torch.rand(1), expected)
    assert all(map(torch.equal, weights(one.generator), weights(two.generator)))
    assert torch.equal(one.draw(4), two.draw(4)) and one.draw(4).shape == (4, 2)
    other = Players(2, 2, SMALL, one.settings, seed=4)
    assert moved(weights(one.generator), other.generator)
    torch.manual_seed(99)  # what torch draws besides changes nothing
    again = players()
    assert not moved(weights(one.discriminator), again.discriminator)
    assert not torch.equal(torch.randn(4, generator=players().random),
                           torch.randn(4, generator=other.random))


def test_slopes_of_an_earlier_step_do_not_count_in_the_lab() -> None:
    clean, dirty = players(), players()
    for parameter in dirty.discriminator.parameters():
        parameter.grad = torch.full_like(parameter, 7.0)
    points = torch.randn(64, 2)
    for each in (clean, dirty):
        each._discriminator_step(points.clone())
    assert all(torch.equal(one.grad, two.grad) for one, two in zip(
        clean.discriminator.parameters(), dirty.discriminator.parameters(), strict=True))
    assert all(parameter.grad is None for parameter in dirty.generator.parameters())


def test_arrows_point_where_the_generators_loss_falls() -> None:
    view = Flat("ring", Settings(batch=64)).view()
    game = Flat("ring", Settings(batch=64))
    ahead = torch.from_numpy(view.points + 1e-3 * view.arrows)
    with torch.no_grad():
        before = game.players.opinion(torch.from_numpy(view.points))
        after = game.players.opinion(ahead)
    assert (after >= before).all() and (after > before).any()


@pytest.mark.parametrize("loss", ["non-saturating", "saturating"])
@pytest.mark.parametrize("cure", ["none", "packing"])
def test_arrows_are_the_slopes_of_the_generators_loss(loss: str, cure: str) -> None:
    lab = players(loss=loss, cure=cure, pack=2)
    lab.discriminator.double()
    points = torch.randn(5, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(1))

    def losses(places: torch.Tensor) -> torch.Tensor:  # L_G of each point's copies, by its formula
        with torch.no_grad():
            real = lab.opinion(places.repeat_interleave(lab.pack, 0)).sigmoid()
        return (1 - real).log() if loss == "saturating" else -real.log()

    step = 1e-6
    slopes = [(losses(points + step * axis) - losses(points - step * axis)) / (2 * step)
              for axis in torch.eye(2, dtype=torch.float64)]
    assert lab.pull(points) == pytest.approx(-torch.stack(slopes, 1).numpy(), abs=1e-7)


def test_arrows_of_a_game_are_those_of_its_points() -> None:
    game = Flat("ring", Settings(batch=64, loss="saturating"), nets=SMALL)
    view = game.view()
    assert np.array_equal(view.arrows, game.players.pull(torch.from_numpy(view.points)))


def test_a_round_is_the_half_of_d_and_then_that_of_g() -> None:
    whole, halves = (Flat("ring", Settings(batch=32, k=2), nets=SMALL) for _ in range(2))
    whole.play()
    still = weights(halves.players.generator)
    halves.players.half_d(halves.real())
    assert not moved(still, halves.players.generator) and halves.players.rounds == 0
    halves.players.half_g()
    for one, two in ((whole.players.generator, halves.players.generator),
                     (whole.players.discriminator, halves.players.discriminator)):
        assert not moved(weights(one), two)
    assert whole.players.rounds == halves.players.rounds == 1


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_both_nets_learn_with_every_optimizer(optimizer: str) -> None:
    nets = Nets(1, 8, 3, 8, optimizer)
    game = Flat("ring", Settings(batch=64, rate_d=0.02, rate_g=0.02), nets=nets)
    before, first = game.view(), loss_of_d(game)
    game.players.half_d([point for _ in range(20) for point in game.real()])
    assert loss_of_d(game) < first, "D tells the same fakes better"
    game.play(5)
    assert np.isfinite(loss_of_d(game))
    assert np.abs(game.view().points - before.points).max() > 1e-3


def loss_of_d(game: Flat) -> float:
    """−V on real and drawn points that are always the same."""
    real = game.plane.sample(256, torch.Generator().manual_seed(5))
    d = [game.players.surface(torch.as_tensor(points)) for points in (real, game.view().points)]
    return float(-np.log(d[0]).mean() - np.log1p(-d[1]).mean())


def test_nets_are_as_deep_and_wide_as_chosen_within_bounds() -> None:
    lab = Players(1, 1, Nets(1, 2, 4, 64), Settings(), 0)
    widths = [[part.out_features for part in player if isinstance(part, torch.nn.Linear)]
              for player in (lab.generator, lab.discriminator)]
    assert widths == [[2, 1], [64, 64, 64, 64, 1]]
    for wrong in ({"layers_g": 0}, {"layers_d": 5}, {"neurons_g": 1}, {"neurons_d": 65},
                  {"optimizer": "x"}):
        with pytest.raises(UserError):
            Nets(**wrong)  # type: ignore[arg-type]
